//! What the tests in the browser run on: neurons of every kind, tiny data sets.

use std::collections::HashMap;
use std::sync::Arc;

use safetensors::Dtype;
use safetensors::tensor::TensorView;
use spikeground::data::DataSet;
use spikeground::neuron::{Lif, Reset, ResetGradient, SpikeKind, Surrogate, SurrogateKind};

/// Eight classes of 8x8 images, a bright row each: 32 to train on, 16 held out.
pub fn stripes() -> Arc<DataSet> {
    let images = |count: usize| -> Vec<u8> {
        let grey = |i: usize, p: usize| if p / 8 == i % 8 { 255 } else { ((i * 31 + p * 17) % 64) as u8 };
        (0..count).flat_map(|i| (0..64).map(move |p| grey(i, p))).collect()
    };
    let labels = |count: usize| -> Vec<u8> { (0..count).map(|i| (i % 8) as u8).collect() };
    let parts =
        [(images(32), vec![32, 8, 8]), (labels(32), vec![32]), (images(16), vec![16, 8, 8]), (labels(16), vec![16])];
    let names = ["train_images", "train_labels", "held_out_images", "held_out_labels"];
    let views = names
        .into_iter()
        .zip(&parts)
        .map(|(name, (bytes, shape))| (name, TensorView::new(Dtype::U8, shape.clone(), bytes).expect("a view")));
    data_set("digits", r#"["0","1","2","3","4","5","6","7"]"#, views)
}

/// Three classes of clouds of 32 points: a ball, a sheet, a rod; 12 to train on, 6 held out.
pub fn shapes() -> Arc<DataSet> {
    let clouds = |count: usize| -> Vec<u8> {
        let point = |i: usize, p: usize| {
            let [a, b, c] = [0.618, 0.414, 0.732].map(|step| 2.0 * ((p + i) as f32 * step).fract() - 1.0);
            match i % 3 {
                0 => [a, b, c],
                1 => [a, b, 0.0],
                _ => [0.0, 0.0, c],
            }
        };
        let number = |x: f32| (((x + 1.0) / 2.0 * 65_535.0) as u16).to_le_bytes();
        (0..count).flat_map(|i| (0..32).flat_map(move |p| point(i, p)).flat_map(number)).collect()
    };
    let labels = |count: usize| -> Vec<u8> { (0..count).map(|i| (i % 3) as u8).collect() };
    let parts = [clouds(12), clouds(6), labels(12), labels(6)];
    let view = |i: usize, dtype, shape| TensorView::new(dtype, shape, &parts[i]).expect("a view");
    let views = [
        ("train_clouds", view(0, Dtype::U16, vec![12, 32, 3])),
        ("held_out_clouds", view(1, Dtype::U16, vec![6, 32, 3])),
        ("train_labels", view(2, Dtype::U8, vec![12])),
        ("held_out_labels", view(3, Dtype::U8, vec![6])),
    ];
    data_set("furniture", r#"["ball","sheet","rod"]"#, views)
}

/// The data set of some tensors; classes are a JSON list.
fn data_set<'a>(
    name: &str,
    classes: &str,
    views: impl IntoIterator<Item = (&'static str, TensorView<'a>)>,
) -> Arc<DataSet> {
    let metadata = [("format", "spikeground-data"), ("version", "1"), ("name", name), ("classes", classes)];
    let metadata: HashMap<String, String> = metadata.map(|(key, value)| (key.into(), value.into())).into();
    let file = safetensors::serialize(views, Some(metadata)).expect("a file");
    Arc::new(DataSet::from_safetensors(&file).expect("a data set"))
}

/// Every spike kind with every surrogate, each reset and reset gradient met with each spike kind.
pub fn neurons() -> Vec<Lif> {
    let surrogates = [
        (SurrogateKind::SteWindow, 1.0),
        (SurrogateKind::SteTernary, 1.0),
        (SurrogateKind::TanhWindow, 3.0),
        (SurrogateKind::Esg, 4.0),
        (SurrogateKind::Rect, 0.8),
        (SurrogateKind::Tri, 1.2),
        (SurrogateKind::Arctan, 2.0),
        (SurrogateKind::FastSigmoid, 25.0),
    ];
    let resets = [
        (Reset::Hard, ResetGradient::Attached),
        (Reset::Soft, ResetGradient::Attached),
        (Reset::Hard, ResetGradient::Detached),
        (Reset::Soft, ResetGradient::Detached),
    ];
    let mut all = vec![];
    for spike in [SpikeKind::Binary, SpikeKind::Ternary, SpikeKind::Real] {
        for (i, (kind, parameter)) in surrogates.into_iter().enumerate() {
            if kind == SurrogateKind::SteTernary && spike != SpikeKind::Ternary {
                continue;
            }
            let (reset, reset_gradient) = resets[i % resets.len()];
            let surrogate = Surrogate { kind, parameter };
            all.push(Lif { spike, reset, reset_gradient, surrogate, ..Lif::default() });
        }
    }
    all
}

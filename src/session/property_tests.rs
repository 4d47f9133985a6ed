//! What holds for every config and every file, tried on some drawn at random.

use std::sync::Arc;

use burn::prelude::*;
use pollster::block_on;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use super::ranges::{HEAD_DEPTH, RANGES};
use super::*;
use crate::data::{DataSet, dataset_tests::stripes};

/// What settings that are words may be.
const WORDS: [(&str, &[&str]); 17] = [
    ("data", &["mnist", "fashion", "digits", "furniture", "own"]),
    ("encoding", &["direct", "rate", "latency", "saccades"]),
    ("network", &["mlp", "conv", "resnet", "pointnet"]),
    ("units", &["spiking", "relu"]),
    ("spike", &["binary", "ternary", "real"]),
    ("reset", &["hard", "soft"]),
    ("resetGradient", &["attached", "detached"]),
    ("surrogate", &["steWindow", "steTernary", "tanhWindow", "esg", "rect", "tri", "arctan", "fastSigmoid"]),
    ("optimiser", &["adam", "sgd"]),
    ("schedule", &["constant", "cosine"]),
    ("weights", &["real", "binary"]),
    ("contrastWeights", &["similar", "dissimilar", "uniform"]),
    ("alignThrough", &["twin", "own"]),
    ("lastActivation", &["spikes", "relu"]),
    ("shortcut", &["off", "fixed", "evolving"]),
    ("imForm", &["potential", "current"]),
    ("loss", &["meanLogits", "perStep"]),
];

/// Any `f32` from one that is not below 0 to another, each as likely as the next, and the ends.
fn float_within(low: f64, high: f64) -> BoxedStrategy<Value> {
    let (low, high) = (low as f32, high as f32);
    let any = (low.to_bits()..=high.to_bits()).prop_map(f32::from_bits);
    prop_oneof![8 => any, 1 => Just(low), 1 => Just(high)].prop_map(|float| json!(f64::from(float))).boxed()
}

/// Any value of a setting.
fn value_of(name: &str, default: &Value) -> BoxedStrategy<Value> {
    if let Some((_, words)) = WORDS.iter().find(|(other, _)| *other == name) {
        return select(words.to_vec()).prop_map(Value::from).boxed();
    }
    if default.is_boolean() {
        return any::<bool>().prop_map(Value::from).boxed();
    }
    let range = RANGES.iter().find(|range| range.name == name).unwrap_or_else(|| panic!("{name} has no range"));
    if !range.whole {
        return float_within(range.low, range.high);
    }
    let count = (range.low as u64..=range.high as u64).prop_map(Value::from);
    match name {
        "widths" => prop::collection::vec(count, 1..=16).prop_map(Value::from).boxed(),
        "head" => prop::collection::vec(count, HEAD_DEPTH.0..=HEAD_DEPTH.1).prop_map(Value::from).boxed(),
        _ => count.boxed(),
    }
}

/// Every setting drawn by itself; together they may rule each other out.
fn any_config() -> impl Strategy<Value = SessionConfig> {
    let default = serde_json::to_value(SessionConfig::default()).expect("JSON");
    let settings = default.as_object().expect("an object").clone();
    let (names, values): (Vec<String>, Vec<_>) =
        settings.iter().map(|(name, value)| (name.clone(), value_of(name, value))).unzip();
    values.prop_map(move |values| {
        let drawn: Map<String, Value> = names.iter().cloned().zip(values).collect();
        serde_json::from_value(Value::Object(drawn)).expect("a config")
    })
}

/// A run that is over in a moment: whatever can be drawn, on a tiny network.
fn small_run() -> impl Strategy<Value = SessionConfig> {
    let tiny = (select(vec!["mlp", "conv", "resnet"]), 1..=2_usize, 2..=8_usize, any::<bool>());
    (any_config(), tiny).prop_filter_map("settings that rule each other out", |(drawn, tiny)| {
        let (network, layers, batch, plain) = tiny;
        let mut config = SessionConfig {
            data: crate::data::DataName::Digits,
            network: serde_json::from_value(network.into()).expect("a network"),
            widths: vec![5; layers],
            blocks: 1,
            batch,
            samples: 0,
            twin_epochs: 1,
            epochs: drawn.epochs.min(3),
            steps: drawn.steps.min(4),
            // Half of them learn: most rates that can be drawn end in no numbers, which has to be kept as well.
            rate: if plain { 0.01 } else { drawn.rate },
            ..drawn
        };
        config.contrast.contrast_memory = config.contrast.contrast_memory.min(16);
        config.paradigm.evaluation_steps = config.paradigm.evaluation_steps.min(4);
        config.validate().is_ok().then_some(config)
    })
}

fn data() -> Arc<DataSet> {
    Arc::new(stripes(24, 8))
}

fn restore(bytes: &[u8]) -> Result<Lanes, SessionError> {
    Lanes::restore(bytes, |_, _| Some(data()), &Device::flex())
}

/// What the next steps gave, to the bit.
fn go_on(lanes: &mut Lanes) -> Vec<(Vec<u32>, usize, Option<String>)> {
    while let Ok(Some(_)) = block_on(lanes.prepare(5)) {}
    let Ok(progress) = block_on(lanes.train(3)) else { return vec![] };
    let bits = |progress: Progress| {
        (progress.losses.iter().map(|loss| loss.to_bits()).collect(), progress.step, progress.stopped)
    };
    progress.into_iter().map(bits).collect()
}

fn checkpoint(lanes: &Lanes) -> Vec<u8> {
    block_on(lanes.checkpoint()).expect("a checkpoint")
}

/// A file to damage.
fn some_checkpoint() -> Vec<u8> {
    let config = SessionConfig {
        data: crate::data::DataName::Digits,
        network: NetworkKind::Mlp,
        widths: vec![4],
        batch: 4,
        ..Default::default()
    };
    let mut lanes = Lanes::new(vec![config], &data(), &Device::flex()).expect("lanes");
    block_on(lanes.train(2)).expect("training");
    checkpoint(&lanes)
}

#[test]
fn every_setting_can_be_drawn() {
    let default = serde_json::to_value(SessionConfig::default()).expect("JSON");
    for (name, value) in default.as_object().expect("an object") {
        let _ = value_of(name, value);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn every_config_goes_to_json_and_back(config in any_config()) {
        let text = serde_json::to_string(&config).expect("JSON");
        prop_assert_eq!(serde_json::from_str::<SessionConfig>(&text).expect("a config"), config);
    }

    #[test]
    fn every_f32_goes_to_json_and_back(bits in any::<u32>()) {
        let float = f32::from_bits(bits);
        prop_assume!(float.is_finite());
        let config = SessionConfig { rate: float, ..Default::default() };
        let text = serde_json::to_string(&config).expect("JSON");
        prop_assert_eq!(serde_json::from_str::<SessionConfig>(&text).expect("a config").rate.to_bits(), bits);
    }

    #[test]
    fn damaged_checkpoints_are_refused_or_read_but_never_panic(
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        cut in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
    ) {
        let mut bytes = some_checkpoint();
        // What describes the tensors is a small part of the bytes, and the part that can do harm.
        let header = 8 + u64::from_le_bytes(bytes[..8].try_into().expect("8 bytes")) as usize;
        for (at, byte) in flips {
            let at = at.index(header);
            bytes[at] = byte;
        }
        let kept = if is_cut { cut.index(bytes.len()) } else { bytes.len() };
        if let Ok(mut lanes) = restore(&bytes[..kept]) {
            go_on(&mut lanes);
        }
        let _ = Classifier::from_weights(&bytes[..kept], &Device::flex());
    }

    #[test]
    fn any_bytes_are_no_checkpoint(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(restore(&bytes).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn any_run_goes_on_from_its_checkpoint_to_the_bit(config in small_run(), before in 0..5_usize, of_twin in 0..4_usize) {
        let mut lanes = Lanes::new(vec![config], &data(), &Device::flex()).expect("lanes");
        if of_twin > 0 {
            // A twin may not be trainable with settings as wild as these, and is begun anew then.
            let _ = block_on(lanes.prepare(of_twin));
        }
        let _ = block_on(lanes.train(before));
        let bytes = checkpoint(&lanes);
        let mut again = restore(&bytes).expect("what a run writes it can read");
        prop_assert_eq!(checkpoint(&again), bytes);
        prop_assert_eq!(go_on(&mut again), go_on(&mut lanes));
        prop_assert_eq!(checkpoint(&again), checkpoint(&lanes));
    }
}

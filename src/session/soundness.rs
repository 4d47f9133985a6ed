//! What a file must hold before anything is made of it: as many numbers as the network that it speaks of, a deviation that
//! pixels can be divided by, and weights that are numbers.

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use super::checkpoint::CheckpointError;
use super::header::LaneHeader;
use super::memory::least_bytes;
use super::network::input_for;
use super::{NetworkKind, SessionError};
use crate::data::{Form, ImageShape, Scale};
use crate::sensor::STATES;

/// The smallest deviation of pixels: that of a data set without any.
const SMALLEST_DEVIATION: f32 = 1e-6;

impl LaneHeader {
    /// What its samples are.
    pub fn form(&self) -> Form {
        match self.config.network {
            NetworkKind::Pointnet => Form::Cloud { points: self.config.pointnet.points },
            NetworkKind::Mlp | NetworkKind::Conv | NetworkKind::Resnet => {
                let shape = ImageShape { channels: self.channels, height: self.height, width: self.width };
                // No image has the two channels of a recording.
                if self.channels == STATES { Form::Recording(shape) } else { Form::Image(shape) }
            }
        }
    }

    /// Checks that a lane's settings are possible, and that the file has as many bytes as its weights at least: a small file
    /// must not make anybody allocate a large network.
    pub fn check_size(&self, tensors: &SafeTensors) -> Result<(), SessionError> {
        self.config.validate()?;
        input_for(&self.config, self.form())?;
        let given: u64 = tensors.iter().map(|(_, tensor)| tensor.data().len() as u64).sum();
        let least = least_bytes(&self.config, self.form(), self.classes, self.folded);
        if given < least {
            return Err(CheckpointError::TooSmall { given, least }.into());
        }
        Ok(())
    }

    /// Checks that pixels can be normalised.
    pub fn check_normalisation(&self) -> Result<(), CheckpointError> {
        let scales = self.normalisation.scales();
        let normalised = self.form().image().map_or(1, |image| image.channels);
        if scales.len() != normalised {
            let what = format!("images of {} channels with numbers for {}", self.channels, scales.len());
            return Err(CheckpointError::Foreign(what));
        }
        let is_sound =
            |scale: &&Scale| (0.0..=1.0).contains(&scale.mean) && (SMALLEST_DEVIATION..=1.0).contains(&scale.std);
        match scales.iter().find(|scale| !is_sound(scale)) {
            Some(Scale { mean, std }) => Err(CheckpointError::Normalisation { mean: *mean, std: *std }),
            None => Ok(()),
        }
    }
}

/// Checks that all numbers of a lane's network are finite, and its variances not negative.
pub(super) fn check_numbers(tensors: &SafeTensors, lane: &str) -> Result<(), CheckpointError> {
    let optimiser = format!("{lane}.optimiser.");
    for (name, tensor) in tensors.iter() {
        if name.starts_with(lane) && !name.starts_with(&optimiser) && !is_sound(name, &tensor) {
            return Err(CheckpointError::NoNumber { name: name.to_string() });
        }
    }
    Ok(())
}

fn is_sound(name: &str, tensor: &TensorView) -> bool {
    if tensor.dtype() != Dtype::F32 {
        return true;
    }
    let least = if name.ends_with("runningVariance") { 0.0 } else { f32::MIN };
    tensor.data().as_chunks::<4>().0.iter().all(|number| (least..=f32::MAX).contains(&f32::from_le_bytes(*number)))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use burn::prelude::Device;
    use pollster::block_on;
    use safetensors::SafeTensors;

    use super::*;
    use crate::data::{DataName, dataset_tests::stripes};
    use crate::session::{Classifier, Session, SessionConfig};

    fn weights() -> Vec<u8> {
        let (data, network) = (DataName::Digits, NetworkKind::Mlp);
        let config = SessionConfig { data, network, widths: vec![12, 10], batch: 8, ..Default::default() };
        let session = Session::new(config, stripes(80, 70).into(), &Device::flex()).expect("a session");
        block_on(session.weights()).expect("weights")
    }

    fn entries(bytes: &[u8]) -> HashMap<String, String> {
        let (_, metadata) = SafeTensors::read_metadata(bytes).expect("metadata");
        metadata.metadata().clone().expect("entries")
    }

    /// The file with other words in its lanes' description, and with a number in the place of a tensor's first.
    fn changed(bytes: &[u8], words: [&str; 2], number: Option<(&str, f32)>) -> Vec<u8> {
        let mut entries = entries(bytes);
        let lanes = entries.get_mut("lanes").expect("lanes");
        assert!(lanes.contains(words[0]), "{lanes}");
        *lanes = lanes.replacen(words[0], words[1], 1);
        let file = SafeTensors::deserialize(bytes).expect("a file");
        let mut tensors: Vec<(String, Vec<u8>)> =
            file.iter().map(|(name, tensor)| (name.to_string(), tensor.data().to_vec())).collect();
        if let Some((of, number)) = number {
            let (_, data) = tensors.iter_mut().find(|(name, _)| name == of).expect("the tensor");
            data[..4].copy_from_slice(&number.to_le_bytes());
        }
        let view = |data| TensorView::new(Dtype::F32, file_shape(data), data).expect("a view");
        safetensors::serialize(tensors.iter().map(|(name, data)| (name, view(data))), Some(entries)).expect("a file")
    }

    /// All tensors of a file of weights are flat.
    fn file_shape(data: &[u8]) -> Vec<usize> {
        vec![data.len() / 4]
    }

    fn refusal(bytes: &[u8]) -> String {
        Classifier::from_weights(bytes, &Device::flex()).err().expect("a refusal").to_string()
    }

    #[test]
    fn a_small_file_that_speaks_of_a_large_network_is_refused_before_anything_is_made() {
        let bytes = weights();
        for words in [
            ["\"widths\":[12,10]", "\"widths\":[1024,1024]"],
            ["\"height\":8", "\"height\":1024"],
            ["\"classes\":", "\"classes\":2"],
        ] {
            let said = refusal(&changed(&bytes, words, None));
            assert!(said.contains("bytes of weights"), "{said}");
        }
    }

    #[test]
    fn weights_that_are_no_numbers_and_greys_that_cannot_be_normalised_are_refused() {
        let bytes = weights();
        let same = ["\"step\"", "\"step\""];
        for (name, number) in [
            ("lane0.layer1.weight", f32::NAN),
            ("lane0.readout.bias", f32::INFINITY),
            ("lane0.layer2.norm.runningVariance", -1.0),
        ] {
            let said = refusal(&changed(&bytes, same, Some((name, number))));
            assert!(said.contains(name), "{said}");
        }
        let lanes = &entries(&bytes)["lanes"];
        let std = lanes.split("\"std\":").nth(1).and_then(|rest| rest.split(['}', ',']).next()).expect("a deviation");
        for other in ["0.0", "7.5", "-0.5"] {
            let (from, to) = (format!("\"std\":{std}"), format!("\"std\":{other}"));
            let said = refusal(&changed(&bytes, [&from, &to], None));
            assert!(said.contains("deviation"), "{said}");
        }
    }

    #[test]
    fn a_file_cut_off_or_scrambled_is_an_error_and_never_a_panic() {
        let bytes = weights();
        for length in (0..bytes.len()).step_by(bytes.len() / 60) {
            refusal(&bytes[..length]);
        }
        // What is changed in the header may leave a network that answers; it must not end the program.
        for at in (8..1200.min(bytes.len())).step_by(7) {
            let mut bytes = bytes.clone();
            bytes[at] = bytes[at].wrapping_add(1);
            let _ = Classifier::from_weights(&bytes, &Device::flex());
        }
    }
}

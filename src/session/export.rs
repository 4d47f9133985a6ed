//! Weights to take away: as they are trained, or folded for inference, where binary weights are stored as bits.
//!
//! A folded file has no batch norm, no amplitude and no factor (see [`Network::folded`]). Where a layer has binary weights
//! their tensor is called `NAME.bits`, U8: bit i of byte b is 1 where weight 8 b + i is +1, 0 where it is -1.

use burn::prelude::*;
use burn::tensor::{TensorData, Transaction};
use safetensors::Dtype;

use super::checkpoint::{CheckpointError, File, Stored, write_file};
use super::memory::{Room, check_answers};
use super::network::{input_of, new_network};
use super::soundness::check_numbers;
use super::{Classifier, Likeness, Session, SessionError};
use crate::layer::Parameter;
use crate::model::Network;

const LANE: &str = "lane0";
/// What stands in front of the names of the numbers of a [`Likeness`].
const LIKENESS: &str = "lane0.likeness.";

impl Session {
    /// The weights alone, as they ship with the page.
    ///
    /// # Errors
    ///
    /// When the device gives no answer.
    pub async fn weights(&self) -> Result<Vec<u8>, SessionError> {
        let mut network = self.network.without_autodiff();
        let stored =
            read(network.parameters_mut()).await?.into_iter().map(|(name, values)| (name, Stored::Floats(values)));
        Ok(write_file(vec![self.header(0)], None, stored.collect())?)
    }

    /// The weights of the folded network.
    ///
    /// # Errors
    ///
    /// When the device gives no answer.
    pub async fn folded_weights(&self) -> Result<Vec<u8>, SessionError> {
        let mut network = self.network.folded();
        let binary = binary_weights(&mut network);
        let parameters = network.parameters_mut().into_iter().filter(|parameter| !is_one(&parameter.name)).collect();
        let stored = read(parameters).await?.into_iter().map(|(name, values)| {
            if binary.iter().any(|weight| name == format!("{LANE}.{weight}")) {
                (format!("{name}.bits"), Stored::Bits(pack(&values)))
            } else {
                (name, Stored::Floats(values))
            }
        });
        let mut header = self.header(0);
        header.folded = true;
        Ok(write_file(vec![header], None, stored.collect())?)
    }
}

impl Classifier {
    /// The first lane of a checkpoint, or exported weights, to classify with. Needs no data set.
    ///
    /// # Errors
    ///
    /// When the file is neither, its numbers cannot be used, or the network takes more memory than there is.
    pub fn from_weights(bytes: &[u8], device: &Device) -> Result<Self, SessionError> {
        Self::from_weights_within(bytes, Room::here(), device)
    }

    /// As [`from_weights`](Self::from_weights), which takes no more memory than there is in a room, then and for an answer.
    ///
    /// # Errors
    ///
    /// When the file is neither, its numbers cannot be used, or the network takes more memory than there is.
    pub fn from_weights_within(bytes: &[u8], room: Room, device: &Device) -> Result<Self, SessionError> {
        let file = File::read(bytes)?;
        let Some(header) = file.headers.first() else {
            return Err(CheckpointError::Foreign("it has no lanes".into()).into());
        };
        header.check_size(&file.tensors)?;
        header.check_normalisation()?;
        check_numbers(&file.tensors, LANE)?;
        // It answers as the run did that it was taken from, whatever that had been set to by then.
        let config = header.config.at(header.step)?;
        check_answers(&config, header.form(), header.classes, room)?;
        let input = input_of(&config, header.form());
        let mut network = new_network(&config, input, header.classes, device)?;
        if !header.folded {
            file.fill(network.parameters_mut(), LANE, device)?;
            return Ok(Self::new(config, network, header.form(), header.normalisation.clone(), header.identity)
                .within(room)
                .with_likeness(file.likeness()));
        }
        network = network.folded();
        let binary = binary_weights(&mut network);
        for parameter in network.parameters_mut().into_iter().filter(|parameter| !is_one(&parameter.name)) {
            let (name, count) = (format!("{LANE}.{}", parameter.name), parameter.count());
            let value = if binary.contains(&parameter.name) {
                let signs = unpack(file.bytes(&format!("{name}.bits"), count.div_ceil(8))?, count);
                Tensor::from_data(TensorData::new(signs, [count]), device)
            } else {
                file.tensor(&name, count, device)?
            };
            parameter.set(value);
        }
        let classifier = Self::new(config, network, header.form(), header.normalisation.clone(), header.identity);
        Ok(classifier.within(room).with_likeness(file.likeness()))
    }
}

/// Weights as they were exported, with what tells how unlike their training a picture is beside them.
///
/// # Errors
///
/// When the bytes are no weights.
pub fn weights_with(likeness: &Likeness, bytes: &[u8]) -> Result<Vec<u8>, SessionError> {
    let file = File::read(bytes)?;
    let own = file.tensors.iter().filter(|(name, _)| !name.starts_with(LIKENESS)).map(|(name, tensor)| {
        let floats = || tensor.data().as_chunks().0.iter().map(|number| f32::from_le_bytes(*number)).collect();
        let stored =
            if name.ends_with(".bits") { Stored::Bits(tensor.data().to_vec()) } else { Stored::Floats(floats()) };
        (name.to_string(), stored)
    });
    let beside =
        [("means", &likeness.means), ("deviations", &likeness.deviations), ("threshold", &vec![likeness.threshold])]
            .map(|(name, values)| (format!("{LIKENESS}{name}"), Stored::Floats(values.clone())));
    let stored = own.chain(beside).collect();
    Ok(write_file(file.headers, None, stored)?)
}

impl File<'_> {
    /// What tells how unlike the training a picture is, where it stands beside the weights; sizes that do not fit are told when it
    /// is asked.
    fn likeness(&self) -> Option<Likeness> {
        let floats = |name: &str| -> Option<Vec<f32>> {
            let tensor =
                self.tensors.tensor(&format!("{LIKENESS}{name}")).ok().filter(|tensor| tensor.dtype() == Dtype::F32)?;
            Some(tensor.data().as_chunks().0.iter().map(|number| f32::from_le_bytes(*number)).collect())
        };
        let threshold = floats("threshold")?.first().copied()?;
        Some(Likeness { means: floats("means")?, deviations: floats("deviations")?, threshold })
    }
}

async fn read(parameters: Vec<&mut Parameter>) -> Result<Vec<(String, Vec<f32>)>, SessionError> {
    let names: Vec<String> = parameters.iter().map(|parameter| format!("{LANE}.{}", parameter.name)).collect();
    let tensors = parameters.iter().map(|parameter| parameter.without_autodiff().flat());
    let read = tensors.fold(Transaction::default(), Transaction::register).execute_async().await?;
    let floats = |data: TensorData| data.try_to_vec().map_err(|error| SessionError::Device(format!("{error:?}")));
    names.into_iter().zip(read).map(|(name, data)| Ok((name, floats(data)?))).collect()
}

/// The names of weights that are signs: those with a factor beside them.
fn binary_weights(network: &mut Network) -> Vec<String> {
    let names: Vec<String> = network.parameters_mut().iter().map(|parameter| parameter.name.clone()).collect();
    names.iter().filter_map(|name| name.strip_suffix(".factor").map(|layer| format!("{layer}.weight"))).collect()
}

/// Whether a folded network has nothing but ones there.
fn is_one(name: &str) -> bool {
    name.ends_with(".factor") || name.ends_with(".amplitude")
}

fn pack(signs: &[f32]) -> Vec<u8> {
    let byte = |signs: &[f32]| signs.iter().enumerate().fold(0, |byte, (i, sign)| byte | (u8::from(*sign > 0.0) << i));
    signs.chunks(8).map(byte).collect()
}

fn unpack(bytes: &[u8], count: usize) -> Vec<f32> {
    (0..count).map(|i| if bytes[i / 8] >> (i % 8) & 1 == 1 { 1.0 } else { -1.0 }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_survive_packing() {
        let signs: Vec<f32> = (0..21).map(|i| if i % 3 == 0 || i == 7 { 1.0 } else { -1.0 }).collect();
        let bytes = pack(&signs);
        assert_eq!((bytes.len(), bytes[0]), (3, 0b1100_1001));
        assert_eq!(unpack(&bytes, 21), signs);
    }
}

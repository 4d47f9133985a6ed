//! Dropout: each current of a training pass is left out with a fixed chance, the others scaled up so that the mean stays.

use burn::prelude::*;
use burn::tensor::TensorData;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// `x` with a share of it dropped. What is dropped is drawn on the host and fixed by key and layer, so that a step that is
/// taken again drops the same on every backend.
pub(super) fn dropped(x: Tensor<3>, share: f32, key: u64, layer: &str) -> Tensor<3> {
    if share <= 0.0 {
        return x;
    }
    let mut random = ChaCha8Rng::seed_from_u64(key);
    random.set_stream(layer.bytes().fold(1, |hash: u64, byte| hash.wrapping_mul(31).wrapping_add(byte.into())));
    let kept = 1.0 / (1.0 - share);
    let count = x.shape().num_elements();
    let mask: Vec<f32> = (0..count).map(|_| if random.random::<f32>() < share { 0.0 } else { kept }).collect();
    let mask = Tensor::<3>::from_data(TensorData::new(mask, x.dims()), &x.device());
    x * mask
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(share: f32, key: u64, layer: &str) -> Vec<f32> {
        let x = Tensor::<3>::ones([20, 100, 1], &Device::flex());
        dropped(x, share, key, layer).into_data().try_to_vec().expect("f32")
    }

    #[test]
    fn a_share_is_dropped_and_the_mean_stays() {
        let kept = values(0.4, 3, "layer1");
        let dropped = kept.iter().filter(|value| **value == 0.0).count();
        assert!((700..900).contains(&dropped), "{dropped}");
        let mean = kept.iter().sum::<f32>() / kept.len() as f32;
        assert!((mean - 1.0).abs() < 0.06, "{mean}");
        assert!(values(0.0, 3, "layer1").iter().all(|value| *value == 1.0));
    }

    #[test]
    fn key_and_layer_decide_what_is_dropped() {
        assert_eq!(values(0.4, 3, "layer1"), values(0.4, 3, "layer1"));
        assert_ne!(values(0.4, 3, "layer1"), values(0.4, 4, "layer1"));
        assert_ne!(values(0.4, 3, "layer1"), values(0.4, 3, "layer2"));
    }
}

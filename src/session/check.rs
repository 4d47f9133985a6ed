//! What a run's settings may be, each by itself ([`ranges`](super::ranges)) and together.

use super::ranges::{self, RANGES};
use super::{NetworkKind, SessionConfig, UnitKind};
use crate::layer::WeightKind;
use crate::method::shortcut::ShortcutKind;
use crate::neuron::{SpikeKind, SurrogateKind};

/// A setting that no run can have.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{name} is {value}: {accepted}")]
pub struct ConfigError {
    /// The setting, as it is written in a config.
    pub name: &'static str,
    /// What it was.
    pub value: String,
    /// What it may be.
    pub accepted: String,
}

impl SessionConfig {
    /// Checks every setting that can be checked without the data.
    ///
    /// # Errors
    ///
    /// The first setting outside its range, with the range, or that another rules out, with the reason; the same after each of its
    /// changes, and the first change that a running network cannot take.
    pub fn validate(&self) -> Result<(), ConfigError> {
        self.validate_alone()?;
        self.stages().map(|_| ())
    }

    /// The same, but for changes.
    pub(super) fn validate_alone(&self) -> Result<(), ConfigError> {
        ranges::check_depths(self)?;
        RANGES.iter().try_for_each(|range| range.check(self))?;
        self.check_together()
    }

    /// What settings rule out together although each is in its range.
    fn check_together(&self) -> Result<(), ConfigError> {
        let refuse = |name: &'static str, value: &str, accepted: &str| {
            Err(ConfigError { name, value: value.into(), accepted: accepted.into() })
        };
        if self.encoding.is_over_time() && self.network == NetworkKind::Pointnet {
            let accepted = "points have no brightness to make spikes of; a cloud flows in directly";
            return refuse("encoding", &self.encoding.to_string(), accepted);
        }
        if self.batch_norm && self.batch < 2 {
            let accepted = "batch norm compares the samples of a batch, so it needs 2 of them at least";
            return refuse("batch", &self.batch.to_string(), accepted);
        }
        if self.samples > 0 && self.samples < self.batch {
            let accepted = "it must be 0, for all, or as many as a batch at least";
            return refuse("samples", &self.samples.to_string(), accepted);
        }
        if self.surrogate == SurrogateKind::SteTernary && self.spike != SpikeKind::Ternary {
            let accepted =
                "its window reaches from the negative threshold to the positive one, so it needs ternary spikes";
            return refuse("surrogate", "steTernary", accepted);
        }
        if self.im_loss.evolve_surrogate && self.surrogate != SurrogateKind::Esg {
            let accepted = "only the tanh everywhere (esg) has a slope that may grow over the run";
            return refuse("evolveSurrogate", "true", accepted);
        }
        if self.im_loss.im_loss > 0.0 && self.spike == SpikeKind::Ternary {
            let accepted =
                "it pulls potentials to the one threshold where a binary spike carries most; a ternary neuron has two";
            return refuse("imLoss", &self.im_loss.im_loss.to_string(), accepted);
        }
        if self.reverb.weights == WeightKind::Binary && self.spike == SpikeKind::Ternary {
            let accepted = "ReverB-SNN's binary weights are for real-valued spikes, or binary ones to compare with";
            return refuse("weights", "binary", accepted);
        }
        if self.shortcut.shortcut != ShortcutKind::Off && self.layers() < 2 {
            let accepted = "a branch starts from a layer that is not the last, so the network needs 2 layers at least";
            return refuse("shortcut", "on", accepted);
        }
        if self.units == UnitKind::Relu {
            return self.check_twin();
        }
        Ok(())
    }

    /// A network of rectified units has neither spikes nor a twin.
    fn check_twin(&self) -> Result<(), ConfigError> {
        let refuse = |name: &'static str, value: &str, accepted: &str| {
            Err(ConfigError { name, value: value.into(), accepted: accepted.into() })
        };
        if self.contrast.contrast > 0.0 {
            return refuse(
                "contrast",
                &self.contrast.contrast.to_string(),
                "a network of rectified units is an ANN itself and has no twin to be guided by",
            );
        }
        if self.enof.align > 0.0 {
            return refuse(
                "align",
                &self.enof.align.to_string(),
                "a network of rectified units is an ANN itself and has no twin to be guided by",
            );
        }
        if self.im_loss.im_loss > 0.0 {
            return refuse("imLoss", &self.im_loss.im_loss.to_string(), "a rectified unit has no membrane potential");
        }
        if self.paradigm.membrane_noise > 0.0 {
            return refuse(
                "membraneNoise",
                &self.paradigm.membrane_noise.to_string(),
                "a rectified unit has no membrane potential",
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::method::contrast::ContrastConfig;
    use crate::method::im_loss::ImLossConfig;
    use crate::method::reverb::ReverbConfig;
    use crate::method::shortcut::ShortcutConfig;

    #[test]
    fn the_default_is_a_run() {
        assert_eq!(SessionConfig::default().validate(), Ok(()));
    }

    #[test]
    fn a_setting_out_of_range_is_named_with_its_range() {
        let config = SessionConfig { steps: 33, ..Default::default() };
        assert_eq!(config.validate().unwrap_err().to_string(), "steps is 33: it must be from 1 to 32 time steps");
        let config = SessionConfig { rate: f32::NAN, ..Default::default() };
        assert_eq!(config.validate().unwrap_err().to_string(), "rate is NaN: it must be from 0.00001 to 10");
    }

    #[test]
    fn batch_norm_needs_two_samples() {
        let config = SessionConfig { batch: 1, ..Default::default() };
        assert_eq!(config.validate().unwrap_err().name, "batch");
        assert_eq!(SessionConfig { batch_norm: false, ..config }.validate(), Ok(()));
    }

    #[test]
    fn the_two_sided_window_needs_ternary_spikes() {
        let config = SessionConfig { surrogate: SurrogateKind::SteTernary, ..Default::default() };
        assert_eq!(config.validate().unwrap_err().name, "surrogate");
    }

    #[test]
    fn settings_that_exclude_each_other_are_refused_with_the_reason() {
        let refused = |config: SessionConfig| config.validate().unwrap_err().to_string();
        let reverb = ReverbConfig { weights: WeightKind::Binary, ..Default::default() };
        let ternary = SessionConfig { spike: SpikeKind::Ternary, reverb, ..Default::default() };
        assert_eq!(
            refused(ternary.clone()),
            "weights is binary: ReverB-SNN's binary weights are for real-valued spikes, or binary ones to compare with"
        );
        assert_eq!(SessionConfig { spike: SpikeKind::Real, ..ternary }.validate(), Ok(()));
        let contrast = ContrastConfig { contrast: 1.0, ..Default::default() };
        let twinless = SessionConfig { units: UnitKind::Relu, contrast, ..Default::default() };
        assert!(refused(twinless).ends_with("is an ANN itself and has no twin to be guided by"));
        let shortcut = ShortcutConfig { shortcut: ShortcutKind::Evolving, ..Default::default() };
        let shallow = SessionConfig { network: NetworkKind::Mlp, widths: vec![9], shortcut, ..Default::default() };
        assert!(refused(shallow).starts_with("shortcut is on: a branch starts from a layer that is not the last"));
        let im_loss = ImLossConfig { evolve_surrogate: true, ..Default::default() };
        assert!(refused(SessionConfig { im_loss, ..Default::default() }).starts_with("evolveSurrogate is true"));
    }
}

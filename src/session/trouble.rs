//! A run whose numbers stop being finite: back to the last that were, and a look at where it began. That is looked for once it
//! has happened, by taking the fatal steps again.

use burn::prelude::*;
use burn::tensor::{TensorData, Transaction};

use super::run::{Snapshot, Stepped, Taken};
use super::{Progress, Session, SessionError};
use crate::layer::Parameter;
use crate::model::Pass;

/// 0 where every number is finite, else not a number, `[1]`.
fn poison_of<const D: usize>(numbers: Tensor<D>) -> Tensor<1> {
    (numbers * 0.0).sum()
}

/// What is looked at, in a sentence, with its [`poison_of`].
type Suspect = (String, Tensor<1>);

impl Session {
    /// 0 where everything that the run has learned is finite, else not a number, `[1]`.
    pub(super) fn poison(&mut self) -> Tensor<1> {
        let none = Tensor::zeros([1], &self.device.clone().inner());
        // One after the other: in one piece they would be larger than any tensor that a run has room for.
        let of = |parameter: &mut Parameter| poison_of(parameter.flat().without_autodiff());
        self.parameters_mut().into_iter().map(of).fold(none, |sum, poison| sum + poison)
    }

    fn parameters_mut(&mut self) -> Vec<&mut Parameter> {
        let mut parameters = self.network.parameters_mut();
        parameters.extend(self.aids.parameters_mut());
        parameters
    }

    /// Goes back to `start` and takes again, one by one, the steps to the last state whose numbers are finite, and whose loss
    /// is known to be, and stays there. `bad` is the first of the `steps` that were taken whose loss is not finite.
    pub(super) async fn stop(
        &mut self,
        start: Snapshot,
        bad: Option<usize>,
        steps: usize,
    ) -> Result<Progress, SessionError> {
        let (from, most) = (start.step, bad.unwrap_or(steps));
        // Where the first loss is bad, the state before it was put by by an earlier call.
        let earlier = self.good.take().filter(|_| most == 0);
        self.go_to(earlier.unwrap_or(start));
        let (mut all, mut broke) = (Taken::default(), bad.is_none());
        for left in (0..most).rev() {
            let (before, step) = (self.snapshot(), self.step);
            let taken = self.advance(1).await?;
            // The last of these steps leads to the weights that give the bad loss.
            if left == 0 || !taken.finite {
                broke |= !taken.finite;
                self.go_to(before);
                break;
            }
            self.note(step, &taken);
            all.losses.extend(&taken.losses);
            all.accuracies.extend(&taken.accuracies);
            all.gradients = taken.gradients;
        }
        let kept = self.step;
        let what = match broke {
            true => format!("A weight stopped being a number at step {kept}"),
            false => format!("The loss stopped being a number at step {}", from + most),
        };
        let began = self.look_again().await?.map(|(step, what)| format!(": it began at step {step} with {what}"));
        self.stopped = Some(format!(
            "{what}{}. The weights of step {kept} are kept; try half the learning rate.",
            began.unwrap_or_default()
        ));
        Ok(self.progress(all))
    }

    /// What is not finite first on the way from here to the next loss but one, and at which step. Moves nothing.
    async fn look_again(&mut self) -> Result<Option<(usize, String)>, SessionError> {
        let state = self.snapshot();
        let found = self.search().await;
        self.go_to(state);
        found
    }

    async fn search(&mut self) -> Result<Option<(usize, String)>, SessionError> {
        for _ in 0..2 {
            let step = self.step;
            // What an older file brought.
            if let Some(what) = first(self.suspected_weights()).await? {
                return Ok(Some((step, what)));
            }
            let Stepped { pass, gradients, .. } = self.try_step();
            let gradients_of = |parameter: &mut Parameter| {
                let gradient = parameter.flat().grad(&gradients)?;
                Some((format!("the gradients of {}", place(&parameter.name)), poison_of(gradient)))
            };
            let mut suspects = suspects_of(&pass, self);
            // Gradients come from behind.
            suspects.extend(self.parameters_mut().into_iter().rev().filter_map(gradients_of));
            if let Some(what) = first(suspects).await? {
                return Ok(Some((step, what)));
            }
            self.finish_step(pass, gradients);
            if let Some(what) = first(self.suspected_weights()).await? {
                return Ok(Some((step, what)));
            }
        }
        Ok(None)
    }

    fn suspected_weights(&mut self) -> Vec<Suspect> {
        let of = |parameter: &mut Parameter| {
            let kind = if parameter.trained { "weights" } else { "running statistics" };
            (format!("the {kind} of {}", place(&parameter.name)), poison_of(parameter.flat().without_autodiff()))
        };
        self.parameters_mut().into_iter().map(of).collect()
    }
}

/// What a pass left behind, input side first.
fn suspects_of(pass: &Pass, session: &Session) -> Vec<Suspect> {
    let mut suspects = vec![];
    for (layer, left) in session.network.layers().iter().zip(&pass.layers) {
        let name = &layer.name;
        suspects.push((format!("the currents of {name}"), poison_of(left.current.clone().without_autodiff())));
        let sent = if layer.spikes() { "potentials" } else { "activations" };
        suspects.push((format!("the {sent} of {name}"), poison_of(left.sent.clone().without_autodiff())));
    }
    suspects.push(("the logits of the readout".into(), poison_of(pass.logits.clone().without_autodiff())));
    suspects
}

/// The first of them that is not finite.
async fn first(suspects: Vec<Suspect>) -> Result<Option<String>, SessionError> {
    let (names, tensors): (Vec<String>, Vec<Tensor<1>>) = suspects.into_iter().unzip();
    let read = tensors.into_iter().fold(Transaction::default(), Transaction::register).execute_async().await?;
    let is_poisoned = |data: &TensorData| data.iter::<f32>().any(|number| !number.is_finite());
    Ok(names.into_iter().zip(&read).find(|(_, data)| is_poisoned(data)).map(|(name, _)| name))
}

/// The layer that a parameter belongs to.
fn place(parameter: &str) -> &str {
    match parameter.split_once('.') {
        Some(("readout", _)) => "the readout",
        Some((place, _)) => place,
        None => parameter,
    }
}

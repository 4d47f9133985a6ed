//! Runs whose numbers stop being finite.

use std::sync::Arc;

use burn::prelude::*;
use pollster::block_on;

use super::*;
use crate::data::{DataName, DataSet, dataset_tests::stripes};
use crate::neuron::SurrogateKind;

fn data() -> Arc<DataSet> {
    Arc::new(stripes(80, 40))
}

fn session(config: SessionConfig) -> Session {
    let config = SessionConfig { data: DataName::Digits, network: NetworkKind::Mlp, batch: 8, ..config };
    Session::new(config, data(), &Device::flex()).expect("a session")
}

fn train(session: &mut Session, steps: usize) -> Progress {
    block_on(session.train(steps)).expect("training")
}

/// Puts a number in place of the first one of a parameter, as if a file had brought it.
fn poison(session: &mut Session, name: &str, number: f32) {
    session.good = None;
    for parameter in session.network.parameters_mut().into_iter().filter(|parameter| parameter.name == name) {
        let mut values: Vec<f32> = parameter.without_autodiff().flat().into_data().try_to_vec().expect("f32");
        values[0] = number;
        let count = values.len();
        let device = parameter.flat().device();
        parameter.set(Tensor::from_data(burn::tensor::TensorData::new(values, [count]), &device));
    }
}

#[test]
fn a_run_that_breaks_says_in_which_layer_it_began_and_keeps_the_weights_before() {
    let config = || SessionConfig { widths: vec![9, 7], ..Default::default() };
    for name in ["layer1.weight", "layer2.weight", "readout.weight"] {
        let mut session = session(config());
        train(&mut session, 2);
        poison(&mut session, name, f32::NAN);
        let stopped = train(&mut session, 3).stopped.expect("it stops");
        let layer = name.split('.').next().expect("a layer");
        let layer = if layer == "readout" { "the readout" } else { layer };
        assert!(stopped.contains(&format!("with the weights of {layer}")), "{name}: {stopped}");
        assert!(stopped.contains("stopped being a number at step"), "{stopped}");
    }
}

#[test]
fn infinite_weights_behind_a_finite_loss_stop_the_run_too() {
    // Without batch norm an infinite bias only keeps one neuron firing.
    let mut session = session(SessionConfig { widths: vec![9, 7], batch_norm: false, ..Default::default() });
    train(&mut session, 2);
    poison(&mut session, "layer1.bias", f32::INFINITY);
    let progress = train(&mut session, 4);
    let stopped = progress.stopped.expect("it stops");
    assert!(stopped.contains("layer1"), "{stopped}");
    assert!(progress.losses.iter().all(|loss| loss.is_finite()));
}

#[test]
fn how_a_run_is_cut_into_calls_does_not_decide_where_it_stops() {
    let config = SessionConfig { widths: vec![9], rate: 0.01, batch_norm: false, ..Default::default() };
    let wild = |calls: &[usize]| {
        let mut session = session(config.clone());
        train(&mut session, 3);
        session.set_rate(3e37);
        let mut losses = vec![];
        for steps in calls {
            let progress = train(&mut session, *steps);
            losses.extend(progress.losses);
            if let Some(stopped) = progress.stopped {
                return (stopped, progress.step);
            }
        }
        panic!("it does not stop: {losses:?}");
    };
    let at_once = wild(&[12]);
    assert_eq!(wild(&[1; 12]), at_once);
    assert_eq!(wild(&[2, 3, 7]), at_once);
}

#[test]
fn a_gradient_whose_square_is_beyond_all_numbers_is_written_and_read() {
    let config = SessionConfig {
        widths: vec![64, 64],
        steps: 16,
        surrogate: SurrogateKind::Tri,
        surrogate_parameter: 25.0,
        decay: 1.0,
        ..Default::default()
    };
    let mut lanes = Lanes::of(vec![session(config)]);
    for _ in 0..3 {
        block_on(lanes.train(4)).expect("training");
        let bytes = block_on(lanes.checkpoint()).expect("a checkpoint");
        let again =
            Lanes::restore(&bytes, |_, _| Some(data()), &Device::flex()).expect("what a run writes it can read");
        assert_eq!(block_on(again.checkpoint()).expect("a checkpoint"), bytes);
    }
}

#[test]
fn an_evaluation_of_broken_weights_counts_no_answers_and_says_so() {
    let mut session = session(SessionConfig { widths: vec![9], ..Default::default() });
    train(&mut session, 2);
    poison(&mut session, "readout.bias", f32::NAN);
    let evaluation = block_on(session.evaluate(0, 40)).expect("an evaluation");
    assert_eq!((evaluation.broken, evaluation.accuracy, evaluation.confusion.iter().sum::<u32>()), (40, 0.0, 0));
    assert!((evaluation.loss - 8.0_f32.ln()).abs() < 1e-5, "as a guess: {}", evaluation.loss);
    assert!(evaluation.answers.iter().all(|answer| *answer == 8) && evaluation.confidences.iter().all(|c| *c == 0.0));
    assert!(block_on(session.probe(3)).expect("a trace").broken);
}

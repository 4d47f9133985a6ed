//! Runs whose input is another at each time step.

use std::sync::Arc;

use burn::prelude::Device;
use pollster::block_on;

use super::tests::{data, session, small, train};
use super::*;
use crate::data::{DataName, Encoding, Part, Presentation, dataset_tests::shapes};
use crate::method::contrast::ContrastConfig;
use crate::method::enof::EnofConfig;
use crate::neuron::SpikeKind;
use crate::probe::SeenInput;

const ENCODINGS: [Encoding; 3] = [Encoding::Rate, Encoding::Latency, Encoding::Saccades];

fn configs() -> impl Iterator<Item = SessionConfig> {
    let networks = [(NetworkKind::Mlp, vec![12, 10]), (NetworkKind::Conv, vec![4]), (NetworkKind::Resnet, vec![4])];
    ENCODINGS.into_iter().flat_map(move |encoding| {
        networks.clone().map(|(network, widths)| SessionConfig { encoding, network, widths, rate: 0.01, ..small() })
    })
}

#[test]
fn every_network_learns_from_spikes_and_events() {
    for config in configs() {
        let mut session = session(&SessionConfig { epochs: 15, ..config.clone() });
        let losses = train(&mut session, 150).losses;
        if config.network == NetworkKind::Resnet {
            // Its mean over space cannot tell one row from another.
            assert!(losses.iter().all(|loss| loss.is_finite()));
            continue;
        }
        let evaluation = block_on(session.evaluate(0, 70)).expect("an evaluation");
        assert!(evaluation.accuracy > 0.5, "{:?} {:?}: {}", config.encoding, config.network, evaluation.accuracy);
    }
}

#[test]
fn a_step_has_chances_of_its_own_and_a_held_out_sample_always_the_same() {
    let config = SessionConfig { encoding: Encoding::Rate, ..small() };
    let session = session(&config);
    let batch = |step| session.data().batch(Part::Train, &[0, 1], config.presentation_of_step(step)).inputs;
    assert_eq!(batch(0), batch(0));
    assert_ne!(batch(0), batch(1));
    let seen = |sample| block_on(session.probe(sample)).expect("a trace").seen;
    assert_eq!(seen(3), seen(3));
    let SeenInput::Image { over_time: Some(input), .. } = seen(3) else { panic!("spikes over time") };
    let held_out = session.data().batch(Part::HeldOut, &[3], config.presentation(config.steps)).inputs;
    assert_eq!(input.events, held_out, "what is shown is what the evaluation takes");
}

#[test]
fn what_a_sample_is_asked_alone_is_what_it_is_answered_among_others() {
    for config in configs() {
        let mut session = session(&config);
        train(&mut session, 10);
        let evaluation = block_on(session.evaluate(0, 70)).expect("an evaluation");
        for sample in [0, 1, 69] {
            let trace = block_on(session.probe(sample)).expect("a trace");
            assert_eq!(trace.answer, usize::from(evaluation.answers[sample]), "{:?}", config.encoding);
            assert!((trace.confidence - evaluation.confidences[sample]).abs() < 1e-4);
        }
    }
}

#[test]
fn event_driven_answers_are_those_of_the_tensors() {
    for config in configs().filter(|config| config.network != NetworkKind::Resnet) {
        for spike in [SpikeKind::Binary, SpikeKind::Real] {
            let mut session = session(&SessionConfig { spike, ..config.clone() });
            train(&mut session, 5);
            let classifier = session.classifier();
            let mut events = block_on(classifier.event_driven()).expect("events");
            let pixels: Vec<f32> =
                session.data().held_out.image(1).iter().map(|byte| f32::from(*byte) / 255.0).collect();
            let trace = block_on(classifier.classify(&pixels)).expect("a trace");
            let given = crate::probe::softmax(&events.answer(&pixels).expect("an answer"));
            let expected = &trace.evidence[trace.evidence.len() - trace.classes..];
            for (given, expected) in given.iter().zip(expected) {
                assert!((given - expected).abs() < 1e-3, "{:?} {spike:?}: {given} {expected}", config.encoding);
            }
            assert!(events.answer(&pixels[1..]).is_err(), "an image of another size is refused");
        }
    }
}

#[test]
fn spikes_of_the_input_are_added_and_multiply_nothing() {
    let counts = |config: &SessionConfig| block_on(session(config).evaluate(0, 70)).expect("an evaluation").counts;
    let direct = counts(&SessionConfig { widths: vec![12], ..small() });
    assert_eq!(direct.macs, 4.0 * 64.0 * 12.0);
    let latency = SessionConfig { encoding: Encoding::Latency, widths: vec![12], ..small() };
    let (taken, data) = (counts(&latency), data());
    assert_eq!((taken.macs, taken.ordinary_macs), (0.0, direct.ordinary_macs));
    // Each pixel that is not black spikes once, and reaches 12 neurons; each of their spikes reaches 8 classes.
    let lit: usize = (0..70).map(|i| data.held_out.image(i).iter().filter(|byte| **byte > 0).count()).sum();
    let expected = lit as f64 / 70.0 * 12.0 + taken.spikes * data.classes.len() as f64;
    assert!((taken.synaptic_operations - expected).abs() < 1e-6 * expected, "{} {expected}", taken.synaptic_operations);
}

#[test]
fn rectified_units_take_the_mean_over_time_and_multiply() {
    let units = UnitKind::Relu;
    for encoding in ENCODINGS {
        let mut session = session(&SessionConfig { encoding, units, widths: vec![12], ..small() });
        let numbers = session.network().input().count() as f64;
        let counts = block_on(session.evaluate(0, 70)).expect("an evaluation").counts;
        assert_eq!((counts.macs, counts.synaptic_operations), (numbers * 12.0 + 12.0 * 8.0, 0.0), "{encoding:?}");
        let trace = block_on(session.probe(0)).expect("a trace");
        let SeenInput::Image { over_time: Some(input), .. } = trace.seen else { panic!("spikes over time") };
        assert_eq!((trace.steps, input.events.len()), (1, 4 * input.shape.count()), "all that the mean is of");
    }
}

#[test]
fn a_twin_is_guided_by_the_mean_over_time() {
    for encoding in ENCODINGS {
        let enof = EnofConfig { align: 1.0, ..Default::default() };
        let contrast = ContrastConfig { contrast: 0.1, ..Default::default() };
        let config = SessionConfig { encoding, enof, contrast, twin_epochs: 1, ..small() };
        let mut twin = session(&config.twin(data().form));
        train(&mut twin, 10);
        let mut session = session(&config);
        session.set_twin(Arc::new(twin.network().without_autodiff()));
        assert!(train(&mut session, 4).losses.iter().all(|loss| loss.is_finite()));
    }
}

#[test]
fn a_run_on_spikes_goes_on_from_its_checkpoint_and_its_weights_answer_alike() {
    for encoding in ENCODINGS {
        let config = SessionConfig { encoding, ..small() };
        let mut lanes = Lanes::new(vec![config], &data(), &Device::flex()).expect("lanes");
        block_on(lanes.train(5)).expect("training");
        let bytes = block_on(lanes.checkpoint()).expect("a checkpoint");
        let mut again = Lanes::restore(&bytes, |_, _| Some(data()), &Device::flex()).expect("lanes");
        assert_eq!(block_on(lanes.train(5)).expect("training"), block_on(again.train(5)).expect("training"));
        let session = &lanes.sessions()[0];
        let weights = block_on(session.weights()).expect("weights");
        let classifier = Classifier::from_weights(&weights, &Device::flex()).expect("a classifier");
        let pixels: Vec<f32> = session.data().held_out.image(0).iter().map(|byte| f32::from(*byte) / 255.0).collect();
        let [read, own] =
            [classifier, session.classifier()].map(|one| block_on(one.classify(&pixels)).expect("a trace"));
        assert_eq!(read.evidence, own.evidence);
    }
}

#[test]
fn over_no_time_step_nothing_flows_in() {
    let presentation = Presentation { encoding: Encoding::Rate, steps: 0, ..Presentation::plain(0) };
    assert!(data().batch(Part::Train, &[0, 1], presentation).inputs.is_empty());
}

#[test]
fn clouds_have_no_brightness_to_make_spikes_of() {
    let (data, network) = (DataName::Furniture, NetworkKind::Pointnet);
    let config = SessionConfig { data, network, widths: vec![8, 16], encoding: Encoding::Rate, ..Default::default() };
    let refused = Session::new(config, Arc::new(shapes(40, 8)), &Device::flex()).err();
    assert!(refused.expect("refused").to_string().starts_with("encoding is rate: points have no brightness"));
}

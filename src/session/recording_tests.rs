//! Runs on recordings of an event camera.

use std::sync::Arc;

use burn::prelude::Device;
use pollster::block_on;

use super::tests::{small, train};
use super::*;
use crate::data::dataset_tests::{recording, recordings, shapes};
use crate::data::{DataName, DataSet, Encoding, Form, Part, Presentation};
use crate::method::contrast::ContrastConfig;
use crate::method::enof::EnofConfig;
use crate::probe::SeenInput;

fn data() -> Arc<DataSet> {
    Arc::new(recordings(80, 16))
}

fn config(network: NetworkKind, widths: &[usize]) -> SessionConfig {
    SessionConfig { data: DataName::Own, network, widths: widths.to_vec(), rate: 0.01, ..small() }
}

fn configs() -> [SessionConfig; 3] {
    [
        config(NetworkKind::Mlp, &[12, 10]),
        config(NetworkKind::Conv, &[4]),
        SessionConfig { steps: 7, ..config(NetworkKind::Resnet, &[4]) },
    ]
}

fn session(config: &SessionConfig) -> Session {
    Session::new(config.clone(), data(), &Device::flex()).expect("a session")
}

#[test]
fn every_network_learns_from_recordings_and_answers_alone_as_among_others() {
    for config in configs() {
        let mut session = session(&SessionConfig { epochs: 15, ..config.clone() });
        let losses = train(&mut session, 150).losses;
        assert!(losses.iter().all(|loss| loss.is_finite()));
        let evaluation = block_on(session.evaluate(0, 16)).expect("an evaluation");
        // The mean over space of a residual network cannot tell one row from another.
        let tells = config.network != NetworkKind::Resnet;
        assert!(!tells || evaluation.accuracy > 0.5, "{:?}: {}", config.network, evaluation.accuracy);
        for sample in [0, 15] {
            let trace = block_on(session.probe(sample)).expect("a trace");
            assert_eq!(trace.answer, usize::from(evaluation.answers[sample]), "{:?}", config.network);
            let dropped = block_on(session.classifier().classify_recording(&recording(80 + sample))).expect("a trace");
            assert_eq!(
                (dropped.evidence, &dropped.seen),
                (trace.evidence, &trace.seen),
                "a dropped file is seen alike"
            );
            let SeenInput::Recording(input) = trace.seen else { panic!("a recording was seen") };
            let shown = Presentation { steps: config.steps, ..Presentation::plain(0) };
            assert_eq!(input.events, session.data().batch(Part::HeldOut, &[sample], shown).inputs);
            let picture: Vec<u8> = input.picture().iter().map(|share| (share * 255.0).round() as u8).collect();
            assert_eq!(picture, *session.data().picture(Part::HeldOut, sample));
        }
    }
}

#[test]
fn event_driven_answers_are_those_of_the_tensors() {
    for config in configs().into_iter().filter(|config| config.network != NetworkKind::Resnet) {
        let mut session = session(&config);
        train(&mut session, 5);
        let classifier = session.classifier();
        let mut events = block_on(classifier.event_driven()).expect("events");
        let trace = block_on(classifier.classify_recording(&recording(2))).expect("a trace");
        let SeenInput::Recording(input) = &trace.seen else { panic!("a recording was seen") };
        let given = crate::probe::softmax(&events.answer(&input.events).expect("an answer"));
        let expected = &trace.evidence[trace.evidence.len() - trace.classes..];
        for (given, expected) in given.iter().zip(expected) {
            assert!((given - expected).abs() < 1e-3, "{:?}: {given} {expected}", config.network);
        }
        let silenced = crate::layer::Silenced { layer: 0, neuron: 3 };
        assert_eq!(block_on(classifier.says(&input.events, 0, silenced)).expect("logits").len(), 8);
        assert!(events.answer(&input.events[1..]).is_err());
    }
}

#[test]
fn events_are_added_and_multiply_nothing() {
    let mut session = session(&config(NetworkKind::Mlp, &[12]));
    let counts = block_on(session.evaluate(0, 16)).expect("an evaluation").counts;
    assert_eq!(counts.macs, 0.0);
    // Each of 24 events reaches 12 neurons; each of their spikes reaches 8 classes.
    let expected = 24.0 * 12.0 + counts.spikes * 8.0;
    assert!((counts.synaptic_operations - expected).abs() < 1e-6 * expected, "{}", counts.synaptic_operations);
}

#[test]
fn a_run_goes_on_from_its_checkpoint_with_its_twin_and_its_weights_answer_alike() {
    let enof = EnofConfig { align: 1.0, ..Default::default() };
    let contrast = ContrastConfig { contrast: 0.1, ..Default::default() };
    let config = SessionConfig { enof, contrast, twin_epochs: 1, ..config(NetworkKind::Mlp, &[12, 10]) };
    let mut lanes = Lanes::new(vec![config.clone()], &data(), &Device::flex()).expect("lanes");
    while block_on(lanes.prepare(4)).expect("steps").is_some() {}
    let twin = lanes.twin_of(0).expect("a twin");
    assert_eq!((twin.steps(), twin.input().count()), (1, 128), "the mean over time of both kinds of events");
    block_on(lanes.train(5)).expect("training");
    let bytes = block_on(lanes.checkpoint()).expect("a checkpoint");
    let mut again = Lanes::restore(&bytes, |_, _| Some(data()), &Device::flex()).expect("lanes");
    assert_eq!(block_on(lanes.train(5)).expect("training"), block_on(again.train(5)).expect("training"));
    let session = &lanes.sessions()[0];
    let weights = block_on(session.weights()).expect("weights");
    let classifier = Classifier::from_weights(&weights, &Device::flex()).expect("a classifier");
    assert_eq!(classifier.form(), Form::recording(8, 8));
    let [read, own] = [classifier.clone(), session.classifier()]
        .map(|one| block_on(one.classify_recording(&recording(5))).expect("a trace"));
    assert_eq!(read.evidence, own.evidence);
    let refused = |given: Result<crate::probe::Trace, SessionError>| given.expect_err("refused").to_string();
    let other = refused(block_on(classifier.classify(&[0.0; 64])));
    assert_eq!(other, "an image was given to a network that classifies recordings of events");
    let cut = refused(block_on(classifier.classify_recording(&recording(5)[1..])));
    assert!(cut.starts_with("this is no recording that the network can take: it has 119 bytes"), "{cut}");
}

#[test]
fn what_has_learnt_from_a_simulated_camera_takes_a_real_recording() {
    let config = SessionConfig { encoding: Encoding::Saccades, ..small() };
    let session = Session::new(config, super::tests::data(), &Device::flex()).expect("a session");
    let shown = block_on(session.probe(3)).expect("a trace");
    let SeenInput::Image { over_time: Some(input), .. } = &shown.seen else { panic!("an image over time") };
    // Its sensor sees 14 x 14 pixels, those of the recordings among them.
    let trace = block_on(session.classifier().classify_recording(&recording(3))).expect("a trace");
    let SeenInput::Recording(events) = &trace.seen else { panic!("a recording was seen") };
    assert_eq!((events.shape, events.events.iter().sum::<f32>()), (input.shape, 24.0));
    let silenced = crate::layer::Silenced { layer: 0, neuron: 3 };
    assert!(block_on(session.classifier().says(&events.events, 0, silenced)).is_ok());
}

#[test]
fn recordings_are_events_already_and_no_points() {
    let refused =
        |config: SessionConfig| Session::new(config, data(), &Device::flex()).err().expect("refused").to_string();
    for encoding in [Encoding::Rate, Encoding::Latency, Encoding::Saccades] {
        let said = refused(SessionConfig { encoding, ..config(NetworkKind::Conv, &[4]) });
        assert_eq!(said, format!("encoding is {encoding}: these are events already; a recording flows in directly"));
    }
    let said = refused(config(NetworkKind::Pointnet, &[8, 16]));
    assert_eq!(said, "network is pointnet: a PointNet takes point clouds, and these data are recordings of events");
    let clouds = SessionConfig {
        data: DataName::Furniture,
        network: NetworkKind::Pointnet,
        widths: vec![8, 16],
        ..Default::default()
    };
    let classifier = Session::new(clouds, Arc::new(shapes(40, 8)), &Device::flex()).expect("a session").classifier();
    let said = block_on(classifier.classify_recording(&recording(0))).expect_err("refused").to_string();
    assert_eq!(said, "a recording was given to a network that classifies point clouds");
}

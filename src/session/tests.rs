use std::sync::Arc;

use burn::prelude::*;
use burn::tensor::TensorData;
use pollster::block_on;

use super::*;
use crate::data::{DataName, DataSet, dataset_tests::stripes};
use crate::layer::{Mode, Silenced};
use crate::neuron::SpikeKind;

pub(super) fn small() -> SessionConfig {
    let (data, network) = (DataName::Digits, NetworkKind::Mlp);
    SessionConfig { data, network, widths: vec![12, 10], batch: 8, epochs: 4, ..Default::default() }
}

pub(super) fn data() -> Arc<DataSet> {
    Arc::new(stripes(80, 70))
}

pub(super) fn session(config: &SessionConfig) -> Session {
    Session::new(config.clone(), data(), &Device::flex()).expect("a session")
}

pub(super) fn train(session: &mut Session, steps: usize) -> Progress {
    block_on(session.train(steps)).expect("training")
}

fn weights(session: &Session) -> Vec<(String, Vec<f32>)> {
    let mut network = session.network().without_autodiff();
    let floats = |tensor: Tensor<1>| tensor.into_data().try_to_vec().expect("f32");
    network.parameters_mut().iter().map(|p| (p.name.clone(), floats(p.flat()))).collect()
}

#[test]
fn a_run_is_a_function_of_its_config() {
    let configs = [
        small(),
        SessionConfig { network: NetworkKind::Conv, widths: vec![3, 4], spike: SpikeKind::Ternary, ..small() },
        SessionConfig {
            optimiser: OptimiserKind::Sgd,
            rate: 0.1,
            batch_norm: false,
            spike: SpikeKind::Real,
            ..small()
        },
    ];
    for config in configs {
        let mut one = session(&config);
        let mut other = session(&config);
        let at_once = train(&mut one, 12);
        let in_parts: Vec<f32> = [5, 1, 6].into_iter().flat_map(|steps| train(&mut other, steps).losses).collect();
        assert_eq!(at_once.losses, in_parts);
        assert_eq!(weights(&one), weights(&other));
        let reseeded = train(&mut session(&SessionConfig { seed: 2, ..config }), 12);
        assert_ne!(reseeded.losses, at_once.losses);
    }
}

#[test]
fn a_run_goes_on_from_a_checkpoint_as_if_nothing_had_happened() {
    for optimiser in [OptimiserKind::Adam, OptimiserKind::Sgd] {
        let one = SessionConfig { optimiser, train_amplitude: true, ..small() };
        let other = SessionConfig { spike: SpikeKind::Ternary, ..one.clone() };
        let mut lanes = Lanes::new(vec![one, other], &data(), &Device::flex()).expect("lanes");
        block_on(lanes.train(7)).expect("training");
        let bytes = block_on(lanes.checkpoint()).expect("a checkpoint");
        let mut again = Lanes::restore(&bytes, |_, _| Some(data()), &Device::flex()).expect("lanes");
        assert_eq!(block_on(lanes.train(15)).expect("training"), block_on(again.train(15)).expect("training"));
        for (straight, resumed) in lanes.sessions().iter().zip(again.sessions()) {
            assert_eq!(weights(straight), weights(resumed));
        }
    }
}

#[test]
fn other_bytes_are_no_checkpoint() {
    let refused =
        |bytes: &[u8]| Lanes::restore(bytes, |_, _| Some(data()), &Device::flex()).err().expect("refused").to_string();
    assert!(refused(b"").starts_with("this is not a safetensors file"));
    let empty = safetensors::serialize::<&str, safetensors::tensor::TensorView<'_>, _>([], None).expect("a file");
    assert!(refused(&empty).starts_with("this safetensors file is not a checkpoint of Spikeground"));
    let lanes = Lanes::of(vec![session(&small())]);
    let bytes = block_on(lanes.checkpoint()).expect("a checkpoint");
    assert!(refused(&bytes[..bytes.len() - 4]).starts_with("this is not a safetensors file"));
    let error = Lanes::restore(&bytes, |_, _| None, &Device::flex()).err().expect("refused").to_string();
    assert_eq!(error, "the checkpoint is of the data set digits, which has not been loaded");
}

#[test]
fn lanes_start_from_the_same_weights_and_see_the_same_batches() {
    let kinds = [SpikeKind::Binary, SpikeKind::Ternary, SpikeKind::Real];
    let configs = kinds.map(|spike| SessionConfig { spike, ..small() });
    let mut lanes = Lanes::new(configs.to_vec(), &data(), &Device::flex()).expect("lanes");
    let first = weights(&lanes.sessions()[0]);
    assert!(lanes.sessions().iter().all(|session| weights(session) == first));
    block_on(lanes.train(3)).expect("training");
    let mut plans: Vec<_> = lanes.sessions().iter().map(|session| session.plan.clone()).collect();
    let batches: Vec<Vec<usize>> = plans.iter_mut().map(|plan| plan.indices(3).to_vec()).collect();
    assert!(batches.iter().all(|batch| *batch == batches[0]));
    // The same config in every lane gives the same run, so that a difference is one of the configs.
    let mut twins = Lanes::new(vec![small(), small()], &data(), &Device::flex()).expect("lanes");
    let progress = block_on(twins.train(6)).expect("training");
    assert_eq!(progress[0], progress[1]);
}

#[test]
fn a_loss_that_is_not_a_number_stops_the_run_at_the_last_good_weights() {
    let mut session = session(&small());
    train(&mut session, 4);
    // Beyond what a config may say: the next step throws the weights out of all numbers, the one after it meets them.
    session.set_rate(f32::MAX);
    let progress = train(&mut session, 20);
    let reason = progress.stopped.expect("it stops");
    assert!(reason.contains("try half the learning rate"), "{reason}");
    assert_eq!((session.step(), progress.step, progress.losses), (4, 4, vec![]));
    assert!(weights(&session).iter().all(|(_, values)| values.iter().all(|value| value.is_finite())));
    // A restored run stays where it is too.
    session.set_rate(small().rate);
    let bytes = block_on(Lanes::of(vec![session]).checkpoint()).expect("a checkpoint");
    let mut lanes = Lanes::restore(&bytes, |_, _| Some(data()), &Device::flex()).expect("lanes");
    let session = &mut lanes.sessions_mut()[0];
    let stays = train(session, 5);
    assert_eq!((stays.step, stays.losses.len(), stays.stopped), (session.step(), 0, Some(reason)));
}

#[test]
fn a_bad_loss_at_the_first_step_of_a_call_goes_back_to_the_state_before() {
    let mut session = session(&small());
    train(&mut session, 3);
    let good = weights(&session);
    session.set_rate(f32::MAX);
    assert_eq!(
        train(&mut session, 1).stopped,
        None,
        "the loss of the step that throws the weights out is still a number"
    );
    let progress = train(&mut session, 1);
    assert!(
        progress
            .stopped
            .is_some_and(|reason| reason.contains("at step 4") && reason.contains(". The weights of step 3 are kept"))
    );
    assert_eq!((session.step(), weights(&session)), (3, good));
}

#[test]
fn images_of_another_data_set_than_the_config_says_are_refused() {
    let config = SessionConfig { data: DataName::Mnist, ..small() };
    let error = Session::new(config, data(), &Device::flex()).err().expect("refused").to_string();
    assert_eq!(error, "data is mnist: the samples that were given are those of digits");
}

#[test]
fn spikes_are_counted_on_the_first_256_samples_however_they_are_sliced() {
    let data = Arc::new(stripes(80, 400));
    let mut session = Session::new(small(), data, &Device::flex()).expect("a session");
    let whole = block_on(session.evaluate(0, 400)).expect("an evaluation");
    let mut sliced = block_on(session.evaluate(0, 200)).expect("an evaluation");
    sliced = block_on(session.evaluate(sliced.done, 200)).expect("an evaluation");
    assert_eq!(whole.counts, sliced.counts);
    // 22 neurons, 4 time steps.
    let spikes: u64 = whole.layers.iter().map(|layer| layer.statistics.spikes()).sum();
    assert_eq!(whole.counts.spikes, spikes as f64 / 256.0);
}

#[test]
fn held_out_samples_are_answered_alike_at_once_and_in_slices() {
    let mut session = session(&SessionConfig { spike: SpikeKind::Ternary, ..small() });
    train(&mut session, 20);
    let at_once = block_on(session.evaluate(0, 70)).expect("an evaluation");
    let mut answers = vec![];
    let mut last = None;
    for from in (0..70).step_by(16) {
        let part = block_on(session.evaluate(from, 16)).expect("an evaluation");
        answers.extend(part.answers.clone());
        last = Some(part);
    }
    let last = last.expect("a slice");
    assert_eq!(answers, at_once.answers);
    assert_eq!((last.done, last.total, last.accuracy, &last.confusion), (70, 70, at_once.accuracy, &at_once.confusion));
    assert_eq!(at_once.confusion.iter().sum::<u32>(), 70);
    for (part, whole) in last.layers.iter().zip(&at_once.layers) {
        assert_eq!(part.statistics.rate(), whole.statistics.rate());
        assert!((part.synaptic_operations - whole.synaptic_operations).abs() < 1e-9);
    }
    // The weights of a pass are those it began with.
    block_on(session.evaluate(0, 30)).expect("an evaluation");
    train(&mut session, 10);
    let rest = block_on(session.evaluate(30, 40)).expect("an evaluation");
    assert_eq!((rest.from, rest.done, rest.accuracy, &rest.confusion), (30, 70, at_once.accuracy, &at_once.confusion));
    // A pass that does not stand there begins anew.
    let anew = block_on(session.evaluate(12, 8)).expect("an evaluation");
    assert_eq!((anew.from, anew.done, anew.answers.len()), (0, 8, 8));
    let error = block_on(session.evaluate(70, 1)).expect_err("there are 70").to_string();
    assert_eq!(error, "held-out sample 70 was asked for, but there are 70, numbered from 0");
}

#[test]
fn shipped_weights_answer_as_the_session_they_come_from() {
    let mut session = session(&small());
    train(&mut session, 20);
    let bytes = block_on(session.weights()).expect("weights");
    let classifier = Classifier::from_weights(&bytes, &Device::flex()).expect("a classifier");
    let greys: Vec<f32> = data().held_out.image(3).iter().map(|grey| f32::from(*grey) / 255.0).collect();
    let mut probed = block_on(session.probe(3)).expect("a trace");
    assert_eq!(probed.label.take(), Some(data().held_out.label(3)));
    assert_eq!(block_on(classifier.classify(&greys)).expect("a trace"), probed);
    let error = block_on(classifier.classify(&greys[1..])).expect_err("too few pixels").to_string();
    assert_eq!(error, "an image of 63 pixels was given to a network that sees 64");
}

#[test]
fn events_answer_as_the_tensors_from_every_kind_of_file() {
    let mut session = session(&small());
    train(&mut session, 20);
    let network = session.network().without_autodiff();
    let files = [block_on(session.weights()), block_on(session.folded_weights())].map(|bytes| bytes.expect("weights"));
    let checkpoint = block_on(Lanes::of(vec![session]).checkpoint()).expect("a checkpoint");
    let files = files.into_iter().chain([checkpoint]);
    let classifiers = files.map(|bytes| Classifier::from_weights(&bytes, &Device::flex()).expect("a classifier"));
    for classifier in classifiers {
        let mut events = block_on(classifier.event_driven()).expect("events");
        for sample in 0..5 {
            let greys: Vec<f32> = data().held_out.image(sample).iter().map(|grey| f32::from(*grey) / 255.0).collect();
            let normed = data().normalisation.apply(&greys);
            let image = Tensor::<2>::from_data(TensorData::new(normed, [1, 64]), &Device::flex());
            let expected: Vec<f32> =
                network.forward(image, Mode::Evaluate).logits.into_data().try_to_vec().expect("f32");
            let given = events.answer(&greys).expect("an answer");
            assert!(given.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-4), "{given:?} {expected:?}");
            assert!(events.rates()[0] > 0.0);
        }
        let error = events.answer(&[f32::NAN; 64]).expect_err("no greys").to_string();
        assert_eq!(
            error,
            "pixel number 0 of the image is NaN: pixels go from 0 (ground, or dark) to 1 (ink, or bright)"
        );
        let error = events.answer(&[0.0; 63]).expect_err("too few pixels").to_string();
        assert_eq!(error, "an image of 63 pixels was given to a network that sees 64");
    }
}

#[test]
fn a_batch_larger_than_the_data_is_refused() {
    let config = SessionConfig { batch: 81, ..small() };
    let error = Session::new(config, data(), &Device::flex()).err().expect("refused").to_string();
    assert_eq!(error, "batch is 81: there are only 80 samples to train on");
}

#[test]
fn what_the_last_neurons_say_to_the_classes_makes_the_logits_and_a_silent_one_says_nothing() {
    let mut session = session(&small());
    train(&mut session, 8);
    let seen: Vec<f32> = session.data().held_out.image(3).iter().map(|grey| f32::from(*grey) / 255.0).collect();
    let classifier = session.classifier();
    let says = |layer, neuron| block_on(classifier.says(&seen, 3, Silenced { layer, neuron }));
    let trace = block_on(session.probe(3)).expect("a trace");
    let (last, neurons) = (&trace.layers[1], trace.layers[1].shape[0]);
    let mut sums = vec![0.0; trace.classes];
    for neuron in 0..neurons {
        let said = says(1, neuron).expect("a neuron");
        sums.iter_mut().zip(&said).for_each(|(sum, said)| *sum += said);
        let fires = (0..trace.steps).any(|t| last.spikes[t * neurons + neuron] != 0.0);
        assert_eq!(fires, said.iter().any(|said| *said != 0.0), "neuron {neuron}");
    }
    let bias: Vec<f32> = weights(&session).into_iter().find(|(name, _)| name == "readout.bias").expect("a bias").1;
    let logits: Vec<f32> = sums.iter().zip(&bias).map(|(sum, bias)| sum + bias).collect();
    let evidence = crate::probe::softmax(&logits);
    let told = &trace.evidence[(trace.steps - 1) * trace.classes..];
    assert!(evidence.iter().zip(told).all(|(one, other)| (one - other).abs() < 1e-5), "{evidence:?} {told:?}");
    assert!(says(0, 12).is_err() && says(2, 0).is_err(), "there are two layers of 12 and 10");
    assert!(says(0, 11).is_ok());
}

use std::sync::Arc;

use burn::prelude::*;
use pollster::block_on;

use super::*;
use crate::data::{DataName, DataSet, dataset_tests::stripes};
use crate::layer::WeightKind;
use crate::method::contrast::{ContrastConfig, LayerWeights};
use crate::method::enof::{AlignThrough, EnofConfig, LastActivation};
use crate::method::im_loss::{ImForm, ImLossConfig};
use crate::method::paradigm::{LossKind, ParadigmConfig};
use crate::method::reverb::ReverbConfig;
use crate::method::shortcut::{ShortcutConfig, ShortcutKind};
use crate::neuron::{SpikeKind, SurrogateKind};

fn data() -> Arc<DataSet> {
    Arc::new(stripes(80, 70))
}

fn small() -> SessionConfig {
    let (data, network) = (DataName::Digits, NetworkKind::Mlp);
    let widths = vec![12, 10, 8];
    SessionConfig { data, network, widths, batch: 8, epochs: 4, twin_epochs: 2, steps: 2, ..Default::default() }
}

/// Every method and its variants, one at a time, and several at once.
fn methods() -> Vec<(&'static str, SessionConfig)> {
    let reverb = |binary_ends| ReverbConfig { weights: WeightKind::Binary, binary_ends, train_factor: true };
    let contrast = ContrastConfig { contrast: 0.2, contrast_memory: 20, ..Default::default() };
    let enof = EnofConfig { align: 1.0, ..Default::default() };
    let shortcut = ShortcutConfig { shortcut: ShortcutKind::Evolving, shortcut_weight: 0.25 };
    let paradigm =
        ParadigmConfig { membrane_noise: 0.5, evaluation_noise: true, evaluation_steps: 4, loss: LossKind::PerStep };
    let im_loss = ImLossConfig { im_loss: 0.5, ..Default::default() };
    let esg = SessionConfig { surrogate: SurrogateKind::Esg, surrogate_parameter: 1.0, ..small() };
    let resnet = SessionConfig { network: NetworkKind::Resnet, widths: vec![4, 6], ..small() };
    vec![
        ("reverb", SessionConfig { spike: SpikeKind::Real, reverb: reverb(false), ..small() }),
        (
            "reverb without norm, binary ends",
            SessionConfig { spike: SpikeKind::Real, reverb: reverb(true), batch_norm: false, ..small() },
        ),
        ("contrast", SessionConfig { contrast, ..small() }),
        (
            "contrast of dissimilar layers",
            SessionConfig {
                contrast: ContrastConfig { contrast_weights: LayerWeights::Dissimilar, contrast_memory: 0, ..contrast },
                ..resnet.clone()
            },
        ),
        ("aligned feature", SessionConfig { enof, ..small() }),
        ("distillation", SessionConfig { enof: EnofConfig { align_through: AlignThrough::Own, ..enof }, ..small() }),
        (
            "rectified output",
            SessionConfig { enof: EnofConfig { align: 0.0, last_activation: LastActivation::Relu, ..enof }, ..small() },
        ),
        ("shortcut", SessionConfig { shortcut, ..small() }),
        ("ternary", SessionConfig { spike: SpikeKind::Ternary, train_amplitude: true, ..resnet.clone() }),
        ("paradigm", SessionConfig { paradigm, steps: 1, ..small() }),
        ("loss per step", SessionConfig { paradigm, ..small() }),
        ("im loss", SessionConfig { im_loss, ..resnet.clone() }),
        (
            "im loss on currents",
            SessionConfig { im_loss: ImLossConfig { im_form: ImForm::Current, ..im_loss }, ..small() },
        ),
        (
            "evolving surrogate",
            SessionConfig { im_loss: ImLossConfig { evolve_surrogate: true, ..im_loss }, ..esg.clone() },
        ),
        (
            "all that go together",
            SessionConfig {
                contrast,
                enof,
                shortcut,
                paradigm,
                im_loss: ImLossConfig { evolve_surrogate: true, ..im_loss },
                spike: SpikeKind::Real,
                reverb: reverb(false),
                ..SessionConfig { surrogate: SurrogateKind::Esg, ..resnet }
            },
        ),
        // Three time steps: over fewer the decay moves little.
        ("trained decay", SessionConfig { train_decay: true, steps: 3, ..small() }),
        ("the twin itself", small().twin(data().form)),
    ]
}

fn lanes(config: &SessionConfig) -> Lanes {
    let mut lanes = Lanes::new(vec![config.clone()], &data(), &Device::flex()).expect("lanes");
    while block_on(lanes.prepare(7)).expect("a twin").is_some() {}
    lanes
}

fn train(lanes: &mut Lanes, steps: usize) -> Progress {
    block_on(lanes.train(steps)).expect("training").remove(0)
}

#[test]
fn every_method_trains_the_same_run_twice_and_goes_on_from_a_checkpoint() {
    for (name, config) in methods() {
        let (mut one, mut other) = (lanes(&config), lanes(&config));
        let first = train(&mut one, 6);
        assert_eq!(first, train(&mut other, 6), "{name}");
        assert!(first.losses.iter().all(|loss| loss.is_finite()), "{name}: {:?}", first.losses);
        let bytes = block_on(one.checkpoint()).expect("a checkpoint");
        let mut again = Lanes::restore(&bytes, |_, _| Some(data()), &Device::flex()).expect("lanes");
        assert_eq!(block_on(again.prepare(1)).expect("the twin is in the checkpoint"), None, "{name}");
        assert_eq!(train(&mut one, 9), train(&mut again, 9), "{name}");
        assert_eq!(one.sessions()[0].diary(), again.sessions()[0].diary(), "{name}");
    }
}

#[test]
fn every_method_learns_the_stripes() {
    for (name, config) in methods() {
        let mut lanes = lanes(&SessionConfig { epochs: 20, ..config });
        train(&mut lanes, 200);
        let evaluation = block_on(lanes.sessions_mut()[0].evaluate(0, 70)).expect("an evaluation");
        assert!(evaluation.accuracy > 0.55, "{name}: {}", evaluation.accuracy);
    }
}

/// A run with one method switched off, or a variant of it taken back.
fn without(name: &str, config: &SessionConfig) -> SessionConfig {
    let plain = SessionConfig::default();
    let config = config.clone();
    match name {
        "reverb" | "reverb without norm, binary ends" => SessionConfig { reverb: plain.reverb, ..config },
        "contrast" => SessionConfig { contrast: plain.contrast, ..config },
        "contrast of dissimilar layers" => {
            let contrast = ContrastConfig { contrast_weights: LayerWeights::Similar, ..config.contrast };
            SessionConfig { contrast, ..config }
        }
        "distillation" => {
            let enof = EnofConfig { align_through: AlignThrough::Twin, ..config.enof };
            SessionConfig { enof, ..config }
        }
        "aligned feature" | "rectified output" => SessionConfig { enof: plain.enof, ..config },
        "shortcut" => SessionConfig { shortcut: plain.shortcut, ..config },
        "ternary" => SessionConfig { spike: SpikeKind::Binary, ..config },
        "paradigm" => {
            let paradigm = ParadigmConfig { membrane_noise: 0.0, ..config.paradigm };
            SessionConfig { paradigm, ..config }
        }
        "loss per step" => {
            let paradigm = ParadigmConfig { loss: LossKind::MeanLogits, ..config.paradigm };
            SessionConfig { paradigm, ..config }
        }
        "im loss" => SessionConfig { im_loss: plain.im_loss, ..config },
        "im loss on currents" => {
            let im_loss = ImLossConfig { im_form: ImForm::Potential, ..config.im_loss };
            SessionConfig { im_loss, ..config }
        }
        "evolving surrogate" => {
            let im_loss = ImLossConfig { evolve_surrogate: false, ..config.im_loss };
            SessionConfig { im_loss, ..config }
        }
        "all that go together" => SessionConfig { contrast: plain.contrast, ..config },
        "trained decay" => SessionConfig { train_decay: false, ..config },
        "the twin itself" => SessionConfig { units: UnitKind::Spiking, ..config },
        other => panic!("what is {other} without itself?"),
    }
}

/// Learning alone would not show whether a method is there: a run in which it did nothing learns as well.
#[test]
fn every_method_moves_the_weights_elsewhere_than_the_run_without_it() {
    for (name, config) in methods() {
        // Over an epoch, because a surrogate that evolves is at first the one that does not.
        let after = |config: &SessionConfig| {
            let mut lanes = lanes(config);
            train(&mut lanes, 15);
            weights(&lanes)
        };
        let (with, without) = (after(&config), after(&without(name, &config)));
        let apart = with.iter().zip(&without).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(apart > 1e-4, "{name}: at most {apart} apart");
    }
}

/// The network's own weights, as they are trained.
fn weights(lanes: &Lanes) -> Vec<f32> {
    let network = lanes.sessions()[0].network();
    let weights = network.layers().iter().map(|layer| layer.synapse().weight()).chain([network.readout().weight()]);
    weights
        .flat_map(|weight| weight.latent().without_autodiff().flat().into_data().try_to_vec::<f32>().expect("f32"))
        .collect()
}

/// Initial weights and batches are those of the run without the method, so that lanes differ in it alone.
#[test]
fn a_method_leaves_initial_weights_and_batches_as_they_are() {
    for (name, config) in methods().into_iter().filter(|(name, _)| *name != "the twin itself") {
        let plain = SessionConfig {
            network: config.network,
            widths: config.widths.clone(),
            steps: config.steps,
            batch_norm: config.batch_norm,
            ..small()
        };
        assert_eq!(weights(&lanes(&config)), weights(&lanes(&plain)), "{name}");
    }
}

#[test]
fn lanes_share_the_twin_and_the_next_run_finds_it_trained() {
    let enof = EnofConfig { align: 1.0, ..Default::default() };
    let configs =
        vec![SessionConfig { enof, ..small() }, SessionConfig { enof, spike: SpikeKind::Ternary, ..small() }, small()];
    let mut lanes = Lanes::new(configs.clone(), &data(), &Device::flex()).expect("lanes");
    assert!(matches!(block_on(lanes.train(1)), Err(SessionError::NoTwin)));
    let first = block_on(lanes.prepare(15)).expect("steps").expect("a twin on its way");
    assert_eq!((first.step, first.total), (15, 20));
    let last = block_on(lanes.prepare(15)).expect("steps").expect("a twin at its end");
    assert_eq!((last.step, block_on(lanes.prepare(15)).expect("nothing")), (20, None));
    let twins: Vec<bool> = lanes.sessions().iter().map(|session| session.twin().is_some()).collect();
    assert_eq!(twins, [true, true, false]);
    assert!(Arc::ptr_eq(lanes.sessions()[0].twin().expect("a twin"), lanes.sessions()[1].twin().expect("a twin")));
    assert!(lanes.twin_of(2).is_some(), "what is not guided by it can be compared with it");
    let mut next = Lanes::new(configs, &data(), &Device::flex()).expect("lanes").with_twins(lanes.into_twins());
    assert_eq!(block_on(next.prepare(1)).expect("nothing"), None);
}

#[test]
fn aids_are_gone_at_inference() {
    let shortcut = ShortcutConfig { shortcut: ShortcutKind::Fixed, shortcut_weight: 1.0 };
    let contrast = ContrastConfig { contrast: 1.0, contrast_memory: 10, ..Default::default() };
    let mut lanes = lanes(&SessionConfig { shortcut, contrast, ..small() });
    train(&mut lanes, 5);
    let session = &lanes.sessions()[0];
    let bytes = block_on(session.weights()).expect("weights");
    let file = safetensors::SafeTensors::deserialize(&bytes).expect("a file");
    assert!(
        file.names().iter().all(|name| !name.contains("branch") && !name.contains("memory") && !name.contains("twin"))
    );
    let classifier = Classifier::from_weights(&bytes, &Device::flex()).expect("a classifier");
    let greys: Vec<f32> = data().held_out.image(3).iter().map(|grey| f32::from(*grey) / 255.0).collect();
    let mut probed = block_on(session.probe(3)).expect("a trace");
    probed.label = None;
    assert_eq!(block_on(classifier.classify(&greys)).expect("a trace"), probed);
}

#[test]
fn folded_weights_answer_as_the_run_and_keep_a_bit_a_weight() {
    for (name, config) in methods() {
        let mut lanes = lanes(&config);
        train(&mut lanes, 12);
        let session = &lanes.sessions()[0];
        let bytes = block_on(session.folded_weights()).expect("weights");
        let classifier = Classifier::from_weights(&bytes, &Device::flex()).expect("a classifier");
        let file = safetensors::SafeTensors::deserialize(&bytes).expect("a file");
        let binary = config.reverb.weights == WeightKind::Binary;
        assert_eq!(file.names().iter().any(|name| name.ends_with(".bits")), binary, "{name}");
        if binary {
            let bits = file.tensor("lane0.layer2.weight.bits").expect("bits");
            let count = session.network().layers()[1].synapse().weight().count();
            assert_eq!(bits.data().len(), count.div_ceil(8), "{name}");
        }
        for sample in 0..6 {
            let greys: Vec<f32> = data().held_out.image(sample).iter().map(|grey| f32::from(*grey) / 255.0).collect();
            let (before, after) = (
                block_on(session.probe(sample)).expect("a trace"),
                block_on(classifier.trace(&greys, sample)).expect("a trace"),
            );
            for (a, b) in before.evidence.iter().zip(&after.evidence) {
                assert!((a - b).abs() < 1e-3, "{name}, sample {sample}: {a} {b}");
            }
        }
    }
}

#[test]
fn measures_tell_a_method_from_its_control() {
    let enof = EnofConfig { align: 1.0, ..Default::default() };
    let longer = SessionConfig { epochs: 20, twin_epochs: 10, ..small() };
    let configs = vec![longer.clone(), SessionConfig { enof, spike: SpikeKind::Ternary, ..longer }];
    let mut lanes = Lanes::new(configs, &data(), &Device::flex()).expect("lanes");
    while block_on(lanes.prepare(50)).expect("a twin").is_some() {}
    block_on(lanes.train(200)).expect("training");
    let twin = lanes.twin_of(0).expect("a twin");
    let measures: Vec<Measures> = lanes
        .sessions()
        .iter()
        .map(|session| {
            let folded = block_on(session.measure(Some(&twin), false)).expect("measures");
            assert!(folded.accuracy_at.is_empty() && folded.fold_error.is_some_and(|error| error < 1e-4), "{folded:?}");
            block_on(session.measure(Some(&twin), true)).expect("measures")
        })
        .collect();
    for measures in &measures {
        assert_eq!(measures.layers.len(), 3);
        assert_eq!(measures.accuracy_at.iter().map(|(steps, _)| *steps).collect::<Vec<_>>(), [1, 2, 4]);
        assert_eq!(measures.accuracy_at[1].1, measures.accuracy, "two steps are those of training");
        assert_eq!(measures.fold_error, None, "it was not asked for");
        let like = measures.twin.as_ref().expect("a comparison");
        assert!(like.cka.iter().chain(&like.retrieval).all(|share| (0.0..=1.0 + 1e-9).contains(share)));
        // 30 neurons, 2 time steps, 8 samples, spikes and potentials of 4 bytes.
        assert_eq!(measures.activation_bytes, 30 * 2 * 8 * 8);
        assert!(measures.training_loss > 0.0);
    }
    assert!(measures[1].layers[0].entropy > measures[0].layers[0].entropy);
    let agreement = |measures: &Measures| measures.twin.as_ref().map_or(0.0, |twin| twin.agreement);
    assert!(agreement(&measures[1]) >= agreement(&measures[0]));
    // A twin says of itself what it says.
    let itself = block_on(lanes.sessions()[0].compare(&twin, &twin)).expect("a comparison");
    assert_eq!((itself.agreement, itself.cka.len()), (1.0, 3));
    assert!(itself.cka.iter().all(|cka| (cka - 1.0).abs() < 1e-6) && itself.divergence.abs() < 1e-9);
}

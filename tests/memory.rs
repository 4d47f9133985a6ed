//! The estimate of memory beside what an allocator counts: a run never takes more than it was said to, and the estimate is not
//! so far above that it would refuse what runs. One test alone, because the allocator counts for the whole process.
#![cfg(not(target_arch = "wasm32"))]

#[path = "../src/cli/allocations.rs"]
mod allocations;

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use burn::prelude::Device;
use flate2::read::GzDecoder;
use pollster::block_on;
use spikeground::data::{DataName, DataSet, Encoding};
use spikeground::layer::WeightKind;
use spikeground::method::contrast::ContrastConfig;
use spikeground::method::im_loss::ImLossConfig;
use spikeground::method::paradigm::ParadigmConfig;
use spikeground::method::shortcut::{ShortcutConfig, ShortcutKind};
use spikeground::model::PointnetConfig;
use spikeground::session::{Lanes, NetworkKind, OptimiserKind, SessionConfig, UnitKind, memory_of, memory_to_measure};

/// How far above what is taken an estimate may lie.
const FARTHEST: f64 = 2.5;

fn shipped(name: DataName) -> Arc<DataSet> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("www/data/{name}.safetensors.gz"));
    let mut bytes = vec![];
    GzDecoder::new(File::open(path).expect("the data set")).read_to_end(&mut bytes).expect("gzip");
    Arc::new(DataSet::from_safetensors(&bytes).expect("a data set"))
}

fn of(network: NetworkKind, widths: &[usize], batch: usize, steps: usize) -> SessionConfig {
    SessionConfig { network, widths: widths.to_vec(), batch, steps, epochs: 1, ..Default::default() }
}

fn clouds(widths: &[usize], batch: usize, steps: usize, pointnet: PointnetConfig) -> SessionConfig {
    SessionConfig { data: DataName::Furniture, pointnet, ..of(NetworkKind::Pointnet, widths, batch, steps) }
}

/// Runs of every network, method and part that takes memory of its own, each large enough to tell.
fn runs() -> Vec<(&'static str, Vec<SessionConfig>)> {
    let mlp = || of(NetworkKind::Mlp, &[512, 512], 128, 4);
    let conv = || of(NetworkKind::Conv, &[12, 24], 48, 6);
    let resnet = || SessionConfig { blocks: 2, ..of(NetworkKind::Resnet, &[8, 12], 24, 4) };
    let paradigm = ParadigmConfig { membrane_noise: 0.5, ..Default::default() };
    let long = ParadigmConfig { evaluation_steps: 16, evaluation_noise: true, ..paradigm };
    let im_loss = ImLossConfig { im_loss: 0.1, ..Default::default() };
    let contrast = ContrastConfig { contrast: 1.0, contrast_memory: 2048, ..Default::default() };
    let shortcut = ShortcutConfig { shortcut: ShortcutKind::Evolving, ..Default::default() };
    let turned = |points| PointnetConfig {
        points,
        head: vec![48],
        input_transform: true,
        feature_transform: true,
        dropout: 0.3,
    };
    let mut binary = mlp();
    binary.reverb.weights = WeightKind::Binary;
    let guided = SessionConfig { contrast, samples: 512, twin_epochs: 1, ..of(NetworkKind::Mlp, &[96, 64], 256, 4) };
    vec![
        ("an MLP", vec![mlp()]),
        ("large weights", vec![of(NetworkKind::Mlp, &[1024, 1024], 2, 1)]),
        ("gradient descent", vec![SessionConfig { optimiser: OptimiserKind::Sgd, ..mlp() }]),
        ("binary weights", vec![binary]),
        ("a convnet", vec![conv()]),
        ("without batch norm", vec![SessionConfig { batch_norm: false, ..conv() }]),
        ("noise", vec![SessionConfig { paradigm, ..conv() }]),
        ("a trained decay", vec![SessionConfig { train_decay: true, ..conv() }]),
        ("a loss on potentials", vec![SessionConfig { im_loss, ..conv() }]),
        ("rectified units", vec![SessionConfig { units: UnitKind::Relu, ..of(NetworkKind::Conv, &[16, 24], 128, 1) }]),
        ("a residual network", vec![resnet()]),
        ("branches", vec![SessionConfig { shortcut, ..resnet() }]),
        ("clouds", vec![clouds(&[32, 64, 96], 8, 2, PointnetConfig { points: 256, ..Default::default() })]),
        ("clouds that are turned", vec![clouds(&[32, 48], 6, 2, turned(128))]),
        ("large matrices", vec![clouds(&[256, 16], 4, 2, turned(16))]),
        ("longer after training", vec![SessionConfig { paradigm: long, ..of(NetworkKind::Conv, &[16, 24], 4, 1) }]),
        ("a twin and a memory", vec![SessionConfig { data: DataName::Digits, ..guided }]),
        (
            "spikes of the input",
            vec![SessionConfig { encoding: Encoding::Rate, ..of(NetworkKind::Conv, &[8, 16], 32, 8) }],
        ),
        (
            "events of the input",
            vec![SessionConfig { encoding: Encoding::Saccades, ..of(NetworkKind::Mlp, &[64], 32, 10) }],
        ),
        ("colour", vec![SessionConfig { data: DataName::Emoji, ..of(NetworkKind::Resnet, &[8, 12], 24, 4) }]),
        ("two lanes", vec![conv(), SessionConfig { steps: 2, ..conv() }]),
    ]
}

/// The most bytes at once in what a page does with runs, and each time that measuring the first took more than was said.
fn taken(configs: &[SessionConfig], data: &Arc<DataSet>) -> (usize, Vec<String>) {
    let peak = allocations::begin();
    let mut lanes = Lanes::new(configs.to_vec(), data, &Device::flex()).expect("lanes");
    block_on(async {
        while lanes.prepare(64).await.expect("a twin").is_some() {}
        lanes.train(1).await.expect("a step");
        for session in lanes.sessions_mut() {
            session.evaluate(0, 64).await.expect("an evaluation");
        }
        lanes.train(2).await.expect("two steps");
        for session in lanes.sessions_mut() {
            session.evaluate(64, 64).await.expect("an evaluation");
            session.probe(0).await.expect("a sample");
        }
        lanes.train(2).await.expect("two steps");
        lanes.checkpoint().await.expect("a checkpoint");
    });
    let bytes = peak.bytes();
    // All of MNIST's held-out part takes too long.
    (bytes, if data.name == DataName::Mnist { vec![] } else { measured(&lanes, data) })
}

/// Each time that measuring the first run takes more than was said.
fn measured(lanes: &Lanes, data: &DataSet) -> Vec<String> {
    let twin = lanes.twin_of(0);
    let with_twin = twin.as_deref().map(|twin| (Some(twin), false));
    let (session, mut wrong) = (&lanes.sessions()[0], vec![]);
    for (twin, steps) in [(None, false), (None, true)].into_iter().chain(with_twin) {
        let asked = [twin.is_some(), steps];
        let said = memory_to_measure(session.config(), data.form, data.classes.len(), asked);
        let peak = allocations::begin();
        block_on(session.measure(twin, steps)).expect("measures");
        let taken = peak.bytes();
        println!("  measured, {asked:?}: {:.1} MB taken, {:.1} MB said", taken as f64 / 1e6, said as f64 / 1e6);
        if taken as u64 > said {
            wrong.push(format!("measuring {asked:?}: {taken} bytes taken, {said} said"));
        }
    }
    wrong
}

#[test]
fn a_run_takes_what_it_was_said_to_take_and_not_much_less() {
    let sets =
        [DataName::Mnist, DataName::Digits, DataName::Emoji, DataName::Furniture].map(|name| (name, shipped(name)));
    let mut wrong = vec![];
    for (what, configs) in runs() {
        let data = &sets.iter().find(|(name, _)| *name == configs[0].data).expect("a data set").1;
        let said = memory_of(&configs, data.form, data.classes.len());
        let (taken, measured) = taken(&configs, data);
        wrong.extend(measured.into_iter().map(|found| format!("{what}, {found}")));
        let share = said as f64 / taken as f64;
        println!("{what}: {:.1} MB taken, {:.1} MB said, {share:.2} times", taken as f64 / 1e6, said as f64 / 1e6);
        if !(1.0..=FARTHEST).contains(&share) {
            wrong.push(format!("{what}: {taken} bytes taken, {said} said"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

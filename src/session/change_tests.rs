//! Runs that are changed while they run.

use burn::prelude::*;
use pollster::block_on;
use serde_json::{Value, json};

use super::tests::{data, session, small, train};
use super::*;

/// A change of the settings that hold from a step on, beside those that stand in a config already.
fn and_at(config: &SessionConfig, step: usize, settings: Value) -> SessionConfig {
    let mut changes = config.changes.clone();
    changes.push(Change { step, settings: settings.as_object().expect("an object").clone() });
    SessionConfig { changes, ..config.clone() }
}

/// Some of what a running network takes, of each kind.
const SOME: [(&str, &str); 8] = [
    ("rate", "0.05"),
    ("surrogateParameter", "1.0"),
    ("resetGradient", "\"detached\""),
    ("batch", "20"),
    ("surrogate", "\"rect\""),
    ("imLoss", "1.5"),
    ("schedule", "\"constant\""),
    ("epochs", "3"),
];

#[test]
fn a_run_that_is_changed_and_one_that_was_told_before_give_the_same() {
    let (mut config, mut losses) = (small(), vec![]);
    let mut changed = session(&config);
    for (name, value) in SOME {
        losses.extend(train(&mut changed, 3).losses);
        let value: Value = serde_json::from_str(value).expect("JSON");
        config = and_at(&config, changed.step(), json!({ name: value }));
        changed.adjust(config.clone()).expect("a change that it takes");
    }
    losses.extend(train(&mut changed, 3).losses);
    let told = train(&mut session(&config), losses.len());
    assert_eq!(told.losses, losses);
    assert_eq!(changed.planned(), session_at(&config, losses.len()).planned());
    let unchanged = train(&mut session(&small()), losses.len()).losses;
    assert_eq!(unchanged[..3], losses[..3]);
    assert!((3..losses.len()).any(|step| unchanged[step] != losses[step]));
}

fn session_at(config: &SessionConfig, step: usize) -> Session {
    let mut session = session(config);
    train(&mut session, step);
    session
}

#[test]
fn each_change_counts_from_its_step_on() {
    for (name, value) in SOME {
        let value: Value = serde_json::from_str(value).expect("JSON");
        let config = and_at(&small(), 4, json!({ name: value }));
        let (with, without) = (train(&mut session(&config), 20).losses, train(&mut session(&small()), 20).losses);
        assert_eq!(with[..4], without[..4], "{name}");
        assert_ne!(with, without, "{name}");
    }
}

#[test]
fn a_checkpoint_between_changes_goes_on_to_the_same() {
    let config = and_at(&and_at(&small(), 3, json!({ "batch": 16 })), 9, json!({ "rate": 0.02 }));
    let whole = train(&mut session(&config), 14).losses;
    let lanes = Lanes::of(vec![session_at(&config, 6)]);
    let bytes = block_on(lanes.checkpoint()).expect("a checkpoint");
    let mut restored = Lanes::restore(&bytes, |_, _| Some(data()), &Device::flex()).expect("lanes");
    let session = &mut restored.sessions_mut()[0];
    assert_eq!((session.config(), session.now().batch), (&config, 16));
    assert_eq!(train(session, 8).losses, whole[6..]);
}

#[test]
fn what_has_been_cannot_be_changed_and_a_refusal_leaves_the_run_as_it_was() {
    let mut run = session_at(&small(), 5);
    let said = |run: &mut Session, config: &SessionConfig| run.adjust(config.clone()).expect_err("refused").to_string();
    let text = said(&mut run, &and_at(&small(), 4, json!({ "rate": 0.1 })));
    assert!(text.contains("only what comes from here on"), "{text}");
    let text = said(&mut run, &SessionConfig { rate: 0.1, ..small() });
    assert!(text.contains("before step 5"), "{text}");
    let text = said(&mut run, &and_at(&small(), 5, json!({ "batch": 100 })));
    assert!(text.contains("there are only 80 samples"), "{text}");
    assert_eq!(run.config(), &small());
    let mut undisturbed = session_at(&small(), 5);
    assert_eq!(train(&mut run, 3), train(&mut undisturbed, 3));
}

#[test]
fn a_run_that_broke_goes_on_at_a_lower_rate() {
    let mut run = session_at(&small(), 5);
    run.set_rate(f32::MAX);
    let stopped = train(&mut run, 20);
    run.set_rate(small().rate);
    let Some(reason) = stopped.stopped else { panic!("no run stands that") };
    assert!(reason.contains("stopped being a number"), "{reason}");
    let config = and_at(run.config(), run.step(), json!({ "rate": 0.001 }));
    run.adjust(config).expect("a change that it takes");
    let progress = train(&mut run, 5);
    assert_eq!((progress.stopped, progress.losses.len()), (None, 5));
}

#[test]
fn epochs_are_counted_in_samples_whatever_the_batches() {
    let mut run = session(&and_at(&small(), 5, json!({ "batch": 20 })));
    assert_eq!((run.epoch_end(), run.planned()), (7, 7 + 3 * 4));
    let progress = train(&mut run, 5);
    assert_eq!((progress.epoch, progress.epoch_end), (0.5, 7));
    let progress = train(&mut run, 2);
    assert_eq!((progress.epoch, progress.epoch_end, progress.planned), (1.0, 11, 19));
}

#[test]
fn momentum_is_changed_where_the_optimiser_keeps_it() {
    let sgd = SessionConfig { optimiser: OptimiserKind::Sgd, ..small() };
    let changed = train(&mut session(&and_at(&sgd, 4, json!({ "momentum": 0.1 }))), 8);
    let without = train(&mut session(&sgd), 8);
    assert_eq!(changed.losses[..5], without.losses[..5], "the step that takes it shows in the next loss");
    assert_ne!(changed.losses, without.losses);
}

#[test]
fn exported_weights_answer_as_the_run_did_that_they_were_taken_from() {
    let config = and_at(&small(), 3, json!({ "evaluationSteps": 9 }));
    let run = session_at(&config, 5);
    let bytes = block_on(run.weights()).expect("weights");
    let classifier = Classifier::from_weights(&bytes, &Device::flex()).expect("a classifier");
    assert_eq!(classifier.config(), run.now());
    assert_eq!(classifier.config().evaluation_steps(), 9);
}

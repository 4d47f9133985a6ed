//! Runs and twins on several sets of one's own, which all bear the same name.

use std::sync::Arc;

use burn::prelude::*;
use pollster::block_on;

use super::*;
use crate::data::dataset_tests::{own_stripes, shapes, stripes};
use crate::data::{DataName, DataSet};
use crate::method::enof::EnofConfig;
use crate::model::PointnetConfig;

/// A run that is guided by a twin.
fn guided() -> SessionConfig {
    let enof = EnofConfig { align: 1.0, ..Default::default() };
    let (data, network, widths) = (DataName::Own, NetworkKind::Mlp, vec![6]);
    SessionConfig { data, network, widths, enof, batch: 4, steps: 2, epochs: 2, twin_epochs: 2, ..Default::default() }
}

fn lanes(data: &Arc<DataSet>) -> Lanes {
    Lanes::new(vec![guided()], data, &Device::flex()).expect("lanes")
}

fn prepare(lanes: &mut Lanes) {
    while block_on(lanes.prepare(3)).expect("a twin").is_some() {}
}

#[test]
fn the_second_set_of_ones_own_gets_a_twin_of_its_own() {
    let (first, same_classes, more_classes) = (own_stripes(3, 0), own_stripes(3, 2), own_stripes(5, 0));
    let mut before = lanes(&Arc::new(first));
    prepare(&mut before);
    let mut twins = before.into_twins();
    for data in [same_classes, more_classes] {
        let (data, classes) = (Arc::new(data.clone()), data.classes.len());
        let mut fresh = lanes(&data);
        prepare(&mut fresh);
        let mut after = lanes(&data).with_twins(twins);
        assert!(
            block_on(after.prepare(1)).expect("a step").is_some(),
            "the twin of the first set is none of this one's"
        );
        prepare(&mut after);
        assert_eq!(after.twin_of(0).expect("a twin").classes(), classes);
        let losses = [&mut fresh, &mut after].map(|lanes| block_on(lanes.train(4)).expect("training"));
        assert_eq!(losses[0], losses[1], "what other data's twin was trained first makes no difference");
        twins = after.into_twins();
    }
}

#[test]
fn a_twin_under_way_is_not_finished_on_other_data() {
    let (one, other) = (Arc::new(own_stripes(3, 0)), Arc::new(own_stripes(3, 2)));
    let mut before = lanes(&one);
    assert_eq!(block_on(before.prepare(4)).expect("steps").expect("under way").step, 4);
    let mut after = lanes(&other).with_twins(before.into_twins());
    assert_eq!(block_on(after.prepare(2)).expect("steps").expect("begun anew").step, 2);
}

#[test]
fn a_checkpoint_goes_on_with_its_own_data_alone() {
    let (one, other) = (Arc::new(own_stripes(3, 0)), Arc::new(own_stripes(3, 2)));
    let mut lanes = lanes(&one);
    prepare(&mut lanes);
    block_on(lanes.train(3)).expect("training");
    let bytes = block_on(lanes.checkpoint()).expect("a checkpoint");
    let restore = |data: &Arc<DataSet>| Lanes::restore(&bytes, |_, _| Some(data.clone()), &Device::flex());
    let [of_one, of_other] = [&one, &other].map(|data| data.identity().short());
    assert_eq!(
        restore(&other).err().expect("refused").to_string(),
        format!(
            "the checkpoint is of the data set own with the fingerprint {of_one}, but that which has been loaded as own is \
             another, with the fingerprint {of_other}: give the data that the run was trained on"
        )
    );
    let mut again = restore(&one).expect("lanes");
    assert_eq!(block_on(again.train(3)).expect("training"), block_on(lanes.train(3)).expect("training"));
    // Whoever keeps several sets under one name finds the right one by its identity.
    let shelf = [other, one];
    let by_identity = |_, wanted| shelf.iter().find(|data| Some(data.identity()) == wanted).cloned();
    assert!(Lanes::restore(&bytes, by_identity, &Device::flex()).is_ok());
}

#[test]
fn exported_weights_say_which_data_they_are_of() {
    let data = Arc::new(own_stripes(3, 0));
    let session =
        Session::new(SessionConfig { enof: EnofConfig::default(), ..guided() }, data.clone(), &Device::flex());
    let session = session.expect("a session");
    for file in [block_on(session.weights()), block_on(session.folded_weights())] {
        let classifier = Classifier::from_weights(&file.expect("a file"), &Device::flex()).expect("a classifier");
        assert_eq!(classifier.data(), Some(data.identity()));
    }
}

#[test]
fn a_half_trained_twin_goes_on_from_a_checkpoint_to_the_same_twin() {
    let data = Arc::new(own_stripes(3, 0));
    let (mut straight, mut broken) = (lanes(&data), lanes(&data));
    for lanes in [&mut straight, &mut broken] {
        assert_eq!(block_on(lanes.prepare(4)).expect("steps").expect("under way").step, 4);
    }
    let bytes = block_on(broken.checkpoint()).expect("a checkpoint");
    let mut again = Lanes::restore(&bytes, |_, _| Some(data.clone()), &Device::flex()).expect("lanes");
    assert_eq!(block_on(again.checkpoint()).expect("a checkpoint"), bytes);
    // Others' half-trained twins do not take its place.
    again = again.with_twins(lanes(&data).into_twins());
    assert_eq!(block_on(again.prepare(1)).expect("a step").expect("under way").step, 5);
    prepare(&mut again);
    prepare(&mut straight);
    assert_eq!(block_on(again.train(5)).expect("training"), block_on(straight.train(5)).expect("training"));
    let finished = [again, straight].map(|lanes| block_on(lanes.checkpoint()).expect("a checkpoint"));
    assert_eq!(finished[0], finished[1]);
}

#[test]
fn a_lane_that_is_only_compared_with_the_twin_keeps_it_through_a_checkpoint() {
    let data = Arc::new(own_stripes(3, 0));
    let mut guided_one = lanes(&data);
    prepare(&mut guided_one);
    let control = SessionConfig { enof: EnofConfig::default(), ..guided() };
    let control = Lanes::new(vec![control], &data, &Device::flex()).expect("lanes").with_twins(guided_one.into_twins());
    assert!(control.twin_of(0).is_some());
    let bytes = block_on(control.checkpoint()).expect("a checkpoint");
    let again = Lanes::restore(&bytes, |_, _| Some(data.clone()), &Device::flex()).expect("lanes");
    assert!(again.twin_of(0).is_some());
}

/// A checkpoint whose text has been changed.
fn changed(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    let length = u64::from_le_bytes(bytes[..8].try_into().expect("8 bytes")) as usize;
    let header = std::str::from_utf8(&bytes[8..8 + length]).expect("text");
    assert!(header.contains(from), "{header}");
    let mut header = header.replace(from, to).trim_end().to_string();
    while !header.len().is_multiple_of(8) {
        header.push(' ');
    }
    [&(header.len() as u64).to_le_bytes(), header.as_bytes(), &bytes[8 + length..]].concat()
}

#[test]
fn a_half_trained_twin_past_its_last_step_is_refused() {
    let data = Arc::new(own_stripes(3, 0));
    let mut lanes = lanes(&data);
    let total = block_on(lanes.prepare(4)).expect("steps").expect("under way").total;
    let bytes = block_on(lanes.checkpoint()).expect("a checkpoint");
    let restore = |step: usize| {
        let file = changed(&bytes, r#"\"step\":4"#, &format!(r#"\"step\":{step}"#));
        Lanes::restore(&file, |_, _| Some(data.clone()), &Device::flex())
    };
    let mut at_its_end = restore(total).expect("lanes");
    assert_eq!(block_on(at_its_end.prepare(4)).expect("no step").expect("it is trained").step, total);
    let refused = restore(total + 1).err().expect("refused").to_string();
    let past = format!("its half-trained ANN twin has taken {} training steps of {total}", total + 1);
    assert!(refused.ends_with(&past), "{refused}");
}

#[test]
fn a_half_trained_twin_counts_beside_runs_that_it_does_not_guide() {
    let data = Arc::new(own_stripes(3, 0));
    let control = SessionConfig { enof: EnofConfig::default(), ..guided() };
    let mut lanes = lanes(&data);
    block_on(lanes.prepare(4)).expect("steps").expect("under way");
    let under_way = lanes.memory_of_twins_beside(std::slice::from_ref(&control), &data);
    assert_eq!(under_way, lanes.twins.under_way().expect("a twin").memory_at_rest());
    assert_eq!(lanes.memory_of_twins_beside(&[control.clone(), guided()], &data), 0, "the guided one counts it");
    prepare(&mut lanes);
    let trained = lanes.memory_of_twins_beside(&[control], &data);
    assert!(0 < trained && trained < under_way, "{trained} bytes of weights, {under_way} while it was trained");
}

#[test]
fn a_file_is_opened_within_the_room_that_is_left() {
    let data = Arc::new(own_stripes(3, 0));
    let mut lanes = Lanes::new(vec![guided(), guided()], &data, &Device::flex()).expect("lanes");
    prepare(&mut lanes);
    let bytes = block_on(lanes.checkpoint()).expect("a checkpoint");
    let need = memory_of(&[guided(), guided()], data.form, data.classes.len());
    let restore = |room: Room| {
        let room_for = |configs: &[SessionConfig], of: &DataSet| {
            assert_eq!((configs, of.identity()), (&[guided(), guided()][..], data.identity()));
            room
        };
        Lanes::restore_within(&bytes, |_, _| Some(data.clone()), room_for, &Device::flex())
    };
    assert!(restore(Room::of(need)).is_ok());
    for room in [Room::of(need).beside(1), Room::of(need).in_pieces_of(64)] {
        let refused = restore(room).err().expect("refused");
        assert!(matches!(refused, SessionError::Config(_)), "{refused}");
    }
    let weights = block_on(lanes.sessions()[0].weights()).expect("a file");
    assert!(Classifier::from_weights_within(&weights, Room::of(need), &Device::flex()).is_ok());
    for room in [Room::of(1000), Room::of(need).in_pieces_of(64)] {
        let refused = Classifier::from_weights_within(&weights, room, &Device::flex()).err().expect("refused");
        assert!(matches!(refused, SessionError::NoRoom { .. }), "{refused}");
    }
}

#[test]
fn each_lane_of_a_file_counts_with_the_form_of_its_own_data() {
    let sets = [Arc::new(shapes(24, 9)), Arc::new(stripes(24, 8))];
    let pointnet = PointnetConfig { points: 16, head: vec![4], ..Default::default() };
    let (data, network, widths) = (DataName::Furniture, NetworkKind::Pointnet, vec![4, 4]);
    let clouds = SessionConfig { data, network, widths, pointnet, batch: 4, ..Default::default() };
    let images = SessionConfig { data: DataName::Digits, network: NetworkKind::Mlp, widths: vec![512], ..guided() };
    let configs = [clouds, SessionConfig { enof: EnofConfig::default(), ..images }];
    let open = |(config, data): (&SessionConfig, &Arc<DataSet>)| {
        Session::new(config.clone(), data.clone(), &Device::flex()).expect("a session")
    };
    let bytes = block_on(Lanes::of(configs.iter().zip(&sets).map(open).collect()).checkpoint()).expect("a checkpoint");
    let find = |name, _| sets.iter().find(|data| data.name == name).cloned();
    let restore = |room: Room| Lanes::restore_within(&bytes, find, |_, _| room, &Device::flex());
    // Counted with the form of the clouds, the other network takes no pixels.
    let of_clouds = memory_of(&configs, sets[0].form, sets[0].classes.len());
    let refused = restore(Room::of(of_clouds)).err().expect("refused").to_string();
    assert!(refused.contains("these 2 runs together need about"), "{refused}");
    assert!(restore(Room::of(2 * of_clouds)).is_ok());
}

#[test]
fn a_file_of_a_newer_version_or_with_settings_that_are_not_known_says_so() {
    let data = Arc::new(own_stripes(3, 0));
    let bytes = block_on(lanes(&data).checkpoint()).expect("a checkpoint");
    let refused = |from: &str, to: &str| {
        let file = changed(&bytes, from, to);
        Lanes::restore(&file, |_, _| Some(data.clone()), &Device::flex()).err().expect("refused").to_string()
    };
    let newer = refused(r#""version":"2""#, r#""version":"3""#);
    assert!(newer.starts_with("this file was made by a newer version of Spikeground"), "{newer}");
    let unknown = refused(r#"\"decay\":"#, r#"\"leak\":1,\"decay\":"#);
    assert!(unknown.contains("does not know (leak)"), "{unknown}");
    let value = refused(r#"\"spike\":\"binary\""#, r#"\"spike\":\"quaternary\""#);
    assert!(value.contains(r#"the setting spike at "quaternary""#), "{value}");
    let step = refused(r#"\"step\":0"#, r#"\"step\":99999999999999"#);
    assert!(step.contains("more steps than there can be") || step.contains("damaged"), "{step}");
    // Older files have fewer settings, and no identity.
    let older = changed(&bytes, r#""version":"2""#, r#""version":"1""#);
    let older = changed(&older, r#"\"decay\":0.25,"#, "");
    let lanes = Lanes::restore(&older, |_, _| Some(data.clone()), &Device::flex()).expect("lanes");
    assert_eq!(lanes.sessions()[0].config(), &guided());
}

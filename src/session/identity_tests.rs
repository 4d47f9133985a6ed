//! Runs and twins on several sets of one's own, which all bear the same name.

use std::sync::Arc;

use burn::prelude::*;
use pollster::block_on;

use super::*;
use crate::data::{DataName, DataSet, dataset_tests::own_stripes};
use crate::method::enof::EnofConfig;

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

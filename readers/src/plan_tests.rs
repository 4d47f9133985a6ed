//! Layouts of folders, and what becomes of the files in them.

use super::*;

fn files(paths: &[&str]) -> Vec<(String, u64)> {
    paths.iter().map(|path| (path.to_string(), 10)).collect()
}

/// Class, part and path of every item.
fn planned(paths: &[&str]) -> (Plan, Vec<(String, Part, String)>) {
    let plan = plan(&files(paths)).expect("a plan");
    let item = |item: &Item| (plan.classes[item.label].clone(), item.part, paths[item.index].to_string());
    let items = plan.items.iter().map(item).collect();
    (plan, items)
}

#[test]
fn modelnets_layout_keeps_its_split() {
    let (plan, items) = planned(&[
        "ModelNet10/README.md",
        "ModelNet10/chair/train/c1.off",
        "ModelNet10/chair/test/c2.off",
        "ModelNet10/bed/train/b1.off",
        "ModelNet10/bed/train/b2.off",
        "ModelNet10/bed/test/b3.off",
    ]);
    assert_eq!(
        (plan.form, plan.came_split, plan.classes.as_slice()),
        (Form::Cloud, true, ["bed", "chair"].map(String::from).as_slice())
    );
    let held_out: Vec<&str> = items.iter().filter(|item| item.1 == Part::HeldOut).map(|item| item.2.as_str()).collect();
    assert_eq!(held_out, ["ModelNet10/bed/test/b3.off", "ModelNet10/chair/test/c2.off"]);
    assert_eq!(plan.skipped.len(), 1);
}

#[test]
fn modelnets_archive_is_read_as_it_comes() {
    let (plan, items) = planned(&[
        "README.txt",
        "ModelNet10/.DS_Store",
        "ModelNet10/notes/about.txt",
        "__MACOSX/ModelNet10/bed/train/._b1.off",
        "ModelNet10/chair/train/c1.off",
        "ModelNet10/chair/test/c2.off",
        "ModelNet10/bed/train/b1.off",
        "ModelNet10/bed/test/b2.off",
    ]);
    assert_eq!((plan.classes.as_slice(), items.len()), (["bed", "chair"].map(String::from).as_slice(), 4));
    assert_eq!((plan.came_split, plan.skipped.len()), (true, 4));
}

#[test]
fn a_file_above_the_shared_folders_is_in_no_class() {
    let (plan, items) = planned(&["x.off", "d/e/a/1.off", "d/e/a/2.off", "d/e/b/1.off", "d/e/b/2.off", "d/y.off"]);
    assert_eq!((items.len(), plan.skipped.len()), (4, 2));
    assert!(plan.skipped.iter().all(|skipped| skipped.reason == "it is in no folder named for a class"));
}

#[test]
fn recordings_in_the_layout_of_nmnist_keep_their_split() {
    let (plan, items) = planned(&[
        "NMNIST/Train/0/00002.bin",
        "NMNIST/Train/0/00022.bin",
        "NMNIST/Train/1/00004.bin",
        "NMNIST/Test/0/00004.bin",
        "NMNIST/Test/1/00003.bin",
        "NMNIST/Test/1/picture.png",
        "NMNIST/ReadMe(MNIST)-caltech.txt",
    ]);
    assert_eq!(
        (plan.form, plan.came_split, plan.classes.as_slice()),
        (Form::Recording, true, ["0", "1"].map(String::from).as_slice())
    );
    let held_out: Vec<&str> = items.iter().filter(|item| item.1 == Part::HeldOut).map(|item| item.2.as_str()).collect();
    assert_eq!(held_out, ["NMNIST/Test/0/00004.bin", "NMNIST/Test/1/00003.bin"]);
    assert!(plan.skipped.iter().all(|skipped| skipped.reason == "it is no recording, and the others are"));
    let (plan, _) = planned(&["a/1.png", "a/2.png", "b/1.png", "b/2.png", "a/1.bin", "b/1.bin"]);
    assert_eq!((plan.form, plan.skipped[0].reason.as_str()), (Form::Image, "it is a recording among other files"));
}

#[test]
fn text_is_taken_for_clouds_where_there_is_nothing_else() {
    let labelled = ["a/1.png", "a/1.txt", "a/2.png", "a/2.txt", "b/1.png", "b/1.txt", "b/2.png", "b/2.txt"];
    assert_eq!(planned(&labelled).0.form, Form::Image);
    let clouds = ["a/1.txt", "a/2.txt", "b/1.csv", "b/2.pts", "b/x.png"];
    let (plan, items) = planned(&clouds);
    assert_eq!((plan.form, items.len()), (Form::Cloud, 4));
}

#[test]
fn the_parts_of_a_single_class_are_no_classes() {
    let paths = ["chair/train/1.off", "chair/train/2.off", "chair/test/3.off", "chair/test/4.off"];
    assert_eq!(plan(&files(&paths)), Err(PlanError::Classes(Classes::Parts)));
}

#[test]
fn a_class_of_which_nothing_is_left_to_train_on_is_left_out() {
    let (plan, items) =
        planned(&["train/a/1.off", "test/a/2.off", "train/b/1.off", "train/b/2.off", "test/c/1.off", "test/c/2.off"]);
    assert_eq!((plan.classes.len(), items.len(), plan.skipped.len()), (2, 4, 2));
    assert_eq!(plan.skipped[0].reason, "its class has no file to train on");
}

#[test]
fn parts_may_stand_above_classes() {
    let (plan, items) = planned(&[
        "x/train/cat/1.png",
        "x/train/dog/1.png",
        "x/train/dog/2.png",
        "x/test/cat/2.png",
        "x/test/dog/3.png",
        "x/train/cat/deep/9.jpg",
    ]);
    assert_eq!((plan.form, plan.came_split, plan.classes.len()), (Form::Image, true, 2));
    assert_eq!(items.iter().filter(|item| item.0 == "cat" && item.1 == Part::Train).count(), 2);
}

#[test]
fn without_a_split_every_fifth_of_a_class_is_held_out_and_one_at_least() {
    let paths: Vec<String> =
        (0..10).map(|i| format!("a/{i}.obj")).chain((0..2).map(|i| format!("b/{i}.stl"))).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let (plan, items) = planned(&paths);
    assert!(!plan.came_split);
    let held_out = |class: &str| items.iter().filter(|item| item.0 == class && item.1 == Part::HeldOut).count();
    assert_eq!((held_out("a"), held_out("b"), items.len()), (2, 1, 12));
}

#[test]
fn folders_that_look_alike_become_classes_of_different_names() {
    let long = |middle: &str| format!("{}{middle}{}", "a".repeat(100), "z".repeat(100));
    let folders = ["x\u{200e}y", "x\u{200f}y", "x\u{202e}y", &long("1"), &long("2"), "b", "b (2)"];
    let paths: Vec<String> = folders.iter().flat_map(|folder| [1, 2].map(|i| format!("{folder}/{i}.off"))).collect();
    let (plan, items) = planned(&paths.iter().map(String::as_str).collect::<Vec<_>>());
    let distinct: std::collections::BTreeSet<&String> = plan.classes.iter().collect();
    assert_eq!((distinct.len(), items.len()), (folders.len(), 2 * folders.len()), "{:?}", plan.classes);
    let alike = "\u{2068}x\u{fffd}y\u{2069}";
    assert_eq!(plan.classes[4..], [alike.to_string(), format!("{alike} (2)"), format!("{alike} (3)")]);
}

#[test]
fn everything_left_out_has_its_reason() {
    let mut given =
        files(&["d/a/1.off", "d/a/2.off", "d/b/1.off", "d/b/2.off", "d/c/1.off", "d/a/x.png", "d/y.doc", "d/z.off"]);
    given.push(("d/a/0.off".into(), 0));
    let plan = plan(&given).expect("a plan");
    assert_eq!((plan.classes.len(), plan.items.len()), (2, 4));
    let reasons: Vec<(&str, &str)> = plan.skipped.iter().map(|s| (s.path.as_str(), s.reason.as_str())).collect();
    assert!(reasons.contains(&("d/c/1.off", "its class has no other file")), "{reasons:?}");
    assert!(reasons.contains(&("d/a/x.png", "it is an image among meshes or clouds")));
    assert!(reasons.contains(&("d/y.doc", "it is neither an image nor a mesh, cloud or recording")));
    assert!(reasons.contains(&("d/z.off", "it is in no folder named for a class")));
    assert!(reasons.contains(&("d/a/0.off", "it is empty")));
}

#[test]
fn hopeless_files_are_refused_in_words() {
    let text = |paths: &[&str]| plan(&files(paths)).expect_err("refused").to_string();
    assert_eq!(
        text(&["a.doc"]),
        "There is no image, mesh, point cloud or recording here: the one file is of another kind."
    );
    assert_eq!(text(&["a.doc", "b/c.doc"]), "There is no image, mesh, point cloud or recording here among 2 files.");
    for (paths, end) in [
        (["1.off", "2.off"], "bed/1.off; these files lie in one folder, or in none."),
        (["a/1.off", "a/2.off"], "bed/1.off; these files lie in one folder, or in none."),
        (["a/1.off", "b/2.off"], "; here no folder holds two that can be used, of 2."),
    ] {
        let sentence = text(&paths);
        assert!(sentence.starts_with("There have to be two classes at least") && sentence.ends_with(end), "{sentence}");
    }
    assert!(text(&["a/1.off", "a/2.off", "b/2.off"]).ends_with("; here is one alone, a."));
    let many: Vec<String> = (0..130).map(|i| format!("{}/{}.off", i / 2, i)).collect();
    assert!(text(&many.iter().map(String::as_str).collect::<Vec<_>>()).contains("65 classes"));
}

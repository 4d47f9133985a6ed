//! A data set out of files in folders that are named for their classes: what is trained on, what is held out, what is left
//! out and why. Known are `class/file`, `train/class/file` with `test/class/file`, and ModelNet's `class/train/file` with
//! `class/test/file`, inside any folders that all files share.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::EntryKind;

/// Classes and files, at most.
const MOST_CLASSES: usize = 64;
const MOST_FILES: usize = 20_000;
/// Without a split of its own, one of so many files of a class is held out.
const HELD_OUT: usize = 5;

/// What the samples of a data set are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Form {
    /// Pictures.
    Image,
    /// Meshes or clouds.
    Cloud,
}

/// One of the two parts of a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Part {
    /// What a network learns from.
    Train,
    /// What it is judged by.
    HeldOut,
}

/// A file that becomes a sample.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Item {
    /// Its place among the files that were given.
    pub index: usize,
    /// Its class, by the place of the name.
    pub label: usize,
    /// Its part.
    pub part: Part,
}

/// A file that is left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Skipped {
    /// Its path.
    pub path: String,
    /// Why, as part of a sentence.
    pub reason: String,
}

/// What becomes of the files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// What the samples are: that of which there are more files.
    pub form: Form,
    /// The classes, sorted.
    pub classes: Vec<String>,
    /// Whether the files came split; else every fifth of a class is held out.
    pub came_split: bool,
    /// The files that become samples.
    pub items: Vec<Item>,
    /// The files that are left out.
    pub skipped: Vec<Skipped>,
}

/// Files that make no data set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Neither pictures nor meshes.
    #[error("There is no image, mesh or point cloud among these {0} files.")]
    Nothing(usize),
    /// Fewer than two classes.
    #[error("There have to be two classes at least, each a folder of two files or more, as in chair/1.off; found: {}.", if .0.is_empty() { "none".into() } else { .0.join(", ") })]
    Classes(Vec<String>),
    /// More than can be told apart.
    #[error("There are {0} classes, each a folder: there may be 64.")]
    TooManyClasses(usize),
    /// More than can be taken.
    #[error("There are {0} files: there may be 20,000.")]
    TooManyFiles(usize),
}

/// A file on its way into the plan.
struct Candidate<'a> {
    index: usize,
    class: &'a str,
    part: Option<Part>,
}

/// Plans a data set out of paths (parts divided by slashes) and sizes in bytes.
///
/// # Errors
///
/// When there are no usable files, fewer than two classes, or too many of either.
pub fn plan(files: &[(String, u64)]) -> Result<Plan, PlanError> {
    if files.len() > MOST_FILES {
        return Err(PlanError::TooManyFiles(files.len()));
    }
    let paths: Vec<Vec<&str>> =
        files.iter().map(|(path, _)| path.split('/').filter(|part| !part.is_empty()).collect()).collect();
    let kind = |i: usize| EntryKind::of_name(paths[i].last().copied().unwrap_or_default());
    let count = |wanted: EntryKind| (0..files.len()).filter(|i| kind(*i) == wanted).count();
    let (images, shapes) = (count(EntryKind::Image), count(EntryKind::Shape));
    if images + shapes == 0 {
        return Err(PlanError::Nothing(files.len()));
    }
    let (form, wanted) =
        if images > shapes { (Form::Image, EntryKind::Image) } else { (Form::Cloud, EntryKind::Shape) };
    let usable: Vec<usize> = (0..files.len()).filter(|i| kind(*i) == wanted && files[*i].1 > 0).collect();
    let shared = shared_folders(&usable.iter().map(|i| paths[*i].as_slice()).collect::<Vec<_>>());

    let mut skipped = vec![];
    let mut skip = |index: usize, reason: &str| {
        skipped.push(Skipped { path: files[index].0.clone(), reason: reason.into() });
    };
    for (i, (_, size)) in files.iter().enumerate() {
        match kind(i) {
            found if found == wanted && *size == 0 => skip(i, "it is empty"),
            found if found == wanted => {}
            EntryKind::Other => skip(i, "it is neither an image nor a mesh or cloud"),
            EntryKind::Image => skip(i, "it is an image among meshes"),
            EntryKind::Shape => skip(i, "it is a mesh among images"),
        }
    }
    let mut candidates = vec![];
    for i in usable {
        match place(&paths[i][shared..]) {
            Some((class, part)) => candidates.push(Candidate { index: i, class, part }),
            None => skip(i, "it is in no folder named for a class"),
        }
    }
    // A part that only some files name is the name of a class.
    let came_split = !candidates.is_empty()
        && candidates.iter().all(|candidate| candidate.part.is_some())
        && [Part::Train, Part::HeldOut].iter().all(|part| candidates.iter().any(|c| c.part == Some(*part)));

    let mut by_class: BTreeMap<&str, Vec<Candidate>> = BTreeMap::new();
    for candidate in candidates {
        by_class.entry(candidate.class).or_default().push(candidate);
    }
    let found: Vec<String> = by_class.keys().map(|class| class.to_string()).collect();
    by_class.retain(|_, candidates| {
        let enough = candidates.len() >= 2;
        if !enough {
            candidates.iter().for_each(|candidate| skip(candidate.index, "its class has no other file"));
        }
        enough
    });
    if by_class.len() < 2 {
        return Err(PlanError::Classes(found));
    }
    if by_class.len() > MOST_CLASSES {
        return Err(PlanError::TooManyClasses(by_class.len()));
    }
    let classes: Vec<String> = by_class.keys().map(|class| class.to_string()).collect();
    let mut items = vec![];
    for (label, candidates) in by_class.into_values().enumerate() {
        let mut candidates = candidates;
        candidates.sort_by(|a, b| files[a.index].0.cmp(&files[b.index].0));
        for (i, candidate) in candidates.into_iter().enumerate() {
            let held_out = i % HELD_OUT == 1;
            let own = if held_out { Part::HeldOut } else { Part::Train };
            let part = candidate.part.filter(|_| came_split).unwrap_or(own);
            items.push(Item { index: candidate.index, label, part });
        }
    }
    Ok(Plan { form, classes, came_split, items, skipped })
}

/// Folders at the beginning that all paths share, the class's own not among them: two folders have to be left where any
/// path has them.
fn shared_folders(paths: &[&[&str]]) -> usize {
    let Some(first) = paths.first() else { return 0 };
    let same = |depth: usize| paths.iter().all(|path| path.len() > depth + 1 && path[depth] == first[depth]);
    let mut shared = 0;
    while same(shared) {
        shared += 1;
    }
    shared
}

/// The class and the part that a path below the shared folders names.
fn place<'a>(path: &[&'a str]) -> Option<(&'a str, Option<Part>)> {
    match path {
        [first, second, _, ..] if part(first).is_some() => Some((second, part(first))),
        [class, second, _, ..] if part(second).is_some() => Some((class, part(second))),
        [class, _, ..] => Some((class, None)),
        _ => None,
    }
}

/// The part that a folder's name stands for.
fn part(name: &str) -> Option<Part> {
    const TRAIN: [&str; 2] = ["train", "training"];
    const HELD_OUT: [&str; 6] = ["test", "testing", "val", "valid", "validation", "eval"];
    let name = name.to_ascii_lowercase();
    let is_in = |names: &[&str]| BTreeSet::from_iter(names).contains(&name.as_str());
    if is_in(&TRAIN) {
        Some(Part::Train)
    } else if is_in(&HELD_OUT) {
        Some(Part::HeldOut)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
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
        let held_out: Vec<&str> =
            items.iter().filter(|item| item.1 == Part::HeldOut).map(|item| item.2.as_str()).collect();
        assert_eq!(held_out, ["ModelNet10/bed/test/b3.off", "ModelNet10/chair/test/c2.off"]);
        assert_eq!(plan.skipped.len(), 1);
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
    fn everything_left_out_has_its_reason() {
        let mut given = files(&[
            "d/a/1.off",
            "d/a/2.off",
            "d/b/1.off",
            "d/b/2.off",
            "d/c/1.off",
            "d/a/x.png",
            "d/y.doc",
            "d/z.off",
        ]);
        given.push(("d/a/0.off".into(), 0));
        let plan = plan(&given).expect("a plan");
        assert_eq!((plan.classes.len(), plan.items.len()), (2, 4));
        let reasons: Vec<(&str, &str)> = plan.skipped.iter().map(|s| (s.path.as_str(), s.reason.as_str())).collect();
        assert!(reasons.contains(&("d/c/1.off", "its class has no other file")), "{reasons:?}");
        assert!(reasons.contains(&("d/a/x.png", "it is an image among meshes")));
        assert!(reasons.contains(&("d/y.doc", "it is neither an image nor a mesh or cloud")));
        assert!(reasons.contains(&("d/z.off", "it is in no folder named for a class")));
        assert!(reasons.contains(&("d/a/0.off", "it is empty")));
    }

    #[test]
    fn hopeless_files_are_refused_in_words() {
        let text = |paths: &[&str]| plan(&files(paths)).expect_err("refused").to_string();
        assert_eq!(text(&["a.doc"]), "There is no image, mesh or point cloud among these 1 files.");
        assert!(text(&["a/1.off", "a/2.off"]).contains("two classes at least"));
        let many: Vec<String> = (0..130).map(|i| format!("{}/{}.off", i / 2, i)).collect();
        assert!(text(&many.iter().map(String::as_str).collect::<Vec<_>>()).contains("65 classes"));
    }
}

//! A data set out of files in folders that are named for their classes: what is trained on, what is held out, what is left
//! out and why. Known are `class/file`, `train/class/file` with `test/class/file`, and ModelNet's `class/train/file` with
//! `class/test/file`, inside any folders that all files share. What lies beside those folders, as a README does, counts for
//! nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::archive::is_hidden;
use crate::limits::{MOST_CLASSES, MOST_FILES, most_files};
use crate::name::shown;
use crate::{EntryKind, Format};

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
    /// Recordings of an event camera.
    Recording,
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
    /// Neither pictures, nor meshes, nor recordings.
    #[error("There is no image, mesh, point cloud or recording here{}.", among(*.0))]
    Nothing(usize),
    /// Fewer than two classes.
    #[error(
        "There have to be two classes at least, each a folder of two files or more, as in chair/1.off and bed/1.off; {0}."
    )]
    Classes(Classes),
    /// More than can be told apart.
    #[error("There are {0} classes, each a folder: there may be {MOST_CLASSES}.")]
    TooManyClasses(usize),
    /// More than can be taken.
    #[error("There are {0} files: there may be {most}.", most = most_files())]
    TooManyFiles(usize),
}

fn among(files: usize) -> String {
    match files {
        0 => String::new(),
        1 => ": the one file is of another kind".into(),
        count => format!(" among {count} files"),
    }
}

/// What there is where two classes should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Classes {
    /// Files in no folder.
    #[error("these files lie in one folder, or in none")]
    NoFolder,
    /// The folders train and test alone.
    #[error("these folders are parts of one class")]
    Parts,
    /// A single folder of two files.
    #[error("here is one alone, {0}")]
    One(String),
    /// Folders of a single file each.
    #[error("here no folder holds two that can be used, of {0}")]
    Single(usize),
}

/// What a file may be taken for.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Image,
    Shape,
    /// Points, or anything else in words.
    Text,
    Recording,
    /// Nobody means it.
    Hidden,
    Other,
}

impl Kind {
    fn of_path(path: &str) -> Self {
        match EntryKind::of_name(path) {
            _ if is_hidden(path) => Self::Hidden,
            EntryKind::Image => Self::Image,
            EntryKind::Shape if Format::of_name(path) == Some(Format::Xyz) && !ends_in_xyz(path) => Self::Text,
            EntryKind::Shape => Self::Shape,
            EntryKind::Recording => Self::Recording,
            EntryKind::Other => Self::Other,
        }
    }
}

fn ends_in_xyz(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("xyz"))
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
    let kinds: Vec<Kind> = files.iter().map(|(path, _)| Kind::of_path(path)).collect();
    let count = |wanted: Kind| kinds.iter().filter(|kind| **kind == wanted).count();
    let (images, shapes, texts, recordings) =
        (count(Kind::Image), count(Kind::Shape), count(Kind::Text), count(Kind::Recording));
    // Text may hold points, but beside images or meshes it is about them: labels, a README.
    let (form, wanted) = match (images, shapes, texts) {
        _ if recordings > images.max(shapes).max(texts) => (Form::Recording, Kind::Recording),
        (0, 0, 0) => return Err(PlanError::Nothing(files.len())),
        _ if shapes >= images.max(texts).max(1) => (Form::Cloud, Kind::Shape),
        _ if images >= texts => (Form::Image, Kind::Image),
        _ => (Form::Cloud, Kind::Text),
    };
    let usable: Vec<usize> = (0..files.len()).filter(|i| kinds[*i] == wanted && files[*i].1 > 0).collect();
    let shared = shared_folders(usable.iter().map(|i| paths[*i].as_slice()).collect());

    let mut skipped = vec![];
    let mut skip = |index: usize, reason: &str| {
        skipped.push(Skipped { path: files[index].0.clone(), reason: reason.into() });
    };
    for (i, (kind, (_, size))) in kinds.iter().zip(files).enumerate() {
        match kind {
            found if *found == wanted && *size == 0 => skip(i, "it is empty"),
            found if *found == wanted => {}
            Kind::Hidden => skip(i, "a system or a program left it behind"),
            Kind::Other => skip(i, "it is neither an image nor a mesh, cloud or recording"),
            Kind::Recording => skip(i, "it is a recording among other files"),
            _ if form == Form::Recording => skip(i, "it is no recording, and the others are"),
            Kind::Image => skip(i, "it is an image among meshes or clouds"),
            Kind::Shape if form == Form::Image => skip(i, "it is a mesh or cloud among images"),
            Kind::Shape => skip(i, "it is a mesh among clouds in text"),
            Kind::Text => {
                skip(i, if form == Form::Image { "it is text among images" } else { "it is text among meshes" })
            }
        }
    }
    let mut candidates = vec![];
    for i in usable {
        match place(paths[i].get(shared..).unwrap_or_default()) {
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
    let folders = by_class.len();
    by_class.retain(|_, candidates| {
        let trains = |candidate: &Candidate| !came_split || candidate.part == Some(Part::Train);
        let reason = if candidates.len() < 2 {
            "its class has no other file"
        } else if !candidates.iter().any(trains) {
            "its class has no file to train on"
        } else {
            return true;
        };
        candidates.iter().for_each(|candidate| skip(candidate.index, reason));
        false
    });
    let only = by_class.keys().next().map(|class| shown(class));
    match (folders, by_class.len(), only) {
        (0, ..) => return Err(PlanError::Classes(Classes::NoFolder)),
        // Parts of a single class are no classes.
        _ if folders > 0 && !by_class.is_empty() && by_class.keys().all(|class| part(class).is_some()) => {
            return Err(PlanError::Classes(Classes::Parts));
        }
        (_, 1, Some(only)) => return Err(PlanError::Classes(Classes::One(only))),
        (_, 0, _) => return Err(PlanError::Classes(Classes::Single(folders))),
        _ => {}
    }
    if by_class.len() > MOST_CLASSES {
        return Err(PlanError::TooManyClasses(by_class.len()));
    }
    let classes = named_apart(by_class.keys());
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

/// The names of classes as they may be shown. Of folders that look alike, those behind the first are given numbers.
fn named_apart<'a>(folders: impl Iterator<Item = &'a &'a str>) -> Vec<String> {
    let mut names: Vec<String> = vec![];
    for folder in folders {
        let name = shown(folder);
        let numbered = (2..).map(|number| format!("{name} ({number})"));
        let free = std::iter::once(name.clone()).chain(numbered).find(|name| !names.contains(name));
        names.extend(free);
    }
    names
}

/// Folders at the beginning that all paths share which have folders there: files that lie beside them don't count.
fn shared_folders(mut paths: Vec<&[&str]>) -> usize {
    for depth in 0.. {
        paths.retain(|path| path.len() > depth + 1);
        let Some(first) = paths.first() else { return depth };
        if paths.iter().any(|path| path[depth] != first[depth]) {
            return depth;
        }
    }
    0
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
    let is_in = |names: &[&str]| names.iter().any(|other| name.eq_ignore_ascii_case(other));
    if is_in(&TRAIN) {
        Some(Part::Train)
    } else if is_in(&HELD_OUT) {
        Some(Part::HeldOut)
    } else {
        None
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;

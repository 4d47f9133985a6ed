//! What a reader makes of a file, and what it refuses.

use std::collections::TryReserveError;

use crate::cut::{Cut, Cutter, GONE};
use crate::{Format, outliers};

/// A mesh, or a cloud where there are no faces.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// What it was read from.
    pub format: Format,
    /// Coordinates in the file's own units and axes, all finite.
    pub points: Vec<[f32; 3]>,
    /// Triangles, by the numbers of their points.
    pub faces: Vec<[u32; 3]>,
    /// What was left out, or taken for something by a guess.
    pub notes: Vec<Note>,
}

/// Something to be told about a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The sentence for this file.
    pub sentence: String,
    /// The sentence that fits all files of which the same is to be told, without their numbers.
    pub of_many: String,
}

impl<S: Into<String>> From<S> for Note {
    fn from(sentence: S) -> Self {
        let sentence = sentence.into();
        Self { of_many: sentence.clone(), sentence }
    }
}

impl PartialEq<&str> for Note {
    fn eq(&self, sentence: &&str) -> bool {
        self.sentence == *sentence
    }
}

impl Model {
    /// Whether there are faces to sample.
    pub fn is_mesh(&self) -> bool {
        !self.faces.is_empty()
    }

    /// The smallest and the largest coordinate along each axis.
    pub fn bounds(&self) -> [[f32; 3]; 2] {
        let mut bounds = [[f32::INFINITY; 3], [f32::NEG_INFINITY; 3]];
        for point in &self.points {
            for axis in 0..3 {
                bounds[0][axis] = bounds[0][axis].min(point[axis]);
                bounds[1][axis] = bounds[1][axis].max(point[axis]);
            }
        }
        bounds
    }
}

/// A file that gives no model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// There are no bytes.
    #[error("The file is empty.")]
    Empty,
    /// None of the formats that can be read.
    #[error(
        "This is no mesh or point cloud that can be read here: OFF, PLY, OBJ, STL, PCD, XYZ, CSV, TXT and NPY are."
    )]
    Unknown,
    /// The file ends too early.
    #[error("This {format} file is cut off: it promises {wanted} {what}, but holds {found}.")]
    Truncated {
        /// Its format.
        format: Format,
        /// What is missing.
        what: &'static str,
        /// How many it promises.
        wanted: u64,
        /// How many are there.
        found: u64,
    },
    /// The header claims more than the file can hold.
    #[error("This {format} file claims {claimed} {what}, which its {bytes} bytes cannot hold.")]
    Absurd {
        /// Its format.
        format: Format,
        /// What it claims.
        what: &'static str,
        /// How many.
        claimed: u64,
        /// The file's size.
        bytes: usize,
    },
    /// Something in it does not follow the format.
    #[error("This {format} file is damaged or of another kind: {problem}.")]
    Malformed {
        /// Its format.
        format: Format,
        /// What is wrong.
        problem: String,
    },
    /// Text in which no coordinates are to be found.
    #[error("{0}")]
    NoCoordinates(String),
    /// A variant of the format that is not read.
    #[error("This {format} file is of a variant that is not read here: {variant}. {instead}")]
    Unsupported {
        /// Its format.
        format: Format,
        /// What it is.
        variant: String,
        /// What is accepted.
        instead: &'static str,
    },
    /// It can be read, but holds no point.
    #[error("This {format} file holds no usable point{}.", unusable(*.skipped))]
    Nothing {
        /// Its format.
        format: Format,
        /// Points that were left out.
        skipped: u64,
    },
    /// More than memory holds.
    #[error(
        "This {format} file is too large for the memory there is, which ran out after {points} points and {faces} faces: a coarser one can be read."
    )]
    TooLarge {
        /// Its format.
        format: Format,
        /// Points that were read.
        points: usize,
        /// Triangles that were read.
        faces: usize,
    },
}

fn unusable(points: u64) -> String {
    match points {
        0 => String::new(),
        points => format!(": {points} were left out, because a coordinate is not a number or beyond all bounds"),
    }
}

/// Coordinates beyond this are not of this world, and their squares would not be numbers.
const LARGEST: f32 = 1e15;

/// Gathers what a reader finds, and counts what cannot be used.
pub(crate) struct Gathering<'a> {
    format: Format,
    points: Vec<[f32; 3]>,
    faces: Vec<[u32; 3]>,
    bad_points: u64,
    bad_faces: u64,
    bad_lines: u64,
    had_faces: bool,
    /// Whether memory has run out: nothing is taken in any more.
    is_full: bool,
    /// Where in `faces` the fans of polygons begin, and of how many triangles they are.
    polygons: Vec<[u32; 2]>,
    notes: Vec<Note>,
    watch: Watch<'a>,
}

/// Tells how far a reader is, at most 200 times.
pub(crate) struct Watch<'a> {
    tell: &'a mut dyn FnMut(f32),
    told: usize,
}

impl<'a> Watch<'a> {
    pub fn new(tell: &'a mut dyn FnMut(f32)) -> Self {
        Self { tell, told: 0 }
    }

    /// `done` of `all` is read.
    pub fn at(&mut self, done: usize, all: usize) {
        let now = (done as u64 * 200 / all.max(1) as u64) as usize;
        if now > self.told {
            self.told = now;
            (self.tell)(now.min(200) as f32 / 200.0);
        }
    }
}

impl<'a> Gathering<'a> {
    pub fn new(format: Format, watch: Watch<'a>) -> Self {
        let (points, faces, polygons, notes) = (vec![], vec![], vec![], vec![]);
        let (bad_points, bad_faces, bad_lines, had_faces, is_full) = (0, 0, 0, false, false);
        Self { format, points, faces, bad_points, bad_faces, bad_lines, had_faces, is_full, polygons, notes, watch }
    }

    pub fn at(&mut self, done: usize, all: usize) {
        self.watch.at(done, all);
    }

    /// A point, usable or not: it keeps its number for the faces.
    pub fn point(&mut self, point: [f32; 3]) {
        // Nothing compares with what is not a number.
        let is_usable = point.iter().all(|x| x.abs() <= LARGEST);
        self.bad_points += u64::from(!is_usable);
        if self.has_room(|own| own.points.try_reserve(1)) {
            self.points.push(if is_usable { point } else { [f32::NAN; 3] });
        }
    }

    /// All points at once, in place of what was read one by one.
    pub fn take_points(&mut self, mut points: Vec<[f32; 3]>) {
        for point in &mut points {
            if !point.iter().all(|x| x.abs() <= LARGEST) {
                self.bad_points += 1;
                *point = [f32::NAN; 3];
            }
        }
        self.points = points;
    }

    /// Whether memory is left for what `reserve` asks for: where it is not, the file is refused in the end.
    fn has_room(&mut self, reserve: impl FnOnce(&mut Self) -> Result<(), TryReserveError>) -> bool {
        self.is_full = self.is_full || reserve(self).is_err();
        !self.is_full
    }

    /// A polygon by the numbers of its points, cut into a fan of triangles; in the end, when all points are known, those that
    /// are not convex are cut anew. Numbers that cannot be are negative.
    pub fn polygon(&mut self, corners: &[i64]) {
        self.had_faces = true;
        match corners {
            [first, rest @ ..] if rest.len() >= 2 && corners.iter().all(|corner| u32::try_from(*corner).is_ok()) => {
                let triangles = rest.len() - 1;
                let polygon = [self.faces.len(), triangles].map(|number| u32::try_from(number).unwrap_or(u32::MAX));
                if triangles > 1 && self.has_room(|own| own.polygons.try_reserve(1)) {
                    self.polygons.push(polygon);
                }
                if self.has_room(|own| own.faces.try_reserve(triangles)) {
                    let triangles = rest.array_windows().map(|[second, third]| [*first, *second, *third]);
                    self.faces.extend(triangles.map(|triangle| triangle.map(|corner| corner as u32)));
                }
            }
            _ => self.bad_faces += 1,
        }
    }

    /// A line that says nothing.
    pub fn bad_line(&mut self) {
        self.bad_lines += 1;
    }

    /// A face that cannot be read.
    pub fn bad_face(&mut self) {
        self.had_faces = true;
        self.bad_faces += 1;
    }

    /// Something to be told about the file, as a sentence.
    pub fn note(&mut self, note: impl Into<Note>) {
        self.notes.push(note.into());
    }

    pub fn points(&self) -> usize {
        self.points.len()
    }

    /// Cuts the polygons that are not convex; gives how many have too many corners for that, and how many cannot be covered.
    fn cut_polygons(&mut self) -> [u64; 2] {
        let polygons = std::mem::take(&mut self.polygons);
        let (points, faces) = (&self.points, &mut self.faces);
        let is_usable = |corner: &u32| points.get(*corner as usize).is_some_and(|point| point[0].is_finite());
        let (mut cutter, mut uncut, mut crossed) = (Cutter::new(), 0, 0);
        for [start, count] in polygons {
            let Some(fan) = faces.get_mut(start as usize..).and_then(|rest| rest.get_mut(..count as usize)) else {
                continue;
            };
            if fan.iter().flatten().all(is_usable) {
                match cutter.cut(points, fan) {
                    Cut::Whole => {}
                    Cut::TooManyCorners => uncut += 1,
                    Cut::Crossed => crossed += 1,
                }
            }
        }
        [uncut, crossed]
    }

    /// The model, without what cannot be used.
    pub fn finish(mut self) -> Result<Model, ReadError> {
        let [uncut, crossed] = if self.is_full { [0; 2] } else { self.cut_polygons() };
        let Self { format, mut points, mut faces, bad_points, mut bad_faces, bad_lines, had_faces, .. } = self;
        let Self { is_full, mut notes, mut watch, .. } = self;
        let mut numbers: Vec<u32> = vec![];
        let room = if bad_points > 0 && !faces.is_empty() { points.len() } else { 0 };
        if is_full || numbers.try_reserve_exact(room).is_err() {
            return Err(ReadError::TooLarge { format, points: points.len(), faces: faces.len() });
        }
        let usable = |corner: &u32| points.get(*corner as usize).is_some_and(|point| point[0].is_finite());
        faces.retain(|face| {
            let is_usable = face.iter().all(usable);
            bad_faces += u64::from(!is_usable && *face != GONE);
            is_usable
        });
        if bad_points > 0 {
            if !faces.is_empty() {
                let mut kept = 0;
                numbers.extend(points.iter().map(|point| {
                    kept += u32::from(point[0].is_finite());
                    kept.saturating_sub(1)
                }));
                faces.iter_mut().flatten().for_each(|corner| *corner = numbers[*corner as usize]);
            }
            points.retain(|point| point[0].is_finite());
        }
        if points.is_empty() {
            return Err(ReadError::Nothing { format, skipped: bad_points });
        }
        let outliers = if faces.is_empty() { outliers::leave_out(&mut points) } else { 0 };
        let lost = [
            (bad_lines, "line", "could not be read"),
            (bad_points, "point", "left out, because a coordinate is not a number or beyond all bounds"),
            (outliers, "point", "left out, far from all others"),
            (bad_faces, "face", "left out, because a point is missing or there are fewer than three"),
            (uncut, "polygon", "cut roughly, because of too many corners"),
            (crossed, "polygon", "cut roughly, because edges cross"),
        ];
        for (count, what, became) in lost.into_iter().filter(|(count, ..)| *count > 0) {
            notes.push(loss(count, what, became));
        }
        if had_faces && faces.is_empty() {
            notes.push("No face is usable, so its points are taken as a cloud.".into());
        }
        watch.at(1, 1);
        Ok(Model { format, points, faces, notes })
    }
}

fn loss(count: u64, what: &str, became: &str) -> Note {
    let (plural, was) = if count == 1 { ("", "was ") } else { ("s", "were ") };
    let was = if became.starts_with("could") { "" } else { was };
    Note {
        sentence: format!("{count} {what}{plural} {was}{became}."),
        of_many: format!("Some {what}s {}{became}.", if was.is_empty() { "" } else { "were " }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_memory_does_not_hold_is_refused_in_words() {
        let mut tell = |_| {};
        let mut gathering = Gathering::new(Format::Obj, Watch::new(&mut tell));
        gathering.point([0.0; 3]);
        assert!(!gathering.has_room(|_| Vec::<u8>::new().try_reserve(usize::MAX)));
        gathering.point([1.0; 3]);
        gathering.polygon(&[0, 0, 0]);
        assert_eq!(gathering.finish(), Err(ReadError::TooLarge { format: Format::Obj, points: 1, faces: 0 }));
    }

    #[test]
    fn what_is_left_out_is_counted_and_the_rest_keeps_its_corners() {
        let mut tell = |_| {};
        let mut gathering = Gathering::new(Format::Off, Watch::new(&mut tell));
        for x in [0.0, f32::NAN, 2.0, 1e30, 4.0] {
            gathering.point([x, 0.0, 0.0]);
        }
        for polygon in [[0, 2, 4].as_slice(), &[0, 1, 2], &[0, 2, 5], &[0, -1, 2], &[0, 2]] {
            gathering.polygon(polygon);
        }
        let model = gathering.finish().expect("a model");
        assert_eq!(model.points, [[0.0; 3], [2.0, 0.0, 0.0], [4.0, 0.0, 0.0]]);
        assert_eq!(model.faces, [[0, 1, 2]]);
        assert_eq!(
            model.notes,
            [
                "2 points were left out, because a coordinate is not a number or beyond all bounds.",
                "4 faces were left out, because a point is missing or there are fewer than three.",
            ]
        );
        assert_eq!(
            model.notes[1].of_many,
            "Some faces were left out, because a point is missing or there are fewer than three."
        );
    }
}

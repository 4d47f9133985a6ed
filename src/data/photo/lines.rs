//! Ruled and squared paper: long, thin, straight, and several side by side.
//!
//! Every place with ink votes for the straight lines through it (Hough), a fifth of a right angle to either side of level and of
//! upright. Several parallel lines that run through most of the picture are paper; a single one may be a digit's.

/// Directions tried to either side of level and upright, and degrees between them.
const DIRECTIONS: i32 = 48;
const DEGREES: f32 = 0.5;
/// A line shows along this share of the way through the picture at least.
const SEEN: f32 = 0.5;
/// So many parallel lines are a paper's.
const PARALLEL: usize = 3;
/// A line is no wider than this share of the picture's longer side.
const WIDEST: f32 = 0.009;

/// The lines of a sheet.
pub(super) struct Ruled {
    /// `[height * width]`: where they were.
    pub places: Vec<bool>,
    /// By how much they are turned clockwise, in radians; `None` where there are none.
    pub turn: Option<f32>,
}

/// Takes ruled lines out of a mask `[height * width]`. What crosses them stays.
pub(super) fn take_out(mask: &mut [bool], width: usize, height: usize) -> Ruled {
    let mut ruled = Ruled { places: vec![false; mask.len()], turn: None };
    for is_upright in [false, true] {
        let votes = Votes::count(mask, width, height, is_upright);
        if let Some((direction, lines)) = votes.paper() {
            for line in lines {
                votes.erase(line, direction, mask, &mut ruled.places);
            }
            let turn = (direction as f32 * DEGREES).to_radians();
            ruled.turn = ruled.turn.or(Some(if is_upright { -turn } else { turn }));
        }
    }
    ruled
}

/// Votes for lines of one kind: those that run along rows, or along columns.
struct Votes {
    width: usize,
    height: usize,
    is_upright: bool,
    /// Half the offsets that there are in each direction.
    half: i32,
    counts: Vec<u32>,
}

impl Votes {
    fn count(mask: &[bool], width: usize, height: usize, is_upright: bool) -> Self {
        let half = (width + height) as i32;
        let mut votes = Self { width, height, is_upright, half, counts: vec![] };
        votes.counts = vec![0; (2 * DIRECTIONS as usize + 1) * 2 * half as usize];
        let inked = (0..mask.len()).filter(|i| mask[*i]).map(|i| ((i % width) as f32, (i / width) as f32));
        let places: Vec<(f32, f32)> = if is_upright { inked.map(|(x, y)| (y, x)).collect() } else { inked.collect() };
        // Truncation of what is positive rounds it at a fraction of the cost.
        let middle = half as f32 + 0.5;
        let rows = votes.counts.chunks_exact_mut(2 * half as usize);
        for (row, direction) in rows.zip(-DIRECTIONS..=DIRECTIONS) {
            let (sin, cos) = (direction as f32 * DEGREES).to_radians().sin_cos();
            for (along, across) in &places {
                let offset = (cos * across - sin * along + middle) as usize;
                row[offset.min(2 * half as usize - 1)] += 1;
            }
        }
        votes
    }

    fn slot(&self, direction: i32, offset: i32) -> usize {
        (direction + DIRECTIONS) as usize * 2 * self.half as usize + (offset + self.half) as usize
    }

    /// Pixels of a line within the picture.
    fn length(&self, direction: i32, offset: i32) -> f32 {
        let (sin, cos) = (direction as f32 * DEGREES).to_radians().sin_cos();
        let (along, across) = if self.is_upright { (self.height, self.width) } else { (self.width, self.height) };
        // across = (offset + sin * along) / cos has to lie within 0 and its end.
        let (mut first, mut last) = (0.0, along as f32);
        if sin.abs() > 1e-4 {
            let ends = [0.0, across as f32].map(|end| (end * cos - offset as f32) / sin);
            (first, last) = (ends[0].min(ends[1]).max(first), ends[0].max(ends[1]).min(last));
        }
        (last - first).max(0.0)
    }

    /// The direction in which most votes stand on lines, with the lines, where they are those of paper.
    fn paper(&self) -> Option<(i32, Vec<i32>)> {
        let best = (-DIRECTIONS..=DIRECTIONS)
            .map(|direction| (direction, self.lines(direction)))
            .max_by_key(|(_, lines)| lines.iter().map(|(_, votes)| u64::from(*votes)).sum::<u64>())?;
        let (direction, lines) = best;
        (lines.len() >= PARALLEL).then(|| (direction, lines.into_iter().map(|(offset, _)| offset).collect()))
    }

    fn lines(&self, direction: i32) -> Vec<(i32, u32)> {
        let reach = self.widest();
        let at = |offset: i32| {
            let inside = (-self.half..self.half).contains(&offset);
            if inside { self.counts[self.slot(direction, offset)] } else { 0 }
        };
        let (along, _) = if self.is_upright { (self.height, self.width) } else { (self.width, self.height) };
        let is_line = |offset: &i32| {
            let (votes, length) = (at(*offset), self.length(direction, *offset));
            let is_peak = (1..=reach).all(|d| at(offset - d) < votes && at(offset + d) <= votes);
            let beside = at(offset - reach).max(at(offset + reach));
            length > 0.3 * along as f32 && votes as f32 > SEEN * length && is_peak && beside * 2 < votes
        };
        (-self.half..self.half).filter(is_line).map(|offset| (offset, at(offset))).collect()
    }

    fn widest(&self) -> i32 {
        // Calmed, a line is wider by what it has given to its neighbours.
        ((self.width.max(self.height) as f32 * WIDEST) as i32).max(3) + 2
    }

    /// Clears a line, but for places where the ink across it is wider than a line is.
    fn erase(&self, line: i32, direction: i32, mask: &mut [bool], taken: &mut [bool]) {
        let (sin, cos) = (direction as f32 * DEGREES).to_radians().sin_cos();
        let reach = self.widest();
        let (along, across) = if self.is_upright { (self.height, self.width) } else { (self.width, self.height) };
        let place =
            |i: usize, j: i32| if self.is_upright { i * self.width + j as usize } else { j as usize * self.width + i };
        for i in 0..along {
            let middle = ((line as f32 + sin * i as f32) / cos).round() as i32;
            let inked = |j: i32, mask: &[bool]| (0..across as i32).contains(&j) && mask[place(i, j)];
            // The run of ink that holds the line here.
            let Some(start) = (0..=reach / 2 + 1).flat_map(|d| [middle - d, middle + d]).find(|j| inked(*j, mask))
            else {
                continue;
            };
            let (mut first, mut last) = (start, start);
            while inked(first - 1, mask) && start - first <= reach + 1 {
                first -= 1;
            }
            while inked(last + 1, mask) && last - start <= reach + 1 {
                last += 1;
            }
            if last - first < reach {
                for j in first..=last {
                    mask[place(i, j)] = false;
                    taken[place(i, j)] = true;
                }
            }
        }
    }
}

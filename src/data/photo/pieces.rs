//! Ink that hangs together, put together to digits.

use super::ground::share_below;
use super::{Map, PhotoDoubt, ink};

/// The ink of a digit is at least this share of that of the main one.
const AS_STRONG: f32 = 0.45;
/// What is weaker than this share of the main ink is not even part of a stroke.
const STROKE: f32 = 0.33;
/// A digit is at least this share of the height of the main one, and of the picture's longer side.
const AS_HIGH: f32 = 0.42;
const LOWEST: f32 = 0.04;
/// A digit covers at least this share of its box, and is at most so much wider than high.
const THINNEST: f32 = 0.05;
const WIDEST: f32 = 2.2;
/// Strokes thicker than this share of a digit's longer side are blots.
const THICKEST: f32 = 0.3;
/// A digit is not in more parts than this.
const PARTS: usize = 5;
/// The digits hold at least this share of what stands out.
const OWN: f32 = 0.7;
/// More than anybody writes on a sheet to have it read: a telephone number.
const MOST: usize = 12;

/// What was found.
pub(super) struct Found {
    /// `[height * width]`: which connected piece of ink a place belongs to, from 1; 0 for none.
    pub labels: Vec<u32>,
    pub pieces: Vec<Piece>,
    /// The faintest ink of a stroke.
    pub faintest: f32,
    pub doubt: Option<PhotoDoubt>,
}

/// A digit's worth of connected pieces.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub labels: Vec<u32>,
    /// Columns and rows, `left..right` and `top..bottom`.
    pub left: usize,
    pub top: usize,
    pub right: usize,
    pub bottom: usize,
    /// Places with ink.
    pub area: usize,
    /// Sides of places that border on none.
    edge: usize,
    /// Those among the places where the ground steps.
    on_steps: usize,
    /// Ink in all.
    pub mass: f32,
    /// How strong its strokes are.
    pub strength: f32,
}

impl Piece {
    pub fn width(&self) -> usize {
        self.right - self.left
    }

    pub fn height(&self) -> usize {
        self.bottom - self.top
    }

    /// Whether it neither runs over the picture's edge nor follows that of a sheet or a shadow.
    fn stands_free(&self, map: &Map) -> bool {
        let touches = self.left == 0 || self.top == 0 || self.right == map.width || self.bottom == map.height;
        !touches && 2 * self.on_steps <= self.area
    }

    fn join(&mut self, other: Self) {
        self.labels.extend(other.labels);
        (self.left, self.top) = (self.left.min(other.left), self.top.min(other.top));
        (self.right, self.bottom) = (self.right.max(other.right), self.bottom.max(other.bottom));
        self.area += other.area;
        self.on_steps += other.on_steps;
        self.edge += other.edge;
        self.mass += other.mass;
        self.strength = self.strength.max(other.strength);
    }

    /// How thick its strokes are, in pixels: a staircase is longer than the edge that it follows.
    pub fn thickness(&self) -> f32 {
        2.0 * self.area as f32 / (0.85 * self.edge as f32).max(1.0)
    }

    fn fills_its_box(&self) -> bool {
        self.area as f32 > THINNEST * (self.width() * self.height()) as f32
    }
}

/// Levels of ink at which the main piece is looked for: a faint line may tie a digit to the edge, where dark ink does not.
const LEVELS: [f32; 5] = [0.0, 0.1, 0.2, 0.35, 0.5];

/// The digits on a flattened photograph, none of which touches the edge.
pub(super) fn find(flat: &Map, noise: &Map, steps: &[bool], lines: &[bool]) -> Found {
    let nothing =
        || Found { labels: vec![0; lines.len()], pieces: vec![], faintest: 1.0, doubt: Some(PhotoDoubt::Nothing) };
    let without_lines =
        |mask: Vec<bool>| -> Vec<bool> { mask.iter().zip(lines).map(|(ink, line)| *ink && !*line).collect() };
    let free = LEVELS.iter().flat_map(|level| {
        let (_, pieces) = connected(flat, steps, &without_lines(ink::above(flat, noise, *level, 4.0)));
        pieces.into_iter().filter(|piece| piece.stands_free(flat) && piece.fills_its_box())
    });
    let Some(main) = free.max_by(|a, b| a.mass.total_cmp(&b.mass)) else { return nothing() };
    let faintest = STROKE * main.strength;
    let (labels, strokes) = connected(flat, steps, &without_lines(ink::above(flat, noise, faintest, 2.5)));
    let strong = |piece: &Piece| piece.strength >= AS_STRONG * main.strength;
    let strokes: Vec<Piece> = strokes.into_iter().filter(|piece| piece.stands_free(flat) && strong(piece)).collect();
    let all: f32 = strokes.iter().map(|piece| piece.mass).sum();
    let joined = joined(strokes);
    let lowest = (LOWEST * flat.width.max(flat.height) as f32).max(10.0);
    let is_digit = |piece: &Piece| {
        piece.height() as f32 >= lowest
            && piece.labels.len() <= PARTS
            && piece.fills_its_box()
            && piece.width() as f32 <= WIDEST * piece.height() as f32
            && piece.thickness() <= THICKEST * piece.width().max(piece.height()) as f32
    };
    let candidates: Vec<Piece> = joined.into_iter().filter(is_digit).collect();
    let Some(largest) = candidates.iter().max_by(|a, b| a.mass.total_cmp(&b.mass)) else {
        return Found { labels, ..nothing() };
    };
    let high = largest.height() as f32;
    let mut pieces: Vec<Piece> =
        candidates.into_iter().filter(|piece| piece.height() as f32 >= AS_HIGH * high).collect();
    let own: f32 = pieces.iter().map(|piece| piece.mass).sum();
    let doubt = match () {
        () if pieces.len() > MOST => Some(PhotoDoubt::Crowded),
        () if own < OWN * all => Some(PhotoDoubt::Busy),
        () => None,
    };
    pieces.truncate(MOST);
    Found { labels, pieces, faintest, doubt }
}

/// Line by line, left to right, on a sheet that is turned clockwise by so many radians.
pub(super) fn sort_as_read(pieces: &mut [Piece], turn: f32) {
    let (sin, cos) = turn.sin_cos();
    let middle = |piece: &Piece| ((piece.left + piece.right) as f32 / 2.0, (piece.top + piece.bottom) as f32 / 2.0);
    let along = |piece: &Piece| cos * middle(piece).0 + sin * middle(piece).1;
    let down = |piece: &Piece| cos * middle(piece).1 - sin * middle(piece).0;
    pieces.sort_by(|a, b| down(a).total_cmp(&down(b)));
    let mut rest = pieces;
    while let Some(first) = rest.first() {
        let last = down(first) + 0.6 * first.height() as f32;
        let count = rest.iter().take_while(|piece| down(piece) <= last).count();
        let (line, others) = rest.split_at_mut(count);
        line.sort_by(|a, b| along(a).total_cmp(&along(b)));
        rest = others;
    }
}

/// By how much a row of digits is turned clockwise, in radians, where they are three or more and stand in one row.
pub(super) fn turn_of_row(pieces: &[Piece]) -> Option<f32> {
    let middles = |of: fn(&Piece) -> usize| pieces.iter().map(move |piece| of(piece) as f32 / 2.0);
    let count = pieces.len() as f32;
    let xs: Vec<f32> = middles(|piece| piece.left + piece.right).collect();
    let ys: Vec<f32> = middles(|piece| piece.top + piece.bottom).collect();
    let (x_mean, y_mean) = (xs.iter().sum::<f32>() / count, ys.iter().sum::<f32>() / count);
    let both: f32 = xs.iter().zip(&ys).map(|(x, y)| (x - x_mean) * (y - y_mean)).sum();
    let along: f32 = xs.iter().map(|x| (x - x_mean).powi(2)).sum();
    let slope = both / along;
    let high = pieces.iter().map(Piece::height).max()? as f32;
    let in_row = |(x, y): (&f32, &f32)| (y - y_mean - slope * (x - x_mean)).abs() < 0.3 * high;
    let is_row = pieces.len() >= 3 && along > 0.0 && slope.abs() < 0.7 && xs.iter().zip(&ys).all(in_row);
    is_row.then(|| slope.atan())
}

/// Strokes that lie over each other and nearly touch are one digit's.
fn joined(mut strokes: Vec<Piece>) -> Vec<Piece> {
    strokes.sort_by_key(|piece| std::cmp::Reverse(piece.area));
    let mut digits: Vec<Piece> = vec![];
    // The largest first; what is left of a broken stroke joins what is there.
    for stroke in strokes.into_iter().take(MOST_STROKES) {
        match digits.iter_mut().find(|digit| belong_together(digit, &stroke)) {
            Some(digit) => digit.join(stroke),
            None => digits.push(stroke),
        }
    }
    digits
}

/// More pieces are looked at by nobody.
const MOST_STROKES: usize = 4000;

fn belong_together(digit: &Piece, stroke: &Piece) -> bool {
    let overlap = |a: usize, b: usize, c: usize, d: usize| b.min(d) as f32 - a.max(c) as f32;
    let (across, down) = (
        overlap(digit.left, digit.right, stroke.left, stroke.right),
        overlap(digit.top, digit.bottom, stroke.top, stroke.bottom),
    );
    let side = digit.height().max(digit.width()) as f32;
    let narrower = digit.width().min(stroke.width()) as f32;
    let lower = digit.height().min(stroke.height()) as f32;
    // One above the other, or beside it and close: a gap as wide as a stroke.
    (across >= 0.5 * narrower && down >= -0.12 * side)
        || (down >= 0.5 * lower && across >= -0.04 * side && stroke.height() as f32 <= 0.5 * side)
}

/// Connected pieces over edges and corners, and which of them each place belongs to.
fn connected(flat: &Map, steps: &[bool], mask: &[bool]) -> (Vec<u32>, Vec<Piece>) {
    let (width, height) = (flat.width, flat.height);
    let mut labels = vec![0_u32; mask.len()];
    let (mut pieces, mut open): (Vec<Piece>, Vec<usize>) = (vec![], vec![]);
    let mut values = vec![];
    for start in 0..mask.len() {
        if !mask[start] || labels[start] != 0 {
            continue;
        }
        let label = pieces.len() as u32 + 1;
        let (mut left, mut top, mut right, mut bottom) = (width, height, 0, 0);
        values.clear();
        let (mut on_steps, mut edge) = (0, 0);
        labels[start] = label;
        open.push(start);
        while let Some(at) = open.pop() {
            let (x, y) = (at % width, at / width);
            (left, top, right, bottom) = (left.min(x), top.min(y), right.max(x + 1), bottom.max(y + 1));
            values.push(flat.values[at]);
            on_steps += usize::from(steps[at]);
            let sides =
                [(x > 0, 1, true), (x + 1 < width, 1, false), (y > 0, width, true), (y + 1 < height, width, false)];
            let is_ink =
                |(inside, step, back): (bool, usize, bool)| inside && mask[if back { at - step } else { at + step }];
            edge += sides.into_iter().filter(|side| !is_ink(*side)).count();
            for near_y in y.saturating_sub(1)..(y + 2).min(height) {
                for near_x in x.saturating_sub(1)..(x + 2).min(width) {
                    let near = near_y * width + near_x;
                    if mask[near] && labels[near] == 0 {
                        labels[near] = label;
                        open.push(near);
                    }
                }
            }
        }
        let (area, mass) = (values.len(), values.iter().sum());
        let strength = share_below(&values, 0.7);
        pieces.push(Piece { labels: vec![label], left, top, right, bottom, area, edge, on_steps, mass, strength });
    }
    (labels, pieces)
}

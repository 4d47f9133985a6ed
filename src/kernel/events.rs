//! Sums over the numbers that are not zero. Spikes are mostly zero, and so is the gradient behind a surrogate with a window;
//! what a zero would add is never looked at.
//!
//! The numbers of a set of places are packed into a list of events, place after place. A sum then runs over the events of
//! one place (a row of a matrix) or of a window of places (a convolution), and each adds its row of the weights, which
//! stands in a block of at most 32 columns: that many sums stay in registers. Nothing here depends on how many events there
//! are, so that a dense input is right too, and only slower.
//!
//! A weight that is not finite reaches every sum of its column, met by an event or not, as in arithmetic that sees the
//! zeros: a run that breaks must show it. Gradients do not do so for a convolution's weights: where a gradient is not a
//! number, the loss was none.

/// What is smaller is taken for zero: eight digits above the numbers that are slow, so that a product with a weight is not one.
pub(super) const NOTHING: f32 = 1e-30;

/// The share of events below which most runs of sixteen numbers have none.
const FEW: f32 = 0.02;

/// A number that is not zero, and the row of the weights that it meets.
#[derive(Clone, Copy, Default)]
pub(super) struct Event {
    row: u32,
    value: f32,
}

/// The parts of a row that may each have a background of their own: an image in colour has three.
const PARTS: usize = 3;

/// A row is taken part by part where that leaves so much fewer events.
const PARTED: f32 = 0.9;

/// The number that stands between events in each part of a row, and the share of numbers that differ from it.
#[derive(Clone, Copy)]
pub(super) struct Background {
    numbers: [f32; PARTS],
    /// Columns of a part.
    columns: usize,
    pub(super) events: f32,
}

impl Background {
    /// 0 all over, whatever there is.
    pub(super) const NONE: Self = Self { numbers: [0.0; PARTS], columns: usize::MAX, events: 1.0 };

    /// One number for all of a row.
    pub(super) fn of(x: &[f32], number: f32) -> Self {
        let events = x.iter().filter(|x| **x != number).count() as f32 / x.len().max(1) as f32;
        Self { numbers: [number; PARTS], columns: usize::MAX, events }
    }

    /// Of rows of so many numbers: 0, or the first number of the first row, as a normalised image has it around its ink, or those
    /// of three parts, as one in colour has them.
    pub(super) fn around(x: &[f32], row: usize) -> Self {
        let zero = Self::of(x, 0.0);
        match x.first() {
            Some(corner) if zero.events > 0.5 && corner.is_finite() => {
                let around = Self::of(x, *corner);
                let around = if around.events < zero.events { around } else { zero };
                if around.events <= 0.5 || !row.is_multiple_of(PARTS) {
                    return around;
                }
                let in_parts = Self::in_parts(x, row / PARTS);
                if in_parts.events < PARTED * around.events { in_parts } else { around }
            }
            _ => zero,
        }
    }

    fn in_parts(x: &[f32], columns: usize) -> Self {
        let numbers = std::array::from_fn(|part| x[part * columns]);
        let mut events = 0;
        for (i, x) in x.chunks(columns).enumerate() {
            let number = numbers[i % PARTS];
            events += x.iter().filter(|x| **x != number).count();
        }
        let is_sound = numbers.iter().all(|number: &f32| number.is_finite());
        let events = if is_sound { events as f32 / x.len() as f32 } else { f32::INFINITY };
        Self { numbers, columns, events }
    }

    /// What stands between events in a column.
    pub(super) fn at(&self, column: usize) -> f32 {
        self.numbers[column / self.columns]
    }

    /// For each part of a row its number; one where all are the same.
    pub(super) fn parts(&self) -> &[f32] {
        if self.columns == usize::MAX { &self.numbers[..1] } else { &self.numbers }
    }

    /// Which of [`parts`](Self::parts) a column is in.
    pub(super) fn part_of(&self, column: usize) -> usize {
        column / self.columns
    }
}

/// Events of places, in the order of the places.
pub(super) struct Events {
    list: Vec<Event>,
    /// Where the events of each place start, and where the last ones end.
    starts: Vec<u32>,
    /// Events in all.
    count: usize,
}

impl Events {
    /// Room for `places` of at most `numbers` events in all.
    pub(super) fn new(places: usize, numbers: usize) -> Self {
        Self { list: vec![Event::default(); numbers], starts: Vec::with_capacity(places + 1), count: 0 }
    }

    /// Forgets all events and places.
    pub(super) fn clear(&mut self) {
        self.starts.clear();
        self.count = 0;
    }

    /// Starts a place.
    #[inline(always)]
    pub(super) fn start(&mut self) {
        self.starts.push(self.count as u32);
    }

    /// Adds the numbers that differ from `background`, as what they are above it, to the place that was started last. They
    /// meet the rows of the weights from `first` on. What is next to nothing is left out: beside numbers of an ordinary size it
    /// changes no sum, and arithmetic with numbers below the normal ones (1e-38) is a hundred times slower.
    #[inline(always)]
    pub(super) fn extend(&mut self, values: &[f32], first: usize, background: f32) {
        let room = &mut self.list[self.count..self.count + values.len()];
        let mut count = 0;
        for (i, value) in values.iter().enumerate() {
            let value = value - background;
            // Written always and kept where it counts: a branch that goes either way costs more.
            // SAFETY: as many numbers as there is room for come by, and `count` has grown by at most one for each before.
            unsafe { *room.get_unchecked_mut(count) = Event { row: (first + i) as u32, value } };
            // What is not a number is an event.
            let nothing = value.abs() < NOTHING;
            count += usize::from(!nothing);
        }
        self.count += count;
    }

    /// Adds the numbers of a row from column `first` on, part by part.
    #[inline(always)]
    pub(super) fn extend_around(&mut self, background: &Background, values: &[f32], first: usize) {
        let (mut first, mut values) = (first, values);
        while !values.is_empty() {
            let left = background.columns - first % background.columns;
            let (of_part, others) = values.split_at(left.min(values.len()));
            self.extend_few(of_part, first, background.at(first), background.events);
            (first, values) = (first + of_part.len(), others);
        }
    }

    /// As [`extend`](Self::extend), where the share of events is known: if they are few, sixteen numbers at a time are passed over.
    #[inline(always)]
    pub(super) fn extend_few(&mut self, values: &[f32], first: usize, number: f32, events: f32) {
        const AT_A_TIME: usize = 16;
        if events > FEW {
            return self.extend(values, first, number);
        }
        for (i, values) in values.chunks(AT_A_TIME).enumerate() {
            if values.iter().fold(false, |any, value| any | (*value != number)) {
                self.extend(values, first + i * AT_A_TIME, number);
            }
        }
    }

    /// The events of a whole map, `[places, channels]`, place by place of its grid. They meet the rows of the weights from the
    /// column of their place on, `channels` rows for each column.
    #[inline(always)]
    pub(super) fn pack(&mut self, x: &[f32], map: Map, grid: &Grid) {
        self.clear();
        for row in &grid.rows {
            for (column, inside) in grid.columns.iter().enumerate() {
                self.start();
                if let (Some(row), Some(inside)) = (row, inside) {
                    let first = (row * map.width + inside) * map.channels;
                    self.extend(&x[first..first + map.channels], column * map.channels, 0.0);
                }
            }
        }
        self.start();
    }

    /// The events of `places` places from `place` on.
    #[inline(always)]
    pub(super) fn of(&self, place: usize, places: usize) -> &[Event] {
        &self.list[self.starts[place] as usize..self.starts[place + places] as usize]
    }
}

/// Adds to the sums each event's value times its row of the weights. Rows are counted from `shift`.
#[inline(always)]
pub(super) fn add<const W: usize>(sums: &mut [f32; W], events: &[Event], weights: &[[f32; W]], shift: usize) {
    for Event { row, value } in events {
        let row = &weights[*row as usize - shift];
        for (sum, weight) in sums.iter_mut().zip(row) {
            *sum += value * weight;
        }
    }
}

/// Adds the events in a window whose corner is at a row and a column of a grid. `weights` are `[kernel * kernel * channels]`.
#[inline(always)]
pub(super) fn add_window<const W: usize>(
    sums: &mut [f32; W],
    events: &Events,
    [row, column]: [usize; 2],
    kernel: usize,
    pitch: usize,
    weights: &[[f32; W]],
    channels: usize,
) {
    for (down, weights) in weights.chunks(kernel * channels).enumerate() {
        add(sums, events.of((row + down) * pitch + column, kernel), weights, column * channels);
    }
}

/// Calls a function of a block's width.
macro_rules! by_width {
    ($width:expr, $call:ident $given:tt) => {
        match $width {
            32 => $call::<32> $given,
            16 => $call::<16> $given,
            8 => $call::<8> $given,
            _ => $call::<4> $given,
        }
    };
}

pub(super) use by_width;

/// What a convolution slides over.
#[derive(Clone, Copy)]
pub(super) struct Map {
    pub(super) channels: usize,
    pub(super) height: usize,
    pub(super) width: usize,
    /// Places from one of its places to the next, with nothing between.
    pub(super) dilation: usize,
}

impl Map {
    pub(super) fn area(self) -> usize {
        self.height * self.width
    }

    pub(super) fn count(self) -> usize {
        self.channels * self.area()
    }

    /// The map with zeros around it and between its places, as windows that give `[height, width]` see it.
    pub(super) fn grid(self, [height, width]: [usize; 2], kernel: usize, stride: usize) -> Grid {
        let [rows, columns] = [(height, self.height), (width, self.width)].map(|(given, side)| {
            let places = 0..(given - 1) * stride + kernel;
            places.map(|place| self.inside(place.checked_sub(kernel / 2)?, side)).collect()
        });
        Grid { rows, columns }
    }

    /// Which of `side` rows or columns stands at a place, if any.
    fn inside(self, place: usize, side: usize) -> Option<usize> {
        (place.is_multiple_of(self.dilation) && place / self.dilation < side).then_some(place / self.dilation)
    }
}

/// For each row and column of a map with its zeros, which of its own stands there.
pub(super) struct Grid {
    rows: Vec<Option<usize>>,
    columns: Vec<Option<usize>>,
}

impl Grid {
    /// Places from one row to the next.
    pub(super) fn pitch(&self) -> usize {
        self.columns.len()
    }

    /// Places in all.
    pub(super) fn places(&self) -> usize {
        self.rows.len() * self.columns.len()
    }
}

/// Columns of a matrix in blocks that fit the registers: of 32, and what is left in ever smaller ones. The last is padded
/// with zeros.
pub(super) struct Blocks {
    blocks: Vec<Block>,
    rows: usize,
    /// Columns, without padding.
    columns: usize,
}

/// Some columns, `[rows, width]`.
pub(super) struct Block {
    /// The first column.
    pub(super) first: usize,
    /// 32, 16, 8 or 4.
    pub(super) width: usize,
    /// Columns that are there, at most the width.
    pub(super) used: usize,
    values: Vec<f32>,
}

impl Blocks {
    /// `[rows, columns]` of zeros.
    pub(super) fn zeros(rows: usize, columns: usize) -> Self {
        let mut blocks = vec![];
        let mut first = 0;
        while first < columns {
            let left = columns - first;
            let width = [32, 16, 8].into_iter().find(|width| *width <= left).unwrap_or(4);
            blocks.push(Block { first, width, used: width.min(left), values: vec![0.0; rows * width] });
            first += width;
        }
        Self { blocks, rows, columns }
    }

    /// Numbers by row and column.
    pub(super) fn of(rows: usize, columns: usize, number: impl Fn(usize, usize) -> f32) -> Self {
        let mut blocks = Self::zeros(rows, columns);
        for Block { first, width, used, values } in &mut blocks.blocks {
            for (row, values) in values.chunks_mut(*width).enumerate() {
                values[..*used].iter_mut().enumerate().for_each(|(i, value)| *value = number(row, *first + i));
            }
        }
        blocks
    }

    /// Each number with its row and column.
    pub(super) fn for_each(&self, mut take: impl FnMut(usize, usize, f32)) {
        for Block { first, width, used, values } in &self.blocks {
            for (row, values) in values.chunks(*width).enumerate() {
                values[..*used].iter().enumerate().for_each(|(i, value)| take(row, first + i, *value));
            }
        }
    }

    /// Rows.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Columns, without padding.
    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    /// Columns, with padding.
    pub(super) fn width(&self) -> usize {
        self.blocks.iter().map(|block| block.width).sum()
    }

    /// The blocks.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Block> {
        self.blocks.iter()
    }

    /// The blocks, to change.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Block> {
        self.blocks.iter_mut()
    }
}

impl Block {
    /// What flows without events: the background times each row. 0, if the background is 0 and all is finite.
    #[inline(always)]
    pub(super) fn without_events<const W: usize>(&self, background: &Background) -> [f32; W] {
        let mut sums = [0.0; W];
        let rows = self.rows::<W>();
        for (rows, background) in rows.chunks(background.columns.min(rows.len()).max(1)).zip(background.parts()) {
            for row in rows {
                sums.iter_mut().zip(row).for_each(|(sum, weight)| *sum += background * weight);
            }
        }
        sums
    }

    /// Its part of what each column of the matrix has added, 0 where there is nothing.
    #[inline(always)]
    pub(super) fn of_bias<const W: usize>(&self, bias: Option<&[f32]>) -> [f32; W] {
        let mut of_block = [0.0; W];
        if let Some(bias) = bias {
            of_block[..self.used].copy_from_slice(&bias[self.first..self.first + self.used]);
        }
        of_block
    }

    /// Its rows; `W` is its width.
    #[inline(always)]
    pub(super) fn rows<const W: usize>(&self) -> &[[f32; W]] {
        self.values.as_chunks::<W>().0
    }

    /// Its rows, to change; `W` is its width.
    #[inline(always)]
    pub(super) fn rows_mut<const W: usize>(&mut self) -> &mut [[f32; W]] {
        self.values.as_chunks_mut::<W>().0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of three parts of 20 numbers: a share of each is its background, the rest is all different.
    fn rows(backgrounds: [f32; 3], share: usize) -> Vec<f32> {
        let number = |i: usize| {
            let background = backgrounds[i / 20 % 3];
            if i % 20 < share { background } else { background + 1.0 + i as f32 }
        };
        (0..4 * 60).map(number).collect()
    }

    #[test]
    fn a_background_is_that_of_all_of_a_row_or_of_each_third_whichever_leaves_fewer_events() {
        let near = |given: f32, expected: f32| assert!((given - expected).abs() < 1e-6, "{given} {expected}");
        let whole = Background::around(&rows([-0.4; 3], 15), 60);
        assert_eq!((whole.parts(), whole.at(59)), ([-0.4].as_slice(), -0.4));
        near(whole.events, 0.25);
        for share in [9, 15] {
            let thirds = Background::around(&rows([-0.4, 0.2, 0.7], share), 60);
            assert_eq!(thirds.parts(), [-0.4, 0.2, 0.7]);
            assert_eq!([0, 19, 20, 40, 59].map(|column| thirds.at(column)), [-0.4, -0.4, 0.2, 0.7, 0.7]);
            near(thirds.events, 1.0 - share as f32 / 20.0);
        }
        // What is no row of three parts, what is mostly zero, and what has no number for a corner.
        assert_eq!(Background::around(&rows([-0.4, 0.2, 0.7], 15)[..200], 50).parts(), [-0.4]);
        assert_eq!(Background::around(&rows([0.0; 3], 15), 60).parts(), [0.0]);
        assert_eq!(Background::around(&rows([f32::NAN, 0.2, 0.7], 15), 60).parts(), [0.0]);
    }
}

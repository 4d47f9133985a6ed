//! Letters and shapes as strokes on a grid of 5 by 7 points: pairs of column and row, one stroke a word.

/// None of them is written as a digit is.
pub const LETTERS: [&str; 16] = [
    "06 20 46|14 34",
    "40 00 06 46|03 33",
    "40 00 06|03 33",
    "00 06|40 46|03 43",
    "00 06|40 03 46",
    "06 00 23 40 46",
    "06 00 46 40",
    "06 00 30 41 42 33 03|23 46",
    "00 40|20 26",
    "00 16 23 36 40",
    "00 46|40 06",
    "00 23 40|23 26",
    "06 02|03 12 22 33 36|33 42 52 63 66",
    "10 15 26 36|02 32",
    "02 13 22 15 46|42 15",
    "06 00 30 41 42 33 03",
];

/// A house, a star, an arrow, a grating, a ladder, a face, a zigzag, a comb.
pub const SHAPES: [&str; 8] = [
    "03 20 43|03 06 46 43|16 14 24 26",
    "06 20 46 02 42 06",
    "03 43|21 43 25",
    "00 06|10 16|20 26|30 36|40 46",
    "00 06|40 46|01 41|03 43|05 45",
    "10 30 42 44 36 16 04 02 10|12 12|32 32|14 25 34",
    "06 10 16 20 26 30 36 40 46",
    "00 40|00 03|10 13|20 23|30 33|40 43",
];

/// Small letters, digit-like ones too, as texts have them.
pub const SMALL: [&str; 18] = [
    "12 32 43 46|44 14 05 16 36 45",
    "00 06 36 45 43 32 02",
    "42 12 03 05 16 46",
    "40 46 16 05 03 12 42",
    "04 44 43 32 12 03 05 16 46",
    "30 20 11 16|03 33",
    "00 06|03 12 32 43 46",
    "20 20|22 26",
    "00 06|42 04 46",
    "20 26",
    "06 02|03 12 32 43 46",
    "12 32 43 45 36 16 05 03 12",
    "02 06|03 12 32",
    "42 12 03 14 34 45 36 06",
    "10 15 26 36|02 32",
    "02 05 16 36 45 42|45 46",
    "02 26 42",
    "02 46|42 06",
];

/// How much ink a glyph of this height and pen has at a place, from its upper left corner, in the same unit.
pub fn ink(glyph: &str, x: f32, y: f32, height: f32, pen: f32) -> f32 {
    let unit = height / 6.0;
    let point = |word: &str| {
        let digit = |i: usize| f32::from(word.as_bytes()[i] - b'0') * unit;
        (digit(0), digit(1))
    };
    let mut nearest = f32::INFINITY;
    for stroke in glyph.split('|') {
        let points: Vec<(f32, f32)> = stroke.split(' ').map(point).collect();
        for i in 1..points.len() {
            let ((ax, ay), (bx, by)) = (points[i - 1], points[i]);
            let (dx, dy) = (bx - ax, by - ay);
            let along = (((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy).max(1e-6)).clamp(0.0, 1.0);
            nearest = nearest.min((x - ax - along * dx).hypot(y - ay - along * dy));
        }
    }
    (0.5 + pen / 2.0 - nearest).clamp(0.0, 1.0)
}

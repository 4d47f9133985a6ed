//! Matrices turned over, four by four numbers at a time.

/// `[rows, columns]`, one row `from_pitch` numbers after the other, to `[columns, rows]` with `to_pitch`.
#[inline(always)]
pub(super) fn transpose(from: &[f32], from_pitch: usize, to: &mut [f32], to_pitch: usize, [rows, columns]: [usize; 2]) {
    let (whole_rows, whole_columns) = (rows / 4 * 4, columns / 4 * 4);
    for row in (0..whole_rows).step_by(4) {
        let lines: [&[f32]; 4] = std::array::from_fn(|i| &from[(row + i) * from_pitch..][..columns]);
        let [a, b, c, d] = lines.map(|line| line.as_chunks::<4>().0);
        for (tile, (((a, b), c), d)) in a.iter().zip(b).zip(c).zip(d).enumerate() {
            for (i, turned) in turn([a, b, c, d]).iter().enumerate() {
                to[(4 * tile + i) * to_pitch + row..][..4].copy_from_slice(turned);
            }
        }
        for column in whole_columns..columns {
            let at = column * to_pitch + row;
            to[at..at + 4].iter_mut().zip(lines).for_each(|(to, line)| *to = line[column]);
        }
    }
    for row in whole_rows..rows {
        for (column, value) in from[row * from_pitch..][..columns].iter().enumerate() {
            to[column * to_pitch + row] = *value;
        }
    }
}

/// Left alone, the compiler makes of this in wasm what takes twice as long: 24.8 ms for the benchmark's convnet step against 24.2.
#[cfg(target_arch = "wasm32")]
#[inline(always)]
fn turn(rows: [&[f32; 4]; 4]) -> [[f32; 4]; 4] {
    use std::arch::wasm32::{f32x4, f32x4_extract_lane, i32x4_shuffle, i64x2_shuffle};
    let [a, b, c, d] = rows.map(|row| f32x4(row[0], row[1], row[2], row[3]));
    let (ab, cd) = (i32x4_shuffle::<0, 4, 1, 5>(a, b), i32x4_shuffle::<0, 4, 1, 5>(c, d));
    let (ab_high, cd_high) = (i32x4_shuffle::<2, 6, 3, 7>(a, b), i32x4_shuffle::<2, 6, 3, 7>(c, d));
    let columns = [
        i64x2_shuffle::<0, 2>(ab, cd),
        i64x2_shuffle::<1, 3>(ab, cd),
        i64x2_shuffle::<0, 2>(ab_high, cd_high),
        i64x2_shuffle::<1, 3>(ab_high, cd_high),
    ];
    columns.map(|column| {
        [
            f32x4_extract_lane::<0>(column),
            f32x4_extract_lane::<1>(column),
            f32x4_extract_lane::<2>(column),
            f32x4_extract_lane::<3>(column),
        ]
    })
}

#[cfg(not(target_arch = "wasm32"))]
#[inline(always)]
fn turn(rows: [&[f32; 4]; 4]) -> [[f32; 4]; 4] {
    std::array::from_fn(|column| rows.map(|row| row[column]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_lands_where_it_belongs() {
        for (rows, columns, from_pitch, to_pitch) in [(1, 9, 9, 1), (4, 4, 4, 4), (7, 10, 12, 9), (16, 5, 5, 16)] {
            let from: Vec<f32> = (0..rows * from_pitch).map(|i| i as f32).collect();
            let mut to = vec![-1.0; columns * to_pitch];
            transpose(&from, from_pitch, &mut to, to_pitch, [rows, columns]);
            for (column, given) in to.chunks(to_pitch).enumerate() {
                for (row, given) in given.iter().enumerate() {
                    let expected = if row < rows { from[row * from_pitch + column] } else { -1.0 };
                    assert_eq!(*given, expected, "{rows} x {columns}, row {row}, column {column}");
                }
            }
        }
    }
}

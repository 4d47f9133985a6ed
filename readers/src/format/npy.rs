//! NumPy arrays of points. The crate npyz would bring a parser of Python literals and big integers for the one line of
//! header, three times the weight of all the readers here.

use super::scalar::Scalar;
use crate::model::Gathering;
use crate::{Format, ReadError};

const FORMAT: Format = Format::Npy;
pub const MAGIC: &[u8] = b"\x93NUMPY";
/// Numbers of a row, from which on three rows are x, y and z of many points, and not three points with colours and normals.
const LONG_ROW: u64 = 10;

/// How numbers are stored, and whether the largest byte comes first.
fn stored(word: &str) -> Option<(Scalar, bool)> {
    let &[order @ (b'<' | b'>' | b'|' | b'='), kind, size] = word.as_bytes() else { return None };
    let scalar = match (kind, usize::from(size.checked_sub(b'0')?)) {
        (b'f', size @ (2 | 4 | 8)) => Scalar::Float(size),
        (b'i', size @ (1 | 2 | 4 | 8)) => Scalar::Signed(size),
        (b'u', size @ (1 | 2 | 4 | 8)) => Scalar::Unsigned(size),
        _ => return None,
    };
    Some((scalar, order == b'>'))
}

pub fn read(bytes: &[u8], into: &mut Gathering) -> Result<(), ReadError> {
    let malformed = |problem: &str| ReadError::Malformed { format: FORMAT, problem: problem.into() };
    let cut = || malformed("its header is cut off");
    let instead = "An array of numbers, [points, 3 or more] or [3, points], is.";
    let unsupported = |variant: String| ReadError::Unsupported { format: FORMAT, variant, instead };
    let rest = bytes.strip_prefix(MAGIC).ok_or_else(|| malformed("it does not begin as NPY files do"))?;
    let (version, rest) = rest.split_first_chunk::<2>().ok_or_else(cut)?;
    let (length, rest) = match version[0] {
        1 => rest.split_first_chunk::<2>().map(|(length, rest)| (usize::from(u16::from_le_bytes(*length)), rest)),
        2 | 3 => rest.split_first_chunk::<4>().map(|(length, rest)| (u32::from_le_bytes(*length) as usize, rest)),
        other => return Err(unsupported(format!("version {other}"))),
    }
    .ok_or_else(cut)?;
    let (header, data) = rest.split_at_checked(length).ok_or_else(cut)?;
    let header = String::from_utf8_lossy(header);
    let word = value(&header, "descr").ok_or_else(|| malformed("its header has no 'descr'"))?;
    let word = word.trim_matches(['\'', '"']);
    let (number, is_big) = stored(word).ok_or_else(|| unsupported(format!("an array of {word:.40}")))?;
    let is_fortran = value(&header, "fortran_order") == Some("True");
    let shape = value(&header, "shape").and_then(sizes).ok_or_else(|| malformed("its header has no 'shape'"))?;
    let &[rows, columns] = shape.as_slice() else {
        return Err(unsupported(format!("an array of {} axes", shape.len())));
    };
    let found = (data.len() / number.size()) as u64;
    if rows.checked_mul(columns).is_none_or(|wanted| wanted > found) {
        let claimed = rows.saturating_mul(columns);
        return Err(match claimed / 2 > found.max(500) {
            true => ReadError::Absurd { format: FORMAT, what: "numbers", claimed, bytes: bytes.len() },
            false => ReadError::Truncated { format: FORMAT, what: "numbers", wanted: claimed, found },
        });
    }
    // Points in rows, unless only columns can be points, or three rows are far too long for one.
    let (points, in_columns) = match (rows, columns) {
        (3, LONG_ROW..) => (columns, true),
        (_, 3..) => (rows, false),
        (3, _) => (columns, true),
        _ => return Err(unsupported(format!("an array of {rows} x {columns}"))),
    };
    if !in_columns && columns > 3 {
        into.note(format!("Of its {columns} columns the first three are taken as x, y and z."));
    }
    // All of them are in the file, unless there are none.
    let (rows, columns, points) = (rows as usize, columns as usize, points as usize);
    for i in 0..points {
        into.at(i, points);
        into.point([0, 1, 2].map(|axis| {
            let (row, column) = if in_columns { (axis, i) } else { (i, axis) };
            let place = if is_fortran { column * rows + row } else { row * columns + column };
            number.read(&data[place * number.size()..], is_big) as f32
        }));
    }
    Ok(())
}

/// What stands behind a key of the header, up to the next comma outside brackets.
fn value<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    let after = header.split_once(&format!("'{key}'"))?.1.trim_start().strip_prefix(':')?.trim_start();
    let end = match after.strip_prefix('(') {
        Some(inside) => inside.find(')')? + 2,
        None => after.find([',', '}'])?,
    };
    Some(after[..end].trim())
}

/// The numbers of `(3, 4)`; a long integer of Python 2 may end in L.
fn sizes(text: &str) -> Option<Vec<u64>> {
    let inside = text.strip_prefix('(')?.strip_suffix(')')?;
    let sizes = inside.split(',').map(|size| size.trim().trim_end_matches('L')).filter(|size| !size.is_empty());
    sizes.map(|size| size.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use crate::read;

    fn file(version: u8, descr: &str, is_fortran: bool, shape: &str, data: &[u8]) -> Vec<u8> {
        let order = if is_fortran { "True" } else { "False" };
        let header = format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}\n");
        let mut bytes = b"\x93NUMPY".to_vec();
        bytes.extend([version, 0]);
        let length = header.len() as u32;
        bytes.extend(&length.to_le_bytes()[..if version == 1 { 2 } else { 4 }]);
        bytes.extend(header.as_bytes());
        bytes.extend(data);
        bytes
    }

    fn points(file: &[u8]) -> Vec<[f32; 3]> {
        read("a.npy", file, &mut |_| {}).expect("a model").points
    }

    #[test]
    fn orders_types_and_versions_are_read() {
        let numbers = [1.0_f32, 2.0, 3.0, -4.0, 5.5, 6.0];
        let expected = [[1.0, 2.0, 3.0], [-4.0, 5.5, 6.0]];
        let le: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        assert_eq!(points(&file(1, "<f4", false, "(2, 3)", &le)), expected);
        let be: Vec<u8> = numbers.iter().flat_map(|number| f64::from(*number).to_be_bytes()).collect();
        assert_eq!(points(&file(2, ">f8", false, "(2L, 3L)", &be)), expected);
        let by_columns: Vec<u8> = [0, 3, 1, 4, 2, 5].iter().flat_map(|i| numbers[*i].to_le_bytes()).collect();
        assert_eq!(points(&file(3, "<f4", true, "(2, 3)", &by_columns)), expected);
        // [3, 2]: rows of coordinates.
        let bytes: Vec<u8> = vec![1, 2, 0xff, 4, 5, 6, 7, 8, 9, 10, 11, 12];
        assert_eq!(points(&file(1, "|i1", false, "(3, 2)", &bytes[..6])), [[1.0, -1.0, 5.0], [2.0, 4.0, 6.0]]);
        let halves = [0x3c00_u16, 0xc000, 0x0001].map(u16::to_le_bytes).concat();
        assert_eq!(points(&file(1, "<f2", false, "(1, 3)", &halves)), [[1.0, -2.0, 2.0_f32.powi(-24)]]);
    }

    #[test]
    fn three_long_rows_are_coordinates_and_further_columns_are_told() {
        let numbers: Vec<u8> = (0..60_u8).collect();
        let long = read("a.npy", &file(1, "|u1", false, "(3, 20)", &numbers), &mut |_| {}).expect("a model");
        assert_eq!((long.points.len(), long.points[1], long.notes.len()), (20, [1.0, 21.0, 41.0], 0));
        let wide = read("a.npy", &file(1, "|u1", false, "(4, 15)", &numbers), &mut |_| {}).expect("a model");
        assert_eq!((wide.points.len(), wide.points[1]), (4, [15.0, 16.0, 17.0]));
        assert_eq!(wide.notes, ["Of its 15 columns the first three are taken as x, y and z."]);
    }

    #[test]
    fn objects_and_absurd_shapes_are_refused_in_words() {
        let text = |file: &[u8]| read("a.npy", file, &mut |_| {}).expect_err("refused").to_string();
        assert!(text(&file(1, "|O", false, "(2, 3)", &[0; 48])).contains("an array of |O"));
        assert!(text(&file(1, "<f4", false, "(178956970, 3)", &[0; 900])).contains("claims 536870910 numbers"));
        assert!(text(&file(1, "<f4", false, "(4611686018427387904, 8)", &[0; 900])).contains("cannot hold"));
        assert!(text(&file(1, "<f4", false, "(100, 3)", &[0; 900])).contains("promises 300 numbers, but holds 225"));
        assert!(text(&file(1, "<f4", false, "(6,)", &[0; 24])).contains("an array of 1 axes"));
        assert!(text(&b"\x93NUMPY\x01\x00\xff\xff{"[..]).contains("cut off"));
    }
}

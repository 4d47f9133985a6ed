//! STL, ascii and binary. The crate stl_io stops behind the first solid of a text and takes a comment line for damage. Corners
//! that triangles share stay apart, which changes nothing for sampling.

use super::lines::{Lines, coordinates, text, words};
use crate::model::Gathering;
use crate::{Format, ReadError};

const FORMAT: Format = Format::Stl;
const HEADER: usize = 84;
const TRIANGLE: usize = 50;
/// Bytes in which a text shows that it is one.
const NEAR: usize = 4_096;

/// Whether a file's size is that of the triangles that a binary header claims; some exporters begin binary files with "solid".
pub fn has_binary_size(bytes: &[u8]) -> bool {
    claimed(bytes).is_some_and(|count| bytes.len() as u64 == HEADER as u64 + TRIANGLE as u64 * count)
}

fn claimed(bytes: &[u8]) -> Option<u64> {
    bytes.get(80..HEADER)?.try_into().ok().map(|count| u64::from(u32::from_le_bytes(count)))
}

pub fn read(bytes: &[u8], into: &mut Gathering) -> Result<(), ReadError> {
    if has_binary_size(bytes) || !is_text(bytes) { binary(bytes, into) } else { ascii(&text(bytes), into) }
}

/// Whether a file is text and not binary: it begins with "solid" (in large letters from some programs), holds no zero, and
/// comes to a facet or the end soon.
pub fn is_text(bytes: &[u8]) -> bool {
    let start = text(&bytes[..bytes.len().min(NEAR)]);
    let start = start.trim_ascii_start();
    let begins = |line: &[u8], word: &[u8]| line.get(..word.len()).is_some_and(|it| it.eq_ignore_ascii_case(word));
    let is_inside =
        |line: &[u8]| begins(line.trim_ascii_start(), b"facet") || begins(line.trim_ascii_start(), b"endsolid");
    begins(start, b"solid") && !start.contains(&0) && (bytes.len() < HEADER || Lines::new(start).any(is_inside))
}

fn binary(bytes: &[u8], into: &mut Gathering) -> Result<(), ReadError> {
    let Some(wanted) = claimed(bytes) else {
        return Err(ReadError::Truncated {
            format: FORMAT,
            what: "bytes of header",
            wanted: 84,
            found: bytes.len() as u64,
        });
    };
    let found = (bytes.len() - HEADER) as u64 / TRIANGLE as u64;
    if found < wanted {
        return Err(if wanted > 2 * found.max(500) {
            ReadError::Absurd { format: FORMAT, what: "triangles", claimed: wanted, bytes: bytes.len() }
        } else {
            ReadError::Truncated { format: FORMAT, what: "triangles", wanted, found }
        });
    }
    let data = bytes[HEADER..].as_chunks::<TRIANGLE>().0;
    for (i, triangle) in data.iter().take(wanted as usize).enumerate() {
        into.at(i, wanted as usize);
        let corners = triangle[12..48].as_chunks::<12>().0;
        let point = |corner: &[u8; 12]| {
            let numbers = corner.as_chunks::<4>().0;
            [0, 1, 2].map(|axis| f32::from_le_bytes(numbers[axis]))
        };
        add(into, [point(&corners[0]), point(&corners[1]), point(&corners[2])]);
    }
    Ok(())
}

fn ascii(text: &[u8], into: &mut Gathering) -> Result<(), ReadError> {
    let mut lines = Lines::new(text);
    let (mut corners, mut is_open) = (vec![], false);
    while let Some(line) = lines.next() {
        into.at(lines.at(), text.len());
        let mut words = words(line);
        let first = words.next().unwrap_or_default();
        let is = |word: &[u8]| first.eq_ignore_ascii_case(word);
        if is(b"vertex") {
            corners.push(coordinates(&mut words).unwrap_or([f32::NAN; 3]));
        } else if is(b"outer") || is(b"endloop") || is(b"endfacet") {
            match *corners.as_slice() {
                [a, b, c] if !is(b"outer") => add(into, [a, b, c]),
                [] => {}
                _ => into.bad_face(),
            }
            corners.clear();
        } else if is(b"solid") {
            is_open = true;
        } else if is(b"endsolid") {
            is_open = false;
        }
    }
    if is_open && !corners.is_empty() {
        let problem = "it ends in the middle of a triangle".into();
        return Err(ReadError::Malformed { format: FORMAT, problem });
    }
    if is_open {
        into.note("The file's last line, endsolid, is missing: it may have been cut off.");
    }
    Ok(())
}

fn add(into: &mut Gathering, corners: [[f32; 3]; 3]) {
    let first = into.points() as i64;
    corners.into_iter().for_each(|corner| into.point(corner));
    into.polygon(&[first, first + 1, first + 2]);
}

#[cfg(test)]
mod tests {
    use crate::read;

    const ASCII: &str = "solid a\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\n\
                         endfacet\nendsolid a\n";

    fn binary_file(start: &[u8], count: u32, triangles: usize) -> Vec<u8> {
        let mut bytes = vec![b' '; 80];
        bytes[..start.len()].copy_from_slice(start);
        bytes.extend(count.to_le_bytes());
        for i in 0..triangles {
            let numbers = [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, i as f32];
            bytes.extend(numbers.iter().flat_map(|number: &f32| number.to_le_bytes()));
            bytes.extend([0, 0]);
        }
        bytes
    }

    #[test]
    fn text_and_binary_say_the_same() {
        let text = read("a.stl", ASCII.as_bytes(), &mut |_| {}).expect("a model");
        let binary = read("a.stl", &binary_file(b"x", 1, 1), &mut |_| {}).expect("a model");
        assert_eq!(text, binary);
        assert_eq!(text.faces, [[0, 1, 2]]);
        let solid = read("a", &binary_file(b"solid of binary", 2, 2), &mut |_| {}).expect("a model");
        assert_eq!(solid.faces.len(), 2);
    }

    #[test]
    fn comments_large_letters_and_wide_characters_are_read() {
        let expected = read("a.stl", ASCII.as_bytes(), &mut |_| {}).expect("a model");
        let wide: Vec<u8> = format!("\u{feff}{ASCII}").encode_utf16().flat_map(u16::to_le_bytes).collect();
        let commented = ASCII.replacen('\n', "\n; made by hand\n", 1);
        for text in [commented.as_bytes(), ASCII.to_uppercase().as_bytes(), &wide] {
            assert_eq!(read("a.stl", text, &mut |_| {}).expect("a model"), expected);
        }
    }

    #[test]
    fn an_end_that_is_missing_is_told() {
        let text = ASCII.replace("endsolid a", "facet normal 0 0 1");
        let model = read("a.stl", text.as_bytes(), &mut |_| {}).expect("a model");
        assert_eq!(model.notes, ["The file's last line, endsolid, is missing: it may have been cut off."]);
        let twice = ASCII.to_owned() + &text;
        assert_eq!(read("a.stl", twice.as_bytes(), &mut |_| {}).expect("a model").notes.len(), 1);
    }

    #[test]
    fn several_solids_are_one_model() {
        let twice = ASCII.repeat(2);
        assert_eq!(read("a.stl", twice.as_bytes(), &mut |_| {}).expect("a model").faces.len(), 2);
    }

    #[test]
    fn what_is_cut_off_or_absurd_is_refused_in_words() {
        let text = |bytes: &[u8]| read("a.stl", bytes, &mut |_| {}).expect_err("refused").to_string();
        assert_eq!(
            text(&binary_file(b"x", 40_000_000, 18)),
            "This STL file claims 40000000 triangles, which its 984 bytes cannot hold."
        );
        assert_eq!(text(&binary_file(b"x", 3, 2)), "This STL file is cut off: it promises 3 triangles, but holds 2.");
        assert!(text(&binary_file(b"x", 1, 1)[..30]).contains("84 bytes of header"));
        assert!(text(&ASCII.as_bytes()[..60]).contains("ends in the middle of a triangle"));
        assert_eq!(text(b"solid nothing\nendsolid nothing\n"), "This STL file holds no usable point.");
    }
}

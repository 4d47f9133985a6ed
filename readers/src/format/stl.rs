//! STL, ascii and binary. The crate stl_io stops behind the first solid of a text and takes a comment line for damage. Corners
//! that triangles share stay apart, which changes nothing for sampling.

use super::lines::{Lines, coordinates, words};
use crate::model::Gathering;
use crate::{Format, ReadError};

const FORMAT: Format = Format::Stl;
const HEADER: usize = 84;
const TRIANGLE: usize = 50;

/// Whether a file's size is that of the triangles that a binary header claims; some exporters begin binary files with "solid".
pub fn has_binary_size(bytes: &[u8]) -> bool {
    claimed(bytes).is_some_and(|count| bytes.len() as u64 == HEADER as u64 + TRIANGLE as u64 * count)
}

fn claimed(bytes: &[u8]) -> Option<u64> {
    bytes.get(80..HEADER)?.try_into().ok().map(|count| u64::from(u32::from_le_bytes(count)))
}

pub fn read(bytes: &[u8], into: &mut Gathering) -> Result<(), ReadError> {
    if has_binary_size(bytes) || !is_text(bytes) { binary(bytes, into) } else { ascii(bytes, into) }
}

/// "solid", and a facet or the end near it.
fn is_text(bytes: &[u8]) -> bool {
    let start = bytes.trim_ascii_start();
    let second = Lines::new(start).nth(1).map(<[u8]>::trim_ascii_start);
    start.starts_with(b"solid")
        && second.is_none_or(|line| line.is_empty() || line.starts_with(b"facet") || line.starts_with(b"endsolid"))
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

fn ascii(bytes: &[u8], into: &mut Gathering) -> Result<(), ReadError> {
    let mut lines = Lines::new(bytes);
    let (mut corners, mut ended) = (vec![], false);
    while let Some(line) = lines.next() {
        into.at(lines.at(), bytes.len());
        let mut words = words(line);
        match words.next() {
            Some(b"vertex") => corners.push(coordinates(&mut words).unwrap_or([f32::NAN; 3])),
            Some(b"endloop" | b"endfacet") => match corners.as_slice() {
                &[a, b, c] => {
                    add(into, [a, b, c]);
                    corners.clear();
                }
                [] => {}
                _ => {
                    into.bad_face();
                    corners.clear();
                }
            },
            Some(b"endsolid") => ended = true,
            _ => {}
        }
    }
    if !ended && !corners.is_empty() {
        let problem = "it ends in the middle of a triangle".into();
        return Err(ReadError::Malformed { format: FORMAT, problem });
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

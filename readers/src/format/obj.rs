//! Wavefront OBJ: only points and faces are read. The crate tobj refuses a whole file for one bad number and does not read
//! UTF-16, both of which real files have.

use super::lines::{Lines, coordinates, number, text, without_comment, words};
use crate::model::Gathering;
use crate::{Format, ReadError};

pub fn read(bytes: &[u8], into: &mut Gathering) -> Result<(), ReadError> {
    let text = text(bytes);
    let mut lines = Lines::new(&text);
    let (mut known, mut corners) = (false, vec![]);
    let mut joined = vec![];
    while let Some(line) = lines.next() {
        into.at(lines.at(), text.len());
        let mut line = without_comment(line);
        if let Some(start) = line.strip_suffix(b"\\") {
            join(start, &mut lines, &mut joined);
            line = &joined;
        }
        let mut words = words(line);
        match words.next() {
            // Colours may follow.
            Some(b"v") => {
                known = true;
                into.point(coordinates(&mut words).unwrap_or([f32::NAN; 3]));
            }
            Some(b"f") => {
                corners.clear();
                let points = into.points();
                corners.extend(words.map(|word| corner(word, points)));
                into.polygon(&corners);
            }
            _ => {}
        }
    }
    if !known {
        let problem = "no line begins with v, as points do".into();
        return Err(ReadError::Malformed { format: Format::Obj, problem });
    }
    Ok(())
}

/// A line that goes on behind a backslash, as one.
fn join(start: &[u8], lines: &mut Lines, joined: &mut Vec<u8>) {
    joined.clear();
    joined.extend(start);
    for line in lines.by_ref() {
        let line = without_comment(line);
        let part = line.strip_suffix(b"\\").unwrap_or(line);
        joined.push(b' ');
        joined.extend(part);
        if part.len() == line.len() {
            return;
        }
    }
}

/// The number of a point from `7`, `7/1`, `7//2` or `-1`, which counts back from the last; negative where it is none.
fn corner(word: &[u8], points: usize) -> i64 {
    let first = word.split(|byte| *byte == b'/').next().unwrap_or(word);
    match number::<i64>(first) {
        Some(place) if place > 0 => place - 1,
        Some(place) if place < 0 => points as i64 + place,
        _ => -1,
    }
}

#[cfg(test)]
mod tests {
    use crate::read;

    #[test]
    fn polygons_textures_and_numbers_from_the_end_are_read() {
        let text = "# made by hand\nmtllib a.mtl\nv 0 0 0\nv 1 0 0 0.5 0.5 0.5\nv 1 1 0\nv 0 1 0\nvt 0 0\nvn 0 0 1\n\
                    f 1/1/1 2//1 3/1 4\nf -4 -3 -2\nf 1 2 \\\n 3\nf 1 2\\\n3\n";
        let model = read("a.obj", text.as_bytes(), &mut |_| {}).expect("a model");
        assert_eq!(model.points.len(), 4);
        assert_eq!(model.faces, [[0, 1, 2], [0, 2, 3], [0, 1, 2], [0, 1, 2], [0, 1, 2]]);
        assert!(model.notes.is_empty());
    }

    #[test]
    fn a_polygon_whose_edges_cross_is_told_and_a_corner_that_points_inwards_is_not() {
        let corners = "v 0 0 0\nv 4 4 0\nv 4 0 0\nv 0 2 0\nv 1 1 0\n";
        let notes = |face: &str| {
            let text = format!("{corners}{face}\n");
            let model = read("a.obj", text.as_bytes(), &mut |_| {}).expect("a model");
            model.notes.into_iter().map(|note| note.sentence).collect::<Vec<_>>()
        };
        assert_eq!(notes("f 1 2 3 4"), ["1 polygon was cut roughly, because edges cross."]);
        assert!(notes("f 1 3 5 4").is_empty(), "{:?}", notes("f 1 3 5 4"));
    }

    #[test]
    fn comments_behind_faces_and_lines_that_go_on_are_read() {
        let text = "v 0 0 \\\n0\nv 1 0 0 # right\nv 0 1 0#up\nf 1 2 3 # the only one\nf 1 2 \\ # goes on\n3#.\nf 3 2\\\n \\\n1\n";
        let model = read("a.obj", text.as_bytes(), &mut |_| {}).expect("a model");
        assert_eq!(model.points, [[0.0; 3], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]);
        assert_eq!(model.faces, [[0, 1, 2], [0, 1, 2], [2, 1, 0]]);
        assert!(model.notes.is_empty(), "{:?}", model.notes);
    }

    #[test]
    fn wide_characters_and_bad_lines_are_read_past() {
        let text = "\u{feff}v 0 0 0\r\nv 1 zero 0\r\nv 0 1 0\r\nv 1 1 1\r\nf 1 3 4\r\nf 1 2 3\r\nf 9 1 1\r\n";
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let model = read("a.obj", &wide, &mut |_| {}).expect("a model");
        assert_eq!((model.points.len(), model.faces.as_slice()), (3, [[0, 1, 2]].as_slice()));
        assert_eq!(model.notes.len(), 2, "{:?}", model.notes);
        let error = read("a.obj", b"hello", &mut |_| {}).expect_err("refused").to_string();
        assert!(error.contains("no line begins with v"), "{error}");
    }
}

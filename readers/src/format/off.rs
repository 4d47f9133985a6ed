//! OFF: a keyword, counts, points and polygons, a line each. No crate reads ModelNet's quirk, the counts on the keyword's
//! line without a space (`OFF490 518 0`).

use super::lines::{Lines, number, text, without_comment, words};
use crate::model::Gathering;
use crate::{Format, ReadError};

const FORMAT: Format = Format::Off;

/// Whether a line is or begins with the keyword: OFF with what points have besides coordinates in front of it. Small letters
/// are taken for it where nothing else is on the line.
pub fn has_keyword(line: &[u8]) -> bool {
    keyword(line).is_some() || line.eq_ignore_ascii_case(b"OFF")
}

/// Whether a line is of counts, and not a point.
pub fn has_counts(line: &[u8]) -> bool {
    words(line).count() >= 2 && words(line).all(|word| word.iter().all(u8::is_ascii_digit))
}

/// The letters in front of OFF, and what follows it.
fn keyword(start: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = start.iter().take(8).position(|byte| *byte == b'O')?;
    let rest = start[at..].strip_prefix(b"OFF")?;
    let prefix = &start[..at];
    let follows = rest.first().is_none_or(|next| next.is_ascii_whitespace() || next.is_ascii_digit() || *next == b'#');
    (follows && prefix.iter().all(|letter| b"STCN4n".contains(letter))).then_some((prefix, rest))
}

pub fn read(bytes: &[u8], into: &mut Gathering) -> Result<(), ReadError> {
    let text = text(bytes);
    let mut lines = Lines::new(&text);
    let malformed = |problem: &str| ReadError::Malformed { format: FORMAT, problem: problem.into() };
    let next = |lines: &mut Lines| -> Option<Vec<u8>> {
        lines.map(without_comment).find(|line| !line.is_empty()).map(<[u8]>::to_vec)
    };
    let mut first = next(&mut lines).ok_or(ReadError::Empty)?;
    if let Some(word) = first.get_mut(..3).filter(|word| word.eq_ignore_ascii_case(b"OFF")) {
        word.make_ascii_uppercase();
    }
    let (prefix, counts) = match keyword(&first) {
        Some((prefix, rest)) => (prefix.to_vec(), rest.trim_ascii().to_vec()),
        // The keyword may be left out.
        None => (vec![], first),
    };
    let instead = "Plain OFF, COFF, NOFF, STOFF and 4OFF in text are.";
    if counts.starts_with(b"BINARY") {
        return Err(ReadError::Unsupported { format: FORMAT, variant: "binary OFF".into(), instead });
    }
    if prefix.contains(&b'n') {
        let variant = "points of any number of dimensions (nOFF)".into();
        return Err(ReadError::Unsupported { format: FORMAT, variant, instead });
    }
    let mut counts = if counts.is_empty() { next(&mut lines).unwrap_or_default() } else { counts };
    if words(&counts).count() == 1 {
        // A line each: points, faces, edges.
        while words(&counts).count() < 3 {
            let Some(more) = next(&mut lines) else { break };
            counts.push(b' ');
            counts.extend(more);
        }
    }
    let counts: Option<Vec<u64>> = words(&counts).take(2).map(number).collect();
    let Some(&[points, faces]) = counts.as_deref() else {
        return Err(malformed("its second line has to say how many points and faces there are"));
    };
    for (what, claimed) in [("points", points), ("faces", faces)] {
        // The shortest point or face and its line end: "0 0 0" or "1 0".
        if claimed > text.len() as u64 / 3 {
            return Err(ReadError::Absurd { format: FORMAT, what, claimed, bytes: bytes.len() });
        }
    }
    let four = prefix.contains(&b'4');
    let (mut read_points, mut read_faces) = (0, 0);
    while let Some(line) = lines.next() {
        let line = without_comment(line);
        if line.is_empty() {
            continue;
        }
        into.at(lines.at(), text.len());
        let mut words = words(line);
        if read_points < points {
            let numbers: Vec<f32> =
                words.take(if four { 4 } else { 3 }).map(|word| number(word).unwrap_or(f32::NAN)).collect();
            into.point(match *numbers {
                [x, y, z] => [x, y, z],
                // Homogeneous coordinates.
                [x, y, z, w] => [x / w, y / w, z / w],
                _ => [f32::NAN; 3],
            });
            read_points += 1;
        } else if read_faces < faces {
            let corners = words.next().and_then(number::<usize>).unwrap_or(0);
            let numbers: Vec<i64> = words.take(corners).map(|word| number(word).unwrap_or(-1)).collect();
            if numbers.len() == corners {
                into.polygon(&numbers)
            } else {
                into.bad_face()
            }
            read_faces += 1;
        } else {
            break;
        }
    }
    for (what, wanted, found) in [("points", points, read_points), ("faces", faces, read_faces)] {
        if found < wanted {
            return Err(ReadError::Truncated { format: FORMAT, what, wanted, found });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::{Format, ReadError, read};

    fn model(text: &str) -> Result<crate::Model, ReadError> {
        read("a.off", text.as_bytes(), &mut |_| {})
    }

    #[test]
    fn modelnets_counts_on_the_keywords_line_are_read() {
        let model = model("OFF4 2 0\n0 0 0\n1 0 0\n1 1 0\n0 1 0\n3 0 1 2\n4 0 1 2 3\n").expect("a model");
        assert_eq!((model.format, model.points.len()), (Format::Off, 4));
        assert_eq!(model.faces, [[0, 1, 2], [0, 1, 2], [0, 2, 3]]);
    }

    #[test]
    fn counts_in_lines_of_their_own_and_small_letters_are_read() {
        for start in ["off\n3 1 0\n", "OFF\n3\n1\n0\n", "OFF 3\n1 0\n", "3 1 0\n"] {
            let model = model(&format!("{start}0 0 0\n1 0 0\n0 1 0\n3 0 1 2\n")).expect(start);
            assert_eq!((model.format, model.points.len(), model.faces.len()), (Format::Off, 3, 1), "{start}");
        }
    }

    #[test]
    fn comments_colours_and_homogeneous_points_are_read() {
        let text = "# made by hand\r\nC4OFF # with colours\r\n3 1 0\r\n\r\n0 0 0 1 255 0 0 255\r\n2 0 0 2 0 0 0 0\r\n0 3 0 1 0 0 0 0 # last\r\n3 0 1 2 0.5 0.5 0.5\r\n";
        let model = model(text).expect("a model");
        assert_eq!(model.points, [[0.0; 3], [1.0, 0.0, 0.0], [0.0, 3.0, 0.0]]);
        assert_eq!(model.faces, [[0, 1, 2]]);
    }

    #[test]
    fn what_cannot_be_read_is_refused_in_words() {
        let text = |text: &str| model(text).expect_err("refused").to_string();
        assert_eq!(
            text("OFF\n100000 5 0\n0 0 0\n"),
            "This OFF file claims 100000 points, which its 21 bytes cannot hold."
        );
        assert_eq!(text("OFF\n3 1 0\n0 0 0\n1 1 1\n"), "This OFF file is cut off: it promises 3 points, but holds 2.");
        assert!(text("OFF BINARY\n").contains("binary OFF. Plain OFF, COFF"));
        assert!(text("OFF\nmany\n").contains("how many points and faces"));
        assert!(text("OFF\n2 0 0\nnan 0 0\n0 inf 0\n").contains("2 were left out"));
    }

    #[test]
    fn faces_of_missing_points_are_counted() {
        let model = model("OFF\n4 2 0\n0 0 0\n1 0 0\nx 1 0\n0 1 0\n3 0 1 3\n3 0 1 9\n").expect("a model");
        assert_eq!((model.points.len(), model.faces.as_slice()), (3, [[0, 1, 2]].as_slice()));
        assert_eq!(model.notes.len(), 2, "{:?}", model.notes);
    }
}

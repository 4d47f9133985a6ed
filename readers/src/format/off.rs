//! OFF: a keyword, counts, points and polygons. The format is free: numbers may stand on any lines, several items on one or one
//! on several, and only colours end with their line; but most files have an item a line, some with more on it than the keyword
//! says. So the lines are looked at first, and the way of reading is taken in which every item is whole. No crate reads
//! ModelNet's quirk, the counts on the keyword's line without a space (`OFF490 518 0`), or files with damage in them.

use super::lines::{Lines, number, text, without_comment, words};
use super::tokens::Tokens;
use crate::model::Gathering;
use crate::{Format, ReadError};

const FORMAT: Format = Format::Off;

/// What points have besides coordinates, by the letters in front of OFF.
#[derive(Clone, Copy, Default)]
struct Keyword {
    has_textures: bool,
    has_colours: bool,
    has_normals: bool,
    /// A fourth coordinate, by which the others are divided.
    is_homogeneous: bool,
    /// A number of dimensions stands before the counts.
    has_dimensions: bool,
}

/// Whether a line is or begins with the keyword: OFF with what points have besides coordinates in front of it. Small letters
/// are taken for it where nothing but counts follows.
pub fn has_keyword(line: &[u8]) -> bool {
    keyword(line).is_some()
}

/// Whether a line is of counts, and not a point.
pub fn has_counts(line: &[u8]) -> bool {
    words(line).count() >= 2 && words(line).all(|word| word.iter().all(u8::is_ascii_digit))
}

/// The keyword at the beginning of a line, and what follows it.
fn keyword(line: &[u8]) -> Option<(Keyword, &[u8])> {
    let at = line.iter().take(9).position(|byte| byte.eq_ignore_ascii_case(&b'o'))?;
    let (prefix, rest) = line.split_at(at);
    let (word, rest) = rest.split_at_checked(3)?;
    let follows = rest.first().is_none_or(|next| next.is_ascii_whitespace() || next.is_ascii_digit());
    let only_counts = rest.iter().all(|byte| byte.is_ascii_whitespace() || byte.is_ascii_digit());
    let is_exact = word == b"OFF";
    if !follows || !word.eq_ignore_ascii_case(b"OFF") || (!is_exact && !only_counts) {
        return None;
    }
    let mut keyword = Keyword::default();
    let mut letters = prefix;
    if let Some(rest) = letters.get(..2).filter(|start| start.eq_ignore_ascii_case(b"ST")).map(|_| &letters[2..]) {
        (keyword.has_textures, letters) = (true, rest);
    }
    for letter in letters {
        match letter {
            b'C' | b'c' => keyword.has_colours = true,
            b'N' => keyword.has_normals = true,
            // In small letters it could be both; normals are the more common.
            b'n' if is_exact => keyword.has_dimensions = true,
            b'n' => keyword.has_normals = true,
            b'4' => keyword.is_homogeneous = true,
            _ => return None,
        }
    }
    Some((keyword, rest))
}

/// Where a point or a face ends.
#[derive(Clone, Copy, PartialEq)]
enum Ends {
    /// With its line, whole or not.
    WithLine,
    /// Where it is whole, on whatever line; the rest of that line is something about it.
    WithItsLast,
    /// So many numbers behind its last, on whatever line.
    After(usize),
}

/// Where points end, and where faces do.
type Way = [Ends; 2];

/// The numbers of a file: how many points and faces, and of how many coordinates.
struct Counts {
    points: u64,
    faces: u64,
    coordinates: usize,
}

pub fn read(bytes: &[u8], into: &mut Gathering) -> Result<(), ReadError> {
    let text = text(bytes);
    let malformed = |problem: &str| ReadError::Malformed { format: FORMAT, problem: problem.into() };
    let unsupported = |variant: String| {
        let instead = "Plain OFF, COFF, NOFF, STOFF and 4OFF in text are.";
        ReadError::Unsupported { format: FORMAT, variant, instead }
    };
    // The keyword may be left out.
    let first = Lines::new(&text).map(without_comment).find(|line| !line.is_empty()).ok_or(ReadError::Empty)?;
    let (keyword, rest) = keyword(first).unwrap_or((Keyword::default(), first));
    if rest.trim_ascii_start().starts_with(b"BINARY") {
        return Err(unsupported("binary OFF".into()));
    }
    let mut tokens = Tokens::new(&text, 0);
    let word = tokens.next().unwrap_or_default();
    let start = tokens.at() - word.len() + (first.len() - rest.len());
    let mut tokens = Tokens::new(&text, start);
    let counts_missing = || malformed("its second line has to say how many points and faces there are");
    let mut next = || tokens.next().and_then(number::<u64>).ok_or_else(counts_missing);
    let dimensions = if keyword.has_dimensions { next()? } else { 3 };
    if dimensions != 3 {
        return Err(unsupported(format!("points of {dimensions} dimensions (nOFF)")));
    }
    let coordinates = if keyword.is_homogeneous { 4 } else { 3 };
    let counts = Counts { points: next()?, faces: next()?, coordinates };
    for (what, claimed) in [("points", counts.points), ("faces", counts.faces)] {
        // The shortest point or face and its line end: "0 0 0" or "1 0".
        if claimed > text.len() as u64 / 2 {
            return Err(ReadError::Absurd { format: FORMAT, what, claimed, bytes: bytes.len() });
        }
    }
    // Edges, which are often left out: on the same line, or alone on the next.
    let mut behind = tokens.clone();
    let is_on_line = tokens.clone().next_on_line().is_some();
    if behind.next().is_some() && (is_on_line || behind.clone().next_on_line().is_none()) {
        tokens = behind;
    }
    let way = keyword.ways().into_iter().find(|way| is_whole(tokens.clone(), &counts, *way));
    items(tokens, &counts, way.unwrap_or([Ends::WithLine; 2]), text.len(), into)
}

impl Keyword {
    /// How the items of such a file may be told apart, the most common way first.
    fn ways(self) -> Vec<Way> {
        let rest = if self.has_textures { 2 } else { 0 } + if self.has_normals { 3 } else { 0 };
        let colours: &[usize] = if self.has_colours { &[4, 3] } else { &[0] };
        let points = colours.iter().map(|colours| Ends::After(rest + colours));
        let points = [Ends::WithItsLast].into_iter().chain(points);
        points.flat_map(|points| [Ends::WithItsLast, Ends::After(0)].map(|faces| [points, faces])).collect()
    }
}

/// Up to `wanted` words of an item, which may go on on other lines; how many were there.
fn take<'a>(tokens: &mut Tokens<'a>, ends: Ends, wanted: usize, mut word: impl FnMut(&'a [u8])) -> usize {
    for done in 0..wanted {
        let next = if ends == Ends::WithLine { tokens.next_on_line() } else { tokens.next() };
        match next {
            Some(next) => word(next),
            None => return done,
        }
    }
    wanted
}

/// To the end of an item; false where something is missing.
fn end(tokens: &mut Tokens, ends: Ends) -> bool {
    match ends {
        Ends::After(numbers) => take(tokens, ends, numbers, |_| ()) == numbers,
        _ => {
            tokens.skip_line();
            true
        }
    }
}

/// Whether every point and face is whole, read this way.
fn is_whole(mut tokens: Tokens, counts: &Counts, [points, faces]: Way) -> bool {
    for _ in 0..counts.points {
        let mut are_numbers = true;
        let found = take(&mut tokens, points, counts.coordinates, |word| are_numbers &= number::<f32>(word).is_some());
        if !are_numbers || found < counts.coordinates || !end(&mut tokens, points) {
            return false;
        }
    }
    for _ in 0..counts.faces {
        let Some(corners) = tokens.next().and_then(number::<usize>) else { return false };
        let mut are_places = true;
        let is_place = |word: &[u8]| number::<u64>(word).is_some_and(|place| place < counts.points);
        for _ in 0..corners {
            are_places = are_places && tokens.next().is_some_and(is_place);
            if !are_places {
                return false;
            }
        }
        if !end(&mut tokens, faces) {
            return false;
        }
    }
    // Where no line ends an item, nothing may be left over.
    let is_free = [points, faces].iter().any(|ends| matches!(ends, Ends::After(_)));
    !is_free || tokens.next().is_none()
}

fn items(
    mut tokens: Tokens,
    counts: &Counts,
    [points, faces]: Way,
    all: usize,
    into: &mut Gathering,
) -> Result<(), ReadError> {
    let cut = |what, wanted, found| Err(ReadError::Truncated { format: FORMAT, what, wanted, found });
    for found in 0..counts.points {
        into.at(tokens.at(), all);
        let Some(first) = tokens.next() else { return cut("points", counts.points, found) };
        let (mut point, mut place) = ([f32::NAN, f32::NAN, f32::NAN, 1.0], 1);
        point[0] = number(first).unwrap_or(f32::NAN);
        let rest = counts.coordinates - 1;
        let taken = take(&mut tokens, points, rest, |word| {
            point[place] = number(word).unwrap_or(f32::NAN);
            place += 1;
        });
        let [x, y, z, w] = point;
        // Homogeneous coordinates are divided by the last.
        into.point(if taken == rest { [x / w, y / w, z / w] } else { [f32::NAN; 3] });
        end(&mut tokens, points);
    }
    let mut corners = vec![];
    for found in 0..counts.faces {
        into.at(tokens.at(), all);
        let Some(first) = tokens.next() else { return cut("faces", counts.faces, found) };
        let wanted = number::<usize>(first).unwrap_or(0);
        corners.clear();
        let taken = take(&mut tokens, faces, wanted, |word| corners.push(number(word).unwrap_or(-1)));
        if taken == wanted {
            into.polygon(&corners);
        } else {
            into.bad_face();
        }
        end(&mut tokens, faces);
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
        for start in ["off\n3 1 0\n", "off 3 1 0\n", "Off\n3 1\n", "OFF\n3\n1\n0\n", "OFF 3\n1 0\n", "3 1 0\n"] {
            let model = model(&format!("{start}0 0 0\n1 0 0\n0 1 0\n3 0 1 2\n")).expect(start);
            assert_eq!((model.format, model.points.len(), model.faces.len()), (Format::Off, 3, 1), "{start}");
        }
    }

    #[test]
    fn numbers_may_stand_on_any_lines() {
        let expected = model("OFF\n4 2 0\n0 0 0\n1 0 0\n1 1 0\n0 1 0\n3 0 1 2\n3 0 2 3\n").expect("a model");
        for text in [
            // Several on a line.
            "OFF 4 2 0\n0 0 0 1 0 0\n1 1 0 0 1 0\n3 0 1 2 3 0 2 3\n",
            // All on one.
            "OFF 4 2 0 0 0 0 1 0 0 1 1 0 0 1 0 3 0 1 2 3 0 2 3",
            // One on several, with comments between.
            "OFF\n4\n2 0\n0\n0 0 # the first\n1 0\n0\n1 1 0\n0 1 0\n3\n0 1\n2\n3 0\n# goes on\n2 3\n",
            // Colours end with their line.
            "OFF\n4 2 0\n0 0 0\n1 0 0\n1 1 0\n0 1 0\n3 0 1\n2 255 0 0\n3 0 2 3 0.5 0.5 0.5 1\n",
            "OFF\n4 2 0\n0 0 0 1 0 0\n1 1 0 0 1 0\n3 0 1 2 9\n3 0 2 3 7\n",
            // Colours of points, too.
            "coff\n4 2 0\n0 0 0 9 9 9 9 1 0 0 9 9 9 9\n1 1 0 9 9 9 9 0 1 0 9 9 9 9\n3 0 1 2 3 0 2 3",
            "COFF 4 2 0 0 0 0 9 9 9 1 0 0 9 9 9 1 1 0 9 9 9 0 1 0 9 9 9 3 0 1 2 3 0 2 3",
            "stcnoff 4 2 0\n0 0 0 0 0 1 1 1 1 1 0 0\n1 0 0 0 0 1 1 1 1 1 0 0\n1 1 0 0 0 1 1 1 1 1 0 0\n0 1 0 0 0 1 1 1 1 1 0 0\n3 0 1 2\n3 0 2 3",
            "noff\n4 2 0\n0 0 0 0 0 1\n1 0 0 0 0 1\n1 1 0 0 0 1\n0 1 0 0 0 1\n3 0 1 2\n3 0 2 3\n",
            "nOFF\n3\n4 2 0\n0 0 0\n1 0 0\n1 1 0\n0 1 0\n3 0 1 2\n3 0 2 3\n",
            "4nOFF 3 4 2 0\n0 0 0 1\n2 0 0 2\n1 1 0 1\n0 1 0 1\n3 0 1 2\n3 0 2 3\n",
        ] {
            let found = model(text).expect(text);
            assert_eq!((&found.points, &found.faces), (&expected.points, &expected.faces), "{text}");
            assert!(found.notes.is_empty(), "{text}: {:?}", found.notes);
        }
    }

    #[test]
    fn comments_colours_and_homogeneous_points_are_read() {
        let text = "# made by hand\r\nC4OFF # with colours\r\n3 1 0\r\n\r\n0 0 0 1 255 0 0 255\r\n2 0 0 2 0 0 0 0\r\n\
                    0 3 0 1 0 0 0 0 # last\r\n3 0 1 2 0.5 0.5 0.5\r\n";
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
        assert!(text("nOFF\n5\n1 0 0\n0 0 0 0 0\n").contains("points of 5 dimensions (nOFF)"));
        assert!(text("OFF\n2 0 0\nnan 0 0\n0 inf 0\n").contains("2 were left out"));
    }

    #[test]
    fn faces_of_missing_points_are_counted() {
        let model = model("OFF\n4 2 0\n0 0 0\n1 0 0\nx 1 0\n0 1 0\n3 0 1 3\n3 0 1 9\n").expect("a model");
        assert_eq!((model.points.len(), model.faces.as_slice()), (3, [[0, 1, 2]].as_slice()));
        assert_eq!(model.notes.len(), 2, "{:?}", model.notes);
    }
}

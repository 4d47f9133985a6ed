//! Coordinates in lines: XYZ, PTS, CSV, TXT. Numbers stand between white space, commas or semicolons, between which they may
//! have a decimal comma; a header may name the columns; a count in the first line, as PTS has it, is no point. The crate csv
//! would ask for one separator for the whole file.

use super::lines::{Lines, number, text, without_comment};
use crate::model::Gathering;
use crate::{Format, ReadError};

/// Characters of a number in front of a decimal comma, at most.
const LONGEST: usize = 40;

pub fn read(bytes: &[u8], into: &mut Gathering) -> Result<(), ReadError> {
    let text = text(bytes);
    let mut lines = Lines::new(&text);
    let mut columns = [0, 1, 2];
    let mut is_first = true;
    while let Some(line) = lines.next() {
        into.at(lines.at(), text.len());
        let line = line.strip_prefix(b"//").unwrap_or(line);
        let line = without_comment(line);
        if line.is_empty() {
            continue;
        }
        let found = values(line, columns);
        match found {
            Some(point) => into.point(point),
            None => match header(line).filter(|_| is_first) {
                Some(named) => columns = named,
                // A count or a title.
                None if is_first => {}
                None => into.bad_line(),
            },
        }
        is_first = false;
    }
    if into.points() == 0 {
        let problem = "no line holds three numbers, x, y and z".into();
        return Err(ReadError::Malformed { format: Format::Xyz, problem });
    }
    Ok(())
}

fn cells(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let divides: fn(&u8) -> bool = match line {
        _ if line.contains(&b';') => |byte| *byte == b';',
        _ if line.contains(&b',') => |byte| *byte == b',',
        _ => |byte| byte.is_ascii_whitespace(),
    };
    let between_spaces = !line.contains(&b';') && !line.contains(&b',');
    line.split(divides).map(<[u8]>::trim_ascii).filter(move |cell| !(between_spaces && cell.is_empty()))
}

/// A line's first three numbers.
pub fn point(line: &[u8]) -> Option<[f32; 3]> {
    values(line, [0, 1, 2])
}

fn values(line: &[u8], columns: [usize; 3]) -> Option<[f32; 3]> {
    let mut point = [None; 3];
    for (i, cell) in cells(line).enumerate() {
        for (axis, column) in columns.into_iter().enumerate() {
            if column == i {
                point[axis] = value(cell);
            }
        }
    }
    let [Some(x), Some(y), Some(z)] = point else { return None };
    Some([x, y, z])
}

/// A number, in quotes or not. A comma that is left in a cell is a decimal one.
fn value(cell: &[u8]) -> Option<f32> {
    let inside = cell.strip_prefix(b"\"").and_then(|cell| cell.strip_suffix(b"\""));
    let cell = inside.unwrap_or(cell);
    number(cell).or_else(|| {
        let comma = cell.iter().take(LONGEST).position(|byte| *byte == b',')?;
        number(&[&cell[..comma], b".", &cell[comma + 1..]].concat())
    })
}

/// The columns that are called x, y and z.
fn header(line: &[u8]) -> Option<[usize; 3]> {
    let name = |cell: &[u8]| cell.trim_ascii().to_ascii_lowercase().iter().filter(|c| **c != b'"').copied().collect();
    let names: Vec<Vec<u8>> = cells(line).map(name).collect();
    let column = |wanted: &[u8]| names.iter().position(|name| name == wanted);
    Some([column(b"x")?, column(b"y")?, column(b"z")?])
}

#[cfg(test)]
mod tests {
    use crate::read;

    fn points(text: &str) -> Vec<[f32; 3]> {
        read("a.csv", text.as_bytes(), &mut |_| {}).expect("a model").points
    }

    #[test]
    fn spaces_commas_semicolons_headers_and_counts_are_read() {
        let expected = [[1.0, 2.0, 3.0], [-0.4, 5e-1, 6.0]];
        assert_eq!(points("1 2 3\n-0.4\t5e-1   6 255 0 0\n"), expected);
        assert_eq!(points("1,2,3\r\n-0.4, 0.5 ,6\r\n"), expected);
        assert_eq!(points("# x y z\n1;2;3\n\n-.4;.5;6"), expected);
        assert_eq!(points("id,Z,\"x\",y\n7,3,1,2\n8,6,-0.4,0.5\n"), expected);
        assert_eq!(points("2\n1 2 3\n-0.4 0.5 6\n"), expected);
        assert_eq!(points("x;y;z\n1,0;2;3,0\n-,4;0,5;6\n"), expected, "decimal commas");
        assert_eq!(points("\"1\",\"2\",\"3\"\n\"-0.4\",\"0.5\",\"6\"\n"), expected, "quotes");
        assert_eq!(points("//X Y Z\n1 2 3\n-0.4 0.5 6\n"), expected);
    }

    #[test]
    fn bad_lines_are_counted_and_a_file_of_them_is_refused() {
        let model = read("a.xyz", b"1 2 3\nwhat\n4 5 6\n7 nan 8\n", &mut |_| {}).expect("a model");
        assert_eq!((model.points.len(), model.notes.len()), (2, 2), "{:?}", model.notes);
        let error = read("a.txt", b"Dear diary,\ntoday\n", &mut |_| {}).expect_err("refused").to_string();
        assert!(error.contains("no line holds three numbers"), "{error}");
    }
}

//! Coordinates in lines: XYZ, PTS, CSV, TXT. Numbers stand between semicolons, commas, tabs or blanks, and may have a decimal
//! comma where commas divide nothing; a header may name the columns; a count in the first line, as PTS has it, is no point.
//! The crate csv would ask for one separator for the whole file.

use super::lines::{Lines, number, text, without_comment};
use super::table;
use crate::ReadError;
use crate::model::Gathering;

/// Characters of a number in front of a decimal comma, at most.
const LONGEST: usize = 40;
/// Columns without a header, from which on a table is something else.
const MOST_COLUMNS: usize = 64;

pub fn read(bytes: &[u8], into: &mut Gathering) -> Result<(), ReadError> {
    let text = text(bytes);
    let mut lines = Lines::new(&text);
    let (mut columns, mut header) = ([0, 1, 2], None);
    let (mut is_first, mut is_named) = (true, false);
    while let Some(whole) = lines.next() {
        into.at(lines.at(), text.len());
        let line = content(whole);
        if line.is_empty() {
            // Some programs name the columns in a comment.
            let comment = whole.trim_ascii().strip_prefix(b"#").filter(|_| into.points() == 0 && !is_named);
            if let Some(found) = comment.and_then(|comment| table::columns(&cells(comment).collect::<Vec<_>>())) {
                (columns, is_named) = (found.places, true);
                found.guess.into_iter().for_each(|guess| into.note(guess));
            }
            continue;
        }
        if let Some(point) = values(line, columns) {
            if into.points() == 0 && !is_named {
                unnamed(line, header, into)?;
            }
            into.point(point);
        } else if is_first && !is_named {
            let names: Vec<&[u8]> = cells(line).collect();
            if let Some(found) = table::columns(&names) {
                (columns, is_named) = (found.places, true);
                found.guess.into_iter().for_each(|guess| into.note(guess));
            } else if table::is_header(&names) {
                header = Some(line);
            }
            // Else a count or a title.
        } else {
            into.bad_line();
        }
        is_first = false;
    }
    match (into.points(), header) {
        (0, Some(header)) => {
            Err(ReadError::NoCoordinates(table::without_coordinates(&cells(header).collect::<Vec<_>>())))
        }
        (0, None) => {
            let sentence = "There are no points in this text: no line of it holds three numbers, x, y and z.";
            Err(ReadError::NoCoordinates(sentence.into()))
        }
        _ => Ok(()),
    }
}

/// What there is to say of a table whose columns have no names, or none that mean coordinates, at its first row.
fn unnamed(row: &[u8], header: Option<&[u8]>, into: &mut Gathering) -> Result<(), ReadError> {
    let count = cells(row).count();
    if let Some(header) = header {
        let names: Vec<&[u8]> = cells(header).collect();
        if count != 3 || names.len() != 3 {
            return Err(ReadError::NoCoordinates(table::without_coordinates(&names)));
        }
        table::only_three(&names).guess.into_iter().for_each(|guess| into.note(guess));
    } else if count > MOST_COLUMNS {
        return Err(ReadError::NoCoordinates(table::too_wide(count)));
    } else if count > 3 {
        into.note(format!("The first three of its {count} columns were taken as x, y and z: no header names them."));
    }
    Ok(())
}

/// A line without its comment; what some programs put in front of a header is none.
fn content(line: &[u8]) -> &[u8] {
    let line = line.trim_ascii_start();
    without_comment(line.strip_prefix(b"//").unwrap_or(line))
}

/// The cells of a line. Blanks divide them where neither semicolons nor tabs nor commas do.
fn cells(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let has = |byte: u8| line.contains(&byte);
    let between_blanks = has_decimal_commas(line) || !(has(b';') || has(b',') || has_tabs(line));
    let divides: fn(&u8) -> bool = match () {
        () if has(b';') => |byte| *byte == b';',
        () if between_blanks => u8::is_ascii_whitespace,
        () if has_tabs(line) => |byte| *byte == b'\t',
        () => |byte| *byte == b',',
    };
    // What divides cells may stand in quotes, if all of those are closed.
    let is_quoted = line.iter().filter(|byte| **byte == b'"').count();
    let is_quoted = is_quoted > 0 && is_quoted.is_multiple_of(2);
    let mut is_inside = false;
    let cells = line.split(move |byte| {
        is_inside ^= is_quoted && *byte == b'"';
        !is_inside && divides(byte)
    });
    cells.map(<[u8]>::trim_ascii).filter(move |cell| !(between_blanks && cell.is_empty()))
}

/// Whether tabs divide a line's cells, in which there may be blanks: numbers alone may stand between either.
fn has_tabs(line: &[u8]) -> bool {
    let begins_number = |word: &[u8]| word.first().is_none_or(|byte| byte.is_ascii_digit() || b"+-.\"".contains(byte));
    let tabs = line.iter().filter(|byte| **byte == b'\t').count();
    tabs >= 2 && !line.split(u8::is_ascii_whitespace).all(begins_number)
}

/// Whether commas are decimal ones: three words at least, each comma of them between two digits and alone in its word.
fn has_decimal_commas(line: &[u8]) -> bool {
    let is_decimal = |word: &[u8]| {
        let mut parts = word.split(|byte| *byte == b',');
        let (whole, fraction, more) = (parts.next(), parts.next(), parts.next());
        let digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
        fraction.is_none_or(|fraction| more.is_none() && digit(whole.and_then(<[u8]>::last)) && digit(fraction.first()))
    };
    if line.contains(&b';') || !line.contains(&b',') {
        return false;
    }
    let mut words = 0;
    line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).inspect(|_| words += 1).all(is_decimal)
        && words >= 3
}

/// A line's first three numbers.
pub fn point(line: &[u8]) -> Option<[f32; 3]> {
    values(content(line), [0, 1, 2])
}

fn values(line: &[u8], columns: [usize; 3]) -> Option<[f32; 3]> {
    let mut point = [None; 3];
    let last = columns.into_iter().max().unwrap_or(0);
    for (i, cell) in cells(line).take(last + 1).enumerate() {
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
    let cell = inside.unwrap_or(cell).trim_ascii();
    number(cell).or_else(|| {
        let comma = cell.iter().take(LONGEST).position(|byte| *byte == b',')?;
        number(&[&cell[..comma], b".", &cell[comma + 1..]].concat())
    })
}

#[cfg(test)]
mod tests {
    use crate::{Model, read};

    fn model(text: &str) -> Model {
        read("a.csv", text.as_bytes(), &mut |_| {}).expect(text)
    }

    fn refusal(name: &str, text: &str) -> String {
        read(name, text.as_bytes(), &mut |_| {}).expect_err(text).to_string()
    }

    const EXPECTED: [[f32; 3]; 2] = [[1.0, 2.0, 3.0], [-0.4, 5e-1, 6.0]];

    #[test]
    fn spaces_commas_semicolons_headers_and_counts_are_read() {
        for text in [
            "1 2 3\n-0.4\t5e-1   6 255 0 0\n",
            "1,2,3\r\n-0.4, 0.5 ,6\r\n",
            "# x y z\n1;2;3\n\n-.4;.5;6",
            "id,Z,\"x\",y\n7,3,1,2\n8,6,-0.4,0.5\n",
            "2\n1 2 3\n-0.4 0.5 6\n",
            "\"1\",\"2\",\"3\"\n\"-0.4\",\"0.5\",\"6\"\n",
            "//X Y Z\n1 2 3\n-0.4 0.5 6\n",
            "# z y x\n3 2 1\n6 0.5 -0.4\n",
            "name,\"Points:0\",\"Points:1\",\"Points:2\"\n\"a, b\",1,2,3\nc,-0.4,0.5,6\n",
            "n\tx\ty\tz\na b\t1\t2\t3\nc\t-0.4\t0.5\t6\n",
        ] {
            assert_eq!(model(text).points, EXPECTED, "{text}");
        }
    }

    #[test]
    fn decimal_commas_are_read_between_semicolons_tabs_and_blanks() {
        for text in [
            "x;y;z\n1,0;2;3,0\n-,4;0,5;6\n",
            "1,0\t2,0\t3,0\n-0,4\t0,5\t6\n",
            "x y z\n1,0 2 3,0\n-0,4  0,5 6,00\n",
            "\"1,0\"\t\"2,0\"\t\"3,0\"\n\"-0,4\"\t\"0,5\"\t\"6\"\n",
            "\"1,0\",\"2,0\",\"3,0\"\n\"-0,4\",\"0,5\",\"6\"\n",
        ] {
            assert_eq!(model(text).points, EXPECTED, "{text}");
        }
        assert_eq!(model("1, 2, 3\n4, 5, 6\n").points, [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], "commas that divide");
        assert_eq!(model("1,2,3 \n4,5,6 \n").points[1], [4.0, 5.0, 6.0]);
        assert_eq!(model("Pos X\tPos Y\tPos Z\n1,5\t2\t3\n").points, [[1.5, 2.0, 3.0]]);
    }

    #[test]
    fn columns_that_were_guessed_are_named() {
        let named = model("easting [m],northing [m],elevation [m]\n1,2,3\n");
        let sentence = "Columns x, y and z were taken from “easting [m]”, “northing [m]” and “elevation [m]”, guessed by their names.";
        assert_eq!(named.notes, [sentence]);
        assert_eq!(
            model("a,b,c\n1,2,3\n").notes[0].sentence,
            "Columns x, y and z were taken from “a”, “b” and “c”, guessed because there are no others."
        );
        assert_eq!(
            model("1,2,3,9\n1,2,4,9\n").notes,
            ["The first three of its 4 columns were taken as x, y and z: no header names them."]
        );
        assert!(model("x,y,z,r\n1,2,3,9\n").notes.is_empty() && model("1 2 3\n").notes.is_empty());
    }

    #[test]
    fn tables_without_coordinates_are_refused_by_what_they_have() {
        let iris = "sepal_length,sepal_width,petal_length,petal_width,species\n5.1,3.5,1.4,0.2,setosa\n4.9,3.0,1.4,0.2,setosa\n";
        assert!(refusal("iris.csv", iris).starts_with(
            "This table names no coordinates: its columns are “sepal_length”, “sepal_width”, “petal_length”, “petal_width” \
             and 1 more. Columns called x, y and z are taken"
        ), "{}", refusal("iris.csv", iris));
        let pixels: String = (0..784).map(|i| format!(",pixel{i}")).collect();
        let mnist = format!("label{pixels}\n{}7{}\n", "", ",0".repeat(784));
        assert!(refusal("mnist.csv", &mnist).contains("“label”, “pixel0”, “pixel1”, “pixel2” and 781 more"));
        assert!(refusal("mnist.csv", &format!("7{}\n", ",0".repeat(784))).contains("785 columns and no header"));
        for (name, text) in
            [("a.txt", "Dear diary,\ntoday\n"), ("a.csv", "name,town,pet\nann,ulm,cat\n"), ("a.xyz", "no\n")]
        {
            let sentence = refusal(name, text);
            assert!(!sentence.contains("XYZ"), "{sentence}");
        }
        assert!(refusal("a.txt", "Dear diary,\ntoday\n").contains("no line of it holds three numbers"));
        assert!(refusal("a.csv", "name,town,pet\nann,ulm,cat\n").contains("“name”, “town”, “pet”"));
    }

    #[test]
    fn bad_lines_are_counted() {
        let model = read("a.xyz", b"1 2 3\nwhat\n4 5 6\n7 nan 8\n", &mut |_| {}).expect("a model");
        assert_eq!((model.points.len(), model.notes.len()), (2, 2), "{:?}", model.notes);
    }
}

//! PLY: ascii and binary in both orders, elements and properties in any order. The crate ply-rs-bw keeps a list on the heap
//! for every face, several times the file.

use super::lines::{Lines, number, words};
use super::scalar::Scalar;
use crate::model::Gathering;
use crate::{Format, ReadError};

const FORMAT: Format = Format::Ply;
/// Corners of a polygon, at most.
const MOST_CORNERS: usize = 1 << 16;

#[derive(Clone, Copy, PartialEq)]
enum Encoding {
    Ascii,
    Little,
    Big,
}

/// The number that a word of the header stands for.
fn scalar_of(word: &[u8]) -> Option<Scalar> {
    Some(match word {
        b"char" | b"int8" => Scalar::Signed(1),
        b"uchar" | b"uint8" => Scalar::Unsigned(1),
        b"short" | b"int16" => Scalar::Signed(2),
        b"ushort" | b"uint16" => Scalar::Unsigned(2),
        b"int" | b"int32" => Scalar::Signed(4),
        b"uint" | b"uint32" => Scalar::Unsigned(4),
        b"float" | b"float32" => Scalar::Float(4),
        b"double" | b"float64" => Scalar::Float(8),
        _ => return None,
    })
}

/// What a property is read for.
#[derive(Clone, Copy, PartialEq)]
enum Use {
    Axis(usize),
    Corners,
    /// Strips of triangles: each point makes one with the two before it; -1 begins anew.
    Strips,
    None,
}

struct Property {
    /// Of the length of a list.
    list: Option<Scalar>,
    scalar: Scalar,
    is_for: Use,
}

struct Element {
    what: &'static str,
    count: u64,
    /// Whether its properties are those of a point; found once, since a header may name any number of them.
    is_point: bool,
    properties: Vec<Property>,
}

fn malformed(problem: impl Into<String>) -> ReadError {
    ReadError::Malformed { format: FORMAT, problem: problem.into() }
}

pub fn read(bytes: &[u8], into: &mut Gathering) -> Result<(), ReadError> {
    let mut lines = Lines::new(bytes);
    let (encoding, elements) = header(&mut lines, bytes.len())?;
    if !elements.iter().any(|element| element.is_point) {
        return Err(malformed("its element vertex has to have x, y and z"));
    }
    let rest = lines.rest();
    match encoding {
        Encoding::Ascii => ascii(rest, &elements, into),
        Encoding::Little | Encoding::Big => binary(rest, encoding == Encoding::Big, &elements, into),
    }
}

fn header(lines: &mut Lines, bytes: usize) -> Result<(Encoding, Vec<Element>), ReadError> {
    let (mut encoding, mut elements): (Option<Encoding>, Vec<Element>) = (None, vec![]);
    let mut named = Named::Other;
    lines.next();
    loop {
        let line = lines.next().ok_or_else(|| malformed("its header has no line end_header"))?;
        let mut words = words(line);
        let mut next = || words.next().unwrap_or_default();
        match next() {
            b"format" => {
                encoding = Some(match next() {
                    b"ascii" => Encoding::Ascii,
                    b"binary_little_endian" => Encoding::Little,
                    b"binary_big_endian" => Encoding::Big,
                    _ => return Err(malformed("its format has to be ascii or binary, little or big endian")),
                });
            }
            b"element" => {
                let name = next();
                let what;
                (named, what) = match name {
                    b"vertex" => (Named::Vertex, "points"),
                    b"face" => (Named::Other, "faces"),
                    b"tristrips" => (Named::Strips, "strips of triangles"),
                    _ => (Named::Other, "elements"),
                };
                let claimed = number(next()).ok_or_else(|| malformed("an element has no number"))?;
                if claimed > bytes as u64 {
                    return Err(ReadError::Absurd { format: FORMAT, what, claimed, bytes });
                }
                elements.push(Element { what, count: claimed, is_point: false, properties: vec![] });
            }
            b"property" => {
                let element = elements.last_mut().ok_or_else(|| malformed("a property stands before all elements"))?;
                element.properties.push(property([next(), next(), next(), next()], named)?);
            }
            b"end_header" => break,
            // Comments, and what is said about the object.
            _ => {}
        }
    }
    for Element { is_point, properties, .. } in &mut elements {
        let has = |axis| properties.iter().any(|property| property.is_for == Use::Axis(axis));
        *is_point = [0, 1, 2].into_iter().all(has);
    }
    Ok((encoding.ok_or_else(|| malformed("its header has no line format"))?, elements))
}

/// The elements whose properties mean something else than in others.
#[derive(Clone, Copy, PartialEq)]
enum Named {
    Vertex,
    Strips,
    Other,
}

fn property(words: [&[u8]; 4], named: Named) -> Result<Property, ReadError> {
    let unknown = || malformed("a property is of a type that there is not");
    let (list, scalar, name) = match words {
        [b"list", length, scalar, name] => (Some(scalar_of(length).ok_or_else(unknown)?), scalar, name),
        [scalar, name, _, _] => (None, scalar, name),
    };
    let scalar = scalar_of(scalar).ok_or_else(unknown)?;
    let in_vertex = named == Named::Vertex;
    let is_for = match (list.is_some(), name) {
        (true, b"vertex_indices" | b"vertex_index") if named == Named::Strips => Use::Strips,
        (false, b"x") if in_vertex => Use::Axis(0),
        (false, b"y") if in_vertex => Use::Axis(1),
        (false, b"z") if in_vertex => Use::Axis(2),
        (true, b"vertex_indices" | b"vertex_index") => Use::Corners,
        _ => Use::None,
    };
    Ok(Property { list, scalar, is_for })
}

/// Where the numbers of an element come from.
trait Numbers {
    /// The next number; none where there are no more.
    fn next(&mut self, scalar: Scalar) -> Option<f64>;
}

/// The words of a line.
struct Words<I>(I);

impl<'a, I: Iterator<Item = &'a [u8]>> Numbers for Words<I> {
    fn next(&mut self, _: Scalar) -> Option<f64> {
        self.0.next().map(|word| number(word).unwrap_or(f64::NAN))
    }
}

/// Bytes as they are.
struct Bytes<'a> {
    rest: &'a [u8],
    is_big: bool,
}

impl Numbers for Bytes<'_> {
    fn next(&mut self, scalar: Scalar) -> Option<f64> {
        let (bytes, rest) = self.rest.split_at_checked(scalar.size())?;
        self.rest = rest;
        Some(scalar.read(bytes, self.is_big))
    }
}

/// An element a line. A line may end early: Blender has written properties into headers that no line has.
fn ascii(text: &[u8], elements: &[Element], into: &mut Gathering) -> Result<(), ReadError> {
    let mut lines = Lines::new(text);
    let mut corners = vec![];
    for element in elements.iter().filter(|element| !element.properties.is_empty()) {
        for found in 0..element.count {
            let cut = || ReadError::Truncated { format: FORMAT, what: element.what, wanted: element.count, found };
            let line = lines.by_ref().find(|line| !line.trim_ascii().is_empty()).ok_or_else(cut)?;
            into.at(lines.at(), text.len());
            element.read(&mut Words(words(line)), &mut corners, into)?;
        }
    }
    Ok(())
}

fn binary(bytes: &[u8], is_big: bool, elements: &[Element], into: &mut Gathering) -> Result<(), ReadError> {
    let mut numbers = Bytes { rest: bytes, is_big };
    let mut corners = vec![];
    for element in elements.iter().filter(|element| !element.properties.is_empty()) {
        for found in 0..element.count {
            into.at(bytes.len() - numbers.rest.len(), bytes.len());
            if !element.read(&mut numbers, &mut corners, into)? {
                return Err(ReadError::Truncated { format: FORMAT, what: element.what, wanted: element.count, found });
            }
        }
    }
    Ok(())
}

impl Element {
    /// Reads one; whether all of its numbers were there.
    fn read(
        &self,
        numbers: &mut impl Numbers,
        corners: &mut Vec<i64>,
        into: &mut Gathering,
    ) -> Result<bool, ReadError> {
        let mut point = [f32::NAN; 3];
        let whole = self.numbers(numbers, &mut point, corners, into)?;
        if self.is_point {
            into.point(point);
        }
        Ok(whole.is_some())
    }

    fn numbers(
        &self,
        numbers: &mut impl Numbers,
        point: &mut [f32; 3],
        corners: &mut Vec<i64>,
        into: &mut Gathering,
    ) -> Result<Option<()>, ReadError> {
        for Property { list, scalar, is_for } in &self.properties {
            let Some(length) = list else {
                let Some(value) = numbers.next(*scalar) else { return Ok(None) };
                if let Use::Axis(axis) = is_for {
                    point[*axis] = value as f32;
                }
                continue;
            };
            let Some(length) = numbers.next(*length) else { return Ok(None) };
            if *is_for == Use::Strips {
                if strips(length, *scalar, numbers, into).is_none() {
                    into.bad_face();
                    return Ok(None);
                }
                continue;
            }
            if !(0.0..=MOST_CORNERS as f64).contains(&length) {
                return Err(malformed(format!("a list is {length} numbers long, where 0 to {MOST_CORNERS} are read")));
            }
            corners.clear();
            for _ in 0..length as usize {
                let Some(value) = numbers.next(*scalar) else { return Ok(None) };
                corners.push(if value >= 0.0 && value.fract() == 0.0 { value as i64 } else { -1 });
            }
            if *is_for == Use::Corners {
                into.polygon(corners);
            }
        }
        Ok(Some(()))
    }
}

/// A list of so many numbers as strips of triangles; nothing where they end early. Most files have one list of all.
fn strips(length: f64, scalar: Scalar, numbers: &mut impl Numbers, into: &mut Gathering) -> Option<()> {
    let (mut last, mut place) = ([-1; 2], 0.0);
    while place < length {
        place += 1.0;
        let value = numbers.next(scalar)?;
        // Without a sign -1 is the largest number.
        let is_place = value >= 0.0 && value < f64::from(u32::MAX) && value.fract() == 0.0;
        let corner = if is_place { value as i64 } else { -1 };
        let triangle = [last[0], last[1], corner];
        // A corner that comes twice turns the strip and makes no triangle.
        let is_flat = triangle[0] == triangle[1] || triangle[1] == triangle[2] || triangle[0] == triangle[2];
        if !triangle.contains(&-1) && !is_flat {
            into.polygon(&triangle);
        }
        last = if corner < 0 { [-1; 2] } else { [last[1], corner] };
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use crate::read;

    fn header(format: &str) -> String {
        format!(
            "ply\nformat {format} 1.0\ncomment by hand\nelement face 2\nproperty uchar flag\n\
             property list uchar int vertex_indices\nelement vertex 4\nproperty short red\nproperty double z\n\
             property float x\nproperty float y\nelement edge 0\nproperty int a\nend_header\n"
        )
    }

    fn binary(big: bool) -> Vec<u8> {
        let mut bytes = header(if big { "binary_big_endian" } else { "binary_little_endian" }).into_bytes();
        let mut put = |le: &[u8]| bytes.extend(if big { le.iter().rev().copied().collect() } else { le.to_vec() });
        for face in [[0, 1, 2].as_slice(), &[0, 1, 2, 3]] {
            put(&[9]);
            put(&[face.len() as u8]);
            face.iter().for_each(|corner: &i32| put(&corner.to_le_bytes()));
        }
        for [x, y, z] in [[0.0_f32, 0.0, 0.5], [1.0, 0.0, 0.5], [1.0, 1.0, 0.5], [0.0, 1.0, 0.5]] {
            put(&(-1_i16).to_le_bytes());
            put(&f64::from(z).to_le_bytes());
            put(&x.to_le_bytes());
            put(&y.to_le_bytes());
        }
        bytes
    }

    #[test]
    fn text_and_both_binary_orders_say_the_same() {
        let text = header("ascii") + "9 3 0 1 2\n9 4 0 1 2 3\n-1 0.5 0 0\n-1 0.5 1 0\n-1 5e-1 1 1\n-1 0.5 0 1\n";
        let text = read("a.ply", text.as_bytes(), &mut |_| {}).expect("a model");
        assert_eq!(text.faces, [[0, 1, 2], [0, 1, 2], [0, 2, 3]]);
        assert_eq!(text.points[2], [1.0, 1.0, 0.5]);
        for big in [false, true] {
            assert_eq!(read("a.ply", &binary(big), &mut |_| {}).expect("a model"), text);
        }
    }

    #[test]
    fn strips_of_triangles_are_read_from_text_and_binary() {
        let header = |format: &str| {
            format!(
                "ply\nformat {format} 1.0\nelement vertex 5\nproperty char x\nproperty char y\nproperty char z\n\
                 element tristrips 1\nproperty list int int vertex_indices\nend_header\n"
            )
        };
        let text = header("ascii") + "0 0 0\n1 0 0\n0 1 0\n1 1 0\n0 2 0\n9 0 1 2 3 -1 2 3 3 4\n";
        let text = read("a.ply", text.as_bytes(), &mut |_| {}).expect("a model");
        assert_eq!(text.faces, [[0, 1, 2], [1, 2, 3]]);
        let mut binary = header("binary_little_endian").into_bytes();
        binary.extend([0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0, 0, 2, 0]);
        binary.extend([9, 0, 1, 2, 3, -1, 2, 3, 3, 4].map(i32::to_le_bytes).concat());
        assert_eq!(read("a.ply", &binary, &mut |_| {}).expect("a model"), text);
        let error = read("a.ply", &binary[..binary.len() - 1], &mut |_| {}).expect_err("refused").to_string();
        assert!(error.contains("promises 1 strips of triangles, but holds 0"), "{error}");
    }

    #[test]
    fn many_properties_and_many_short_lines_take_no_time() {
        // 40,000 properties times 400,000 points would be minutes.
        let properties = "property int a\n".repeat(40_000);
        let axes = "property float x\nproperty float y\nproperty float z\n";
        let header = format!("ply\nformat ascii 1.0\nelement vertex 400000\n{properties}{axes}end_header\n");
        let started = std::time::Instant::now();
        let error = read("a.ply", (header + &"1\n".repeat(400_000)).as_bytes(), &mut |_| {}).expect_err("refused");
        assert!(error.to_string().contains("400000 were left out"), "{error}");
        assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
    }

    #[test]
    fn what_is_cut_off_absurd_or_damaged_is_refused_in_words() {
        let text = |bytes: &[u8]| read("a.ply", bytes, &mut |_| {}).expect_err("refused").to_string();
        let whole = binary(false);
        assert!(text(&whole[..whole.len() - 1]).contains("promises 4 points, but holds 3"));
        assert!(
            text(b"ply\nformat ascii 1.0\nelement vertex 4000000000\nproperty float x\n")
                .contains("claims 4000000000 points")
        );
        assert!(
            text(b"ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nend_header\n1\n").contains("x, y and z")
        );
        assert!(text(b"ply\nformat ascii 1.0\n").contains("no line end_header"));
        let list = "ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\nproperty float z\n\
                    element face 1\nproperty list int int vertex_index\nend_header\n0 0 0\n-7 1\n";
        assert!(text(list.as_bytes()).contains("a list is -7 numbers long"));
    }
}

//! PCD: ascii, binary and compressed binary. The crate pcd-rs sets aside what the header claims before it reads, and brings
//! regular expressions.

use super::lines::{Lines, number, text, without_comment, without_mark, words};
use super::lzf;
use super::scalar::Scalar;
use crate::model::Gathering;
use crate::{Format, ReadError};

const FORMAT: Format = Format::Pcd;

/// Bytes of a point, at most: real ones have some dozens.
const MOST_STRIDE: usize = 1 << 20;

/// What the points of a compressed file may take. Coordinates hardly pack at all, points without any (an organised cloud has
/// many) very well, so that a small frame of a depth camera with hardly anything in it still passes. The format itself would
/// allow 88 times the file, and four times that for coordinates of a byte.
fn most_taken(bytes: usize) -> u64 {
    9 * bytes as u64 + (4 << 20)
}

/// One field of a point.
#[derive(Clone, Copy)]
struct Field {
    /// Where it begins in a point: bytes in binary, words in ascii.
    byte: usize,
    word: usize,
    scalar: Scalar,
    count: usize,
}

#[derive(Default)]
struct Header<'a> {
    names: Vec<&'a [u8]>,
    sizes: Vec<usize>,
    kinds: Vec<u8>,
    counts: Vec<usize>,
    points: Option<u64>,
    area: Option<u64>,
}

/// The header of a file and what it takes to read its points.
struct Layout {
    axes: [Field; 3],
    fields: Vec<Field>,
    points: usize,
    /// Bytes of a point.
    stride: usize,
}

fn malformed(problem: impl Into<String>) -> ReadError {
    ReadError::Malformed { format: FORMAT, problem: problem.into() }
}

pub fn read(bytes: &[u8], into: &mut Gathering) -> Result<(), ReadError> {
    let mut lines = Lines::new(without_mark(bytes));
    let mut header = Header::default();
    let encoding = loop {
        let line = lines.next().ok_or_else(|| malformed("its header has no line DATA"))?;
        let mut words = words(without_comment(line));
        let Some(key) = words.next() else { continue };
        match key {
            b"FIELDS" | b"COLUMNS" => header.names = words.collect(),
            b"SIZE" => header.sizes = words.map_while(number).collect(),
            b"TYPE" => header.kinds = words.map(|word| word[0]).collect(),
            b"COUNT" => header.counts = words.map_while(number).collect(),
            b"POINTS" => header.points = words.next().and_then(number),
            b"WIDTH" => header.area = words.next().and_then(number),
            b"HEIGHT" => {
                let height: Option<u64> = words.next().and_then(number);
                header.area = header.area.zip(height).and_then(|(width, height)| width.checked_mul(height));
            }
            b"DATA" => break words.next().unwrap_or_default(),
            b"VERSION" | b"VIEWPOINT" => {}
            other => return Err(malformed(format!("{:.20} is no line of its header", String::from_utf8_lossy(other)))),
        }
    };
    let layout = header.layout(bytes.len(), encoding == b"binary_compressed")?;
    match encoding {
        b"ascii" => ascii(lines.rest(), &layout, into),
        b"binary" => binary(lines.rest(), &layout, into),
        b"binary_compressed" => compressed(lines.rest(), bytes.len(), &layout, into),
        other => {
            let variant = format!("DATA {:.20}", String::from_utf8_lossy(other));
            let instead = "DATA ascii, binary and binary_compressed are.";
            Err(ReadError::Unsupported { format: FORMAT, variant, instead })
        }
    }
}

impl Header<'_> {
    fn layout(self, bytes: usize, is_compressed: bool) -> Result<Layout, ReadError> {
        let points =
            self.points.or(self.area).ok_or_else(|| malformed("its header has neither POINTS nor WIDTH and HEIGHT"))?;
        let (mut fields, mut byte, mut word) = (vec![], 0_usize, 0_usize);
        for i in 0..self.names.len() {
            let (Some(&size), Some(&kind)) = (self.sizes.get(i), self.kinds.get(i)) else {
                return Err(malformed("its header does not give every field a SIZE and a TYPE"));
            };
            let count = self.counts.get(i).copied().unwrap_or(1);
            let scalar = match (kind, size) {
                (b'F', 4 | 8) => Scalar::Float(size),
                (b'I', 1 | 2 | 4 | 8) => Scalar::Signed(size),
                (b'U', 1 | 2 | 4 | 8) => Scalar::Unsigned(size),
                _ => return Err(malformed("a field has a SIZE or TYPE that there is not")),
            };
            if count > 1 << 16 {
                return Err(malformed("a field has a COUNT that there is not"));
            }
            fields.push(Field { byte, word, scalar, count });
            byte += size * count;
            word += count;
            if byte > MOST_STRIDE {
                return Err(malformed("its fields make points of more than a megabyte each"));
            }
        }
        let axis = |name: &[u8]| {
            let place = self.names.iter().position(|field| *field == name && !field.is_empty());
            place.map(|place| fields[place]).filter(|field| field.count > 0)
        };
        let (Some(x), Some(y), Some(z)) = (axis(b"x"), axis(b"y"), axis(b"z")) else {
            return Err(malformed("its fields have to be x, y, z and what else there is"));
        };
        // A point in text takes two bytes at least.
        let most = if is_compressed { most_taken(bytes) / size_of::<[f32; 3]>() as u64 } else { bytes as u64 };
        if points > most {
            return Err(ReadError::Absurd { format: FORMAT, what: "points", claimed: points, bytes });
        }
        Ok(Layout { axes: [x, y, z], fields, points: points as usize, stride: byte })
    }
}

fn ascii(rest: &[u8], layout: &Layout, into: &mut Gathering) -> Result<(), ReadError> {
    let text = text(rest);
    let mut lines = Lines::new(&text);
    let mut found = 0;
    while let (true, Some(line)) = (found < layout.points, lines.next()) {
        into.at(lines.at(), text.len());
        if line.trim_ascii().is_empty() {
            continue;
        }
        let mut point = [f32::NAN; 3];
        let last = layout.axes.iter().map(|axis| axis.word).max().unwrap_or(0);
        for (i, word) in words(line).take(last + 1).enumerate() {
            for (coordinate, axis) in point.iter_mut().zip(layout.axes) {
                if axis.word == i {
                    *coordinate = number(word).unwrap_or(f32::NAN);
                }
            }
        }
        into.point(point);
        found += 1;
    }
    complete(layout.points, found)
}

fn complete(wanted: usize, found: usize) -> Result<(), ReadError> {
    if found < wanted {
        let (wanted, found) = (wanted as u64, found as u64);
        return Err(ReadError::Truncated { format: FORMAT, what: "points", wanted, found });
    }
    Ok(())
}

fn binary(rest: &[u8], layout: &Layout, into: &mut Gathering) -> Result<(), ReadError> {
    complete(layout.points, rest.len() / layout.stride)?;
    for (i, point) in rest.chunks_exact(layout.stride).take(layout.points).enumerate() {
        into.at(i, layout.points);
        into.point(layout.axes.map(|axis| axis.scalar.read(&point[axis.byte..], false) as f32));
    }
    Ok(())
}

/// Sizes, then all points field by field; what is unpacked goes into the points at once, and is kept nowhere else.
fn compressed(rest: &[u8], bytes: usize, layout: &Layout, into: &mut Gathering) -> Result<(), ReadError> {
    let cut = || malformed("its compressed points are cut off");
    let (packed, rest) = rest.split_first_chunk::<4>().ok_or_else(cut)?;
    let (unpacked, rest) = rest.split_first_chunk::<4>().ok_or_else(cut)?;
    let data = rest.get(..u32::from_le_bytes(*packed) as usize).ok_or_else(cut)?;
    let unpacked = u64::from(u32::from_le_bytes(*unpacked));
    let found = unpacked / layout.stride.max(1) as u64;
    complete(layout.points, usize::try_from(found).unwrap_or(usize::MAX))?;
    if found > 2 * layout.points as u64 + 2 {
        return Err(ReadError::Absurd { format: FORMAT, what: "unpacked bytes", claimed: unpacked, bytes });
    }
    let mut points: Vec<[f32; 3]> = vec![];
    if points.try_reserve_exact(layout.points).is_err() {
        return Err(ReadError::TooLarge { format: FORMAT, points: 0, faces: 0 });
    }
    points.resize(layout.points, [f32::NAN; 3]);
    let mut columns = Columns::new(layout);
    let mut done = 0;
    let is_whole = lzf::decompress(data, unpacked, |byte| {
        done += 1;
        if done % 4_096 == 0 {
            into.at(done, unpacked as usize);
        }
        columns.take(byte, &mut points);
    });
    if !is_whole {
        return Err(malformed("its compressed points are damaged"));
    }
    into.take_points(points);
    Ok(())
}

/// Where the next byte belongs, where fields stand one after the other, each with the values of all points.
struct Columns<'a> {
    layout: &'a Layout,
    /// The field, the point, and the byte of its value or values.
    field: usize,
    point: usize,
    byte: usize,
    value: [u8; 8],
}

impl<'a> Columns<'a> {
    fn new(layout: &'a Layout) -> Self {
        Self { layout, field: 0, point: 0, byte: 0, value: [0; 8] }
    }

    fn take(&mut self, byte: u8, points: &mut [[f32; 3]]) {
        let Some(Field { byte: place, scalar, count, .. }) = self.layout.fields.get(self.field).copied() else {
            return;
        };
        if self.byte < scalar.size() {
            self.value[self.byte] = byte;
        }
        self.byte += 1;
        if self.byte == scalar.size() {
            // Of several values the first.
            for (axis, field) in self.layout.axes.iter().enumerate().filter(|(_, field)| field.byte == place) {
                if let Some(point) = points.get_mut(self.point) {
                    point[axis] = field.scalar.read(&self.value, false) as f32;
                }
            }
        }
        if self.byte >= scalar.size() * count {
            (self.byte, self.point) = (0, self.point + 1);
        }
        while self.point == self.layout.points && self.field < self.layout.fields.len() {
            (self.field, self.point) = (self.field + 1, 0);
            // A field without values takes no bytes.
            if self.layout.fields.get(self.field).is_some_and(|field| field.count == 0) {
                self.point = self.layout.points;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::read;

    const FIELDS: &str = "# .PCD v0.7\nVERSION 0.7\nFIELDS intensity y z x\nSIZE 1 4 4 4\nTYPE U F F F\nCOUNT 2 1 1 1\n\
                          WIDTH 2\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS 2\n";
    const EXPECTED: [[f32; 3]; 2] = [[1.0, 2.0, 3.0], [-4.0, 5.0, 6.0]];

    fn points(bytes: &[u8]) -> Vec<[f32; 3]> {
        read("a.pcd", bytes, &mut |_| {}).expect("a model").points
    }

    fn binary(data: &str, values: &[u8]) -> Vec<u8> {
        [format!("{FIELDS}DATA {data}\n").as_bytes(), values].concat()
    }

    #[test]
    fn fields_in_any_order_are_read_from_all_three() {
        assert_eq!(points(format!("{FIELDS}DATA ascii\n9 9 2 3 1\n9 9 5 6 -4\n").as_bytes()), EXPECTED);
        let point = |[x, y, z]: [f32; 3]| [&[7, 7][..], &y.to_le_bytes(), &z.to_le_bytes(), &x.to_le_bytes()].concat();
        assert_eq!(points(&binary("binary", &EXPECTED.map(point).concat())), EXPECTED);
        let [one, two] = EXPECTED;
        let mut columns = vec![7; 4];
        for axis in [1, 2, 0] {
            columns.extend([one[axis].to_le_bytes(), two[axis].to_le_bytes()].concat());
        }
        // One literal run.
        let packed = [&[columns.len() as u8 - 1][..], &columns].concat();
        let sizes = [packed.len() as u32, columns.len() as u32].map(u32::to_le_bytes).concat();
        assert_eq!(points(&binary("binary_compressed", &[sizes, packed].concat())), EXPECTED);
    }

    #[test]
    fn missing_points_and_damage_are_refused_in_words() {
        let text = |bytes: &[u8]| read("a.pcd", bytes, &mut |_| {}).expect_err("refused").to_string();
        assert!(text(format!("{FIELDS}DATA ascii\n9 9 2 3 1\n").as_bytes()).contains("promises 2 points, but holds 1"));
        assert!(text(&binary("binary", &[0; 20])).contains("promises 2 points, but holds 1"));
        let sizes = [4_u32, 2_000_000_000].map(u32::to_le_bytes).concat();
        assert!(text(&binary("binary_compressed", &[sizes, vec![0; 4]].concat())).contains("claims 2000000000"));
        let absurd = FIELDS.replace("POINTS 2", "POINTS 2000000000") + "DATA binary\n";
        assert!(text(absurd.as_bytes()).contains("claims 2000000000 points"));
        assert!(text(b"# .PCD v0.7\nFIELDS x y\nSIZE 4 4\nTYPE F F\nPOINTS 1\nDATA ascii\n1 2\n").contains("x, y, z"));
        assert!(text(b"# .PCD v0.7\nFIELDS x").contains("no line DATA"));
    }

    #[test]
    fn fields_that_sum_up_beyond_all_bounds_are_refused() {
        // With 32 bits for a size their sum would begin anew.
        let words = |word: &str| format!("{word} ").repeat(9_000);
        let (sizes, kinds, counts) = (words("8"), words("F"), words("65536"));
        let header = format!("# .PCD v0.7\nFIELDS x y z {}\nSIZE {sizes}\nTYPE {kinds}\nCOUNT {counts}\n", words("a"));
        let error = read("a.pcd", (header + "POINTS 1\nDATA binary\n").as_bytes(), &mut |_| {}).expect_err("refused");
        assert!(error.to_string().contains("more than a megabyte each"), "{error}");
    }

    #[test]
    fn points_that_unpack_too_well_are_refused() {
        // A zero, then as many as one copy gives, again and again.
        let packed = [&[0, 0][..], &[7 << 5, 255, 0].repeat(100_000)].concat();
        let unpacked = 1 + 264 * 100_000_u32;
        let refusal = |points: u32| {
            let header = format!("# .PCD v0.7\nFIELDS x y z\nSIZE 1 1 1\nTYPE U U U\nPOINTS {points}\n");
            let sizes = [packed.len() as u32, unpacked].map(u32::to_le_bytes).concat();
            let file = [header.as_bytes(), b"DATA binary_compressed\n", &sizes, &packed].concat();
            read("a.pcd", &file, &mut |_| {}).expect_err("refused").to_string()
        };
        assert!(refusal(unpacked / 3).contains("claims 8800000 points"));
        assert!(refusal(10).contains("claims 26400001 unpacked bytes"));
    }

    #[test]
    fn a_mark_in_front_of_the_header_is_read_past() {
        let text = format!("\u{feff}{FIELDS}DATA ascii\n9 9 2 3 1\n9 9 5 6 -4\n");
        assert_eq!(points(text.as_bytes()), EXPECTED);
        let nameless = text.replacen("# .PCD v0.7\n", "", 1);
        assert_eq!(points(nameless.as_bytes()), EXPECTED);
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(points(&wide), EXPECTED);
    }

    #[test]
    fn points_that_are_not_numbers_are_left_out() {
        let text = format!("{FIELDS}DATA ascii\n9 9 nan nan nan\n9 9 5 6 -4\n");
        let model = read("a.pcd", text.as_bytes(), &mut |_| {}).expect("a model");
        assert_eq!((model.points.len(), model.notes.len()), (1, 1));
    }
}

//! Which format a file is of, by what is in it: names are often wrong.

use super::lines::{Lines, coordinates, text, without_comment, without_mark, words};
use super::{Format, npy, off, stl, xyz};

/// Bytes that are looked at.
const NEAR: usize = 64 << 10;

/// The format of a file: what its first bytes leave no doubt about, else what its lines look like, else what its name ends
/// for.
pub fn format(name: &str, bytes: &[u8]) -> Option<Format> {
    let hint = Format::of_name(name);
    let near = text(&bytes[..bytes.len().min(NEAR)]);
    let first = content(&near).next().unwrap_or_default();
    certain(bytes, first).or_else(|| match (likely(&near), hint) {
        // OFF without its keyword.
        (Some(Format::Xyz), Some(Format::Off)) if off::has_counts(first) => hint,
        (likely, hint) => likely.or(hint),
    })
}

/// Lines that say something.
fn content(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    Lines::new(text).map(without_comment).filter(|line| !line.is_empty())
}

/// The format that a file's beginning and its first line leave no doubt about.
fn certain(bytes: &[u8], first: &[u8]) -> Option<Format> {
    let start = without_mark(bytes).trim_ascii_start();
    let is_word =
        |word: &[u8]| start.starts_with(word) && start.get(word.len()).is_none_or(|next| next.is_ascii_whitespace());
    if bytes.starts_with(npy::MAGIC) {
        Some(Format::Npy)
    } else if is_word(b"ply") {
        Some(Format::Ply)
    } else if start.starts_with(b"# .PCD") || (is_word(b"VERSION") && has_fields(start)) {
        Some(Format::Pcd)
    } else if off::has_keyword(first) {
        Some(Format::Off)
    } else if is_word(b"solid") || stl::is_text(bytes) || stl::has_binary_size(bytes) {
        Some(Format::Stl)
    } else {
        None
    }
}

/// Whether the second line of a PCD's header follows, where its comment is missing.
fn has_fields(start: &[u8]) -> bool {
    Lines::new(&start[..start.len().min(NEAR)]).nth(1).is_some_and(|line| line.starts_with(b"FIELDS"))
}

/// The format that a text's lines look like: OBJ has points behind a v, XYZ hardly anything but points.
fn likely(text: &[u8]) -> Option<Format> {
    if text.contains(&0) {
        return None;
    }
    let (mut points, mut others) = (0, 0);
    for line in content(text) {
        let mut words = words(line);
        if words.next() == Some(b"v") && coordinates(&mut words).is_some() {
            return Some(Format::Obj);
        }
        *if xyz::point(line).is_some() { &mut points } else { &mut others } += 1;
    }
    // One line may be a header, another a count.
    (points > 0 && others <= 2 + points / 10).then_some(Format::Xyz)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_decides_where_the_name_is_wrong_or_missing() {
        let obj = "# made by hand\nmtllib a\no b\ng c\nv 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n";
        let pcd = "VERSION .7\nFIELDS x y z\nSIZE 4 4 4\n";
        for (text, expected) in [
            (obj, Format::Obj),
            ("x,y,z\n1,2,3\n", Format::Xyz),
            ("0.5 0 0\n1 2 3\n", Format::Xyz),
            (pcd, Format::Pcd),
            ("SOLID a\nFACET NORMAL 0 0 1\n", Format::Stl),
            ("OFF\n1 0 0\n0 0 0\n", Format::Off),
        ] {
            for name in ["a", "a.bin", "a.obj", "a.off", "a.xyz", "a.stl", "a.npy"] {
                assert_eq!(format(name, text.as_bytes()), Some(expected), "{name}: {text}");
            }
        }
        let wide: Vec<u8> = "\u{feff}# x\nOFF\n1 0 0\n0 0 0\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(format("a.xyz", &wide), Some(Format::Off));
        assert_eq!(format("a.off", b"3 1 0\n0 0 0\n"), Some(Format::Off), "the keyword may be missing");
    }

    #[test]
    fn the_name_decides_where_the_content_says_nothing() {
        assert_eq!(format("a.obj", b"hello"), Some(Format::Obj));
        assert_eq!(format("a.stl", &[0; 300]), Some(Format::Stl));
        for bytes in [b"Dear diary,\ntoday\n".as_slice(), b"glTF\x02\0\0\0", b"\x89PNG\r\n", b"{}", b"\xff\xfe"] {
            assert_eq!(format("a.glb", bytes), None);
        }
    }
}

//! Text in lines, as bytes: nothing is copied but what is UTF-16.

use std::borrow::Cow;

/// Without the mark that some editors put in front of UTF-8.
pub fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// Whether it begins with the mark of UTF-16.
pub fn is_wide(bytes: &[u8]) -> bool {
    matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..])
}

/// The text as bytes that are ASCII where it matters: UTF-16 is turned into UTF-8.
pub fn text(bytes: &[u8]) -> Cow<'_, [u8]> {
    let unit: fn([u8; 2]) -> u16 = match bytes {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return Cow::Borrowed(without_mark(bytes)),
    };
    let units = bytes[2..].as_chunks::<2>().0.iter().map(|pair| unit(*pair));
    let text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    Cow::Owned(text.into_bytes())
}

/// Lines with the place where each begins; a line ends at LF, CR LF or CR.
pub struct Lines<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Lines<'a> {
    pub fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0 }
    }

    /// Bytes that have been read.
    pub fn at(&self) -> usize {
        self.at
    }

    /// What has not been read.
    pub fn rest(&self) -> &'a [u8] {
        &self.text[self.at.min(self.text.len())..]
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.rest();
        if rest.is_empty() {
            return None;
        }
        let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len());
        let both = rest[end..].starts_with(b"\r\n");
        self.at += end + if both { 2 } else { 1 };
        Some(&rest[..end])
    }
}

/// Words between white space.
pub fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty())
}

/// A number as it is written.
pub fn number<T: std::str::FromStr>(word: &[u8]) -> Option<T> {
    std::str::from_utf8(word).ok()?.parse().ok()
}

/// The next three words as coordinates; not numbers where they are none.
pub fn coordinates<'a>(words: &mut impl Iterator<Item = &'a [u8]>) -> Option<[f32; 3]> {
    let mut point = [0.0; 3];
    for coordinate in &mut point {
        *coordinate = number(words.next()?)?;
    }
    Some(point)
}

/// A line without what follows a hash.
pub fn without_comment(line: &[u8]) -> &[u8] {
    line.split(|byte| *byte == b'#').next().unwrap_or(line).trim_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_in_all_three_ways() {
        let lines: Vec<&[u8]> = Lines::new(b"a\nb\r\n\rc\r\rd").collect();
        assert_eq!(lines, [b"a".as_slice(), b"b", b"", b"c", b"", b"d"]);
    }

    #[test]
    fn wide_text_is_read_in_both_orders() {
        let wide =
            |to_bytes: fn(u16) -> [u8; 2]| -> Vec<u8> { "\u{feff}v 1 2".encode_utf16().flat_map(to_bytes).collect() };
        assert_eq!(*text(&wide(u16::to_le_bytes)), *b"v 1 2");
        assert_eq!(*text(&wide(u16::to_be_bytes)), *b"v 1 2");
        assert_eq!(*text(b"\xef\xbb\xbfv"), *b"v");
    }
}

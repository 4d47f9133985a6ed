//! Words of a text in which they may stand on any lines, with the lines still to be told.

#[derive(Clone)]
pub struct Tokens<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Tokens<'a> {
    /// The words of `text` from byte `at` on.
    pub fn new(text: &'a [u8], at: usize) -> Self {
        Self { text, at }
    }

    /// Bytes that have been read.
    pub fn at(&self) -> usize {
        self.at
    }

    /// The next word of the line; none at its end, or where a comment begins.
    pub fn next_on_line(&mut self) -> Option<&'a [u8]> {
        let ends_line = |byte: &u8| matches!(byte, b'\n' | b'\r' | b'#');
        let rest = &self.text[self.at..];
        let blanks = rest.iter().take_while(|byte| byte.is_ascii_whitespace() && !ends_line(byte)).count();
        let rest = &rest[blanks..];
        let length = rest.iter().take_while(|byte| !byte.is_ascii_whitespace() && !ends_line(byte)).count();
        self.at += blanks + length;
        (length > 0).then(|| &rest[..length])
    }

    /// On to the next line.
    pub fn skip_line(&mut self) {
        let rest = &self.text[self.at..];
        let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        self.at += end.map_or(rest.len(), |end| end + 1);
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        loop {
            let word = self.next_on_line();
            if word.is_some() || self.at >= self.text.len() {
                return word;
            }
            self.skip_line();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_from_line_to_line_and_comments_are_none() {
        let mut tokens = Tokens::new(b"x 1 2#3\r\n\n# all\n 4\t5 \r6", 1);
        assert_eq!(tokens.next(), Some(b"1".as_slice()));
        assert_eq!(tokens.next_on_line(), Some(b"2".as_slice()));
        assert_eq!(tokens.next_on_line(), None);
        assert_eq!(tokens.next(), Some(b"4".as_slice()));
        tokens.skip_line();
        assert_eq!(tokens.next(), Some(b"6".as_slice()));
        assert_eq!((tokens.next(), tokens.next_on_line()), (None, None));
    }
}

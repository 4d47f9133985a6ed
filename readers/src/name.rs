//! Names that strangers gave to files and folders, fit to stand in a sentence.

use crate::limits::{NAME_END, NAME_LETTERS};

/// What encloses text that may run from right to left, so that it turns nothing around it.
const ISOLATE: [char; 2] = ['\u{2068}', '\u{2069}'];

/// A name as it may be shown: without signs that turn or hide the text around it (`photo\u{202e}gnp.exe` reads as another
/// name), isolated where its letters may run from right to left, and not longer than a line or two.
pub fn shown(name: &str) -> String {
    let letters: Vec<char> = name.chars().map(|letter| if is_sign(letter) { '\u{fffd}' } else { letter }).collect();
    let text: String = if letters.len() > NAME_LETTERS {
        let (start, end) = (&letters[..NAME_LETTERS - NAME_END - 1], &letters[letters.len() - NAME_END..]);
        start.iter().chain(&['…']).chain(end).collect()
    } else {
        letters.into_iter().collect()
    };
    // Up to Armenian all letters run from left to right.
    let [open, close] = ISOLATE;
    if text.chars().any(|letter| letter > '\u{58f}') { format!("{open}{text}{close}") } else { text }
}

/// Whether it is no letter but steers how others are shown.
fn is_sign(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_turn_nothing_around_them() {
        assert_eq!(shown("chair/1 é.off"), "chair/1 é.off");
        assert_eq!(shown("a\u{202e}ffo.exe\u{2069}\n"), "\u{2068}a\u{fffd}ffo.exe\u{fffd}\u{fffd}\u{2069}");
        assert_eq!(shown("כיסא"), "\u{2068}כיסא\u{2069}");
        let long = shown(&format!("{}.off", "a".repeat(5_000)));
        assert_eq!((long.chars().count(), long.contains("a…a"), long.ends_with("a.off\u{2069}")), (122, true, true));
    }
}

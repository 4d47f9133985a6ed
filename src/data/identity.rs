//! Which data set it is, by its content: what a person brings is always called `own`, and a set that ships may change from one
//! version to the next.

use std::fmt;

use serde::{Deserialize, Serialize};
use twox_hash::xxhash3_128::Hasher;

use super::{Form, ImageShape};

/// A hash of samples, labels, classes and form of both parts; the name and who is to be thanked are not in it. It tells sets
/// apart that meet by chance, not those that somebody makes to look alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Identity(u128);

/// A word that is no identity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not 32 hexadecimal digits, as a data set's identity is")]
pub struct NoIdentity(String);

impl Identity {
    /// The first digits, for people.
    pub fn short(self) -> String {
        self.to_string()[..8].to_string()
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl From<Identity> for String {
    fn from(identity: Identity) -> Self {
        identity.to_string()
    }
}

impl TryFrom<String> for Identity {
    type Error = NoIdentity;

    fn try_from(word: String) -> Result<Self, NoIdentity> {
        let is_hex = word.len() == 32 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
        let digits = if is_hex { u128::from_str_radix(&word, 16).ok() } else { None };
        digits.map(Self).ok_or(NoIdentity(word))
    }
}

/// Takes in what a data set is made of, piece by piece.
pub(super) struct Hashed(Hasher);

impl Hashed {
    /// The form and the classes come first.
    pub(super) fn new(form: Form, classes: &[String]) -> Self {
        let mut hashed = Self(Hasher::new());
        let numbers = match form {
            // Grey ones as before there was colour, and no number that a cloud begins with.
            Form::Image(ImageShape { channels: 1, height, width }) => [0, height, width],
            // No image has the two channels of a recording.
            Form::Image(shape) | Form::Recording(shape) => [1 + shape.channels, shape.height, shape.width],
            Form::Cloud { points } => [1, points, 0],
        };
        numbers.into_iter().for_each(|number| hashed.number(number));
        hashed.number(classes.len());
        classes.iter().for_each(|class| hashed.bytes(class.as_bytes()));
        hashed
    }

    /// Bytes, with how many they are in front, so that nothing moves over the border unseen.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len());
        self.0.write(bytes);
    }

    /// Numbers, as [`bytes`](Self::bytes).
    pub(super) fn floats(&mut self, floats: &[f32]) {
        self.number(floats.len());
        let mut bytes = [0; 4096];
        for floats in floats.chunks(bytes.len() / 4) {
            let slots = bytes.as_chunks_mut::<4>().0;
            slots.iter_mut().zip(floats).for_each(|(slot, float)| *slot = float.to_le_bytes());
            self.0.write(&bytes[..4 * floats.len()]);
        }
    }

    fn number(&mut self, number: usize) {
        self.0.write(&(number as u64).to_le_bytes());
    }

    pub(super) fn identity(self) -> Identity {
        Identity(self.0.finish_128())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_the_same_word_everywhere() {
        let identity = Identity(0x0123_4567_89ab_cdef_0000_0000_0000_00ff);
        let word = "\"0123456789abcdef00000000000000ff\"";
        assert_eq!((serde_json::to_string(&identity).unwrap().as_str(), identity.short()), (word, "01234567".into()));
        assert_eq!(serde_json::from_str::<Identity>(word).unwrap(), identity);
        for wrong in ["\"12\"", "\"+123456789abcdef00000000000000ff\"", "\"\"", "3"] {
            assert!(serde_json::from_str::<Identity>(wrong).is_err(), "{wrong}");
        }
    }
}

//! Any `f64` as JSON: what is not finite is a word there, because JSON has no numbers for it and its writer would put `null`.

use serde::de::{Deserialize, Deserializer};
use serde::ser::{SerializeSeq, Serializer};

/// As [`serialize`] and [`deserialize`], for each of several.
pub(super) mod each {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(numbers: &[f64], to: S) -> Result<S::Ok, S::Error> {
        let mut list = to.serialize_seq(Some(numbers.len()))?;
        numbers.iter().try_for_each(|number| list.serialize_element(&Number(*number)))?;
        list.end()
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<f64>, D::Error> {
        let numbers = Vec::<Number>::deserialize(from)?;
        Ok(numbers.into_iter().map(|Number(number)| number).collect())
    }
}

pub(super) fn serialize<S: Serializer>(number: &f64, to: S) -> Result<S::Ok, S::Error> {
    match number {
        number if number.is_finite() => to.serialize_f64(*number),
        number if number.is_nan() => to.serialize_str("NaN"),
        number => to.serialize_str(if *number > 0.0 { "inf" } else { "-inf" }),
    }
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    Number::deserialize(from).map(|Number(number)| number)
}

struct Number(f64);

impl serde::Serialize for Number {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        serialize(&self.0, to)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        #[serde(untagged)]
        enum Written {
            Number(f64),
            Word(String),
            // Of a sum beyond all numbers, in files of before there were words.
            Null(()),
        }
        let number = match Written::deserialize(from)? {
            Written::Number(number) => number,
            Written::Word(word) => match word.as_str() {
                "NaN" => f64::NAN,
                "inf" => f64::INFINITY,
                "-inf" => f64::NEG_INFINITY,
                _ => return Err(serde::de::Error::custom("a word that is no number")),
            },
            Written::Null(()) => f64::INFINITY,
        };
        Ok(Self(number))
    }
}

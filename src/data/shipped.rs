//! The data sets by name, and what ships with the page in numbers: how many classes and samples, of what form, and how a picture
//! that somebody brings becomes one. A page has to know them before a data set has been fetched; `tests/data.rs` holds them against
//! the files.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::image::{Centre, Picture};
use super::{Form, ImageShape};

/// A data set that ships with the page, or the one that a person brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum DataName {
    /// The first images of MNIST's two parts, 28x28.
    Mnist,
    /// Fashion-MNIST, 28x28.
    Fashion,
    /// The UCI digits, 8x8.
    Digits,
    /// Emoji in colour by seven artists, 32x32.
    Emoji,
    /// CIFAR-10's photographs in colour, 32x32.
    Cifar10,
    /// Clouds sampled from meshes of furniture and what stands beside it.
    Furniture,
    /// One of a person's own, images or clouds.
    Own,
}

/// A word that names no data set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no data set \"{0}\": it must be {words}", words = words())]
pub struct UnknownData(pub String);

/// "mnist, fashion or own".
fn words() -> String {
    let shipped: Vec<&str> = SHIPPED.iter().map(|shipped| shipped.word).collect();
    format!("{} or {OWN}", shipped.join(", "))
}

/// The word for a person's own.
const OWN: &str = "own";

/// A data set that ships with the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shipped {
    /// Its name.
    pub name: DataName,
    /// Its name in configs, links and files.
    pub word: &'static str,
    /// One word a class, by label.
    pub classes: &'static [&'static str],
    /// What its samples are.
    pub form: Form,
    /// How a picture becomes a sample; `None` where samples are clouds.
    pub picture: Option<Picture>,
    /// Samples to train on.
    pub train: usize,
    /// Samples held out.
    pub held_out: usize,
    /// Whether it comes with the page. One that may not be passed on is there where somebody has made it.
    pub bundled: bool,
}

const fn shipped(
    (name, word): (DataName, &'static str),
    (form, picture): (Form, Option<Picture>),
    classes: &'static [&'static str],
    [train, held_out]: [usize; 2],
) -> Shipped {
    Shipped { name, word, classes, form, picture, train, held_out, bundled: true }
}

const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
const CLOTHES: [&str; 10] =
    ["T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot"];
const EMOJI: [&str; 10] =
    ["face", "person", "animal", "food", "vehicle", "sky", "clothing", "hand", "building", "clock"];
const PHOTOGRAPHS: [&str; 10] =
    ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];
const FURNITURE: [&str; 10] =
    ["chair", "table", "storage", "plant", "lamp", "person", "sofa", "vehicle", "bed", "opening"];

/// Ink in grey, so many pixels a side, scaled into a box of so many.
const fn ink([side, inner]: [usize; 2], centre: Centre) -> (Form, Option<Picture>) {
    (Form::Image(ImageShape::grey(side, side)), Some(Picture::Ink { inner, centre }))
}

/// Pictures in colour, so many pixels a side.
const fn colour(side: usize) -> (Form, Option<Picture>) {
    (Form::Image(ImageShape::colour(side, side)), Some(Picture::Square))
}

/// All of them.
pub const SHIPPED: [Shipped; 6] = [
    shipped((DataName::Mnist, "mnist"), ink([28, 20], Centre::Mass), &DIGITS, [8000, 2000]),
    shipped((DataName::Fashion, "fashion"), ink([28, 28], Centre::Box), &CLOTHES, [5000, 1000]),
    shipped((DataName::Digits, "digits"), ink([8, 8], Centre::Box), &DIGITS, [1297, 500]),
    shipped((DataName::Emoji, "emoji"), colour(32), &EMOJI, [4000, 946]),
    Shipped { bundled: false, ..shipped((DataName::Cifar10, "cifar10"), colour(32), &PHOTOGRAPHS, [10_000, 2000]) },
    shipped((DataName::Furniture, "furniture"), (Form::Cloud { points: 1024 }, None), &FURNITURE, [244, 81]),
];

impl DataName {
    /// Every name: of those that ship, and of a person's own.
    pub fn all() -> impl Iterator<Item = Self> {
        SHIPPED.iter().map(|shipped| shipped.name).chain([Self::Own])
    }

    /// What is known of it before it is fetched; nothing of a person's own.
    pub fn shipped(self) -> Option<&'static Shipped> {
        SHIPPED.iter().find(|shipped| shipped.name == self)
    }

    /// The name in configs, links and files.
    pub fn as_str(self) -> &'static str {
        self.shipped().map_or(OWN, |shipped| shipped.word)
    }
}

impl fmt::Display for DataName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for DataName {
    type Err = UnknownData;

    fn from_str(word: &str) -> Result<Self, UnknownData> {
        Self::all().find(|name| name.as_str() == word).ok_or_else(|| UnknownData(word.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_same_word_everywhere() {
        for name in DataName::all() {
            assert_eq!(name.as_str().parse(), Ok(name));
            assert_eq!(serde_json::to_string(&name).unwrap(), format!("\"{name}\""));
        }
        let error = "cats".parse::<DataName>().unwrap_err().to_string();
        assert!(error.starts_with("there is no data set \"cats\": it must be mnist, fashion, digits, "), "{error}");
        assert!(error.ends_with(" or own"), "{error}");
    }
}

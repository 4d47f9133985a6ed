//! The data sets by name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A data set that ships with the page, or the one that a person brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum DataName {
    /// The first 10,000 images of MNIST's training part, 28x28.
    Mnist,
    /// Fashion-MNIST, 28x28.
    Fashion,
    /// The UCI digits, 8x8.
    Digits,
    /// Clouds sampled from meshes of furniture and what stands beside it.
    Furniture,
    /// One of a person's own, images or clouds.
    Own,
}

/// A word that names no data set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no data set \"{0}\": it must be mnist, fashion, digits, furniture or own")]
pub struct UnknownData(pub String);

impl DataName {
    /// Every data set.
    pub const ALL: [Self; 5] = [Self::Mnist, Self::Fashion, Self::Digits, Self::Furniture, Self::Own];

    /// The name in configs, links and files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mnist => "mnist",
            Self::Fashion => "fashion",
            Self::Digits => "digits",
            Self::Furniture => "furniture",
            Self::Own => "own",
        }
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
        Self::ALL.into_iter().find(|name| name.as_str() == word).ok_or_else(|| UnknownData(word.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_same_word_everywhere() {
        for name in DataName::ALL {
            assert_eq!(name.as_str().parse(), Ok(name));
            assert_eq!(serde_json::to_string(&name).unwrap(), format!("\"{name}\""));
        }
        let error = "cifar".parse::<DataName>().unwrap_err().to_string();
        assert_eq!(error, "there is no data set \"cifar\": it must be mnist, fashion, digits, furniture or own");
    }
}

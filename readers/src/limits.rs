//! Bounds that the page goes by before it has fetched the readers: it takes them from here (`pkg/settings.mjs`), so that none
//! stands twice.

/// Files of a data set or of an archive, at most.
pub const MOST_FILES: usize = 20_000;
/// Classes of a data set, at most.
pub const MOST_CLASSES: usize = 64;
/// Decoding an image takes four bytes a pixel; beyond this a phone may give up.
pub const MOST_PIXELS: u64 = 64_000_000;
/// Letters of a name that is shown, at most: of a longer one the beginning and the end are shown.
pub const NAME_LETTERS: usize = 120;
/// Of those, how many stand at the end.
pub const NAME_END: usize = 40;

/// [`MOST_FILES`] as it stands in a sentence.
pub(crate) fn most_files() -> String {
    format!("{},{:03}", MOST_FILES / 1000, MOST_FILES % 1000)
}

//! Zip archives, through the crate zip: what is in them, and one file of them at a time. What a file says of its unpacked
//! size is not believed: unpacking stops where it passes what a real file of that packed size could be.

use std::io::{Cursor, Read};

use serde::{Deserialize, Serialize};
use zip::ZipArchive;

use crate::Format;

/// Files in an archive, at most.
const MOST_FILES: usize = 20_000;
/// The most that a file may unpack to.
const MOST_BYTES: u64 = 256 << 20;
/// How much larger than packed a file may be: text of meshes packs to a tenth, plain images to a hundredth.
const MOST_RATIO: u64 = 200;
/// A file that is this small may be packed as well as it likes.
const SMALL: u64 = 1 << 20;

/// What a file of an archive is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum EntryKind {
    /// A picture.
    Image,
    /// A mesh or a cloud.
    Shape,
    /// Anything else.
    Other,
}

impl EntryKind {
    /// By the ending of its name.
    pub fn of_name(name: &str) -> Self {
        const IMAGES: [&str; 7] = ["png", "jpg", "jpeg", "gif", "bmp", "webp", "avif"];
        let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
        if Format::of_name(name).is_some() {
            Self::Shape
        } else if extension.is_some_and(|extension| IMAGES.contains(&extension.as_str())) {
            Self::Image
        } else {
            Self::Other
        }
    }
}

/// A file of an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Its number, to unpack it by.
    pub index: usize,
    /// Its path, parts divided by slashes.
    pub path: String,
    /// Bytes it says it unpacks to.
    pub size: u64,
    /// What it is for.
    pub kind: EntryKind,
}

/// An archive that gives nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    /// Not a zip archive, or a damaged one.
    #[error("This zip archive cannot be read: {0}.")]
    Unreadable(String),
    /// Too many files.
    #[error("This zip archive has {0} files: it may have 20,000.")]
    TooMany(usize),
    /// A file that unpacks to too much.
    #[error("{path} unpacks to more than {most} bytes, which is no mesh or image of its size: it is left alone.")]
    Bomb {
        /// Its path.
        path: String,
        /// What it may unpack to.
        most: u64,
    },
    /// A file with a password.
    #[error("{0} is locked with a password: pack it again without one.")]
    Locked(String),
    /// A number that no file has.
    #[error("there is no file {0} in this zip archive")]
    NoSuchFile(usize),
}

/// A zip archive.
pub struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    entries: Vec<Entry>,
    notes: Vec<String>,
}

impl<'a> Archive<'a> {
    /// Looks at what is in an archive. Folders, and files that no person put there, are passed over.
    ///
    /// # Errors
    ///
    /// When it is no zip archive, damaged, or of too many files.
    pub fn new(bytes: &'a [u8]) -> Result<Self, ArchiveError> {
        let unreadable = |error: zip::result::ZipError| ArchiveError::Unreadable(error.to_string());
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
        if zip.len() > MOST_FILES {
            return Err(ArchiveError::TooMany(zip.len()));
        }
        let (mut entries, mut notes) = (vec![], vec![]);
        for index in 0..zip.len() {
            let file = match zip.by_index_raw(index) {
                Ok(file) => file,
                Err(error) => {
                    notes.push(format!("File {} cannot be read: {error}.", index + 1));
                    continue;
                }
            };
            let Some(path) = file.enclosed_name() else {
                let name = String::from_utf8_lossy(file.name_raw());
                notes.push(format!("{name} leads out of the archive and was left out."));
                continue;
            };
            let path = path.to_string_lossy().replace('\\', "/");
            if !file.is_dir() && !is_hidden(&path) {
                let kind = EntryKind::of_name(&path);
                entries.push(Entry { index, size: file.size(), path, kind });
            }
        }
        Ok(Self { zip, entries, notes })
    }

    /// Its files.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What was left out, in sentences.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The bytes of a file.
    ///
    /// # Errors
    ///
    /// When there is none of that number, it is locked or damaged, or unpacks to more than it can be.
    pub fn extract(&mut self, index: usize) -> Result<Vec<u8>, ArchiveError> {
        let entry = self.entries.iter().find(|entry| entry.index == index);
        let path = entry.ok_or(ArchiveError::NoSuchFile(index))?.path.clone();
        let unreadable = |error: &dyn std::fmt::Display| ArchiveError::Unreadable(format!("{path}: {error}"));
        let is_locked = self.zip.by_index_raw(index).map_err(|error| unreadable(&error))?.encrypted();
        if is_locked {
            return Err(ArchiveError::Locked(path));
        }
        let file = self.zip.by_index(index).map_err(|error| unreadable(&error))?;
        let most = file.compressed_size().saturating_mul(MOST_RATIO).clamp(SMALL, MOST_BYTES);
        let mut bytes = vec![];
        let read = file.take(most + 1).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
        if read as u64 > most {
            return Err(ArchiveError::Bomb { path, most });
        }
        Ok(bytes)
    }
}

/// What systems and programs leave behind.
fn is_hidden(path: &str) -> bool {
    path.split('/')
        .any(|part| part.starts_with('.') || part == "__MACOSX" || part == "Thumbs.db" || part == "desktop.ini")
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    pub fn pack(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(vec![]));
        for (path, bytes) in files {
            zip.start_file(*path, SimpleFileOptions::default()).expect("a file");
            zip.write_all(bytes).expect("bytes");
        }
        zip.finish().expect("an archive").into_inner()
    }

    #[test]
    fn files_are_listed_by_what_they_are_for_and_come_out() {
        let bytes = pack(&[
            ("chair/a.OFF", b"OFF\n"),
            ("chair/b.png", b"png"),
            ("__MACOSX/chair/._a.OFF", b"x"),
            ("notes.md", b"n"),
            ("../out.off", b"x"),
        ]);
        let mut archive = Archive::new(&bytes).expect("an archive");
        let listed: Vec<(&str, EntryKind)> = archive.entries().iter().map(|e| (e.path.as_str(), e.kind)).collect();
        assert_eq!(
            listed,
            [("chair/a.OFF", EntryKind::Shape), ("chair/b.png", EntryKind::Image), ("notes.md", EntryKind::Other)]
        );
        assert!(archive.notes()[0].starts_with("../out.off leads out"), "{:?}", archive.notes());
        assert_eq!(archive.extract(0), Ok(b"OFF\n".to_vec()));
        assert_eq!(archive.extract(2), Err(ArchiveError::NoSuchFile(2)));
    }

    #[test]
    fn bombs_are_stopped_while_they_unpack() {
        let bytes = pack(&[("bomb.off", &vec![0; 8 << 20])]);
        assert!(bytes.len() < 20_000);
        let error = Archive::new(&bytes).expect("an archive").extract(0).expect_err("refused").to_string();
        assert!(error.starts_with("bomb.off unpacks to more than"), "{error}");
    }

    #[test]
    fn what_is_no_archive_is_refused_in_words() {
        let error = Archive::new(b"PK\x03\x04 and no more").err().expect("refused").to_string();
        assert!(error.starts_with("This zip archive cannot be read"), "{error}");
    }
}

//! Zip archives, through the crate zip: what is in them, and one file of them at a time. The crate sets aside what the list of
//! files can hold, not what it claims. What a file says of its unpacked size is not believed: unpacking stops where it passes
//! what a real file of that packed size could be.

use std::io::{Cursor, Read};

use serde::{Deserialize, Serialize};
use zip::ZipArchive;
use zip::result::ZipError;

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
    /// Files with a password alone; this is the first.
    #[error("{0} is locked with a password, as is all that this zip archive holds: pack it again without one.")]
    Locked(String),
    /// A number that no file has.
    #[error("there is no file {0} in this zip archive")]
    NoSuchFile(usize),
}

/// A zip archive.
pub struct Archive<B> {
    zip: ZipArchive<Cursor<B>>,
    /// Of the whole archive, in bytes.
    size: u64,
    entries: Vec<Entry>,
    notes: Vec<String>,
}

/// Why a file of an archive is left out.
#[derive(Clone, Copy, PartialEq)]
enum Flaw {
    Damaged,
    Outside,
    Hidden,
    Locked,
    Huge,
}

impl Flaw {
    const ALL: [Self; 5] = [Self::Damaged, Self::Outside, Self::Hidden, Self::Locked, Self::Huge];

    fn reason(self) -> &'static str {
        match self {
            Self::Damaged => "it cannot be read",
            Self::Outside => "its path leads out of the archive",
            Self::Hidden => "a system or a program left it behind",
            Self::Locked => "it is locked with a password",
            Self::Huge => "it says that it unpacks to more than 256 MiB",
        }
    }
}

impl<B: AsRef<[u8]>> Archive<B> {
    /// Looks at what is in an archive. Folders are passed over; files that cannot be used are left out and noted.
    ///
    /// # Errors
    ///
    /// When it is no zip archive, damaged, of too many files, or all that it holds is locked.
    pub fn new(bytes: B) -> Result<Self, ArchiveError> {
        let size = bytes.as_ref().len() as u64;
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|error| {
            ArchiveError::Unreadable(match error {
                ZipError::InvalidArchive(_) => {
                    "its list of files, which stands at its end, is missing or damaged".into()
                }
                other => other.to_string(),
            })
        })?;
        if zip.len() > MOST_FILES {
            return Err(ArchiveError::TooMany(zip.len()));
        }
        let (mut entries, mut flawed) = (vec![], vec![]);
        for index in 0..zip.len() {
            match entry(&mut zip, index) {
                Ok(entry) => entries.extend(entry),
                Err(flaw) => flawed.push(flaw),
            }
        }
        let locked = flawed.iter().find(|(flaw, _)| *flaw == Flaw::Locked);
        if let (true, Some((_, path))) = (entries.is_empty(), locked) {
            return Err(ArchiveError::Locked(path.clone()));
        }
        let notes = Flaw::ALL.into_iter().filter_map(|flaw| note(flaw, &flawed)).collect();
        Ok(Self { zip, size, entries, notes })
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
    /// When there is none of that number, it is damaged, or unpacks to more than it can be.
    pub fn extract(&mut self, index: usize) -> Result<Vec<u8>, ArchiveError> {
        let place = self.entries.binary_search_by_key(&index, |entry| entry.index);
        let path = &self.entries[place.map_err(|_| ArchiveError::NoSuchFile(index))?].path;
        let unreadable = |error: &dyn std::fmt::Display| ArchiveError::Unreadable(format!("{path}: {error}"));
        let file = self.zip.by_index(index).map_err(|error| unreadable(&error))?;
        // What a file says of its packed size is not believed either.
        let packed = file.compressed_size().min(self.size);
        let most = packed.saturating_mul(MOST_RATIO).clamp(SMALL, MOST_BYTES);
        let mut bytes = vec![];
        let read = file.take(most + 1).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
        if read as u64 > most {
            return Err(ArchiveError::Bomb { path: path.clone(), most });
        }
        Ok(bytes)
    }
}

/// A file of an archive, none for a folder; or why it is left out, and its path.
fn entry<B: AsRef<[u8]>>(zip: &mut ZipArchive<Cursor<B>>, index: usize) -> Result<Option<Entry>, (Flaw, String)> {
    let listed = zip.name_for_index(index).and_then(|name| name.ok());
    let listed = listed.map_or_else(|| format!("file {}", index + 1), |name| name.into_owned());
    let Ok(file) = zip.by_index_raw(index) else { return Err((Flaw::Damaged, listed)) };
    // Some programs of Windows divide paths by backslashes.
    let name = String::from_utf8_lossy(file.name_raw()).replace('\\', "/");
    let inside = file.enclosed_name().map(|path| path.to_string_lossy().replace('\\', "/"));
    let inside = inside.filter(|path| path.split('/').all(|part| part != ".."));
    let Some(path) = inside else { return Err((Flaw::Outside, name)) };
    if file.is_dir() || path.ends_with('/') {
        return Ok(None);
    }
    let (size, kind) = (file.size(), EntryKind::of_name(&path));
    let flaw = if is_hidden(&path) {
        Flaw::Hidden
    } else if file.encrypted() {
        Flaw::Locked
    } else if size > MOST_BYTES {
        Flaw::Huge
    } else {
        return Ok(Some(Entry { index, path, size, kind }));
    };
    Err((flaw, path))
}

/// A sentence on all files with the same flaw.
fn note(flaw: Flaw, flawed: &[(Flaw, String)]) -> Option<String> {
    let mut paths = flawed.iter().filter(|(found, _)| *found == flaw).map(|(_, path)| path);
    let (first, reason) = (paths.next()?, flaw.reason());
    let others = match paths.count() {
        0 => String::new(),
        1 => ", and one other file for the same reason".into(),
        others => format!(", and {others} other files for the same reason"),
    };
    Some(format!("Left out: {first:.200}, because {reason}{others}."))
}

/// What systems and programs leave behind.
pub(crate) fn is_hidden(path: &str) -> bool {
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
            ("a\\..\\..\\out.off", b"x"),
        ]);
        let mut archive = Archive::new(&bytes).expect("an archive");
        let listed: Vec<(&str, EntryKind)> = archive.entries().iter().map(|e| (e.path.as_str(), e.kind)).collect();
        assert_eq!(
            listed,
            [("chair/a.OFF", EntryKind::Shape), ("chair/b.png", EntryKind::Image), ("notes.md", EntryKind::Other)]
        );
        assert_eq!(
            archive.notes(),
            [
                "Left out: ../out.off, because its path leads out of the archive, and one other file for the same reason.",
                "Left out: __MACOSX/chair/._a.OFF, because a system or a program left it behind.",
            ]
        );
        assert_eq!(archive.extract(0), Ok(b"OFF\n".to_vec()));
        assert_eq!(archive.extract(2), Err(ArchiveError::NoSuchFile(2)));
    }

    /// A packed file with a byte of every local (`PK\x03\x04`) and central (`PK\x01\x02`) header changed.
    fn changed(bytes: &[u8], local: usize, central: usize, value: u8) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for at in 0..bytes.len() - 4 {
            match &bytes[at..at + 4] {
                b"PK\x03\x04" => bytes[at + local] = value,
                b"PK\x01\x02" => bytes[at + central] = value,
                _ => {}
            }
        }
        bytes
    }

    #[test]
    fn locked_and_absurd_files_are_left_out_in_words() {
        let whole = pack(&[("a.off", b"OFF\n")]);
        let locked = Archive::new(changed(&whole, 6, 8, 1)).err().expect("refused").to_string();
        assert!(locked.starts_with("a.off is locked with a password"), "{locked}");
        // The last byte of the unpacked size: 2 GiB.
        let huge = Archive::new(changed(&whole, 25, 27, 0x80)).expect("an archive");
        assert!(huge.entries().is_empty());
        assert_eq!(huge.notes(), ["Left out: a.off, because it says that it unpacks to more than 256 MiB."]);
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
        assert_eq!(
            error,
            "This zip archive cannot be read: its list of files, which stands at its end, is missing or damaged."
        );
    }
}

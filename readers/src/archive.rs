//! Zip archives, through the crate zip: what is in them, and one file of them at a time. The crate sets aside what the list of
//! files can hold, not what it claims. What a file says of its unpacked size is not believed: unpacking stops where it passes
//! what a real file of that packed size could be.

use std::collections::{HashMap, HashSet};
use std::io::{Cursor, Read};

use serde::{Deserialize, Serialize};
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use crate::limits::{MOST_FILES, most_files};
use crate::name::shown;
use crate::{Format, Skipped};

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
    /// What an event camera recorded.
    Recording,
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
        } else if extension.as_deref().is_some_and(|extension| IMAGES.contains(&extension)) {
            Self::Image
        } else if extension.as_deref() == Some("bin") {
            Self::Recording
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
    Unreadable(&'static str),
    /// Too many files.
    #[error("This zip archive has {0} files: it may have {most}.", most = most_files())]
    TooMany(usize),
    /// A file that unpacks to too much.
    #[error("It unpacks to more than {most} bytes, which is no mesh or image of its size: it is left alone.")]
    Bomb {
        /// What it may unpack to.
        most: u64,
    },
    /// A file that cannot be unpacked.
    #[error("It is damaged: it cannot be unpacked.")]
    Damaged,
    /// Files that cannot be used alone, all for the same reason; this is the first.
    #[error("{} cannot be read, because {}, and neither can anything else in this zip archive: {}.", shown(path), flaw.reason(), flaw.way_out())]
    Useless {
        /// Its path.
        path: String,
        /// Why it cannot be used.
        flaw: Flaw,
    },
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
    flawed: Vec<(Flaw, String)>,
}

/// Why a file of an archive is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// What is said of it makes no sense.
    Damaged,
    /// Its path leads out of the archive.
    Outside,
    /// Nobody means it.
    Hidden,
    /// It has a password.
    Locked,
    /// It is packed in another way than the two that are read.
    Packed,
    /// It says that it is too large.
    Huge,
    /// Another file of its name stands behind it.
    Twice,
}

impl Flaw {
    const ALL: [Self; 7] =
        [Self::Damaged, Self::Outside, Self::Hidden, Self::Locked, Self::Packed, Self::Huge, Self::Twice];

    fn reason(self) -> &'static str {
        match self {
            Self::Damaged => "it cannot be read",
            Self::Outside => "its path leads out of the archive",
            Self::Hidden => "a system or a program left it behind",
            Self::Locked => "it is locked with a password",
            Self::Packed => "it is packed by another method than Deflate, the usual one of zip",
            Self::Huge => "it says that it unpacks to more than 256 MiB",
            Self::Twice => "the archive holds another file of the same name, which is taken",
        }
    }

    fn way_out(self) -> &'static str {
        match self {
            Self::Locked => "pack it again without one",
            Self::Packed => "pack it again with Deflate, or not at all",
            _ => "pack it anew",
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
        let mut zip = open(Cursor::new(bytes))?;
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
        flawed.extend(leave_out_twice(&mut entries).into_iter().map(|path| (Flaw::Twice, path)));
        if zip.has_duplicate_names() {
            let start = zip.central_directory_start();
            let bytes = zip.into_inner();
            flawed.extend(replaced(bytes.get_ref().as_ref(), start).into_iter().map(|path| (Flaw::Twice, path)));
            zip = open(bytes)?;
        }
        let useless = flawed.iter().find(|(flaw, _)| matches!(flaw, Flaw::Locked | Flaw::Packed));
        if let (true, Some((flaw, path))) = (entries.is_empty(), useless) {
            return Err(ArchiveError::Useless { path: path.clone(), flaw: *flaw });
        }
        Ok(Self { zip, size, entries, flawed })
    }

    /// Its files.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What was left out, in sentences.
    pub fn notes(&self) -> Vec<String> {
        Flaw::ALL.into_iter().filter_map(|flaw| note(flaw, &self.flawed)).collect()
    }

    /// What was left out, file by file.
    pub fn left_out(&self) -> Vec<Skipped> {
        let skipped = |(flaw, path): &(Flaw, String)| Skipped { path: path.clone(), reason: flaw.reason().into() };
        self.flawed.iter().map(skipped).collect()
    }

    /// The bytes of a file.
    ///
    /// # Errors
    ///
    /// When there is none of that number, it is damaged, or unpacks to more than it can be.
    pub fn extract(&mut self, index: usize) -> Result<Vec<u8>, ArchiveError> {
        let place = self.entries.binary_search_by_key(&index, |entry| entry.index);
        place.map_err(|_| ArchiveError::NoSuchFile(index))?;
        let file = self.zip.by_index(index).map_err(|_| ArchiveError::Damaged)?;
        // What a file says of its packed size is not believed either.
        let packed = file.compressed_size().min(self.size);
        let most = packed.saturating_mul(MOST_RATIO).clamp(SMALL, MOST_BYTES);
        let mut bytes = vec![];
        let read = file.take(most + 1).read_to_end(&mut bytes).map_err(|_| ArchiveError::Damaged)?;
        if read as u64 > most {
            return Err(ArchiveError::Bomb { most });
        }
        Ok(bytes)
    }
}

fn open<B: AsRef<[u8]>>(bytes: Cursor<B>) -> Result<ZipArchive<Cursor<B>>, ArchiveError> {
    ZipArchive::new(bytes).map_err(|error| {
        ArchiveError::Unreadable(match error {
            ZipError::InvalidArchive(_) => "its list of files, which stands at its end, is missing or damaged",
            _ => "it is of a kind that is not read here, such as one in several parts",
        })
    })
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
    } else if !matches!(file.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
        Flaw::Packed
    } else if size > MOST_BYTES {
        Flaw::Huge
    } else {
        return Ok(Some(Entry { index, path, size, kind }));
    };
    Err((flaw, path))
}

/// Leaves out files whose path another one further down has as well, once backslashes divide as slashes do; the last is kept.
fn leave_out_twice(entries: &mut Vec<Entry>) -> Vec<String> {
    let last: HashMap<String, usize> = entries.iter().map(|entry| (entry.path.clone(), entry.index)).collect();
    let is_last = |entry: &Entry| last.get(&entry.path) == Some(&entry.index);
    let twice = entries.iter().filter(|entry| !is_last(entry)).map(|entry| entry.path.clone()).collect();
    entries.retain(is_last);
    twice
}

/// The paths that the list of files names again, further down: the crate keeps the last of each.
fn replaced(bytes: &[u8], start: u64) -> Vec<String> {
    const MARK: &[u8] = b"PK\x01\x02";
    const HEADER: usize = 46;
    let mut bytes = usize::try_from(start).ok().and_then(|start| bytes.get(start..)).unwrap_or_default();
    let (mut seen, mut twice) = (HashSet::new(), vec![]);
    while let Some(header) = bytes.get(..HEADER).filter(|header| header.starts_with(MARK)) {
        let length = |at: usize| usize::from(u16::from_le_bytes([header[at], header[at + 1]]));
        let [name, extra, comment] = [28, 30, 32].map(length);
        let Some(path) = bytes.get(HEADER..HEADER + name) else { break };
        if !seen.insert(path) && !path.ends_with(b"/") {
            twice.push(String::from_utf8_lossy(path).replace('\\', "/"));
        }
        bytes = bytes.get(HEADER + name + extra + comment..).unwrap_or_default();
    }
    twice
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
    Some(format!("Left out: {}, because {reason}{others}.", shown(first)))
}

/// What systems and programs leave behind.
pub(crate) fn is_hidden(path: &str) -> bool {
    path.split('/')
        .any(|part| part.starts_with('.') || part == "__MACOSX" || part == "Thumbs.db" || part == "desktop.ini")
}

#[cfg(test)]
#[path = "archive_tests.rs"]
mod tests;

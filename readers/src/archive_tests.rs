//! Archives as people pack them, and as they should not.

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
    assert_eq!(
        locked,
        "a.off cannot be read, because it is locked with a password, and neither can anything else in this zip archive: \
         pack it again without one."
    );
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
    assert!(error.starts_with("It unpacks to more than"), "{error}");
}

#[test]
fn what_is_no_archive_is_refused_in_words() {
    let error = Archive::new(b"PK\x03\x04 and no more").err().expect("refused").to_string();
    assert_eq!(
        error,
        "This zip archive cannot be read: its list of files, which stands at its end, is missing or damaged."
    );
}

#[test]
fn other_methods_than_deflate_are_told_and_what_to_do() {
    // The method of a local header is its bytes 8 and 9, that of the list's 10 and 11.
    let packed = changed(&pack(&[("a.off", b"OFF\n")]), 8, 10, 9);
    assert_eq!(
        Archive::new(packed).err().expect("refused").to_string(),
        "a.off cannot be read, because it is packed by another method than Deflate, the usual one of zip, and neither can \
         anything else in this zip archive: pack it again with Deflate, or not at all."
    );
}

#[test]
fn files_of_the_same_name_are_told_and_the_last_is_taken() {
    // Written under other names of the same length, which are then changed: no writer makes such an archive.
    let whole = pack(&[("a/1.off", b"OFF 1\n"), ("a/2.off", b"OFF 2\n"), ("a/3.off", b"OFF 3\n")]);
    let text: Vec<u8> = whole.windows(7).enumerate().fold(whole.clone(), |mut text, (at, name)| {
        if name == b"a/2.off" {
            text[at + 2] = b'1';
        }
        text
    });
    let mut archive = Archive::new(&text).expect("an archive");
    let paths: Vec<&str> = archive.entries().iter().map(|entry| entry.path.as_str()).collect();
    assert_eq!(paths, ["a/1.off", "a/3.off"]);
    let twice = "the archive holds another file of the same name, which is taken";
    assert_eq!(archive.left_out(), [Skipped { path: "a/1.off".into(), reason: twice.into() }]);
    assert_eq!(archive.notes(), [format!("Left out: a/1.off, because {twice}.")]);
    let index = archive.entries()[0].index;
    assert_eq!(archive.extract(index), Ok(b"OFF 2\n".to_vec()));
}

#[test]
fn paths_that_become_one_are_files_of_the_same_name() {
    let whole = pack(&[("a\\b.png", b"1"), ("c/d.png", b"2"), ("a/b.png", b"3"), ("./c/d.png", b"4")]);
    let mut archive = Archive::new(&whole).expect("an archive");
    let kept: Vec<(String, usize)> = archive.entries().iter().map(|entry| (entry.path.clone(), entry.index)).collect();
    assert_eq!(kept, [("a/b.png".to_string(), 2), ("c/d.png".to_string(), 3)]);
    let twice: Vec<String> = archive.left_out().into_iter().map(|skipped| skipped.path).collect();
    assert_eq!(twice, ["a/b.png", "c/d.png"]);
    assert_eq!([2, 3].map(|index| archive.extract(index)), [Ok(b"3".to_vec()), Ok(b"4".to_vec())]);
    assert_eq!(archive.extract(0), Err(ArchiveError::NoSuchFile(0)));
}

#[test]
fn damage_inside_is_told_in_words() {
    let mut bytes = pack(&[("a.off", &b"OFF\n0 0 0\n".repeat(40))]);
    for byte in &mut bytes[36..50] {
        *byte ^= 0x55;
    }
    let error = Archive::new(&bytes).expect("an archive").extract(0).expect_err("refused").to_string();
    assert_eq!(error, "It is damaged: it cannot be unpacked.");
}

//! What reading sets aside stays within a small multiple of the file, whatever the file claims.

mod support;

use std::fmt::Write;

use spikeground_readers::{Archive, read};
use support::peak;

#[global_allocator]
static ALLOCATOR: support::Counting = support::Counting;

/// Bytes for each byte of a file: a face of OBJ may take 7 bytes ("f 1 2 3") of a polygon that shares corners, and becomes 12
/// for each corner but two; vectors grow by doubling, and for a moment both are there.
const FACTOR: usize = 18;
/// Whatever the file.
const CONSTANT: usize = 64 << 10;

fn assert_bounded(name: &str, bytes: &[u8]) {
    let (_, most) = peak(|| read(name, bytes, &mut |_| {}));
    assert!(most <= FACTOR * bytes.len() + CONSTANT, "{name}: {most} bytes for a file of {}", bytes.len());
}

#[test]
fn memory_is_bounded_by_the_size_of_every_file() {
    for folder in ["assimp", "pypcd4", "numpy"] {
        let path = format!("{}/tests/fixtures/{folder}", env!("CARGO_MANIFEST_DIR"));
        for entry in std::fs::read_dir(path).expect("fixtures").flatten() {
            let bytes = std::fs::read(entry.path()).expect("a file");
            assert_bounded(&entry.path().to_string_lossy(), &bytes);
        }
    }
}

#[test]
fn claims_of_two_gigabytes_set_nothing_aside() {
    let mut npy = b"\x93NUMPY\x01\x00\x50\x00".to_vec();
    npy.extend(format!("{:<80}", "{'descr': '<f4', 'fortran_order': False, 'shape': (178956970, 3), }").bytes());
    let mut stl = vec![b' '; 80];
    stl.extend(42_949_672_u32.to_le_bytes());
    let mut pcd = b"# .PCD v0.7\nFIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nPOINTS 10\nDATA binary_compressed\n".to_vec();
    pcd.extend([900_u32, 2_147_483_647].map(u32::to_le_bytes).concat());
    let files: [(&str, Vec<u8>); 7] = [
        ("a.off", b"OFF\n178956970 178956970 0\n".to_vec()),
        ("a.ply", b"ply\nformat binary_little_endian 1.0\nelement vertex 178956970\nproperty float x\nproperty float y\nproperty float z\nend_header\n".to_vec()),
        ("b.ply", b"ply\nformat binary_little_endian 1.0\nelement vertex 1\nproperty float x\nproperty float y\nproperty float z\nproperty list uint double a\nend_header\n\0\0\0\0\0\0\0\0\0\0\0\0\xff\xff\xff\x7f".to_vec()),
        ("a.stl", stl),
        ("a.pcd", pcd),
        ("b.pcd", b"# .PCD v0.7\nFIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nPOINTS 178956970\nDATA binary\n".to_vec()),
        ("a.npy", npy),
    ];
    for (name, mut bytes) in files {
        bytes.resize(bytes.len().max(1_024), 0);
        let (read, most) = peak(|| read(name, &bytes, &mut |_| {}));
        assert!(read.is_err(), "{name} is refused");
        assert!(most < CONSTANT, "{name} sets {most} bytes aside");
    }
}

#[test]
fn an_archive_unpacks_no_further_than_it_may() {
    use std::io::{Cursor, Write};
    let mut zip = zip::ZipWriter::new(Cursor::new(vec![]));
    zip.start_file("a.off", zip::write::SimpleFileOptions::default()).expect("a file");
    zip.write_all(&vec![b' '; 64 << 20]).expect("bytes");
    let bytes = zip.finish().expect("an archive").into_inner();
    let (extracted, most) = peak(|| Archive::new(&bytes).and_then(|mut archive| archive.extract(0)));
    assert!(extracted.is_err());
    // 200 times what is packed, and the vector's doubling.
    assert!(most < 450 * bytes.len() + (4 << 20), "{most} bytes for an archive of {}", bytes.len());
}

/// A grid as OBJ text, of about so many bytes.
fn grid(bytes: usize) -> String {
    let side = ((bytes / 60) as f64).sqrt() as usize;
    let mut text = String::with_capacity(bytes + bytes / 4);
    for i in 0..side * side {
        writeln!(text, "v {} {} {:.5}", i % side, i / side, (i as f32 * 0.37).sin()).expect("text");
    }
    for i in 0..(side - 1) * (side - 1) {
        let corner = i / (side - 1) * side + i % (side - 1) + 1;
        writeln!(text, "f {} {} {} {}", corner, corner + 1, corner + side + 1, corner + side).expect("text");
    }
    text
}

#[test]
fn a_large_mesh_takes_less_than_four_times_its_size() {
    // READERS_LARGE=100 reads 100 MB, and prints what it took.
    let megabytes = std::env::var("READERS_LARGE").ok().and_then(|size| size.parse().ok()).unwrap_or(8);
    let text = grid(megabytes * 1_000_000);
    let (model, most) = peak(|| read("grid.obj", text.as_bytes(), &mut |_| {}));
    let model = model.expect("a model");
    println!("{} bytes: {} points, {} faces, {most} bytes at most", text.len(), model.points.len(), model.faces.len());
    assert!(most < 4 * text.len(), "{most} bytes for a file of {}", text.len());
}

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
    let ply = |vertices: u32, list: &str, body: &[u8]| {
        let axes = "property float x\nproperty float y\nproperty float z\n";
        let header =
            format!("ply\nformat binary_little_endian 1.0\nelement vertex {vertices}\n{axes}{list}end_header\n");
        [header.as_bytes(), body].concat()
    };
    let files: [(&str, Vec<u8>); 7] = [
        ("a.off", b"OFF\n178956970 178956970 0\n".to_vec()),
        ("a.ply", ply(178_956_970, "", b"")),
        ("b.ply", ply(1, "property list uint double a\n", b"\0\0\0\0\0\0\0\0\0\0\0\0\xff\xff\xff\x7f")),
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

#[test]
fn the_worst_files_stay_within_their_bound() {
    // A byte a corner, and twelve for the triangle that it makes; the vector doubles, and for a moment both are there.
    let axes = "property char x\nproperty char y\nproperty char z\n";
    let mut polygons = format!("ply\nformat binary_little_endian 1.0\nelement vertex 1\n{axes}").into_bytes();
    polygons.extend(b"element face 4100\nproperty list uchar uchar vertex_index\nend_header\n\0\0\0");
    polygons.extend([&[255][..], &[0; 255]].concat().repeat(4_100));
    let (model, most) = peak(|| read("a.ply", &polygons, &mut |_| {}));
    assert_eq!(model.expect("a model").faces.len(), 4_100 * 253);
    assert!(most <= 40 * polygons.len() + CONSTANT, "{most} bytes for a file of {}", polygons.len());
    // Points of three bytes that unpack as well as they may, small ones and many.
    for (copies, length, points) in [(4_000, 264, 352_000), (200_000, 12, 790_000)] {
        let packed = [&[1, 0, 0][..], &[7 << 5, (length - 9) as u8, 0].repeat(copies)].concat();
        let header = format!("# .PCD v0.7\nFIELDS x y z\nSIZE 1 1 1\nTYPE U U U\nPOINTS {points}\n");
        let sizes = [packed.len() as u32, (2 + length * copies) as u32].map(u32::to_le_bytes).concat();
        let file = [header.as_bytes(), b"DATA binary_compressed\n", &sizes, &packed].concat();
        let (model, most) = peak(|| read("a.pcd", &file, &mut |_| {}));
        assert_eq!(model.expect("a model").points.len(), points);
        let bound = 10 * file.len() + (4 << 20);
        assert!(most <= bound, "{most} bytes for a file of {}, {bound} at most", file.len());
    }
}

#[test]
fn polygons_that_have_to_be_cut_take_little_more_than_their_file() {
    // A comb of as many corners as are cut, again and again.
    let mut text = String::new();
    for i in 0..1_000 {
        writeln!(text, "v {} {} {i}", i % 500, if i < 500 { (i % 2) as f32 } else { 2.0 }).expect("text");
    }
    let face: String = (1..=500).chain((501..=1_000).rev()).map(|i| format!(" {i}")).collect();
    for _ in 0..50 {
        writeln!(text, "f{face}").expect("text");
    }
    let (model, most) = peak(|| read("a.obj", text.as_bytes(), &mut |_| {}));
    assert!(model.expect("a model").faces.len() > 40_000);
    assert!(most <= FACTOR * text.len() + (256 << 10), "{most} bytes for a file of {}", text.len());
}

#[test]
fn an_archive_of_many_files_is_listed_in_little_memory() {
    use std::io::Cursor;
    let mut zip = zip::ZipWriter::new(Cursor::new(vec![]));
    for i in 0..5_000 {
        zip.start_file(format!("{i}"), zip::write::SimpleFileOptions::default()).expect("a file");
    }
    let bytes = zip.finish().expect("an archive").into_inner();
    let (archive, most) = peak(|| Archive::new(&bytes));
    assert_eq!(archive.expect("an archive").entries().len(), 5_000);
    assert!(most <= FACTOR * bytes.len(), "{most} bytes for an archive of {}", bytes.len());
}

/// A grid as OBJ text, of about so many bytes.
fn grid(bytes: usize) -> String {
    let side = ((bytes / 50) as f64).sqrt() as usize;
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

/// As many triangles as binary STL of about so many bytes holds.
fn triangles(bytes: usize) -> Vec<u8> {
    let count = bytes / 50;
    let mut file = vec![b' '; 80];
    file.extend((count as u32).to_le_bytes());
    for i in 0..count {
        let corner = |turn: f32| [i as f32, (i as f32 * 0.1 + turn).sin(), turn];
        let numbers = [[0.0; 3], corner(0.0), corner(1.0), corner(2.0)];
        numbers.as_flattened().iter().for_each(|number| file.extend(number.to_le_bytes()));
        file.extend([0, 0]);
    }
    file
}

#[test]
fn a_large_mesh_takes_less_than_four_times_its_size() {
    // READERS_LARGE=100 reads 100 MB, and prints what it took.
    let megabytes = std::env::var("READERS_LARGE").ok().and_then(|size| size.parse().ok()).unwrap_or(8);
    let size = megabytes * 1_000_000;
    for (name, bytes) in [("grid.obj", grid(size).into_bytes()), ("triangles.stl", triangles(size))] {
        let started = std::time::Instant::now();
        let (model, most) = peak(|| read(name, &bytes, &mut |_| {}));
        let (model, took) = (model.expect("a model"), started.elapsed());
        let (points, faces) = (model.points.len(), model.faces.len());
        println!("{name}, {} bytes: {points} points, {faces} faces, {most} bytes at most, {took:.2?}", bytes.len());
        assert!(most < 4 * bytes.len(), "{most} bytes for a file of {}", bytes.len());
    }
}

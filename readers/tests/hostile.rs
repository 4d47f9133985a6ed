//! Damaged files at every reader: no panic, no hang, memory within a multiple of the file, nothing but numbers out.
//!
//! Each reader gets files that are whole, and changes them by chance. `READERS_FUZZ_SECONDS=600` goes on for so long, and
//! `READERS_FUZZ_FORMAT=ply` takes one reader alone (off, ply, obj, stl, pcd, xyz, npy, zip, plan, image, recording).

mod support;

use std::time::{Duration, Instant};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use spikeground_readers::{
    Archive, DataSetFile, Form, Format, Part, check_image, guess_up, plan, read, sample, sample_by_area,
};
use support::peak;

#[global_allocator]
static ALLOCATOR: support::Counting = support::Counting;

/// Changed files of each reader, where no time is given.
const ROUNDS: usize = 4_000;
/// Files larger than this are cut, so that many can be tried.
const LARGEST: usize = 20_000;
/// See `memory.rs`; here polygons may share all their corners.
const FACTOR: usize = 40;
const CONSTANT: usize = 256 << 10;
/// A compressed PCD may take ten times its size, and this much in any case.
const PACKED: usize = 5 << 20;

/// What takes longer hangs, however slow the machine.
const LONGEST: Duration = Duration::from_secs(10);
/// Names that a file may have, its own aside.
const NAMES: [&str; 9] = ["a", "a.off", "a.ply", "a.obj", "a.stl", "a.pcd", "a.csv", "a.npy", "a.glb"];

/// Numbers that files should not have.
const ABSURD: [&str; 14] = [
    "-1",
    "0",
    "4294967295",
    "2147483648",
    "18446744073709551615",
    "99999999999999999999999",
    "1e39",
    "-1e-320",
    "nan",
    "inf",
    "0x41",
    "3.5",
    "",
    "\u{fffd}",
];

fn whole(format: &str) -> Vec<Vec<u8>> {
    let mut files = vec![];
    for folder in ["assimp", "pypcd4", "numpy"] {
        let path = format!("{}/tests/fixtures/{folder}", env!("CARGO_MANIFEST_DIR"));
        let mut paths: Vec<_> =
            std::fs::read_dir(path).expect("fixtures").flatten().map(|entry| entry.path()).collect();
        paths.sort();
        let ours = |path: &std::path::PathBuf| path.extension().is_some_and(|extension| extension == format);
        for path in paths.into_iter().filter(ours) {
            let mut bytes = std::fs::read(path).expect("a file");
            bytes.truncate(LARGEST);
            files.push(bytes);
        }
    }
    match format {
        "xyz" => {
            files.push(b"x,y,z,r\n1,2,3,4\n-1.5,2e3,0.25,1\n7;8;9\n1 2 3\n".to_vec());
            files.push(b"2\n1 2 3 255 0 0\n-0.4\t5e-1 6\n// x y z\n".to_vec());
            files.push(
                b"# a, \"b\",c\nname,\"Points:0\",Points:1,pos_x [m],posY,\"Points:2\"\n\"x,y\",1,2,3,4,5\n".to_vec(),
            );
            files.push("Easting\tNorthing (m)\tHöhe\televation\n1,5\t2,25\t3\t4\n6 7 8,5 9\n".as_bytes().to_vec());
            files.push(
                "\u{feff}\"id\";\"Z\";\"x\";\"y\"\r\n7;3,5;1,0;-,2\r\n"
                    .encode_utf16()
                    .flat_map(u16::to_le_bytes)
                    .collect(),
            );
        }
        "off" => {
            files.push(b"# x\nST4COFF\n3\n1\n0\n0 0 0 1 9 9 9 9 0 0\n1 0 0 2\n0 1 0 0\n3 0 1 2 255 0 0\n".to_vec());
            files.push(b"4nOFF 3 4 2 0 0 0 0 1 2 0 0 2 1 1 0 1 0 1 0 1 3 0 1 2 3 0 2 3".to_vec());
            files.push(
                b"coff\n4 2 0\n0 0 0 9 9 9 9 1 0 0 9 9 9 9\n1 1 0 9 9 9 9 0 1\n0 9 9 9 9 #\n4 0 1 2\n3 3 0 2 3"
                    .to_vec(),
            );
        }
        "obj" => {
            let star = |i: usize| format!("v {} {} 0\n", (i * 7) % 11, (i * i) % 13);
            let points: String = (0..40).map(star).collect();
            let face: String = (1..=40).map(|i| format!(" {i}")).collect();
            files.push(format!("{points}f{face} # all\nf 1 \\ # more\n 2 3 -1\nv 1 2 \\\n3\n").into_bytes());
        }
        "image" => {
            let beginnings: [&[u8]; 6] = [
                b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x1c\0\0\0\x1c\x08\0\0\0\0",
                b"\xff\xd8\xff\xe0\0\x04ab\xff\xc4\0\x03c\xff\xc0\0\x11\x08\0\x1c\0\x1c\x01\x01\x11\0",
                b"GIF89a\x1c\0\x1c\0\x80\0\0abcdef\x21\xf9\x04\0\0\0\0\0\x21\xfe\x02hi\0\x2c\0\0\0\0\x1c\0\x1c\0\0",
                b"\0\0\0\x14ftypavif\0\0\0\0mif1\0\0\0\x40meta\0\0\0\0\0\0\0\x14ispe\0\0\0\0\0\0\0\x1c\0\0\0\x1c",
                b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x1c\0\0\0\x1c\0\0\0\x01\0\x18\0",
                b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x1b\0\0\x1b\0\0",
            ];
            files.extend(beginnings.map(<[u8]>::to_vec));
        }
        "recording" => {
            let events = (0..900_u32)
                .flat_map(|i| [(i % 34) as u8, (i / 34) as u8, (i % 2 * 128) as u8, (i >> 8) as u8, i as u8]);
            files.push(events.collect());
            files.push(vec![33, 33, 0xff, 0xff, 0xff]);
        }
        "pcd" => {
            let header =
                "FIELDS x _ z y\nSIZE 4 1 8 2\nTYPE F U F I\nCOUNT 1 3 1 1\nPOINTS 8\nDATA binary_compressed\n";
            let packed = [&[0, 0][..], &[7 << 5, 126, 0]].concat();
            let sizes = [packed.len() as u32, 136].map(u32::to_le_bytes).concat();
            files.push([b"# .PCD v0.7\nVERSION 0.7\n", header.as_bytes(), &sizes, &packed].concat());
        }
        "npy" => {
            for (descr, order, shape) in
                [("<f4", "False", "(4, 3)"), (">f8", "True", "(3, 2)"), ("|i1", "True", "(3, 16)")]
            {
                let header = format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}");
                let mut file = b"\x93NUMPY\x01\x00".to_vec();
                file.extend((header.len() as u16).to_le_bytes());
                file.extend(header.bytes());
                file.extend((0..12).flat_map(|i| (i as f32).to_le_bytes()));
                files.push(file);
            }
        }
        "ply" => {
            let mut file = b"ply\nformat binary_big_endian 1.0\nelement vertex 3\n\
                property float x\nproperty double y\nproperty short z\n\
                element face 1\nproperty list uchar uint vertex_index\nend_header\n"
                .to_vec();
            for i in 0..3_i16 {
                file.extend(f32::from(i).to_be_bytes());
                file.extend(f64::from(i * i).to_be_bytes());
                file.extend(i.to_be_bytes());
            }
            file.push(3);
            file.extend([0_u32, 1, 2].map(u32::to_be_bytes).concat());
            files.push(file);
            let mut strips =
                b"ply\nformat binary_little_endian 1.0\nelement vertex 4\nproperty char x\nproperty char y\n\
                property char z\nelement tristrips 1\nproperty list int int vertex_indices\nend_header\n"
                    .to_vec();
            strips.extend([0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0]);
            strips.extend([7, 0, 1, 2, 3, -1, 2, 3].map(i32::to_le_bytes).concat());
            files.push(strips);
            files.push(b"ply\nformat ascii 1.0\nelement vertex 3\nproperty char x\nproperty char y\n\
                property char z\nelement tristrips 1\nproperty list int int vertex_indices\nend_header\n0 0 0\n1 0 0\n0 1 0\n6 0 1 2 -1 1 2\n".to_vec());
        }
        "zip" => {
            use std::io::Write;
            let mut zip = zip::ZipWriter::new(std::io::Cursor::new(vec![]));
            for (path, bytes) in [("a/train/1.off", vec![b'7'; 3_000]), ("a/test/2.off", b"OFF\n".to_vec())] {
                zip.start_file(path, zip::write::SimpleFileOptions::default()).expect("a file");
                zip.write_all(&bytes).expect("bytes");
            }
            files.push(zip.finish().expect("an archive").into_inner());
        }
        _ => {}
    }
    files
}

/// Changes a file in one to six places.
fn damage(mut bytes: Vec<u8>, others: &[Vec<u8>], random: &mut ChaCha8Rng) -> Vec<u8> {
    for _ in 0..random.random_range(1..=6) {
        if bytes.is_empty() {
            break;
        }
        let at = random.random_range(0..bytes.len());
        match random.random_range(0..9) {
            0 => bytes[at] ^= 1 << random.random_range(0..8),
            1 => bytes[at] = random.random(),
            2 => bytes.truncate(at),
            3 => {
                // A piece of another file.
                let other = &others[random.random_range(0..others.len())];
                if !other.is_empty() {
                    let from = random.random_range(0..other.len());
                    let to = (from + random.random_range(1..200)).min(other.len());
                    bytes.splice(at..at, other[from..to].iter().copied());
                }
            }
            4 => {
                // A number that should not be there, in place of a word.
                let end = bytes[at..].iter().position(u8::is_ascii_whitespace).map_or(bytes.len(), |end| at + end);
                let start = bytes[..at].iter().rposition(u8::is_ascii_whitespace).map_or(0, |start| start + 1);
                bytes.splice(start..end.max(start), ABSURD[random.random_range(0..ABSURD.len())].bytes());
            }
            5 => {
                // The header is where counts are.
                let near = at % 200.min(bytes.len());
                bytes[near] = b"0123456789- \n"[random.random_range(0..13)];
            }
            6 => {
                let to = (at + random.random_range(1..100)).min(bytes.len());
                let piece = bytes[at..to].to_vec();
                bytes.splice(at..at, piece);
            }
            7 => {
                let to = (at + random.random_range(1..100)).min(bytes.len());
                bytes.drain(at..to);
            }
            _ => {
                let to = (at + 4).min(bytes.len());
                bytes[at..to].fill([0x00, 0x7f, 0x80, 0xff][random.random_range(0..4)]);
            }
        }
    }
    bytes
}

fn check_shape(name: &str, bytes: &[u8]) {
    let started = Instant::now();
    let (model, most) = peak(|| read(name, bytes, &mut |share| assert!((0.0..=1.0).contains(&share))));
    assert!(started.elapsed() < LONGEST, "{name}: {:?} for a file of {}", started.elapsed(), bytes.len());
    let is_packed = bytes.windows(17).any(|word| word == b"binary_compressed");
    let bound = FACTOR * bytes.len() + if is_packed { PACKED } else { CONSTANT };
    assert!(most <= bound, "{name}: {most} bytes for a file of {}", bytes.len());
    let Ok(model) = model else { return };
    assert!(!model.points.is_empty() && model.points.iter().flatten().all(|x| x.is_finite()));
    assert!(model.faces.iter().flatten().all(|corner| (*corner as usize) < model.points.len()));
    // A point takes two bytes at least, where it is not packed, and a polygon makes fewer triangles than it has corners.
    let packed = if model.format == Format::Pcd { 30 } else { 1 };
    assert!(model.points.len() <= packed * bytes.len() && model.faces.len() <= bytes.len());
    let up = guess_up(&model);
    for cloud in [sample(&model, up, 64, 1), sample_by_area(&model, up, 64, 1)] {
        let cloud = cloud.expect("a model has points");
        assert_eq!(cloud.len(), 64);
        assert!(cloud.iter().flatten().all(|x| x.abs() <= 1.001), "{name}: {cloud:?}");
    }
}

fn check_archive(bytes: &[u8]) {
    let (archive, most) = peak(|| Archive::new(bytes));
    assert!(most <= FACTOR * bytes.len() + CONSTANT, "{most} bytes to list an archive of {}", bytes.len());
    let Ok(mut archive) = archive else { return };
    let numbers: Vec<usize> = archive.entries().iter().map(|entry| entry.index).collect();
    for number in numbers {
        let (_, most) = peak(|| archive.extract(number));
        assert!(most <= 450 * bytes.len() + (5 << 20), "{most} bytes for an archive of {}", bytes.len());
    }
}

fn check_recording(bytes: &[u8]) {
    let classes = ["a".to_string()];
    let written = peak(|| {
        let mut file = DataSetFile::new(Form::Recording, "own", &classes);
        [Part::Train, Part::HeldOut]
            .map(|part| file.add_recording(part, 0, bytes))
            .into_iter()
            .collect::<Result<(), _>>()?;
        file.finish(&[])
    });
    let (file, most) = written;
    assert!(most <= FACTOR * bytes.len() + CONSTANT, "{most} bytes for a recording of {}", bytes.len());
    assert!(file.is_err() || (!bytes.is_empty() && bytes.len().is_multiple_of(5)));
}

fn check_plan(random: &mut ChaCha8Rng) {
    const PARTS: [&str; 12] = ["train", "test", "Test", "a", "b", "chair", "", "..", "x.off", "y.png", "z.doc", "val"];
    let path = |random: &mut ChaCha8Rng| {
        let parts: Vec<&str> = (0..random.random_range(1..5)).map(|_| PARTS[random.random_range(0..12)]).collect();
        format!("{}{}", parts.join("/"), [".off", ".png", ".bin", ""][random.random_range(0..4)])
    };
    let files: Vec<(String, u64)> =
        (0..random.random_range(0..40)).map(|_| (path(random), random.random_range(0..3))).collect();
    let Ok(plan) = plan(&files) else { return };
    // Every file is a sample or has its reason, once.
    assert_eq!(plan.items.len() + plan.skipped.len(), files.len(), "{files:?} {plan:?}");
    let mut numbers: Vec<usize> = plan.items.iter().map(|item| item.index).collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), plan.items.len());
    assert!(plan.items.iter().all(|item| item.label < plan.classes.len()));
}

fn rounds(format: &str) {
    let only = std::env::var("READERS_FUZZ_FORMAT").ok();
    if only.is_some_and(|only| only != format) {
        return;
    }
    let seconds = std::env::var("READERS_FUZZ_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    // Other files each time where time is given.
    let seed = if seconds.is_some() { rand::rngs::StdRng::from_os_rng().random() } else { 1 };
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let files = whole(format);
    let (started, mut done) = (Instant::now(), 0);
    let goes_on = |done: usize| match seconds {
        Some(seconds) => started.elapsed() < Duration::from_secs(seconds),
        None => done < ROUNDS,
    };
    while goes_on(done) {
        done += 1;
        if format == "plan" {
            check_plan(&mut random);
            continue;
        }
        let bytes = damage(files[random.random_range(0..files.len())].clone(), &files, &mut random);
        let kept = Kept(&bytes, format);
        if format == "zip" {
            check_archive(&bytes)
        } else if format == "image" {
            let _ = check_image(&bytes);
        } else if format == "recording" {
            check_recording(&bytes);
        } else {
            let other = NAMES[random.random_range(0..NAMES.len())];
            let own = format!("a.{format}");
            check_shape(if random.random_ratio(1, 8) { other } else { &own }, &bytes)
        }
        std::mem::forget(kept);
    }
    println!("{format}: {done} files in {:.0} s, seed {seed}", started.elapsed().as_secs_f32());
}

/// Writes the file that broke a reader where it can be found.
struct Kept<'a>(&'a [u8], &'a str);

impl Drop for Kept<'_> {
    fn drop(&mut self) {
        let path = std::env::temp_dir().join(format!("broke-a-reader.{}", self.1));
        if std::fs::write(&path, self.0).is_ok() {
            eprintln!("the file is {}", path.display());
        }
    }
}

/// Files of a megabyte that ask for work beyond their size: many lines, long ones, headers that go on and on.
#[test]
fn work_grows_with_the_size_of_a_file_and_no_faster() {
    let many = |piece: &str| piece.repeat(1_000_000 / piece.len());
    let text = |start: &str, piece: &str, end: &str| format!("{start}{}{end}", many(piece)).into_bytes();
    let ply = "ply\nformat ascii 1.0\n";
    let axes = "element vertex 900000\nproperty float x\nproperty float y\nproperty float z\n";
    let pcd = "# .PCD v0.7\nSIZE 4 4 4\nTYPE F F F\nPOINTS 900000\n";
    for (name, bytes) in [
        ("a.off", text("OFF\n300000 1 0\n", "0\n", "")),
        ("a.off", text("OFF\n1 300000 0\n0 0 0\n", "9 ", "")),
        ("a.off", text("OFF\n", "#\n", "")),
        ("a.off", text("OFF\n1", "\n\n", "")),
        ("a.ply", text(&format!("{ply}{axes}"), "property int a\n", "end_header\n1\n")),
        ("a.ply", text(&format!("{ply}{axes}end_header\n"), "1\n", "")),
        ("a.ply", text(ply, "element a 1\n", axes)),
        (
            "a.ply",
            text(&format!("{ply}{axes}element face 1\nproperty list int int vertex_index\nend_header\n"), "3 ", ""),
        ),
        ("a.obj", text("v 0 0 0\nf ", "1 ", "")),
        ("a.obj", text("v 0 0 0\n", "f 1 \\\n", "")),
        ("a.obj", text("v 0 0 0\n", "f\n", "")),
        ("a.obj", text("", "v\n", "")),
        ("a.stl", text("solid\nfacet\n", "vertex\n", "")),
        ("a.stl", text("solid\nfacet\n", "outer\n", "endsolid")),
        ("a.pcd", text(&format!("{pcd}FIELDS "), "x ", "y z\nDATA ascii\n1 2 3\n")),
        ("a.pcd", text(&format!("{pcd}FIELDS x y z\nDATA ascii\n"), "1\n", "")),
        ("a.xyz", text("", "1,", "")),
        ("a.xyz", text("", ";\n", "")),
        ("a.xyz", text("", "\"", "\n1 2 3\n")),
        ("a.npy", text("\u{0}", "'descr'", "")),
        ("a.off", text("OFF 2 100000 0 0 0 0 1 1 1\n", "3 0 0\n0 ", "x")),
        ("a.off", text("coff\n100000 0 0\n", "0 0 0 1 1 1 1 ", "x")),
        (
            "a.ply",
            text(
                &format!(
                    "{ply}{}element tristrips 1\nproperty list int int vertex_index\nend_header\n0 0 0\n400000 ",
                    axes.replace("900000", "1")
                ),
                "0 ",
                "",
            ),
        ),
        ("a.obj", text("v 0 0 0\nv 0 \\\n", "0 \\\n", "0\n")),
        ("a.csv", text("", "x_0,", "\n1,2,3\n")),
        ("a.csv", text("# ", "Points:0,y,", "\n1,2,3\n")),
        ("a.csv", text("x\ty\tz\n", "\"1,0\"\t2 ", "\n")),
        ("a.csv", text("x,y,z\n", "# x_1,y_1,z_1\n", "")),
        ("a.obj", tangled(1_000)),
        ("a.obj", tangled(60)),
    ] {
        check_shape(name, &bytes);
    }
}

/// A megabyte of polygons of so many corners that cross themselves wherever they can.
fn tangled(corners: usize) -> Vec<u8> {
    let mut text: String = (0..corners).map(|i| format!("v {} {} 0\n", i * 7_919 % 1_009, i * i % 1_013)).collect();
    let face: String = (1..=corners).map(|i| format!(" {i}")).collect();
    text.push_str(&format!("f{face}\n").repeat(1_000_000 / face.len()));
    text.into_bytes()
}

macro_rules! readers {
    ($($name:ident $format:literal)*) => { $( #[test] fn $name() { rounds($format); } )* };
}

readers! {
    damaged_off_is_read_or_refused "off"
    damaged_ply_is_read_or_refused "ply"
    damaged_obj_is_read_or_refused "obj"
    damaged_stl_is_read_or_refused "stl"
    damaged_pcd_is_read_or_refused "pcd"
    damaged_xyz_is_read_or_refused "xyz"
    damaged_npy_is_read_or_refused "npy"
    damaged_archives_are_read_or_refused "zip"
    damaged_images_are_measured_or_refused "image"
    damaged_recordings_are_taken_in_or_refused "recording"
    odd_folders_are_planned_or_refused "plan"
}

//! Every file that others wrote: what is in it, and that formats agree about the same shape.

use spikeground_readers::{Format, Model, Up, guess_up, read, sample};

fn file(path: &str) -> Vec<u8> {
    let path = format!("{}/tests/fixtures/{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn model(path: &str) -> Model {
    read(path, &file(path), &mut |_| {}).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn refusal(path: &str) -> String {
    read(path, &file(path), &mut |_| {}).expect_err(path).to_string()
}

fn extents(model: &Model) -> [f32; 3] {
    let [low, high] = model.bounds();
    [0, 1, 2].map(|axis| high[axis] - low[axis])
}

#[test]
fn points_faces_and_extents_are_as_expected() {
    let cube = [1.0, 1.0, 1.0];
    for (path, points, faces, expected) in [
        ("assimp/Cube.off", 8, 12, cube),
        ("assimp/cube.ply", 8, 12, cube),
        ("assimp/cube_binary.ply", 8, 12, cube),
        ("assimp/cube_uv.ply", 24, 12, [2.0; 3]),
        ("assimp/float-color.ply", 3, 1, [200.0, 200.0, 0.0]),
        ("assimp/points.ply", 4, 0, [0.0, 1.0, 1.0]),
        ("assimp/issue623.ply", 24, 0, [3.753_685, 3.753_685, 3.753_684]),
        ("assimp/box.obj", 8, 12, cube),
        ("assimp/box_UTF16BE.obj", 8, 12, cube),
        ("assimp/box_longline.obj", 8, 944, cube),
        ("assimp/box_mat_with_spaces.obj", 8, 12, cube),
        ("assimp/box_without_lineending.obj", 8, 12, cube),
        ("assimp/concave_polygon.obj", 64, 64, [0.0, 1.485, 1.485]),
        ("assimp/cube_mtllib_after_g.obj", 8, 12, cube),
        ("assimp/cube_usemtl.obj", 8, 12, cube),
        ("assimp/cube_with_vertexcolors.obj", 8, 12, cube),
        ("assimp/cube_with_vertexcolors_uni.obj", 8, 12, cube),
        ("assimp/empty_mat.obj", 130, 256, [2.0, 3.802_455, 2.0]),
        ("assimp/multiple_spaces.obj", 4, 1, [2.0; 3]),
        ("assimp/point_cloud.obj", 3, 0, [0.067_89, 0.011_404, 0.012_58]),
        ("assimp/regr_3429812.obj", 4, 4, [0.008_021, 0.002_921, 0.004_14]),
        ("assimp/space_in_material_name.obj", 64, 64, [0.0, 1.485, 1.485]),
        ("assimp/testline.obj", 8, 0, cube),
        ("assimp/testmixed.obj", 8, 12, cube),
        ("assimp/testpoints.obj", 8, 0, cube),
        ("assimp/triangle.stl", 3, 1, [2.0, 2.0, 0.0]),
        ("assimp/triangle_with_empty_solid.stl", 3, 1, [2.0, 2.0, 0.0]),
        ("assimp/triangle_with_two_solids.stl", 6, 2, [4.0, 4.0, 0.0]),
        ("pypcd4/ascii.pcd", 213, 0, [1.947_11, 0.671_87, 0.0]),
        ("pypcd4/ascii_multi_count.pcd", 8, 0, cube),
        ("pypcd4/ascii_organized.pcd", 8, 0, cube),
        ("pypcd4/ascii_with_underscore.pcd", 213, 0, [1.947_11, 0.671_87, 0.0]),
        ("pypcd4/binary.pcd", 213, 0, [1.947_11, 0.671_87, 0.0]),
        ("pypcd4/binary_compressed.pcd", 213, 0, [1.947_11, 0.671_87, 0.0]),
        ("pypcd4/binary_compressed_organized.pcd", 8, 0, cube),
    ] {
        let model = model(path);
        assert_eq!((model.points.len(), model.faces.len()), (points, faces), "{path}");
        for (found, expected) in extents(&model).into_iter().zip(expected) {
            assert!((found - expected).abs() < 1e-5 * expected.max(1.0), "{path}: {found} {expected}");
        }
    }
}

/// The corners of all triangles, in order.
fn triangles(model: &Model) -> Vec<[[f32; 3]; 3]> {
    model.faces.iter().map(|face| face.map(|corner| model.points[corner as usize])).collect()
}

#[test]
fn formats_agree_about_the_same_shape() {
    let wuson = ["off", "ply", "stl"].map(|ending| model(&format!("assimp/Wuson.{ending}")));
    for one in &wuson {
        assert_eq!(one.faces.len(), 3_732, "{}", one.format);
        let (found, expected) = (extents(one), extents(&wuson[0]));
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-5), "{}: {found:?}", one.format);
    }
    let [text, binary] = ["ascii", "binary"].map(|kind| model(&format!("assimp/Spider_{kind}.stl")));
    assert_eq!((text.faces.len(), binary.faces.len()), (1_368, 1_368));
    for (one, other) in triangles(&text).iter().flatten().flatten().zip(triangles(&binary).iter().flatten().flatten()) {
        assert!((one - other).abs() < 1e-4, "{one} {other}");
    }
    assert_eq!(model("assimp/spider.obj").faces.len(), 1_368);
    assert_eq!(model("pypcd4/ascii.pcd").points.len(), model("pypcd4/binary.pcd").points.len());
    assert_eq!(model("pypcd4/binary.pcd").points, model("pypcd4/binary_compressed.pcd").points);
    assert_eq!(model("assimp/sphereWithHole.stl").format, Format::Stl);
}

#[test]
fn damage_is_read_past_or_refused_with_what_is_wrong() {
    for (path, expected) in [
        ("assimp/OutOfMemory.off", "claims 353535235358 points"),
        ("assimp/empty.off", "The file is empty."),
        ("assimp/empty.obj", "The file is empty."),
        ("assimp/empty.ply", "The file is empty."),
        ("pypcd4/ascii_empty.pcd", "The file is empty."),
        ("pypcd4/ascii_invalid_header.pcd", "FIEL is no line of its header"),
        ("pypcd4/ascii_with_empty_points.pcd", "holds no usable point."),
        ("numpy/py2-np0-objarr.npy", "an array of |O8"),
        ("numpy/py2-objarr.npy", "an array of |O8"),
        ("numpy/py3-objarr.npy", "an array of |O."),
        ("numpy/python3.npy", "an array of 1 axes"),
        ("numpy/win64python2.npy", "an array of 1 axes"),
    ] {
        let sentence = refusal(path);
        assert!(sentence.contains(expected), "{path}: {sentence}");
    }
    for (path, faces, notes) in [
        ("assimp/invalid.off", 0, 2),
        ("assimp/malformed.obj", 9, 1),
        ("assimp/malformed2.obj", 10, 1),
        ("assimp/number_formats.obj", 1, 1),
    ] {
        let model = model(path);
        assert_eq!((model.faces.len(), model.notes.len()), (faces, notes), "{path}: {:?}", model.notes);
    }
}

#[test]
fn the_content_goes_before_the_name() {
    for (path, format) in
        [("assimp/cube_binary.ply", Format::Ply), ("assimp/Wuson.stl", Format::Stl), ("pypcd4/binary.pcd", Format::Pcd)]
    {
        assert_eq!(read("wrong.obj", &file(path), &mut |_| {}).expect(path).format, format);
        assert_eq!(read("nameless", &file(path), &mut |_| {}).expect(path).format, format);
    }
}

#[test]
fn the_share_that_is_read_rises_to_one_in_few_steps() {
    let mut heard = vec![];
    read("a.ply", &file("assimp/Wuson.ply"), &mut |share| heard.push(share)).expect("a model");
    assert!(heard.is_sorted() && heard.len() <= 200 && heard.last() == Some(&1.0), "{heard:?}");
}

#[test]
fn a_model_becomes_a_cloud() {
    let model = model("assimp/spider.obj");
    assert_eq!(guess_up(&model), Up::Y);
    let cloud = sample(&model, Up::Y, 1_024, 1).expect("a cloud");
    assert_eq!(cloud.len(), 1_024);
    assert!(cloud.iter().flatten().all(|x| x.abs() <= 1.0 + 1e-5));
}

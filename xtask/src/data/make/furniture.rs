//! furniture10: clouds from the meshes of the Debian package `sweethome3d-furniture`, as `www/data/furniture.tsv` names them
//! (split, class, licence, creator, file, rotation, size).

use std::collections::HashMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use spikeground_readers::{DataSetFile, Form, Model, Part, Up, read, sample_by_area};
use zip::ZipArchive;

use super::unpacked;
use crate::shell::root;

const PACKAGE: &str = "sweethome3d-furniture";
/// Points stored of each cloud; a network takes fewer, others each time.
const POINTS: usize = 1_024;

/// The data set's file.
pub fn file(sources: &Path) -> Result<Vec<u8>> {
    let folder = unpacked(sources, PACKAGE, "furniture")?.join("usr/share/sweethome3d/furniture");
    let manifest = manifest()?;
    let mut classes: Vec<String> = vec![];
    for row in &manifest {
        if !classes.contains(&row["class"]) {
            classes.push(row["class"].clone());
        }
    }
    let mut set = DataSetFile::new(Form::Cloud, "furniture", &classes);
    let mut libraries = HashMap::new();
    for (number, row) in manifest.iter().enumerate() {
        let model = model(&folder, row, &mut libraries).with_context(|| row["id"].clone())?;
        // In the file's own axes y is up.
        let cloud = sample_by_area(&model, Up::Y, POINTS, number as u32)?;
        let label = classes.iter().position(|class| *class == row["class"]).context("a class")?;
        let part = if row["split"] == "test" { Part::HeldOut } else { Part::Train };
        set.add_cloud(part, label, &cloud)?;
    }
    let about = [
        ("licence", "CC0 1.0, CC BY 3.0 and CC BY 3.0 US, mesh by mesh: furniture.tsv"),
        ("credit", "the creators named in furniture.tsv; Sweet Home 3D, eTeks"),
        ("source", "Debian sweethome3d-furniture 1.8, 1,024 points by area of each of 325 meshes"),
        ("split", "as furniture.tsv says; near duplicates are on one side"),
    ];
    Ok(set.finish(&about)?)
}

/// The rows of the manifest, by the names of its columns.
fn manifest() -> Result<Vec<HashMap<String, String>>> {
    let path = root().join("www/data/furniture.tsv");
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().context("the manifest is empty")?.split('\t').collect();
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('\t').collect();
        ensure!(cells.len() == names.len(), "a row of the manifest has {} columns: {line}", cells.len());
        Ok(names.iter().zip(cells).map(|(name, cell)| (name.to_string(), cell.to_string())).collect())
    };
    lines.map(row).collect()
}

/// A mesh, turned and brought to its real size in centimetres as its catalogue says.
fn model(
    folder: &Path,
    row: &HashMap<String, String>,
    libraries: &mut HashMap<PathBuf, ZipArchive<fs::File>>,
) -> Result<Model> {
    let path = folder.join(&row["library"]);
    if !libraries.contains_key(&path) {
        let archive = fs::File::open(&path).with_context(|| path.display().to_string())?;
        libraries.insert(path.clone(), ZipArchive::new(archive)?);
    }
    let library = libraries.get_mut(&path).context("a library")?;
    let mut bytes = vec![];
    library.by_name(row["obj"].trim_start_matches('/'))?.read_to_end(&mut bytes)?;
    let mut model = read("mesh.obj", &bytes, &mut |_| {})?;

    let turn = numbers(&row["modelRotation"])?;
    if let [a, b, c, d, e, f, g, h, i] = turn[..] {
        let turned = |[x, y, z]: [f32; 3]| [a * x + b * y + c * z, d * x + e * y + f * z, g * x + h * y + i * z];
        model.points.iter_mut().for_each(|point| *point = turned(*point));
    }
    // Points that no face uses are no part of the size.
    let used = model.faces.iter().flatten().map(|corner| model.points[*corner as usize]);
    let (mut low, mut high) = ([f32::INFINITY; 3], [f32::NEG_INFINITY; 3]);
    for point in used {
        for axis in 0..3 {
            low[axis] = low[axis].min(point[axis]);
            high[axis] = high[axis].max(point[axis]);
        }
    }
    let &[width, depth, height] = numbers(&row["width_depth_height_cm"])?.as_slice() else {
        anyhow::bail!("a size is three numbers");
    };
    let size = [width, height, depth];
    for point in &mut model.points {
        for axis in 0..3 {
            let extent = high[axis] - low[axis];
            point[axis] = (point[axis] - low[axis]) / if extent > 1e-9 { extent } else { 1.0 } * size[axis];
        }
    }
    Ok(model)
}

fn numbers(text: &str) -> Result<Vec<f32>> {
    text.split_whitespace().map(|number| Ok(number.parse()?)).collect()
}

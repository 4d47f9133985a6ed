//! What the page's reader worker calls: a thin layer over [`spikeground_readers`].

#![cfg(target_arch = "wasm32")]

use js_sys::{Error, Function};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use spikeground_readers::{
    Archive, DataSetFile, Entry, Form, Format, ImageShape, MOST_CLASSES, MOST_FILES, MOST_PIXELS, Model, NAME_END,
    NAME_LETTERS, NMNIST_SIDE, Part, Plan, Skipped, Up, check_image, guess_up, plan, read, sample, sample_by_area,
};
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

/// What was read of a mesh or a cloud.
#[derive(Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct ShapeInfo {
    pub format: Format,
    /// Whether it has faces; else it is a cloud.
    pub mesh: bool,
    pub points: usize,
    pub faces: usize,
    /// The size of its box along x, y and z, in the file's units.
    #[tsify(type = "[number, number, number]")]
    pub extents: [f32; 3],
    /// The axis that seems to point up.
    pub up: Up,
    /// What was left out, in sentences.
    pub notes: Vec<String>,
}

/// A file that a data set may be made of.
#[derive(Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct PlannedFile {
    pub path: String,
    pub size: f64,
}

/// What the page has to know before it fetches this: `wasm/settings.mjs` writes it beside the types.
#[derive(Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct ReaderLimits {
    /// Files of a data set or of an archive, at most.
    pub most_files: usize,
    /// Classes of a data set, at most.
    pub most_classes: usize,
    /// Pixels of an image that is decoded, at most.
    pub most_pixels: f64,
    /// Pixels a side of the sensor of recordings.
    pub recording_side: usize,
    /// Letters of a name that is shown, at most.
    pub name_letters: usize,
    /// Of those, how many stand at the end.
    pub name_end: usize,
}

/// An error as JavaScript sees it: the sentence.
fn sentence(error: impl std::fmt::Display) -> JsValue {
    Error::new(&error.to_string()).into()
}

/// What JavaScript gave.
fn given<T: Tsify<JsType: Clone> + DeserializeOwned>(value: &Ts<T>) -> Result<T, JsValue> {
    value.to_rust().map_err(sentence)
}

/// What JavaScript gets.
fn answer<T: Tsify + Serialize>(value: &T) -> Result<Ts<T>, JsValue> {
    value.into_ts().map_err(sentence)
}

#[wasm_bindgen(start)]
fn start() {
    console_error_panic_hook::set_once();
}

/// Bounds that stand here alone.
#[wasm_bindgen]
pub fn limits() -> Result<Ts<ReaderLimits>, JsValue> {
    answer(&ReaderLimits {
        most_files: MOST_FILES,
        most_classes: MOST_CLASSES,
        most_pixels: MOST_PIXELS as f64,
        recording_side: NMNIST_SIDE,
        name_letters: NAME_LETTERS,
        name_end: NAME_END,
    })
}

/// A mesh or a cloud that was read.
#[wasm_bindgen]
pub struct ShapeReader {
    model: Model,
}

#[wasm_bindgen]
impl ShapeReader {
    /// Reads a file. `watch` hears the share that is read, from 0 to 1. Throws a sentence.
    pub fn read(
        name: &str,
        bytes: &[u8],
        #[wasm_bindgen(unchecked_param_type = "(fraction: number) => void")] watch: &Function,
    ) -> Result<ShapeReader, JsValue> {
        let mut tell = |share: f32| {
            // Whoever watches cannot stop the reading; ending the worker does.
            let _ = watch.call1(&JsValue::NULL, &share.into());
        };
        Ok(Self { model: read(name, bytes, &mut tell).map_err(sentence)? })
    }

    /// What was read.
    pub fn info(&self) -> Result<Ts<ShapeInfo>, JsValue> {
        let Model { format, points, faces, notes } = &self.model;
        let [low, high] = self.model.bounds();
        answer(&ShapeInfo {
            format: *format,
            mesh: self.model.is_mesh(),
            points: points.len(),
            faces: faces.len(),
            extents: [0, 1, 2].map(|axis| high[axis] - low[axis]),
            up: guess_up(&self.model),
            notes: notes.iter().map(|note| note.sentence.clone()).collect(),
        })
    }

    /// `count` points for each of `ups` in turn, `[ups * count * 3]`: the same points, turned so that that axis is z; in the unit
    /// ball, in farthest point order: the first few are spread evenly, too.
    pub fn clouds(&self, ups: Vec<Ts<Up>>, count: usize, seed: u32) -> Result<Vec<f32>, JsValue> {
        let points = sample(&self.model, Up::Z, count, seed).map_err(sentence)?;
        let turned = |up: &Ts<Up>| Ok(given(up)?.turn(&points));
        let clouds: Vec<_> = ups.iter().map(turned).collect::<Result<_, JsValue>>()?;
        Ok(clouds.concat().into_flattened())
    }
}

/// A zip archive.
#[wasm_bindgen]
pub struct ArchiveReader {
    archive: Archive<Vec<u8>>,
}

#[wasm_bindgen]
impl ArchiveReader {
    /// Looks at what is in an archive. Throws a sentence.
    #[wasm_bindgen(constructor)]
    pub fn new(bytes: Vec<u8>) -> Result<ArchiveReader, JsValue> {
        Ok(Self { archive: Archive::new(bytes).map_err(sentence)? })
    }

    /// Its files.
    pub fn entries(&self) -> Result<Vec<Ts<Entry>>, JsValue> {
        self.archive.entries().iter().map(answer).collect()
    }

    /// What was left out, in sentences.
    pub fn notes(&self) -> Vec<String> {
        self.archive.notes()
    }

    /// What was left out, file by file.
    #[wasm_bindgen(js_name = leftOut)]
    pub fn left_out(&self) -> Result<Vec<Ts<Skipped>>, JsValue> {
        self.archive.left_out().iter().map(answer).collect()
    }

    /// The bytes of a file, by its index. Throws a sentence.
    pub fn extract(&mut self, index: usize) -> Result<Vec<u8>, JsValue> {
        self.archive.extract(index).map_err(sentence)
    }
}

/// What becomes of files in folders that are named for their classes. Throws a sentence.
#[wasm_bindgen(js_name = planDataSet)]
pub fn plan_data_set(files: Vec<Ts<PlannedFile>>) -> Result<Ts<Plan>, JsValue> {
    let file = |file: &Ts<PlannedFile>| given(file).map(|PlannedFile { path, size }| (path, size as u64));
    let files: Vec<(String, u64)> = files.iter().map(file).collect::<Result<_, _>>()?;
    answer(&plan(&files).map_err(sentence)?)
}

/// Throws a sentence where an image is none, or too large to be decoded.
#[wasm_bindgen(js_name = checkImage)]
pub fn check(bytes: &[u8]) -> Result<(), JsValue> {
    check_image(bytes).map_err(sentence)
}

/// A data set that is being put together.
#[wasm_bindgen]
pub struct DataSetWriter {
    file: DataSetFile,
}

#[wasm_bindgen]
impl DataSetWriter {
    /// Nothing yet.
    #[wasm_bindgen(constructor)]
    pub fn new(form: Ts<Form>, name: &str, classes: Vec<String>) -> Result<DataSetWriter, JsValue> {
        Ok(Self { file: DataSetFile::new(given(&form)?, name, &classes) })
    }

    /// Takes in a square image, `[channels * side * side]`: greys, 0 (ground) to 255 (ink), or red, then green, then blue. Throws a
    /// sentence.
    #[wasm_bindgen(js_name = addImage)]
    pub fn add_image(
        &mut self,
        part: Ts<Part>,
        label: usize,
        numbers: &[u8],
        channels: usize,
        side: usize,
    ) -> Result<(), JsValue> {
        let shape = ImageShape { channels, height: side, width: side };
        self.file.add_image(given(&part)?, label, numbers, shape).map_err(sentence)
    }

    /// Takes in a cloud, `[points * 3]`, z up, in the unit ball, in random order. Throws a sentence.
    #[wasm_bindgen(js_name = addCloud)]
    pub fn add_cloud(&mut self, part: Ts<Part>, label: usize, cloud: &[f32]) -> Result<(), JsValue> {
        let (points, rest) = cloud.as_chunks();
        if !rest.is_empty() {
            return Err(sentence(format!("a cloud has x, y and z of each point, but {} numbers came", cloud.len())));
        }
        self.file.add_cloud(given(&part)?, label, points).map_err(sentence)
    }

    /// Takes in the points of a mesh or a cloud, its up axis guessed; gives what there is to say of such files, in sentences.
    /// Throws a sentence, and has then taken in nothing.
    #[wasm_bindgen(js_name = addShape)]
    pub fn add_shape(
        &mut self,
        part: Ts<Part>,
        label: usize,
        name: &str,
        bytes: &[u8],
        points: usize,
        seed: u32,
    ) -> Result<Vec<String>, JsValue> {
        let model = read(name, bytes, &mut |_| {}).map_err(sentence)?;
        let cloud = sample_by_area(&model, guess_up(&model), points, seed).map_err(sentence)?;
        self.file.add_cloud(given(&part)?, label, &cloud).map_err(sentence)?;
        Ok(model.notes.into_iter().map(|note| note.of_many).collect())
    }

    /// Takes in a recording of N-MNIST, as its file has it. Throws a sentence, and has then taken in nothing.
    #[wasm_bindgen(js_name = addRecording)]
    pub fn add_recording(&mut self, part: Ts<Part>, label: usize, bytes: &[u8]) -> Result<(), JsValue> {
        self.file.add_recording(given(&part)?, label, bytes).map_err(sentence)
    }

    /// Samples of a part so far.
    pub fn count(&self, part: Ts<Part>) -> Result<usize, JsValue> {
        Ok(self.file.count(given(&part)?))
    }

    /// The data set's file. Throws a sentence where a part has no sample.
    pub fn finish(self) -> Result<Vec<u8>, JsValue> {
        self.file.finish(&[]).map_err(sentence)
    }
}

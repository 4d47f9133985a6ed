//! What a page has to know before it has a core: the defaults, what each setting may be, and what ships. The build writes
//! it beside the types (`wasm/settings.mjs`), so that the page holds no such number of its own.

use std::collections::BTreeMap;

use serde::Serialize;
use tsify::Tsify;
use wasm_bindgen::prelude::*;

use super::convert::parts_of;
use super::lab::sentence;
use super::types::DataForm;
use crate::data::{DRAWING_SIDE, ImageShape, LONG_SIDE, SHIPPED, Shipped};
use crate::model::most_conv_layers;
use crate::probe::EnergyModel;
use crate::session::ranges::{self, HEAD_DEPTH, RANGES};
use crate::session::{COUNTED, LIVE, MOST_CHANGES, MOST_STEPS, NOT_ASKED, NetworkKind, SWITCHES, SessionConfig};

/// What a setting's numbers may be, both ends included.
#[derive(Serialize, Tsify)]
pub struct RangeInfo {
    pub low: f64,
    pub high: f64,
    /// Whether they are counts.
    pub whole: bool,
}

/// How many layers or stages a list of widths may name.
#[derive(Serialize, Tsify)]
pub struct Depth {
    pub least: usize,
    pub most: usize,
}

/// What is known of a data set that ships before it is fetched.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct DataFacts {
    /// One word a class, by label.
    pub classes: Vec<&'static str>,
    pub form: DataForm,
    /// Of an image: 1 for grey, 3 for red, green and blue; 0 for clouds.
    pub channels: usize,
    /// Of an image, 0 for clouds.
    pub height: usize,
    /// Of an image, 0 for clouds.
    pub width: usize,
    /// Points stored of each cloud, 0 for images.
    pub points: usize,
    /// Samples to train on.
    pub train: usize,
    /// Samples held out.
    pub held_out: usize,
    /// Whether it comes with the page; else it is there where somebody has made it.
    pub bundled: bool,
    /// How many times a convnet can halve its images; 0 for clouds.
    pub conv_layers: usize,
}

/// All of it.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// The first run.
    #[tsify(type = "Required<Omit<SessionConfig, 'changes'>>")]
    pub defaults: SessionConfig,
    /// By the name of the setting.
    #[tsify(type = "Record<string, RangeInfo>")]
    pub ranges: BTreeMap<&'static str, RangeInfo>,
    /// Settings that a running network takes.
    #[tsify(type = "Exclude<keyof SessionConfig, 'changes'>[]")]
    pub live: Vec<&'static str>,
    /// Those among them of which it takes no switching on or off; at their default they are off.
    #[tsify(type = "Exclude<keyof SessionConfig, 'changes'>[]")]
    pub switches: Vec<&'static str>,
    /// How many changes a run can have on its way.
    pub most_changes: usize,
    /// How many steps it can take.
    pub most_steps: usize,
    /// Layers or stages, by the shape of the network.
    #[tsify(type = "Record<NetworkKind, Depth>")]
    pub depths: BTreeMap<String, Depth>,
    /// Layers behind a PointNet's maximum.
    pub head_depth: Depth,
    /// By the name of the data set.
    #[tsify(type = "Record<Exclude<DataName, 'own'>, DataFacts>")]
    pub data: BTreeMap<&'static str, DataFacts>,
    /// The longest side that a photograph is worked on at.
    pub photo_side: usize,
    /// The longest side of an image that is taken for a drawing and for no photograph.
    pub drawing_side: usize,
    /// Held-out samples on which firing is counted, at most.
    pub counted: usize,
    /// What stands for an answer that has not been asked for yet.
    pub not_asked: u8,
    /// What an operation costs by each model.
    pub energy: EnergyModels,
}

/// The models that the energy of an inference is estimated by.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct EnergyModels {
    #[serde(rename = "nm45")]
    pub nm_45: EnergyModel,
    pub ternary_paper: EnergyModel,
}

impl From<&Shipped> for DataFacts {
    fn from(shipped: &Shipped) -> Self {
        let (form, ImageShape { channels, height, width }, points) = parts_of(shipped.form);
        let conv_layers = most_conv_layers(height, width);
        let Shipped { train, held_out, bundled, .. } = *shipped;
        let classes = shipped.classes.to_vec();
        Self { classes, form, channels, height, width, points, train, held_out, bundled, conv_layers }
    }
}

/// [`Settings`] as JSON, in which a number is written as shortly as an f32 can be.
#[wasm_bindgen]
pub fn settings() -> Result<String, JsValue> {
    let depth = |(least, most)| Depth { least, most };
    let networks = [NetworkKind::Mlp, NetworkKind::Conv, NetworkKind::Resnet, NetworkKind::Pointnet];
    let ranges = RANGES.iter().map(|range| {
        let (low, high, whole) = (range.low, range.high, range.whole);
        (range.name, RangeInfo { low, high, whole })
    });
    let settings = Settings {
        defaults: SessionConfig::default(),
        ranges: ranges.collect(),
        live: LIVE.into(),
        switches: SWITCHES.into(),
        most_changes: MOST_CHANGES,
        most_steps: MOST_STEPS,
        depths: networks.map(|network| (network.to_string(), depth(ranges::depth(network)))).into(),
        head_depth: depth(HEAD_DEPTH),
        data: SHIPPED.iter().map(|shipped| (shipped.name.as_str(), shipped.into())).collect(),
        photo_side: LONG_SIDE,
        drawing_side: DRAWING_SIDE,
        counted: COUNTED,
        not_asked: NOT_ASKED,
        energy: EnergyModels { nm_45: EnergyModel::NM_45, ternary_paper: EnergyModel::TERNARY_PAPER },
    };
    serde_json::to_string(&settings).map_err(sentence)
}

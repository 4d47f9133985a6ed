//! What a lane is besides its tensors, as a file describes it. A description that says more than this version knows is refused:
//! left out, it would be another run.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::changes::{self, MOST_STEPS};
use super::checkpoint::CheckpointError;
use super::{Diary, NetworkKind, Session, SessionConfig};
use crate::data::{Form, Identity, ImageShape, Normalisation};
use crate::sensor::STATES;

/// The longest side of an image, and classes at most, that a file may speak of.
const MOST_SIDE: usize = 1024;
const MOST_CLASSES: usize = 4096;

/// What a lane is besides its tensors.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct LaneHeader {
    pub config: SessionConfig,
    pub step: usize,
    /// Steps that the optimiser's moments have seen.
    pub optimiser_time: usize,
    /// Of an image; not there where it is one, as in files of before there was colour. Two are the on and off events of a recording.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub channels: usize,
    /// Of an image or of a sensor; 0 where samples are clouds.
    pub height: usize,
    /// Of an image or of a sensor; 0 where samples are clouds.
    pub width: usize,
    pub classes: usize,
    pub normalisation: Normalisation,
    /// The data set, by its content; not there in files of before it was noted.
    #[serde(default)]
    pub identity: Option<Identity>,
    /// Whether the weights are those of the folded network.
    #[serde(default)]
    pub folded: bool,
    /// What the run has noted of its first and last epoch.
    #[serde(default)]
    pub diary: Diary,
    /// Why the run stays where it is, if it does.
    #[serde(default)]
    pub stopped: Option<String>,
}

fn one() -> usize {
    1
}

fn is_one(number: &usize) -> bool {
    *number == 1
}

impl LaneHeader {
    /// Reads one description, with each setting that it has.
    pub(super) fn read(value: Value) -> Result<Self, CheckpointError> {
        let Some(settings) = value.get("config").and_then(Value::as_object) else {
            return Err(CheckpointError::Foreign("a run in it has no settings".into()));
        };
        check_settings(settings)?;
        let header: Self = serde_json::from_value(value)
            .map_err(|_| CheckpointError::Foreign("the description of a run in it is damaged".into()))?;
        let Self { channels, height, width, classes, .. } = header;
        if !header.has_possible_sizes() {
            let sizes = format!("a network of {channels} x {height} x {width} that tells {classes} classes apart");
            return Err(CheckpointError::Foreign(sizes));
        }
        let counts = [header.step, header.optimiser_time, header.diary.largest_count()];
        if counts.iter().any(|count| *count > MOST_STEPS) {
            return Err(CheckpointError::Foreign("a run of more steps than there can be".into()));
        }
        Ok(header)
    }

    /// Whether there can be samples of this size, and as many classes.
    fn has_possible_sizes(&self) -> bool {
        let cloud = self.config.network == NetworkKind::Pointnet;
        let sides = if cloud { 0..=0 } else { 1..=MOST_SIDE };
        let has_sides = sides.contains(&self.height) && sides.contains(&self.width);
        has_sides && [1, STATES, 3].contains(&self.channels) && (1..=MOST_CLASSES).contains(&self.classes)
    }
}

/// Settings that are not there take their defaults: files of before they were added have them not.
fn check_settings(settings: &Map<String, Value>) -> Result<(), CheckpointError> {
    let known = serde_json::to_value(SessionConfig::default()).unwrap_or_default();
    let is_known = |name: &str| known.get(name).is_some() || name == changes::NAME;
    let unknown: Vec<&str> = settings.keys().map(String::as_str).filter(|name| !is_known(name)).collect();
    if !unknown.is_empty() {
        return Err(CheckpointError::UnknownSettings { names: unknown.join(", ") });
    }
    for (name, value) in settings {
        let alone = Map::from_iter([(name.clone(), value.clone())]);
        if serde_json::from_value::<SessionConfig>(Value::Object(alone)).is_err() {
            return Err(CheckpointError::UnknownValue {
                name: name.clone(),
                value: changes::short(&value.to_string()),
            });
        }
    }
    Ok(())
}

impl Session {
    pub(super) fn header(&self, optimiser_time: usize) -> LaneHeader {
        let ImageShape { channels, height, width } = match self.data.form {
            Form::Image(shape) | Form::Recording(shape) => shape,
            Form::Cloud { .. } => ImageShape::grey(0, 0),
        };
        LaneHeader {
            config: self.config.clone(),
            step: self.step,
            optimiser_time,
            channels,
            height,
            width,
            classes: self.data.classes.len(),
            normalisation: self.data.normalisation.clone(),
            identity: Some(self.data.identity()),
            folded: false,
            diary: self.diary.clone(),
            stopped: self.stopped.clone(),
        }
    }
}

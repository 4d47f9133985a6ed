//! Writes data sets as the core reads them: one safetensors file of images (U8), of clouds (U16) or of recordings as they are, labels, and
//! metadata.

use std::collections::HashMap;

use safetensors::Dtype;
use safetensors::tensor::TensorView;
use spikeground_recording::{EVENT_BYTES, NMNIST_SIDE, RecordingError, check};

use crate::{Form, Part};

/// A sample that does not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// A sample of the other form, or of another size than those before it.
    #[error("a sample of {given} numbers does not fit into a data set of samples of {wanted}")]
    Size {
        /// Numbers of the sample.
        given: usize,
        /// Numbers of the samples before it.
        wanted: usize,
    },
    /// An image that is neither grey nor in colour.
    #[error("an image has {0} channels: one, or red, green and blue")]
    Channels(usize),
    /// A file that is no recording.
    #[error(transparent)]
    Recording(#[from] RecordingError),
    /// More than the file can count.
    #[error("there are more events than a data set can hold")]
    Events,
    /// A sample of nothing.
    #[error("a sample has no pixel or point")]
    Nothing,
    /// A class that there is not.
    #[error("a sample is of class {label}, but there are {classes}")]
    Label {
        /// Its class.
        label: usize,
        /// Classes there are.
        classes: usize,
    },
    /// A part without samples.
    #[error("no sample is left {0}")]
    Empty(&'static str),
    /// The file could not be put together.
    #[error("the data set could not be written: {0}")]
    File(String),
}

#[derive(Default)]
struct Samples {
    bytes: Vec<u8>,
    /// In which event each recording ends.
    ends: Vec<u32>,
    labels: Vec<u8>,
}

impl Samples {
    /// In which event each recording begins, and where the last one ends, as the file has it.
    fn starts(&self) -> Vec<u8> {
        std::iter::once(0).chain(self.ends.iter().copied()).flat_map(u32::to_le_bytes).collect()
    }
}

impl Part {
    fn place(self) -> usize {
        usize::from(self == Self::HeldOut)
    }
}

/// The shape of an image, `[channels, height, width]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageShape {
    /// One for grey; three for red, green and blue.
    pub channels: usize,
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
}

impl ImageShape {
    /// Numbers of an image; of what is too large to be counted, the largest number.
    pub fn count(self) -> usize {
        self.channels.saturating_mul(self.height).saturating_mul(self.width)
    }

    /// As a tensor of the file has it: that of greys says nothing of channels, as before there was colour.
    fn dimensions(self) -> Result<Vec<usize>, WriteError> {
        match self.channels {
            1 => Ok(vec![self.height, self.width]),
            3 => Ok(vec![self.channels, self.height, self.width]),
            channels => Err(WriteError::Channels(channels)),
        }
    }
}

/// A data set that is being put together.
pub struct DataSetFile {
    form: Form,
    name: String,
    classes: Vec<String>,
    /// Of a sample.
    shape: Option<Vec<usize>>,
    parts: [Samples; 2],
}

impl DataSetFile {
    /// Nothing yet.
    pub fn new(form: Form, name: &str, classes: &[String]) -> Self {
        Self { form, name: name.into(), classes: classes.to_vec(), shape: None, parts: Default::default() }
    }

    /// Takes in an image, `[channels * height * width]`: greys, 0 (ground) to 255 (ink), or red, then green, then blue.
    ///
    /// # Errors
    ///
    /// When it is of another shape than the first, or its class is not among the data set's.
    pub fn add_image(&mut self, part: Part, label: usize, numbers: &[u8], shape: ImageShape) -> Result<(), WriteError> {
        let dimensions = shape.dimensions()?;
        if self.form != Form::Image || shape.count() != numbers.len() {
            return Err(WriteError::Size { given: numbers.len(), wanted: shape.count() });
        }
        self.take(part, label, dimensions)?.bytes.extend_from_slice(numbers);
        Ok(())
    }

    /// Takes in a cloud, z up, in the unit ball.
    ///
    /// # Errors
    ///
    /// When it has another number of points than the first, or its class is not among the data set's.
    pub fn add_cloud(&mut self, part: Part, label: usize, points: &[[f32; 3]]) -> Result<(), WriteError> {
        if self.form != Form::Cloud {
            return Err(WriteError::Size { given: points.len() * 3, wanted: 0 });
        }
        let bytes = points.iter().flatten().flat_map(|x| {
            let number = ((x + 1.0) / 2.0 * f32::from(u16::MAX)).round().clamp(0.0, f32::from(u16::MAX));
            (number as u16).to_le_bytes()
        });
        self.take(part, label, vec![points.len(), 3])?.bytes.extend(bytes);
        Ok(())
    }

    /// Takes in a recording of N-MNIST, as its file has it.
    ///
    /// # Errors
    ///
    /// When it is none, or its class is not among the data set's; nothing of it is taken in then.
    pub fn add_recording(&mut self, part: Part, label: usize, bytes: &[u8]) -> Result<(), WriteError> {
        if self.form != Form::Recording {
            return Err(WriteError::Size { given: bytes.len(), wanted: 0 });
        }
        check(bytes, NMNIST_SIDE, NMNIST_SIDE)?;
        let all = self.parts[part.place()].bytes.len() as u64 + bytes.len() as u64;
        let end = u32::try_from(all / EVENT_BYTES as u64).map_err(|_| WriteError::Events)?;
        let samples = self.take(part, label, vec![NMNIST_SIDE, NMNIST_SIDE])?;
        samples.bytes.extend_from_slice(bytes);
        samples.ends.push(end);
        Ok(())
    }

    fn take(&mut self, part: Part, label: usize, shape: Vec<usize>) -> Result<&mut Samples, WriteError> {
        if shape.contains(&0) {
            return Err(WriteError::Nothing);
        }
        let classes = self.classes.len();
        let number = u8::try_from(label).ok().filter(|_| label < classes);
        let number = number.ok_or(WriteError::Label { label, classes })?;
        let wanted = self.shape.get_or_insert_with(|| shape.clone());
        if *wanted != shape {
            return Err(WriteError::Size { given: shape.iter().product(), wanted: wanted.iter().product() });
        }
        let samples = &mut self.parts[part.place()];
        samples.labels.push(number);
        Ok(samples)
    }

    /// Samples of a part so far.
    pub fn count(&self, part: Part) -> usize {
        self.parts[part.place()].labels.len()
    }

    /// The file, with what there is to say about the data in its metadata: licence, credit, source, split.
    ///
    /// # Errors
    ///
    /// When a part has no sample.
    pub fn finish(self, about: &[(&str, &str)]) -> Result<Vec<u8>, WriteError> {
        let (what, dtype) = match self.form {
            Form::Image => ("images", Dtype::U8),
            Form::Cloud => ("clouds", Dtype::U16),
            Form::Recording => ("events", Dtype::U8),
        };
        let file = |error: &dyn std::fmt::Display| WriteError::File(error.to_string());
        let starts = self.parts.each_ref().map(Samples::starts);
        let mut views = vec![];
        for ((name, words, part), starts) in
            [("train", "to train on", &self.parts[0]), ("held_out", "to hold out", &self.parts[1])]
                .into_iter()
                .zip(&starts)
        {
            let count = part.labels.len();
            if count == 0 {
                return Err(WriteError::Empty(words));
            }
            let shape = match self.form {
                Form::Recording => {
                    let starts = TensorView::new(Dtype::U32, vec![count + 1], starts).map_err(|e| file(&e))?;
                    views.push((format!("{name}_starts"), starts));
                    vec![part.bytes.len()]
                }
                Form::Image | Form::Cloud => {
                    std::iter::once(count).chain(self.shape.iter().flatten().copied()).collect()
                }
            };
            let samples = TensorView::new(dtype, shape, &part.bytes).map_err(|e| file(&e))?;
            let labels = TensorView::new(Dtype::U8, vec![count], &part.labels).map_err(|e| file(&e))?;
            views.extend([(format!("{name}_{what}"), samples), (format!("{name}_labels"), labels)]);
        }
        let classes = serde_json::to_string(&self.classes).map_err(|e| file(&e))?;
        let sensor = format!("[{NMNIST_SIDE}, {NMNIST_SIDE}]");
        let sensor = [("sensor", sensor.as_str())].into_iter().filter(|_| self.form == Form::Recording);
        let own = [("format", "spikeground-data"), ("version", "1"), ("name", &self.name), ("classes", &classes)];
        let entries = own
            .into_iter()
            .chain(sensor)
            .chain(about.iter().copied())
            .map(|(key, value)| (key.to_string(), value.to_string()));
        safetensors::serialize(views, Some(HashMap::from_iter(entries))).map_err(|e| file(&e))
    }
}

#[cfg(test)]
mod tests {
    use safetensors::SafeTensors;

    use super::*;

    fn classes() -> Vec<String> {
        vec!["a".into(), "b".into()]
    }

    #[test]
    fn clouds_are_written_in_16_bits() {
        let mut file = DataSetFile::new(Form::Cloud, "own", &classes());
        file.add_cloud(Part::Train, 1, &[[-1.0, 0.0, 1.0]]).unwrap();
        file.add_cloud(Part::HeldOut, 0, &[[0.5, -2.0, 0.0]]).unwrap();
        let bytes = file.finish(&[("licence", "none")]).unwrap();
        let read = SafeTensors::deserialize(&bytes).unwrap();
        let clouds = read.tensor("train_clouds").unwrap();
        assert_eq!((clouds.dtype(), clouds.shape()), (Dtype::U16, [1, 1, 3].as_slice()));
        assert_eq!(clouds.data(), [0, 0, 0, 128, 255, 255]);
        assert_eq!(read.tensor("held_out_clouds").unwrap().data()[2..4], [0, 0], "what is outside is brought in");
        assert_eq!(read.tensor("train_labels").unwrap().data(), [1]);
    }

    #[test]
    fn images_in_colour_have_their_channels_in_the_file_and_greys_have_none() {
        let colour = ImageShape { channels: 3, height: 1, width: 2 };
        let grey = ImageShape { channels: 1, ..colour };
        for (shape, numbers, dimensions) in
            [(colour, vec![1, 2, 3, 4, 5, 6], vec![2, 3, 1, 2]), (grey, vec![7, 8], vec![2, 1, 2])]
        {
            let mut file = DataSetFile::new(Form::Image, "own", &classes());
            file.add_image(Part::Train, 0, &numbers, shape).unwrap();
            file.add_image(Part::Train, 1, &numbers, shape).unwrap();
            file.add_image(Part::HeldOut, 1, &numbers, shape).unwrap();
            let bytes = file.finish(&[]).unwrap();
            let read = SafeTensors::deserialize(&bytes).unwrap();
            let images = read.tensor("train_images").unwrap();
            assert_eq!((images.dtype(), images.shape()), (Dtype::U8, dimensions.as_slice()));
            assert_eq!(images.data(), numbers.repeat(2));
            assert_eq!(read.tensor("held_out_images").unwrap().shape()[1..], dimensions[1..]);
        }
    }

    #[test]
    fn an_image_of_any_shape_is_taken_in_as_it_is_or_refused() {
        let shapes = (0..5)
            .flat_map(|channels| (0..4).flat_map(move |height| (0..4).map(move |width| (channels, height, width))));
        for ((channels, height, width), count) in shapes.flat_map(|shape| (0..40).map(move |count| (shape, count))) {
            let shape = ImageShape { channels, height, width };
            let numbers: Vec<u8> = (0..count).collect();
            let mut file = DataSetFile::new(Form::Image, "own", &classes());
            let fits = [1, 3].contains(&channels) && count > 0 && shape.count() == numbers.len();
            assert_eq!(file.add_image(Part::Train, 0, &numbers, shape).is_ok(), fits, "{shape:?} of {count} numbers");
            assert_eq!(file.count(Part::Train), usize::from(fits));
            if fits {
                file.add_image(Part::HeldOut, 1, &numbers, shape).unwrap();
                let bytes = file.finish(&[]).unwrap();
                let read = SafeTensors::deserialize(&bytes).unwrap();
                assert_eq!(read.tensor("train_images").unwrap().data(), numbers);
            }
        }
    }

    #[test]
    fn recordings_are_written_as_they_are_and_what_is_none_leaves_nothing_behind() {
        let mut file = DataSetFile::new(Form::Recording, "own", &classes());
        let (one, two) = ([3, 4, 0x80, 0, 9], [[0, 33, 0, 0, 1], [33, 0, 0x80, 1, 0]].concat());
        file.add_recording(Part::Train, 1, &one).unwrap();
        file.add_recording(Part::HeldOut, 0, &one).unwrap();
        for wrong in [&two[..9], &[34, 0, 0, 0, 0], &[&two[5..], &two[..5]].concat(), &[]] {
            assert!(matches!(file.add_recording(Part::Train, 0, wrong), Err(WriteError::Recording(_))), "{wrong:?}");
        }
        assert!(file.add_recording(Part::Train, 2, &one).is_err());
        file.add_recording(Part::Train, 0, &two).unwrap();
        assert!(file.add_cloud(Part::Train, 0, &[[0.0; 3]]).is_err());
        let bytes = file.finish(&[]).unwrap();
        let (_, metadata) = SafeTensors::read_metadata(&bytes).unwrap();
        assert_eq!(metadata.metadata().as_ref().unwrap()["sensor"], "[34, 34]");
        let read = SafeTensors::deserialize(&bytes).unwrap();
        assert_eq!(read.tensor("train_events").unwrap().data(), [&one[..], &two].concat());
        assert_eq!(read.tensor("train_starts").unwrap().data(), [0, 1, 3].map(u32::to_le_bytes).concat());
        assert_eq!(read.tensor("train_labels").unwrap().data(), [1, 0]);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let mut file = DataSetFile::new(Form::Image, "own", &classes());
        let shape = ImageShape { channels: 1, height: 2, width: 3 };
        file.add_image(Part::Train, 0, &[0; 6], shape).unwrap();
        let mut add = |label, numbers: &[u8], shape| file.add_image(Part::Train, label, numbers, shape).unwrap_err();
        assert_eq!(add(0, &[0; 4], ImageShape { width: 2, ..shape }), WriteError::Size { given: 4, wanted: 6 });
        assert_eq!(add(0, &[0; 5], shape), WriteError::Size { given: 5, wanted: 6 });
        assert_eq!(add(0, &[], ImageShape { height: 0, ..shape }), WriteError::Nothing);
        assert_eq!(add(2, &[0; 6], shape), WriteError::Label { label: 2, classes: 2 });
        assert_eq!(add(0, &[0; 12], ImageShape { channels: 2, ..shape }), WriteError::Channels(2));
        assert_eq!(add(0, &[0; 18], ImageShape { channels: 3, ..shape }), WriteError::Size { given: 18, wanted: 6 });
        let vast = ImageShape { height: usize::MAX, ..shape };
        assert_eq!(add(0, &[0; 6], vast), WriteError::Size { given: 6, wanted: usize::MAX });
        assert!(file.add_cloud(Part::Train, 0, &[[0.0; 3]]).is_err());
        assert_eq!((file.count(Part::Train), file.count(Part::HeldOut)), (1, 0));
        assert_eq!(file.finish(&[]).unwrap_err().to_string(), "no sample is left to hold out");
    }
}

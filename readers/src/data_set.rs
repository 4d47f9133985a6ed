//! Writes data sets as the core reads them: one safetensors file of images (U8) or of clouds (U16), labels, and metadata.

use std::collections::HashMap;

use safetensors::Dtype;
use safetensors::tensor::TensorView;

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
    labels: Vec<u8>,
}

/// A data set that is being put together.
pub struct DataSetFile {
    form: Form,
    name: String,
    classes: Vec<String>,
    /// Of a sample.
    shape: Option<[usize; 2]>,
    parts: [Samples; 2],
}

impl DataSetFile {
    /// Nothing yet.
    pub fn new(form: Form, name: &str, classes: &[String]) -> Self {
        Self { form, name: name.into(), classes: classes.to_vec(), shape: None, parts: Default::default() }
    }

    /// Takes in an image, `[height * width]`, 0 (ground) to 255 (ink).
    ///
    /// # Errors
    ///
    /// When it is of another size than the first, or its class is not among the data set's.
    pub fn add_image(
        &mut self,
        part: Part,
        label: usize,
        greys: &[u8],
        height: usize,
        width: usize,
    ) -> Result<(), WriteError> {
        let wanted = height.saturating_mul(width);
        if self.form != Form::Image || wanted != greys.len() {
            return Err(WriteError::Size { given: greys.len(), wanted });
        }
        self.take(part, label, [height, width])?.bytes.extend_from_slice(greys);
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
        self.take(part, label, [points.len(), 3])?.bytes.extend(bytes);
        Ok(())
    }

    fn take(&mut self, part: Part, label: usize, shape: [usize; 2]) -> Result<&mut Samples, WriteError> {
        if shape.contains(&0) {
            return Err(WriteError::Nothing);
        }
        let classes = self.classes.len();
        let number = u8::try_from(label).ok().filter(|_| label < classes);
        let number = number.ok_or(WriteError::Label { label, classes })?;
        let wanted = *self.shape.get_or_insert(shape);
        if wanted != shape {
            return Err(WriteError::Size { given: shape.iter().product(), wanted: wanted.iter().product() });
        }
        let samples = &mut self.parts[usize::from(part == Part::HeldOut)];
        samples.labels.push(number);
        Ok(samples)
    }

    /// Samples of a part so far.
    pub fn count(&self, part: Part) -> usize {
        self.parts[usize::from(part == Part::HeldOut)].labels.len()
    }

    /// The file, with what there is to say about the data in its metadata: licence, credit, source, split.
    ///
    /// # Errors
    ///
    /// When a part has no sample.
    pub fn finish(self, about: &[(&str, &str)]) -> Result<Vec<u8>, WriteError> {
        let [one, other] = self.shape.unwrap_or_default();
        let (what, dtype) = match self.form {
            Form::Image => ("images", Dtype::U8),
            Form::Cloud => ("clouds", Dtype::U16),
        };
        let file = |error: &dyn std::fmt::Display| WriteError::File(error.to_string());
        let mut views = vec![];
        for (name, words, part) in
            [("train", "to train on", &self.parts[0]), ("held_out", "to hold out", &self.parts[1])]
        {
            let count = part.labels.len();
            if count == 0 {
                return Err(WriteError::Empty(words));
            }
            let samples = TensorView::new(dtype, vec![count, one, other], &part.bytes).map_err(|e| file(&e))?;
            let labels = TensorView::new(Dtype::U8, vec![count], &part.labels).map_err(|e| file(&e))?;
            views.extend([(format!("{name}_{what}"), samples), (format!("{name}_labels"), labels)]);
        }
        let classes = serde_json::to_string(&self.classes).map_err(|e| file(&e))?;
        let own = [("format", "spikeground-data"), ("version", "1"), ("name", &self.name), ("classes", &classes)];
        let entries = own.iter().chain(about).map(|(key, value)| (key.to_string(), value.to_string()));
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
    fn what_does_not_fit_is_refused() {
        let mut file = DataSetFile::new(Form::Image, "own", &classes());
        file.add_image(Part::Train, 0, &[0; 6], 2, 3).unwrap();
        assert_eq!(file.add_image(Part::Train, 0, &[0; 4], 2, 2), Err(WriteError::Size { given: 4, wanted: 6 }));
        assert_eq!(file.add_image(Part::Train, 0, &[0; 5], 2, 3), Err(WriteError::Size { given: 5, wanted: 6 }));
        assert_eq!(file.add_image(Part::Train, 0, &[], 0, 3), Err(WriteError::Nothing));
        assert_eq!(file.add_image(Part::Train, 2, &[0; 6], 2, 3), Err(WriteError::Label { label: 2, classes: 2 }));
        assert!(file.add_cloud(Part::Train, 0, &[[0.0; 3]]).is_err());
        assert_eq!((file.count(Part::Train), file.count(Part::HeldOut)), (1, 0));
        assert_eq!(file.finish(&[]).unwrap_err().to_string(), "no sample is left to hold out");
    }
}

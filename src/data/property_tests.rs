//! What holds for every file of a data set, tried on some drawn at random.

use proptest::prelude::*;

use super::dataset_tests::{file_of_images, shapes_file, stripes_file};
use super::{DataSet, Form, ImageShape, Part};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn every_grey_and_label_of_a_file_comes_back(
        greys in prop::collection::vec(any::<u8>(), 64..640),
        labels in prop::collection::vec(0..7_u8, 10),
    ) {
        let count = greys.len() / 64;
        let (images, labels) = (greys[..64 * count].to_vec(), labels[..count].to_vec());
        let file = file_of_images([&(images.clone(), labels.clone()), &(images.clone(), labels.clone())], "own", 7);
        let data = DataSet::from_safetensors(&file).expect("a data set");
        prop_assert_eq!((data.form, data.classes.len()), (Form::Image(ImageShape::grey(8, 8)), 7));
        for part in [Part::Train, Part::HeldOut].map(|part| data.part(part)) {
            prop_assert_eq!(part.len(), count);
            for sample in 0..count {
                prop_assert_eq!(part.image(sample), &images[64 * sample..][..64]);
                prop_assert_eq!(part.label(sample), usize::from(labels[sample]));
            }
        }
        prop_assert_eq!(DataSet::from_safetensors(&file).expect("a data set").identity(), data.identity());
    }

    #[test]
    fn damaged_files_are_refused_or_read_but_never_panic(
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        kept in prop::option::of(any::<prop::sample::Index>()),
    ) {
        for mut bytes in [stripes_file(9, 3, "digits"), shapes_file(9, 3)] {
            let header = 8 + u64::from_le_bytes(bytes[..8].try_into().expect("8 bytes")) as usize;
            for (at, byte) in &flips {
                let at = at.index(header);
                bytes[at] = *byte;
            }
            let kept = kept.map_or(bytes.len(), |kept| kept.index(bytes.len()));
            if let Ok(data) = DataSet::from_safetensors(&bytes[..kept]) {
                prop_assert!(data.train.label(data.train.len() - 1) < data.classes.len());
            }
        }
    }

    #[test]
    fn any_bytes_are_no_data_set(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(DataSet::from_safetensors(&bytes).is_err());
    }
}

//! Sheets drawn here and there; what the shipped network makes of photographs stands in `tests/photographs`.

use super::*;

/// A sheet with rings on it, which a network would call zeros: each has a middle and a radius.
fn sheet(width: usize, height: usize, rings: &[(f32, f32, f32)], light: impl Fn(usize, usize) -> f32) -> Vec<u8> {
    let is_ink = |x: usize, y: usize| {
        rings.iter().any(|(cx, cy, radius)| ((x as f32 - cx).hypot(y as f32 - cy) - radius).abs() < 0.14 * radius)
    };
    let grey = |i: usize| {
        let (x, y) = (i % width, i / width);
        (255.0 * light(x, y) * if is_ink(x, y) { 0.3 } else { 1.0 }) as u8
    };
    (0..width * height).map(grey).flat_map(|grey| [grey, grey, grey, 255]).collect()
}

fn read(rgba: &[u8], width: usize, height: usize) -> Photo {
    read_photo(rgba, width, height, DataName::Mnist, InkKind::Guessed).expect("a photograph")
}

#[test]
fn each_digit_is_boxed_left_to_right_across_the_edge_of_a_shadow() {
    let rings = [(300.0, 120.0, 40.0), (100.0, 110.0, 40.0), (200.0, 115.0, 40.0)];
    let photo = read(&sheet(400, 240, &rings, |x, y| if x + y > 320 { 0.4 } else { 0.9 }), 400, 240);
    assert_eq!((photo.digits.len(), photo.doubt, photo.dark_ink), (3, None, true));
    for (digit, middle) in photo.digits.iter().zip([100.0, 200.0, 300.0]) {
        let [left, top, right, bottom] = digit.bounds;
        assert!(((left + right) / 2.0 - middle).abs() < 4.0, "{:?}", digit.bounds);
        assert!((bottom - top - 92.0).abs() < 12.0, "{:?}", digit.bounds);
        assert_eq!((digit.pixels.len(), digit.side), (784, 28));
    }
}

#[test]
fn a_row_that_climbs_is_read_left_to_right_too() {
    let rings: Vec<(f32, f32, f32)> = (0..4).map(|i| (60.0 + 90.0 * i as f32, 200.0 - 30.0 * i as f32, 28.0)).collect();
    let photo = read(&sheet(400, 260, &rings, |_, _| 0.9), 400, 260);
    let lefts: Vec<f32> = photo.digits.iter().map(|digit| digit.bounds[0]).collect();
    assert!(lefts.len() == 4 && lefts.is_sorted(), "{lefts:?}");
}

#[test]
fn light_ink_on_a_dark_board_is_told_and_can_be_said() {
    let mut rgba = sheet(300, 300, &[(150.0, 150.0, 60.0)], |_, _| 0.9);
    rgba.chunks_exact_mut(4).for_each(|pixel| pixel[..3].iter_mut().for_each(|value| *value = 255 - *value));
    let photo = read(&rgba, 300, 300);
    assert_eq!((photo.digits.len(), photo.dark_ink), (1, false));
    let wrong = read_photo(&rgba, 300, 300, DataName::Mnist, InkKind::Dark).expect("a photograph");
    assert!(wrong.dark_ink);
}

#[test]
fn ruled_lines_are_taken_out_and_the_digit_across_them_stays_whole() {
    let lines = |_: usize, y: usize| if y % 30 < 2 { 0.68 } else { 0.9 };
    let photo = read(&sheet(400, 300, &[(200.0, 150.0, 70.0)], lines), 400, 300);
    assert_eq!(photo.digits.len(), 1);
    let clean = read(&sheet(400, 300, &[(200.0, 150.0, 70.0)], |_, _| 0.9), 400, 300);
    let apart: f32 = photo.digits[0].pixels.iter().zip(&clean.digits[0].pixels).map(|(a, b)| (a - b).abs()).sum();
    assert!(apart < 0.15 * clean.digits[0].pixels.iter().sum::<f32>(), "{apart}");
}

#[test]
fn an_image_as_small_as_the_data_sets_own_is_seen_as_before() {
    let rgba = sheet(28, 28, &[(14.0, 14.0, 7.0)], |_, _| 0.9);
    let seen = see(&rgba, 28, 28, DataName::Mnist).expect("seen");
    assert_eq!(read(&rgba, 28, 28).digits[0].pixels, seen.pixels);
}

#[test]
fn a_blank_sheet_holds_nothing_and_what_runs_over_the_edge_is_no_digit() {
    let blank = read(&sheet(200, 100, &[], |x, _| 0.5 + 0.002 * x as f32), 200, 100);
    assert_eq!((blank.digits.len(), blank.doubt), (0, Some(PhotoDoubt::Nothing)));
    let cut = read(&sheet(200, 200, &[(100.0, 10.0, 60.0)], |_, _| 0.9), 200, 200);
    assert_eq!((cut.digits.len(), cut.doubt), (0, Some(PhotoDoubt::Nothing)));
}

#[test]
fn a_hundred_rings_are_no_photograph_of_digits() {
    let rings: Vec<(f32, f32, f32)> =
        (0..100).map(|i| (30.0 + 45.0 * (i % 10) as f32, 30.0 + 45.0 * (i / 10) as f32, 15.0)).collect();
    assert_eq!(read(&sheet(480, 480, &rings, |_, _| 0.9), 480, 480).doubt, Some(PhotoDoubt::Crowded));
}

#[test]
fn sizes_that_do_not_fit_or_are_too_large_are_refused_with_a_sentence() {
    let refused = |width, height| {
        read_photo(&[0; 8], width, height, DataName::Mnist, InkKind::Dark).expect_err("refused").to_string()
    };
    assert!(refused(usize::MAX, 2).contains("a smaller copy will do"));
    assert!(refused(200, 100).contains("needs 80000 bytes"));
    let cloud = read_photo(&[0; 8], 2, 1, DataName::Furniture, InkKind::Dark);
    assert_eq!(cloud, Err(ImageError::NoImages));
}

#[cfg(not(target_arch = "wasm32"))]
mod property {
    use proptest::prelude::*;

    use super::*;

    fn check(rgba: &[u8], width: usize, height: usize) {
        for kind in [InkKind::Guessed, InkKind::Dark, InkKind::Light] {
            for data in [DataName::Mnist, DataName::Digits] {
                let Ok(photo) = read_photo(rgba, width, height, data, kind) else { continue };
                assert_eq!((photo.ink.len(), photo.flattened.len()), (photo.width * photo.height, photo.ink.len()));
                assert!(photo.width.max(photo.height) <= LONG_SIDE);
                for digit in &photo.digits {
                    assert_eq!(digit.pixels.len(), digit.side * digit.side);
                    assert!(digit.pixels.iter().all(|value| (0.0..=1.0).contains(value)));
                    assert!(digit.bounds[0] < digit.bounds[2] && digit.bounds[2] <= width as f32 + 0.5);
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(60) })]

        #[test]
        fn no_picture_of_any_size_breaks_it(
            width in 1..120_usize, height in 1..120_usize, coarse in 1..20_usize, values in prop::collection::vec(any::<u8>(), 64),
        ) {
            let value = |i: usize| values[(i % width / coarse * 7 + i / width / coarse * 13) % 64];
            let rgba: Vec<u8> = (0..width * height).flat_map(|i| [value(i), value(i), value(i), values[i % 64] | 128]).collect();
            check(&rgba, width, height);
        }
    }

    #[test]
    fn the_thinnest_and_the_plainest_pictures_break_nothing() {
        for (width, height) in [(1, 1), (1, 20_000), (20_000, 1), (2, 3000), (65, 1), (1024, 2), (300, 200)] {
            for value in [0, 128, 255] {
                check(&vec![value; 4 * width * height], width, height);
            }
            let speckled: Vec<u8> = (0..4 * width * height).map(|i| (i * 37 % 251) as u8).collect();
            check(&speckled, width, height);
        }
    }
}

//! Pictures of no digits, made by a seed: screenshots of text, textures, blank pages, letters and shapes.

use super::camera::Picture;
use super::chance::Chance;
use super::glyphs::{LETTERS, SHAPES, SMALL, ink};
use super::sheet::{Sheet, smooth, value_noise};

/// What a picture is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nothing {
    Text,
    Texture,
    Blank,
}

/// A picture without digits: text, texture and blank page in turn.
pub fn nothing(seed: u64) -> (Nothing, Picture) {
    let mut chance = Chance::new(seed ^ 0x5eed);
    match seed % 3 {
        0 => (Nothing::Text, text(&mut chance)),
        1 => (Nothing::Texture, texture(&mut chance)),
        _ => (Nothing::Blank, Sheet::drawn(&mut chance).picture(&|_, _| 0.0).taken(&mut chance)),
    }
}

/// A letter or a shape, alone on a sheet as a digit would be.
pub fn letter(seed: u64) -> Picture {
    let mut chance = Chance::new(seed ^ 0x1e77e4);
    let sheet = Sheet::drawn(&mut chance);
    let (across, down) = sheet.room();
    let all: Vec<&str> = LETTERS.iter().chain(&SHAPES).copied().collect();
    let glyph = all[chance.below(all.len())];
    let height = across.min(down) * chance.between(0.6, 1.2);
    let pen = height * chance.between(0.07, 0.16);
    let (x, y) = (chance.between(-0.3, 0.3) * across, chance.between(-0.3, 0.3) * down);
    let mark = |u: f32, v: f32| ink(glyph, u - x + height / 3.0, v - y + height / 2.0, height, pen);
    sheet.picture(&mark).taken(&mut chance)
}

/// Lines of small letters in a window, dark on light or light on dark, sharp as a screen has them.
fn text(chance: &mut Chance) -> Picture {
    let (width, height) = [(640, 480), (800, 600), (360, 640), (512, 300)][chance.below(4)];
    let size = chance.between(7.0, 26.0);
    let pen = (size * chance.between(0.1, 0.2)).max(1.0);
    let (ground, letters) = if chance.happens(0.6) { (0.98, 0.1) } else { (0.1, 0.9) };
    let lines =
        chance.between(1.0, height as f32 / (2.0 * size) - 2.0).min(1.0 + chance.unit().powi(2) * 24.0) as usize;
    let bar = chance.happens(0.5);
    let longest = (width as f32 / size / 0.85) as usize - 4;
    let words: Vec<Vec<Option<&str>>> = (0..lines)
        .map(|_| {
            let count = 5 + chance.below(longest - 4);
            (0..count).map(|_| (!chance.happens(0.16)).then(|| SMALL[chance.below(SMALL.len())])).collect()
        })
        .collect();
    let top = size * 3.0;
    let picture = Picture::from_light(width, height, |x, y| {
        if bar && y < 1.6 * size {
            return 0.5;
        }
        let (row, column) = (((y - top) / (2.0 * size)).floor(), ((x - 2.0 * size) / (0.85 * size)).floor());
        let glyph = if row < 0.0 || column < 0.0 {
            None
        } else {
            words.get(row as usize).and_then(|line| line.get(column as usize))
        };
        let Some(Some(glyph)) = glyph else { return ground };
        let (left, upper) = (2.0 * size + column * 0.85 * size + 0.1 * size, top + row * 2.0 * size + 0.2 * size);
        ground + (letters - ground) * ink(glyph, x - left, y - upper, size, pen)
    });
    if chance.happens(0.5) { picture.taken(chance) } else { picture }
}

fn texture(chance: &mut Chance) -> Picture {
    let (width, height) = [(640, 480), (512, 512), (256, 256), (400, 600)][chance.below(4)];
    let (low, high) = (chance.between(0.05, 0.45), chance.between(0.55, 0.95));
    let turn = chance.between(0.0, std::f32::consts::PI);
    let period = chance.between(8.0, 120.0);
    let salt = chance.below(1 << 20) as u32;
    let kind = chance.below(7);
    let (sin, cos) = turn.sin_cos();
    let soft = chance.between(0.02, 0.5);
    let picture = Picture::from_light(width, height, |x, y| {
        let (u, v) = (cos * x + sin * y, cos * y - sin * x);
        let wave = |t: f32| 0.5 + 0.5 * (t / period * std::f32::consts::TAU).sin();
        let octaves = |x: f32, y: f32| {
            let octave = |k: u32| value_noise(x / period * (1 << k) as f32, y / period * (1 << k) as f32, salt + k);
            0.5 * octave(0) + 0.3 * octave(1) + 0.2 * octave(2)
        };
        let share = match kind {
            0 => wave(u),
            1 => smooth(0.5 - soft, 0.5 + soft, wave(u)),
            2 => f32::from(((u / period).floor() as i32 + (v / period).floor() as i32).rem_euclid(2) as u8),
            3 => octaves(x, y),
            4 => smooth(0.5 - soft / 3.0, 0.5 + soft / 3.0, octaves(x, y)),
            5 => u / 800.0 + 0.3 * value_noise(x, y, salt),
            _ => smooth(
                0.3,
                0.35,
                ((u.rem_euclid(period) - period / 2.0).hypot(v.rem_euclid(period) - period / 2.0)) / period,
            ),
        };
        low + (high - low) * share.clamp(0.0, 1.0)
    });
    picture.taken(chance)
}

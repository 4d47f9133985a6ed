//! What a camera and JPEG make of a sheet: blur, noise, and blocks of eight pixels rounded in frequency.

use std::f32::consts::PI;

use super::chance::Chance;

/// Light as a camera stores it.
pub struct Picture {
    /// `[height * width]`, 0 (black) to 1 (white).
    pub greys: Vec<f32>,
    pub width: usize,
    pub height: usize,
}

impl Picture {
    pub fn from_light(width: usize, height: usize, mut light: impl FnMut(f32, f32) -> f32) -> Self {
        let greys = (0..width * height).map(|i| light((i % width) as f32 + 0.5, (i / width) as f32 + 0.5)).collect();
        Self { greys, width, height }
    }

    /// As a camera takes it.
    pub fn taken(self, chance: &mut Chance) -> Self {
        let (radius, noise, quality) =
            (chance.between(0.5, 1.3), chance.between(0.004, 0.025), chance.between(40.0, 92.0));
        let mut taken = self.blurred(radius);
        for grey in &mut taken.greys {
            *grey = (*grey + noise * chance.spread()).clamp(0.0, 1.0);
        }
        taken.through_jpeg(quality)
    }

    /// Red, green, blue and alpha, eight bits each.
    pub fn rgba(&self) -> Vec<u8> {
        let byte = |grey: &f32| (grey.clamp(0.0, 1.0) * 255.0).round() as u8;
        self.greys.iter().map(byte).flat_map(|grey| [grey, grey, grey, 255]).collect()
    }

    fn blurred(self, deviation: f32) -> Self {
        let weights: Vec<f32> = (-4..=4).map(|d| (-0.5 * (d as f32 / deviation).powi(2)).exp()).collect();
        let sum: f32 = weights.iter().sum();
        let pass = |greys: &[f32], along: usize, across: usize, step: usize, stride: usize| -> Vec<f32> {
            let mut out = vec![0.0; greys.len()];
            for line in 0..across {
                for i in 0..along {
                    let tap = |k: usize| greys[line * stride + (i + k).saturating_sub(4).min(along - 1) * step];
                    let value: f32 = weights.iter().enumerate().map(|(k, weight)| weight * tap(k)).sum();
                    out[line * stride + i * step] = value / sum;
                }
            }
            out
        };
        let rows = pass(&self.greys, self.width, self.height, 1, self.width);
        Self { greys: pass(&rows, self.height, self.width, self.width, 1), ..self }
    }

    /// Every block of eight by eight pixels through JPEG's transform and its table for light at a quality of 1 to 100.
    fn through_jpeg(mut self, quality: f32) -> Self {
        let scale = if quality < 50.0 { 50.0 / quality } else { 2.0 - quality / 50.0 };
        let basis: Vec<[f32; 8]> = (0..8)
            .map(|k| {
                let norm = if k == 0 { 0.125_f32.sqrt() } else { 0.5 };
                std::array::from_fn(|i| norm * ((2 * i + 1) as f32 * k as f32 * PI / 16.0).cos())
            })
            .collect();
        for (top, left) in (0..self.height).step_by(8).flat_map(|y| (0..self.width).step_by(8).map(move |x| (y, x))) {
            let place =
                |x: usize, y: usize| (top + y).min(self.height - 1) * self.width + (left + x).min(self.width - 1);
            let block: [[f32; 8]; 8] =
                std::array::from_fn(|y| std::array::from_fn(|x| 255.0 * self.greys[place(x, y)] - 128.0));
            let by_rows: [[f32; 8]; 8] =
                std::array::from_fn(|y| std::array::from_fn(|k| (0..8).map(|x| basis[k][x] * block[y][x]).sum()));
            let rounded: [[f32; 8]; 8] = std::array::from_fn(|l| {
                std::array::from_fn(|k| {
                    let value: f32 = (0..8).map(|y| basis[l][y] * by_rows[y][k]).sum();
                    let unit = (TABLE[l][k] * scale).round().max(1.0);
                    (value / unit).round() * unit
                })
            });
            let by_columns: [[f32; 8]; 8] =
                std::array::from_fn(|y| std::array::from_fn(|k| (0..8).map(|l| basis[l][y] * rounded[l][k]).sum()));
            for (x, y) in (0..8).flat_map(|y| (0..8).map(move |x| (x, y))) {
                if left + x < self.width && top + y < self.height {
                    let value: f32 = (0..8).map(|k| basis[k][x] * by_columns[y][k]).sum();
                    self.greys[(top + y) * self.width + left + x] = ((value + 128.0) / 255.0).clamp(0.0, 1.0);
                }
            }
        }
        self
    }
}

/// ITU-T T.81, table K.1.
const TABLE: [[f32; 8]; 8] = [
    [16.0, 11.0, 10.0, 16.0, 24.0, 40.0, 51.0, 61.0],
    [12.0, 12.0, 14.0, 19.0, 26.0, 58.0, 60.0, 55.0],
    [14.0, 13.0, 16.0, 24.0, 40.0, 57.0, 69.0, 56.0],
    [14.0, 17.0, 22.0, 29.0, 51.0, 87.0, 80.0, 62.0],
    [18.0, 22.0, 37.0, 56.0, 68.0, 109.0, 103.0, 77.0],
    [24.0, 35.0, 55.0, 64.0, 81.0, 104.0, 113.0, 92.0],
    [49.0, 64.0, 78.0, 87.0, 103.0, 121.0, 120.0, 101.0],
    [72.0, 92.0, 95.0, 98.0, 112.0, 100.0, 103.0, 99.0],
];

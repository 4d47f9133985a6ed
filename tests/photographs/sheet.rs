//! A sheet of paper on a desk under some light, with whatever stands on it.

use super::camera::Picture;
use super::chance::Chance;

/// Smooth from 0 at `low` to 1 at `high`.
pub fn smooth(low: f32, high: f32, x: f32) -> f32 {
    let t = ((x - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// What stands on a sheet: how much ink, 0 to 1, lies at a place, in pixels from the sheet's middle.
pub type Ink<'a> = dyn Fn(f32, f32) -> f32 + 'a;

/// Paper, lines, ink, desk and light.
pub struct Sheet {
    pub width: usize,
    pub height: usize,
    /// Radians that the sheet is turned by.
    pub angle: f32,
    paper: f32,
    ink: f32,
    /// How much of the ink is missing, grain by grain, as with a pencil.
    grain: f32,
    lines: Option<Lines>,
    /// Half the sheet's width and height where a desk shows around it, and how bright the desk is.
    desk: Option<(f32, f32, f32)>,
    light: Light,
    salt: u32,
}

struct Lines {
    spacing: f32,
    offset: f32,
    thickness: f32,
    strength: f32,
    squared: bool,
}

struct Light {
    slope: (f32, f32),
    vignette: f32,
    /// Direction, distance from the middle, how soft and how dark: everything beyond lies in the shadow.
    shadow: Option<(f32, f32, f32, f32)>,
}

impl Sheet {
    pub fn drawn(chance: &mut Chance) -> Self {
        let (width, height) = [(640, 480), (480, 640), (800, 600), (600, 800), (512, 512)][chance.below(5)];
        let (paper, ink, grain) = match chance.unit() {
            // Pen on white, pencil on white, dark ink on a dark ground, chalk.
            p if p < 0.45 => (chance.between(0.8, 0.97), chance.between(0.06, 0.3), 0.0),
            p if p < 0.75 => {
                let paper = chance.between(0.8, 0.97);
                (paper, paper * chance.between(0.55, 0.8), chance.between(0.1, 0.5))
            }
            p if p < 0.9 => (chance.between(0.28, 0.45), chance.between(0.04, 0.1), 0.0),
            _ => (chance.between(0.08, 0.2), chance.between(0.7, 0.95), chance.between(0.0, 0.4)),
        };
        let short = width.min(height) as f32;
        let is_light = paper > 0.5;
        let lines = (is_light && chance.happens(0.5)).then(|| Lines {
            spacing: short * chance.between(0.05, 0.14),
            offset: chance.between(0.0, 100.0),
            thickness: chance.between(0.8, 1.8),
            strength: chance.between(0.06, 0.3),
            squared: chance.happens(0.5),
        });
        let desk = (is_light && chance.happens(0.3)).then(|| {
            let [across, down] = [width, height].map(|side| side as f32 / 2.0 * chance.between(0.74, 0.9));
            (across, down, chance.between(0.12, 0.5))
        });
        let shadow = chance.happens(0.4).then(|| {
            let turn = chance.between(0.0, std::f32::consts::TAU);
            (turn, chance.between(-0.25, 0.3) * short, chance.between(2.0, 40.0), chance.between(0.45, 0.8))
        });
        let light = Light {
            slope: (chance.between(-0.25, 0.25), chance.between(-0.25, 0.25)),
            vignette: chance.between(0.0, 0.3),
            shadow,
        };
        let angle = chance.between(-20.0, 20.0_f32).to_radians();
        Self { width, height, angle, paper, ink, grain, lines, desk, light, salt: chance.below(1 << 20) as u32 }
    }

    /// Half the sides of what of the sheet surely shows, in pixels from its middle.
    pub fn room(&self) -> (f32, f32) {
        let (sin, cos) = (self.angle.sin().abs(), self.angle.cos());
        let (across, down) = (self.width as f32 / 2.0, self.height as f32 / 2.0);
        let shrunk = (across / (cos + sin * down / across)).min(down / (cos + sin * across / down) * across / down);
        let (across, down) = (shrunk, shrunk * down / across);
        match self.desk {
            Some((wide, tall, _)) => (across.min(wide) * 0.9, down.min(tall) * 0.9),
            None => (across * 0.95, down * 0.95),
        }
    }

    pub fn picture(&self, ink: &Ink<'_>) -> Picture {
        let (sin, cos) = self.angle.sin_cos();
        let middle = (self.width as f32 / 2.0, self.height as f32 / 2.0);
        Picture::from_light(self.width, self.height, |x, y| {
            let (dx, dy) = (x - middle.0, y - middle.1);
            let (u, v) = (cos * dx + sin * dy, cos * dy - sin * dx);
            let outside = self.desk.map_or(-1.0, |(wide, tall, _)| (u.abs() - wide).max(v.abs() - tall));
            let desk = self.desk.map_or(0.0, |(_, _, desk)| {
                let wood = 0.12 * value_noise(u / 90.0, v / 7.0, self.salt ^ 7);
                // The sheet throws a little shadow.
                (desk + wood) * (0.7 + 0.3 * smooth(0.0, 9.0, outside))
            });
            let on_sheet = 1.0 - smooth(-0.7, 0.7, outside);
            let reflected = on_sheet * self.reflected(u, v, ink(u, v)) + (1.0 - on_sheet) * desk;
            reflected * self.light.at(dx / middle.0, dy / middle.1, dx, dy)
        })
    }

    fn reflected(&self, u: f32, v: f32, ink: f32) -> f32 {
        let fibre = 1.0 + 0.03 * (value_noise(u / 5.0, v / 5.0, self.salt) - 0.5);
        let lines = self.lines.as_ref().map_or(0.0, |lines| lines.at(u, v));
        let grain = 1.0 - self.grain * value_noise(u / 1.7, v / 1.7, self.salt ^ 3);
        let paper = self.paper * fibre * (1.0 - lines);
        let ink = (ink * grain).clamp(0.0, 1.0);
        // Dark ink over a line stays as dark as the darker of the two.
        let stroke = if self.ink < self.paper { self.ink.min(paper) } else { self.ink };
        paper + (stroke - paper) * ink
    }
}

impl Lines {
    fn at(&self, u: f32, v: f32) -> f32 {
        let near = |x: f32| {
            let from_line = ((x + self.offset).rem_euclid(self.spacing) - self.spacing / 2.0).abs();
            1.0 - smooth(self.thickness / 2.0 - 0.5, self.thickness / 2.0 + 0.5, from_line)
        };
        self.strength * if self.squared { near(u).max(near(v)) } else { near(v) }
    }
}

impl Light {
    /// At a place, from the middle as a share of the half sides and in pixels.
    fn at(&self, x: f32, y: f32, dx: f32, dy: f32) -> f32 {
        let even = 0.82 + self.slope.0 * x * 0.7 + self.slope.1 * y * 0.7 - self.vignette * 0.5 * (x * x + y * y);
        let shadow = self.shadow.map_or(1.0, |(turn, distance, soft, dark)| {
            let beyond = dx * turn.cos() + dy * turn.sin() - distance;
            1.0 - (1.0 - dark) * smooth(-soft / 2.0, soft / 2.0, beyond)
        });
        even.clamp(0.15, 1.0) * shadow
    }
}

/// Random values on a grid, smooth between: 0 to 1.
pub fn value_noise(x: f32, y: f32, salt: u32) -> f32 {
    let (left, top) = (x.floor(), y.floor());
    let value = |dx: i32, dy: i32| {
        let mixed = (left as i32 + dx).wrapping_mul(374_761_393) ^ (top as i32 + dy).wrapping_mul(668_265_263);
        let mixed = (mixed as u32 ^ salt).wrapping_mul(2_246_822_519);
        let mixed = (mixed ^ (mixed >> 15)).wrapping_mul(3_266_489_917);
        (mixed ^ (mixed >> 16)) as f32 / u32::MAX as f32
    };
    let (s, t) = (smooth(0.0, 1.0, x - left), smooth(0.0, 1.0, y - top));
    let upper = value(0, 0) + s * (value(1, 0) - value(0, 0));
    let lower = value(0, 1) + s * (value(1, 1) - value(0, 1));
    upper + t * (lower - upper)
}

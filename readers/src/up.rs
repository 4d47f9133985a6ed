//! Which axis of a file points up. Most files do not say.

use serde::{Deserialize, Serialize};

use crate::{Format, Model};

/// The axis that points up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Up {
    /// x.
    X,
    /// y.
    Y,
    /// z.
    Z,
    /// The other way along x.
    NegX,
    /// The other way along y.
    NegY,
    /// The other way along z.
    NegZ,
}

impl Up {
    /// A point turned so that z is up; a turn, never a mirror image.
    pub(crate) fn to_z(self, [x, y, z]: [f64; 3]) -> [f64; 3] {
        match self {
            Self::X => [y, z, x],
            Self::Y => [x, -z, y],
            Self::Z => [x, y, z],
            Self::NegX => [z, y, -x],
            Self::NegY => [x, z, -y],
            Self::NegZ => [x, -y, -z],
        }
    }
}

/// Points looked at for a guess.
const LOOKED_AT: usize = 4_096;
/// Made things are alike left and right, and often front and back, but not above and below: how much further the mass has to
/// lie from the middle along one axis than along the other.
const CLEAR: f64 = 3.0;
/// And how far, in the size of the box, to mean anything.
const LEAST: f64 = 0.06;

/// A guess: what the format's programs usually write (OBJ with y up, the others with z up), unless the shape is even along
/// that axis and clearly uneven along the other of the two.
pub fn guess_up(model: &Model) -> Up {
    let usual = if model.format == Format::Obj { Up::Y } else { Up::Z };
    let [low, high] = model.bounds();
    let step = model.points.len().div_ceil(LOOKED_AT).max(1);
    let uneven = |axis: usize| {
        let size = f64::from(high[axis]) - f64::from(low[axis]);
        if size <= 0.0 {
            return 0.0;
        }
        let looked = model.points.iter().step_by(step).map(|point| f64::from(point[axis]));
        let (count, sum) = looked.fold((0.0, 0.0), |(count, sum), x| (count + 1.0, sum + x));
        ((sum / count - 0.5 * (f64::from(low[axis]) + f64::from(high[axis]))) / size).abs()
    };
    let (of_y, of_z) = (uneven(1), uneven(2));
    match usual {
        Up::Y if of_z > LEAST && of_z > CLEAR * of_y => Up::Z,
        Up::Z if of_y > LEAST && of_y > CLEAR * of_z => Up::Y,
        usual => usual,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_axis_turns_to_z_without_mirroring() {
        for (up, axis) in [
            (Up::X, [1.0, 0.0, 0.0]),
            (Up::Y, [0.0, 1.0, 0.0]),
            (Up::Z, [0.0, 0.0, 1.0]),
            (Up::NegX, [-1.0, 0.0, 0.0]),
            (Up::NegY, [0.0, -1.0, 0.0]),
            (Up::NegZ, [0.0, 0.0, -1.0]),
        ] {
            assert_eq!(up.to_z(axis), [0.0, 0.0, 1.0]);
            let [a, b, c] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]].map(|e| up.to_z(e));
            let determinant = a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0])
                + a[2] * (b[0] * c[1] - b[1] * c[0]);
            assert_eq!(determinant, 1.0, "{up:?}");
        }
    }

    #[test]
    fn a_lamp_stands_on_its_foot_whatever_the_format() {
        // A foot, a rod and a shade: even around the rod, heavy above.
        let lamp = |axis: usize, format: Format| {
            let mut points = vec![];
            for i in 0..90 {
                let (angle, height) = (i as f32 * 0.7, if i % 3 == 0 { 0.1 } else { 9.0 + (i % 5) as f32 * 0.2 });
                let mut point = [angle.cos(), angle.cos(), angle.cos()];
                point[(axis + 1) % 3] = angle.cos();
                point[(axis + 2) % 3] = angle.sin();
                point[axis] = height;
                points.push(point);
            }
            guess_up(&Model { format, points, faces: vec![], notes: vec![] })
        };
        assert_eq!(lamp(1, Format::Obj), Up::Y);
        assert_eq!(lamp(2, Format::Obj), Up::Z);
        assert_eq!(lamp(2, Format::Ply), Up::Z);
        assert_eq!(lamp(1, Format::Stl), Up::Y);
    }
}

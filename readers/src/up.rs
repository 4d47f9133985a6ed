//! Which axis of a file points up. Most files do not say.

use std::ops::Neg;

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
    /// Points turned so that z is up; a turn, never a mirror image.
    pub fn turn(self, points: &[[f32; 3]]) -> Vec<[f32; 3]> {
        points.iter().map(|point| self.to_z(*point)).collect()
    }

    /// A point turned so that z is up; a turn, never a mirror image.
    pub(crate) fn to_z<F: Neg<Output = F>>(self, [x, y, z]: [F; 3]) -> [F; 3] {
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

/// A guess, by what the programs that write a format usually do: y up in OBJ, z in all others. The shape itself tells too
/// little: judged by how evenly its points lie along each axis, one piece of furniture in six would be laid on its side.
pub fn guess_up(model: &Model) -> Up {
    match model.format {
        Format::Obj => Up::Y,
        Format::Off | Format::Ply | Format::Stl | Format::Pcd | Format::Xyz | Format::Npy => Up::Z,
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
}

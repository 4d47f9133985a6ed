//! Numbers as binary files store them.

/// What a stored number is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scalar {
    /// Whole, of so many bytes.
    Signed(usize),
    /// Whole and not negative, of so many bytes.
    Unsigned(usize),
    /// A float of 2, 4 or 8 bytes.
    Float(usize),
}

impl Scalar {
    /// Bytes of it.
    pub fn size(self) -> usize {
        match self {
            Self::Signed(size) | Self::Unsigned(size) | Self::Float(size) => size,
        }
    }

    /// The number at the beginning of `bytes`, which are as many as it takes at least.
    pub fn read(self, bytes: &[u8], is_big: bool) -> f64 {
        let size = self.size();
        let mut le = [0; 8];
        for (i, byte) in bytes.iter().take(size).enumerate() {
            le[if is_big { size - 1 - i } else { i }] = *byte;
        }
        let whole = u64::from_le_bytes(le);
        let unused = 64 - 8 * size as u32;
        match self {
            Self::Signed(_) => (((whole << unused) as i64) >> unused) as f64,
            Self::Unsigned(_) => whole as f64,
            Self::Float(8) => f64::from_bits(whole),
            Self::Float(4) => f64::from(f32::from_bits(whole as u32)),
            Self::Float(_) => half(whole as u16),
        }
    }
}

/// A float of 16 bits.
fn half(bits: u16) -> f64 {
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff));
    let size = match exponent {
        0 => fraction * 2.0_f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1.0 + fraction / 1024.0) * 2.0_f64.powi(exponent - 15),
    };
    if bits >> 15 == 1 { -size } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_read_in_both_orders() {
        for is_big in [false, true] {
            let read = |scalar: Scalar, mut bytes: Vec<u8>| {
                if is_big {
                    bytes.reverse();
                }
                scalar.read(&bytes, is_big)
            };
            assert_eq!(read(Scalar::Signed(1), vec![0xff]), -1.0);
            assert_eq!(read(Scalar::Unsigned(1), vec![0xff]), 255.0);
            assert_eq!(read(Scalar::Signed(2), (-300_i16).to_le_bytes().to_vec()), -300.0);
            assert_eq!(read(Scalar::Unsigned(8), 7_u64.to_le_bytes().to_vec()), 7.0);
            assert_eq!(read(Scalar::Float(2), 0xc000_u16.to_le_bytes().to_vec()), -2.0);
            assert_eq!(read(Scalar::Float(4), 1.5_f32.to_le_bytes().to_vec()), 1.5);
            assert_eq!(read(Scalar::Float(8), (-0.1_f64).to_le_bytes().to_vec()), -0.1);
        }
    }
}

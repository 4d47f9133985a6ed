//! LZF, which compressed PCD files use: literal runs and copies of what came before.

/// The decompressed bytes, which must be `wanted` and no more; nothing where the data are damaged. The output grows as it
/// is made, and never beyond `wanted`.
pub fn decompress(mut data: &[u8], wanted: usize) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    while let Some((&control, rest)) = data.split_first() {
        data = rest;
        let high = usize::from(control >> 5);
        if high == 0 {
            let (literal, rest) = data.split_at_checked(usize::from(control) + 1)?;
            out.extend_from_slice(literal);
            data = rest;
        } else {
            let mut length = high + 2;
            if high == 7 {
                let (&more, rest) = data.split_first()?;
                length += usize::from(more);
                data = rest;
            }
            let (&low, rest) = data.split_first()?;
            data = rest;
            let back = (usize::from(control & 0x1f) << 8 | usize::from(low)) + 1;
            let from = out.len().checked_sub(back)?;
            if out.len() + length > wanted {
                return None;
            }
            // What is copied may reach into itself.
            for i in from..from + length {
                out.push(out[i]);
            }
        }
        if out.len() > wanted {
            return None;
        }
    }
    (out.len() == wanted).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_and_copies_come_out_and_damage_is_noticed() {
        // "abc", then 6 bytes from 3 back, which repeats them twice.
        let data = [2, b'a', b'b', b'c', 4 << 5, 2];
        assert_eq!(decompress(&data, 9).as_deref(), Some(b"abcabcabc".as_slice()));
        assert_eq!(decompress(&data, 8), None);
        assert_eq!(decompress(&data, 10), None);
        assert_eq!(decompress(&data[..5], 9), None);
        assert_eq!(decompress(&[4 << 5, 2], 6), None, "nothing has come before");
    }
}

//! LZF, which compressed PCD files use: literal runs and copies of what came before.

/// How far back a copy may begin.
const WINDOW: usize = 1 << 13;

/// Hands the decompressed bytes to `take` one by one, and keeps none but the last few that copies may be made of. They must
/// be `wanted` and no more; false where the data are damaged.
pub fn decompress(mut data: &[u8], wanted: u64, mut take: impl FnMut(u8)) -> bool {
    let (mut window, mut done) = ([0; WINDOW], 0_u64);
    let mut put = |byte: u8, window: &mut [u8; WINDOW], done: &mut u64| {
        window[*done as usize % WINDOW] = byte;
        *done += 1;
        take(byte);
    };
    while let Some((&control, rest)) = data.split_first() {
        data = rest;
        let high = usize::from(control >> 5);
        if high == 0 {
            let Some((literal, rest)) = data.split_at_checked(usize::from(control) + 1) else { return false };
            data = rest;
            if done + literal.len() as u64 > wanted {
                return false;
            }
            literal.iter().for_each(|byte| put(*byte, &mut window, &mut done));
        } else {
            let mut length = high + 2;
            if high == 7 {
                let Some((&more, rest)) = data.split_first() else { return false };
                length += usize::from(more);
                data = rest;
            }
            let Some((&low, rest)) = data.split_first() else { return false };
            data = rest;
            let back = (u64::from(control & 0x1f) << 8 | u64::from(low)) + 1;
            if back > done || done + length as u64 > wanted {
                return false;
            }
            // What is copied may reach into itself.
            for _ in 0..length {
                put(window[(done - back) as usize % WINDOW], &mut window, &mut done);
            }
        }
    }
    done == wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unpacked(data: &[u8], wanted: u64) -> Option<Vec<u8>> {
        let mut out = vec![];
        decompress(data, wanted, |byte| out.push(byte)).then_some(out)
    }

    #[test]
    fn runs_and_copies_come_out_and_damage_is_noticed() {
        // "abc", then 6 bytes from 3 back, which repeats them twice.
        let data = [2, b'a', b'b', b'c', 4 << 5, 2];
        assert_eq!(unpacked(&data, 9).as_deref(), Some(b"abcabcabc".as_slice()));
        assert_eq!(unpacked(&data, 8), None);
        assert_eq!(unpacked(&data, 10), None);
        assert_eq!(unpacked(&data[..5], 9), None);
        assert_eq!(unpacked(&[4 << 5, 2], 6), None, "nothing has come before");
    }

    #[test]
    fn a_copy_may_reach_back_as_far_as_can_be_said() {
        // 256 runs of 32 bytes, then three bytes from 8,192 back: the very first.
        let runs: Vec<u8> = (0..=255).flat_map(|i: u8| [&[31][..], &[i; 32]].concat()).collect();
        let out = unpacked(&[&runs[..], &[1 << 5 | 0x1f, 0xff]].concat(), 8_195).expect("whole");
        assert_eq!(out[8_192..], [0, 0, 0]);
    }
}

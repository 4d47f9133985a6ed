//! How large an image is, by what stands at its beginning, so that one that would fill the memory is never decoded. Sizes come
//! from the crate imagesize; it takes a GIF's screen for its picture, and multiplies in 32 bits the sizes that an AVIF
//! names, so these two are looked at here.

use crate::limits::MOST_PIXELS;

/// Bytes in which an AVIF names its sizes.
const NEAR: usize = 64 << 10;

/// An image that is better not decoded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// No size can be found.
    #[error("It is no image that is read here, or damaged: PNG, JPEG, GIF, WebP, BMP and AVIF are read.")]
    Unknown,
    /// A size that memory may not hold.
    #[error("It is an image of {0} million pixels, and up to {most} million are decoded here: a smaller copy can be read.", most = MOST_PIXELS / 1_000_000)]
    TooLarge(u64),
}

/// Whether an image is safe to decode.
///
/// # Errors
///
/// When it is no image, or one of too many pixels.
pub fn check_image(bytes: &[u8]) -> Result<(), ImageError> {
    let [width, height] = size(bytes).filter(|size| !size.contains(&0)).ok_or(ImageError::Unknown)?;
    match width.saturating_mul(height) {
        pixels if pixels > MOST_PIXELS => Err(ImageError::TooLarge(pixels.div_ceil(1_000_000))),
        _ => Ok(()),
    }
}

fn size(bytes: &[u8]) -> Option<[u64; 2]> {
    if bytes.starts_with(b"GIF8") {
        return gif(bytes);
    }
    if bytes.get(4..8) == Some(b"ftyp") {
        return avif(&bytes[..bytes.len().min(NEAR)]);
    }
    let size = imagesize::blob_size(bytes).ok()?;
    Some([size.width as u64, size.height as u64])
}

fn short(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..at + 2)?.try_into().ok().map(|pair| u64::from(u16::from_le_bytes(pair)))
}

/// The larger of the screen and the first picture on it, which browsers make room for.
fn gif(bytes: &[u8]) -> Option<[u64; 2]> {
    let screen = [short(bytes, 6)?, short(bytes, 8)?];
    let colours = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    let mut at = 13 + colours(*bytes.get(10)?);
    // Blocks in front of the picture: a mark, a kind, and pieces with their lengths, up to one of length 0.
    while *bytes.get(at)? == 0x21 {
        at += 2;
        while let length @ 1.. = usize::from(*bytes.get(at)?) {
            at += 1 + length;
        }
        at += 1;
    }
    let picture = [0, 2].map(|offset| Some(short(bytes, at + 1 + offset)? + short(bytes, at + 5 + offset)?));
    (*bytes.get(at)? == 0x2c).then_some(())?;
    Some([screen[0].max(picture[0]?), screen[1].max(picture[1]?)])
}

/// The largest of the sizes that are named: of the picture, and of the tiles that it may be put together from.
fn avif(bytes: &[u8]) -> Option<[u64; 2]> {
    let named = bytes.windows(16).filter(|window| window.starts_with(b"ispe"));
    let sizes = named.map(|window| {
        [8, 12].map(|at| window[at..at + 4].iter().fold(0, |number: u64, byte| number << 8 | u64::from(*byte)))
    });
    sizes.max_by_key(|[width, height]| width.saturating_mul(*height))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The beginning of a PNG.
    fn png(width: u32, height: u32) -> Vec<u8> {
        let size = [width, height].map(u32::to_be_bytes).concat();
        [b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".as_slice(), &size, &[8, 0, 0, 0, 0]].concat()
    }

    fn jpeg(width: u16, height: u16) -> Vec<u8> {
        let size = [height, width].map(u16::to_be_bytes).concat();
        [b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x11\x08".as_slice(), &size, &[1, 1, 0x11, 0]].concat()
    }

    fn gif(screen: u16, picture: u16) -> Vec<u8> {
        let [screen, picture] = [screen, picture].map(u16::to_le_bytes);
        let start =
            [b"GIF89a".as_slice(), &screen, &screen, &[0, 0, 0], b"\x21\xf9\x04\0\0\0\0\0\x2c\0\0\0\0"].concat();
        [&start[..], &picture, &picture, &[0]].concat()
    }

    fn avif(width: u32, height: u32) -> Vec<u8> {
        let size = [width, height].map(u32::to_be_bytes).concat();
        [b"\0\0\0\x14ftypavif\0\0\0\0mif1 boxes \0\0\0\x14ispe\0\0\0\0".as_slice(), &size].concat()
    }

    fn bmp(width: u32, height: u32) -> Vec<u8> {
        let size = [width, height].map(u32::to_le_bytes).concat();
        [b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0".as_slice(), &size, &[1, 0, 24, 0]].concat()
    }

    fn webp(side: u32) -> Vec<u8> {
        let size = &(side - 1).to_le_bytes()[..3];
        [b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0".as_slice(), size, size].concat()
    }

    #[test]
    fn images_of_every_kind_are_let_through_and_their_bombs_are_stopped() {
        for (small, large) in [
            (png(28, 28), png(30_000, 30_000)),
            (jpeg(28, 28), jpeg(60_000, 60_000)),
            (gif(28, 28), gif(60_000, 28)),
            (gif(28, 28), gif(28, 60_000)),
            (avif(28, 28), avif(65_536, 65_536)),
            (bmp(28, 28), bmp(30_000, 30_000)),
            (webp(28), webp(16_000)),
        ] {
            assert_eq!(check_image(&small), Ok(()), "{:?}", &small[..8]);
            assert!(matches!(check_image(&large), Err(ImageError::TooLarge(200..))), "{:?}", &large[..8]);
        }
        let sentence = check_image(&png(30_000, 30_000)).expect_err("refused").to_string();
        assert_eq!(
            sentence,
            "It is an image of 900 million pixels, and up to 64 million are decoded here: a smaller copy can be read."
        );
    }

    #[test]
    fn what_is_cut_off_or_no_image_is_refused() {
        for whole in [png(28, 28), jpeg(28, 28), gif(28, 28), bmp(28, 28), webp(28)] {
            for length in 0..whole.len() {
                let _ = check_image(&whole[..length]);
            }
            assert_eq!(check_image(&whole[..4]), Err(ImageError::Unknown));
        }
        assert_eq!(check_image(b"no image"), Err(ImageError::Unknown));
        assert_eq!(check_image(&png(0, 28)), Err(ImageError::Unknown));
    }
}

//! Files that customers send: which kinds are taken, known by what is in them, and what is kept of each. Pictures are drawn
//! anew, so that nothing of the file itself is left: no place or time of the photograph, nothing hidden behind it.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};
use thiserror::Error;

use crate::text::sensitive::mask;

/// What a kept file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaType {
    /// A JPEG picture.
    Jpeg,
    /// A PNG picture.
    Png,
    /// A PDF document.
    Pdf,
}

impl MediaType {
    /// Returns its name on the web.
    pub fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Pdf => "application/pdf",
        }
    }

    fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Pdf => "pdf",
        }
    }
}

/// Why a file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NotKept {
    /// It is of another kind, whatever its name says.
    #[error("send a picture (JPEG, PNG, WebP) or a PDF")]
    Kind,
    /// It is not whole.
    #[error("the file is damaged")]
    Damaged,
    /// It has too many pixels.
    #[error("the picture is too large: at most {} megapixels", MOST_PIXELS / 1_000_000)]
    TooLarge,
}

/// What is kept of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// What it is.
    pub media: MediaType,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// Pixels of a picture: more than telephones usually make, and little enough to be drawn in memory.
const MOST_PIXELS: u64 = 50_000_000;

/// Bytes that drawing a picture may take.
const MOST_MEMORY: u64 = 400 << 20;

/// How well a JPEG is drawn, of 100: what is written on a screen stays legible.
const QUALITY: u8 = 90;

/// Returns what is kept of a file.
///
/// # Errors
/// Fails on what is no picture or PDF, is damaged or too large.
pub fn kept(bytes: Vec<u8>) -> Result<Kept, NotKept> {
    let format = match bytes.as_slice() {
        [0xff, 0xd8, 0xff, ..] => ImageFormat::Jpeg,
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => ImageFormat::Png,
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => ImageFormat::WebP,
        [b'%', b'P', b'D', b'F', b'-', ..] => return Ok(Kept { media: MediaType::Pdf, bytes }),
        _ => return Err(NotKept::Kind),
    };
    let picture = read(&bytes, format)?;
    // A JPEG stays one; of the others those that may be photographs become one.
    let is_photograph = match format {
        ImageFormat::Jpeg => true,
        ImageFormat::WebP => !picture.color().has_alpha(),
        _ => false,
    };
    let mut drawn = Vec::new();
    let (media, written) = if is_photograph {
        let encoder = JpegEncoder::new_with_quality(&mut drawn, QUALITY);
        (MediaType::Jpeg, DynamicImage::from(picture.into_rgb8()).write_with_encoder(encoder))
    } else {
        (MediaType::Png, picture.write_to(&mut Cursor::new(&mut drawn), ImageFormat::Png))
    };
    written.map_err(|_| NotKept::Damaged)?;
    Ok(Kept { media, bytes: drawn })
}

/// Reads a picture, the right way up.
fn read(bytes: &[u8], format: ImageFormat) -> Result<DynamicImage, NotKept> {
    let damaged = |error: ImageError| match error {
        ImageError::Limits(_) => NotKept::TooLarge,
        _ => NotKept::Damaged,
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(damaged)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(NotKept::TooLarge);
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// Characters of a file's name, without what follows the last dot.
const LONGEST_NAME: usize = 80;

/// Returns what a file is called: as it was, but masked, without folders, and ending in what it is.
pub fn file_name(sent: &str, media: MediaType) -> String {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = last.rsplit_once('.').map_or(last, |(stem, _)| stem);
    let is_plain = |letter: &char| !letter.is_control() && !is_invisible(*letter) && !"<>:\"|?*".contains(*letter);
    let plain: String = mask(stem).text.replace('*', "x").chars().filter(is_plain).take(LONGEST_NAME).collect();
    let stem = plain.trim().trim_start_matches('.');
    let stem = if stem.is_empty() { "file" } else { stem };
    format!("{stem}.{}", media.extension())
}

/// Says whether a letter turns or hides what stands beside it.
fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage, Rgba, RgbaImage};

    use super::*;

    const SECRET: &[u8] = b"6225881379462053";

    fn drawn(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Vec::new();
        picture.write_to(&mut Cursor::new(&mut bytes), format).unwrap();
        bytes
    }

    fn holds(bytes: &[u8], part: &[u8]) -> bool {
        bytes.windows(part.len()).any(|window| window == part)
    }

    /// A JPEG that says that it lies on its side, with the secret beside it.
    fn on_its_side(picture: &DynamicImage) -> Vec<u8> {
        let tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
        let payload = [b"Exif\0\0".as_slice(), tiff, SECRET].concat();
        let length = u16::try_from(payload.len() + 2).unwrap().to_be_bytes();
        let bytes = drawn(picture, ImageFormat::Jpeg);
        [&bytes[..2], &[0xff, 0xe1], &length, &payload, &bytes[2..]].concat()
    }

    #[test]
    fn pictures_are_drawn_anew_and_nothing_else_of_the_file_is_left() {
        let wide = DynamicImage::from(RgbImage::from_pixel(40, 20, Rgb([200, 30, 30])));
        let clear = DynamicImage::from(RgbaImage::from_pixel(40, 20, Rgba([200, 30, 30, 90])));
        for (sent, media, size) in [
            (on_its_side(&wide), MediaType::Jpeg, (20, 40)),
            (drawn(&wide, ImageFormat::Jpeg), MediaType::Jpeg, (40, 20)),
            (drawn(&wide, ImageFormat::Png), MediaType::Png, (40, 20)),
            (drawn(&wide, ImageFormat::WebP), MediaType::Jpeg, (40, 20)),
            (drawn(&clear, ImageFormat::WebP), MediaType::Png, (40, 20)),
        ] {
            let with_more = [sent.as_slice(), SECRET].concat();
            let kept = kept(with_more).unwrap();
            assert_eq!(kept.media, media);
            assert!(!holds(&kept.bytes, SECRET));
            let again = image::load_from_memory(&kept.bytes).unwrap();
            assert_eq!((again.width(), again.height()), size, "{media:?}");
            let [red, green, ..] = again.into_rgba8().get_pixel(9, 9).0;
            assert!(red.abs_diff(200) < 6 && green.abs_diff(30) < 6, "{red} {green}");
        }
    }

    #[test]
    fn what_is_no_picture_or_is_damaged_is_not_kept() {
        let picture = drawn(&DynamicImage::from(RgbImage::new(64, 64)), ImageFormat::Png);
        for bytes in
            [b"".as_slice(), b"hello", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a", b"MZ", b"PK\x03\x04"]
        {
            assert_eq!(kept(bytes.to_vec()), Err(NotKept::Kind));
        }
        assert_eq!(kept(picture[..picture.len() / 2].to_vec()), Err(NotKept::Damaged));
        assert_eq!(kept(b"\xff\xd8\xff\xe0 no picture".to_vec()), Err(NotKept::Damaged));
        assert_eq!(kept(b"RIFF\x04\0\0\0WEBP".to_vec()), Err(NotKept::Damaged));
        let mut bomb = picture;
        // Width and height of the head, whose sum is then wrong.
        bomb[16..24].copy_from_slice(&[0, 0, 0xf0, 0, 0, 0, 0xf0, 0]);
        assert!(kept(bomb).is_err());
        let huge = DynamicImage::new_luma8(10_000, 5_001);
        assert_eq!(kept(drawn(&huge, ImageFormat::Png)), Err(NotKept::TooLarge));
        assert_eq!(kept(b"%PDF-1.7\n%%EOF".to_vec()).unwrap().media, MediaType::Pdf);
    }

    #[test]
    fn a_name_is_kept_without_what_is_not_for_others() {
        for (sent, media, expected) in [
            ("付款截图.PNG", MediaType::Png, "付款截图.png"),
            ("C:\\Users\\ann\\receipt.webp", MediaType::Jpeg, "receipt.jpg"),
            ("../../etc/passwd", MediaType::Pdf, "passwd.pdf"),
            ("receipt.exe.png", MediaType::Png, "receipt.exe.png"),
            ("\u{202e}gpj.exe", MediaType::Jpeg, "gpj.jpg"),
            ("<img src=x onerror=alert(1)>.png", MediaType::Png, "img src=x onerror=alert(1).png"),
            (" .png", MediaType::Png, "file.png"),
            ("", MediaType::Pdf, "file.pdf"),
        ] {
            assert_eq!(file_name(sent, media), expected);
        }
        assert!(!file_name("6225881379462053.jpg", MediaType::Jpeg).contains("6225881379462053"));
        assert_eq!(file_name(&"长".repeat(300), MediaType::Jpeg).chars().count(), LONGEST_NAME + 4);
    }
}

//! Folders as one file: a zip archive. Nothing that an archive declares of itself is believed.

use std::io::{Cursor, Read, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::exchange::{ExportError, archive};
use crate::knowledge::content::SourceFile;

const MOST_UNPACKED: u64 = 200 << 20;
const MOST_MEMBERS: usize = 100_000;

/// Packs files; the same files give the same bytes.
///
/// # Errors
/// Fails when the writer does.
pub fn pack<'f>(files: impl Iterator<Item = (&'f str, &'f [u8])>) -> Result<Vec<u8>, ExportError> {
    let failed = |source: Box<dyn std::error::Error + Send + Sync>| ExportError::Packing { source };
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in files {
        writer.start_file(path, options).map_err(|error| failed(error.into()))?;
        writer.write_all(bytes).map_err(|error| failed(error.into()))?;
    }
    Ok(writer.finish().map_err(|error| failed(error.into()))?.into_inner())
}

/// Unpacks files, with their paths as the archive has them and in the order of these.
///
/// # Errors
/// Fails, with a reason for whoever made it, when the archive is broken or too large, packed or unpacked, and when a path leads
/// out of it or stands in it twice.
pub fn unpack(bytes: &[u8]) -> Result<Vec<SourceFile>, String> {
    archive::check_size(bytes)?;
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| "the file is no zip archive".to_owned())?;
    if archive.len() > MOST_MEMBERS {
        return Err("the archive has more than 100,000 files".to_owned());
    }
    let mut files: Vec<SourceFile> = Vec::new();
    let mut room = MOST_UNPACKED;
    for at in 0..archive.len() {
        let broken = |error: &dyn std::fmt::Display| archive::broken(at, error);
        let member = archive.by_index(at).map_err(|error| broken(&error))?;
        if member.is_dir() {
            continue;
        }
        let path = member.name().map_err(|error| broken(&error))?.into_owned();
        if !stays_inside(&path) {
            return Err(format!("{path:?} leads out of the archive"));
        }
        let mut unpacked = Vec::new();
        // One byte more than there is room for shows that there is more.
        member.take(room + 1).read_to_end(&mut unpacked).map_err(|error| broken(&error))?;
        room = room.checked_sub(unpacked.len() as u64).ok_or_else(|| archive::TOO_LARGE.to_owned())?;
        files.push(SourceFile { path, bytes: unpacked });
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    match files.windows(2).find(|pair| pair[0].path == pair[1].path) {
        Some(twice) => Err(format!("{:?} stands in the archive twice", twice[0].path)),
        None => Ok(files),
    }
}

fn stays_inside(path: &str) -> bool {
    path.split('/').all(|part| !matches!(part, "" | "." | "..")) && !path.contains(['\\', '\0', ':'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
        pack(files.iter().copied()).unwrap()
    }

    #[test]
    fn files_come_out_as_they_went_in() {
        let files = crate::files::sample();
        let all = || files.iter().map(|file| (file.path.as_str(), file.bytes.as_slice()));
        let bytes = pack(all()).unwrap();
        assert_eq!(pack(all()).unwrap(), bytes, "the same bytes again");
        assert!(unpack(&bytes).unwrap() == files);
    }

    #[test]
    fn nothing_leads_out() {
        for path in ["../a", "a/../../b", "/etc/passwd", "a//b", "C:/a", "a\\..\\b", "./a"] {
            assert!(unpack(&packed(&[(path, b"x")])).is_err(), "{path}");
        }
        assert_eq!(unpack(&packed(&[("问答/一.md", b"x")])).unwrap()[0].path, "问答/一.md");
    }

    #[test]
    fn what_is_broken_or_a_bomb_is_refused() {
        let zeros = vec![0; 300 << 20];
        let bomb = packed(&[("a", &zeros)]);
        assert_eq!(unpack(&bomb).unwrap_err(), archive::TOO_LARGE);
        let two = packed(&[("a", &zeros[..120 << 20]), ("b", &zeros[..120 << 20])]);
        assert_eq!(unpack(&two).unwrap_err(), archive::TOO_LARGE);
        assert!(unpack(b"id,category").is_err());
        let mut broken = packed(&[("a", "退款".repeat(1_000).as_bytes())]);
        broken[40] ^= 0xFF;
        assert!(unpack(&broken).is_err());
    }
}

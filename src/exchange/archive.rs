//! Whether an archive may be unpacked at all. Nothing that it declares of itself is believed: it is inflated and counted.

use std::io::{BufReader, Cursor, Read};

use zip::ZipArchive;

/// The first bytes of an archive with a member.
pub(crate) const MAGIC: &[u8] = b"PK\x03\x04";

const MOST_BYTES: usize = 64 << 20;
const MOST_UNPACKED: u64 = 200 << 20;
const MOST_MEMBERS: usize = 1_000;

/// The attribute by which the reader of workbooks makes room for texts.
const DECLARED_TEXTS: &[u8] = b"uniqueCount";

/// Twenty texts for each of the rows that are read.
const MOST_DECLARED_TEXTS: u64 = 4_000_000;

/// Why what inflates beyond all measure is refused.
pub(crate) const TOO_LARGE: &str = "the file is over 200 MB when it is unpacked";

/// Says whether there is too much even packed.
///
/// # Errors
/// Fails when there is.
pub(crate) fn check_size(bytes: &[u8]) -> Result<(), String> {
    if bytes.len() > MOST_BYTES { Err("the file is over 64 MB".to_owned()) } else { Ok(()) }
}

/// Says that a part cannot be inflated.
pub(crate) fn broken(at: usize, error: &dyn std::fmt::Display) -> String {
    format!("part {} of the file cannot be unpacked: {error}", at + 1)
}

/// Inflates everything once, keeping nothing.
///
/// # Errors
/// Fails when the archive is too large, packed or unpacked, is broken, or declares more texts than it can have.
pub(crate) fn check(bytes: &[u8]) -> Result<(), String> {
    check_size(bytes)?;
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| "the file is no workbook of Excel".to_owned())?;
    if archive.len() > MOST_MEMBERS {
        return Err("the file has more than 1,000 parts".to_owned());
    }
    let mut room = MOST_UNPACKED;
    for at in 0..archive.len() {
        let broken = |error: &dyn std::fmt::Display| broken(at, error);
        let member = archive.by_index(at).map_err(|error| broken(&error))?;
        // One byte more than there is room for shows that there is more.
        let mut member = BufReader::new(member.take(room + 1));
        let mut declared = Declared::default();
        let mut piece = [0; 16 << 10];
        loop {
            let n_bytes = member.read(&mut piece).map_err(|error| broken(&error))?;
            if n_bytes == 0 {
                break;
            }
            declared.see(&piece[..n_bytes]);
            room = room.checked_sub(n_bytes as u64).ok_or_else(|| TOO_LARGE.to_owned())?;
        }
        if declared.largest > MOST_DECLARED_TEXTS {
            return Err("the file declares more texts than a workbook of 200,000 rows has".to_owned());
        }
    }
    Ok(())
}

/// The largest number of texts that a part declares, found while its bytes go by.
#[derive(Default)]
struct Declared {
    largest: u64,
    n_matched: usize,
    number: Option<u64>,
}

impl Declared {
    fn see(&mut self, bytes: &[u8]) {
        // In UTF-16 every other byte is zero.
        for &b in bytes.iter().filter(|&&b| b != 0) {
            match self.number {
                Some(number) if b.is_ascii_digit() => {
                    let number = number.saturating_mul(10).saturating_add(u64::from(b - b'0'));
                    self.number = Some(number);
                    self.largest = self.largest.max(number);
                }
                Some(0) if b" \t\r\n=\"'+".contains(&b) => {}
                _ => {
                    self.number = None;
                    self.match_name(b);
                }
            }
        }
    }

    fn match_name(&mut self, b: u8) {
        // No beginning of the name stands in it a second time, so a match that breaks begins anew.
        self.n_matched = match DECLARED_TEXTS.get(self.n_matched) {
            Some(&expected) if b == expected => self.n_matched + 1,
            _ => usize::from(b == DECLARED_TEXTS[0]),
        };
        if self.n_matched == DECLARED_TEXTS.len() {
            self.n_matched = 0;
            self.number = Some(0);
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    /// Packs members of these names and bytes.
    pub(crate) fn pack(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in members {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn a_bomb_is_not_unpacked() {
        let zeros = vec![0; 300 << 20];
        let bomb = pack(&[("xl/worksheets/sheet1.xml", &zeros)]);
        assert!(bomb.len() < 1 << 20);
        assert_eq!(check(&bomb).unwrap_err(), TOO_LARGE);
        let two = pack(&[("a", &zeros[..120 << 20]), ("b", &zeros[..120 << 20])]);
        assert_eq!(check(&two).unwrap_err(), TOO_LARGE);
        assert_eq!(check(&zeros[..(64 << 20) + 1]).unwrap_err(), "the file is over 64 MB");
    }

    #[test]
    fn many_or_broken_parts_are_refused() {
        let names: Vec<String> = (0..=MOST_MEMBERS).map(|number| number.to_string()).collect();
        let members: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"".as_slice())).collect();
        assert_eq!(check(&pack(&members)).unwrap_err(), "the file has more than 1,000 parts");
        assert_eq!(check(&pack(&members[1..])), Ok(()));
        let mut broken = pack(&[("a", "退款".repeat(1_000).as_bytes())]);
        broken[40] ^= 0xFF;
        assert!(check(&broken).is_err());
        assert!(check(b"id,category").is_err());
    }

    #[test]
    fn a_declared_number_is_not_believed() {
        for (xml, good) in [
            ("<sst uniqueCount=\"12\">", true),
            ("<sst uniqueCount=\"4000000\">", true),
            ("<sst uniqueCount = '99999999999999999999999999'>", false),
            ("<sst uniqueuniqueCount=\"5000000\">", false),
            ("uniqueCount 5 000 000", true),
        ] {
            let utf16: Vec<u8> = xml.encode_utf16().flat_map(u16::to_le_bytes).collect();
            for bytes in [xml.as_bytes(), &utf16] {
                assert_eq!(check(&pack(&[("xl/sharedStrings.xml", bytes)])).is_ok(), good, "{xml}");
            }
        }
    }
}

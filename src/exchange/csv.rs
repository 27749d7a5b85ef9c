//! Comma-separated values as spreadsheets write and read them: any of the encodings and separators that Excel in China
//! leaves behind.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030, UTF_8};

use crate::exchange::sheet::cells::neutralised;
use crate::exchange::sheet::{Cells, Column, MOST_ROWS, Row, TOO_MANY_ROWS};
use crate::exchange::{ExportError, Format};

/// Tells Excel that the bytes are UTF-8.
pub(crate) const BYTE_ORDER_MARK: &str = "\u{FEFF}";

/// Stands where bytes could not be decoded.
const UNDECODABLE: char = char::REPLACEMENT_CHARACTER;

const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// Writes a table of anything; no cell is taken for a formula.
///
/// # Errors
/// Fails when the writer does.
pub fn csv_of(header: &[String], rows: impl Iterator<Item = Vec<String>>) -> Result<Vec<u8>, ExportError> {
    let mut writer = writer();
    let failed = |error: csv::Error| ExportError::writing(Format::Csv, error);
    for row in std::iter::once(header.to_vec()).chain(rows) {
        writer.write_record(row.into_iter().map(neutralised)).map_err(failed)?;
    }
    writer.into_inner().map_err(|error| ExportError::writing(Format::Csv, error.into_error()))
}

fn writer() -> csv::Writer<Vec<u8>> {
    csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(BYTE_ORDER_MARK.as_bytes().to_vec())
}

/// Writes the header and the rows.
pub(crate) fn write(rows: &[Cells]) -> Result<Vec<u8>, ExportError> {
    let mut writer = writer();
    let failed = |error: csv::Error| ExportError::writing(Format::Csv, error);
    writer.write_record(Column::ALL.map(Column::name)).map_err(failed)?;
    for row in rows {
        writer.write_record(row).map_err(failed)?;
    }
    writer.into_inner().map_err(|error| ExportError::writing(Format::Csv, error.into_error()))
}

/// Reads all rows that are not empty, with the numbers that a spreadsheet gives them.
///
/// # Errors
/// Fails when there are too many rows.
pub(crate) fn read(bytes: &[u8]) -> Result<Vec<Row>, String> {
    let (text, is_broken) = decode(bytes);
    // One kind of line end, also behind the last row, so that lines can be counted.
    let text = text.replace("\r\n", "\n").replace('\r', "\n") + "\n";
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator(&text))
        .from_reader(text.as_bytes());
    let mut rows: Vec<Row> = Vec::new();
    let mut record = csv::StringRecord::new();
    let (mut number, mut line) = (0, reader.position().line());
    while reader.read_record(&mut record).map_err(|error| error.to_string().to_lowercase())? {
        let end = reader.position().line();
        // The reader passes over empty lines, which a spreadsheet counts.
        let n_breaks: usize = record.iter().map(|cell| cell.matches('\n').count()).sum();
        let n_empty = usize::try_from(end - line).unwrap_or_default().saturating_sub(1 + n_breaks);
        number += n_empty + 1;
        line = end;
        if rows.len() == MOST_ROWS {
            return Err(TOO_MANY_ROWS.to_owned());
        }
        let is_garbled = is_broken && record.iter().any(|cell| cell.contains(UNDECODABLE));
        rows.push(Row { number, cells: record.iter().map(str::to_owned).collect(), is_garbled });
    }
    Ok(rows)
}

/// Decodes by the byte order mark, else as UTF-8, else as GB18030; says whether bytes did not fit.
fn decode(bytes: &[u8]) -> (Cow<'_, str>, bool) {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[length..]);
    }
    let (utf8, is_broken) = UTF_8.decode_without_bom_handling(bytes);
    if !is_broken || is_mostly_text(&utf8) {
        return (utf8, is_broken);
    }
    GB18030.decode_without_bom_handling(bytes)
}

/// Says whether a text was damaged in a few places, rather than written in another encoding.
///
/// Chinese in GB18030, read as UTF-8, has more damaged places than characters (3.4 to 1 in the sample's answers).
fn is_mostly_text(text: &str) -> bool {
    let n_undecodable = text.matches(UNDECODABLE).count();
    let n_decoded = text.chars().filter(|&c| !c.is_ascii() && c != UNDECODABLE).count();
    10 * n_undecodable <= n_decoded
}

/// Returns the separator that the header has most of, outside quotes.
fn separator(text: &str) -> u8 {
    let header = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let bare: Vec<u8> = header.split('"').step_by(2).flat_map(str::bytes).collect();
    let count = |separator: u8| bare.iter().filter(|&&b| b == separator).count();
    SEPARATORS.into_iter().rev().max_by_key(|&separator| count(separator)).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    use super::*;
    use crate::exchange::document::EntryDocument;
    use crate::exchange::drawn;
    use crate::exchange::sheet::{read as sheet, write::rows_of};

    fn shown(bytes: &[u8]) -> Vec<(usize, Vec<String>, bool)> {
        read(bytes).unwrap().into_iter().map(|row| (row.number, row.cells, row.is_garbled)).collect()
    }

    #[test]
    fn encodings_and_separators_are_told_apart() {
        let text = "标准问,答案\r\n\"怎么退款,谢谢\",\"一\n二\"\r\n";
        let (gbk, ..) = encoding_rs::GBK.encode(text);
        let utf16: Vec<u8> = [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let utf16_be: Vec<u8> = [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect();
        let semicolons = text.replacen(',', ";", 1).replace("\",\"", "\";\"");
        let tabs = text.replacen(',', "\t", 1).replace("\",\"", "\"\t\"").replace("\r\n", "\n");
        let with_mark = format!("{BYTE_ORDER_MARK}{text}");
        let expected = shown(text.as_bytes());
        assert_eq!(expected[1], (2, vec!["怎么退款,谢谢".to_owned(), "一\n二".to_owned()], false));
        for bytes in [&gbk[..], &utf16, &utf16_be, semicolons.as_bytes(), tabs.as_bytes(), with_mark.as_bytes()] {
            assert_eq!(shown(bytes), expected);
        }
    }

    #[test]
    fn rows_are_counted_as_a_spreadsheet_does() {
        let numbers = |text: &str| shown(text.as_bytes()).into_iter().map(|row| row.0).collect::<Vec<_>>();
        assert_eq!(numbers("a,b\n\n\"1\n2\n3\",x\n\n\n4,y"), [1, 3, 6]);
        assert_eq!(numbers("\r\na,b\r\n1,2\r\n\r\n3,4\r\n"), [2, 3, 5]);
        assert_eq!(numbers(""), [0; 0]);
        assert_eq!(read("a\n".repeat(MOST_ROWS + 1).as_bytes()), Err(TOO_MANY_ROWS.to_owned()));
    }

    #[test]
    fn bytes_that_are_no_text_are_a_fault_of_their_row() {
        let more = format!("\n{},好\n", "退货".repeat(20));
        let bytes = [b"a,b\n".as_slice(), "退款\u{FFFD},1\n账户,".as_bytes(), b"\xFF\xFE", more.as_bytes()].concat();
        let garbled: Vec<bool> = shown(&bytes).into_iter().map(|row| row.2).collect();
        assert_eq!(garbled, [false, true, true, false]);
        let whole = "a,b\n退款\u{FFFD},1\n";
        assert!(shown(whole.as_bytes()).iter().all(|row| !row.2));
    }

    #[test]
    fn no_formula_is_in_the_bytes() {
        let json = r#"{"id":"a","category":"b","texts":{"zh-CN":{"question":"=1+1","similar":["@a"],"body":"-2"}},"owner":"+3"}"#;
        let document: EntryDocument = serde_json::from_str(json).unwrap();
        let text = String::from_utf8(write(&rows_of(&[document])).unwrap()).unwrap();
        assert!(text.starts_with("\u{FEFF}id,category,language,question,"), "{text}");
        assert!(text.ends_with("\r\na,b,zh-CN,'=1+1,'@a,,'-2,,,,,,,,,,'+3,\r\n"), "{text}");
    }

    proptest! {
        #[test]
        fn what_goes_out_comes_in_unchanged(documents in drawn::documents()) {
            let rows = read(&write(&rows_of(&documents)).unwrap()).unwrap();
            let imported = sheet::import(&rows, &TimeZone::UTC);
            prop_assert_eq!(&imported.faults, &[]);
            let back: Vec<EntryDocument> = imported.documents.into_iter().map(|placed| placed.document).collect();
            prop_assert_eq!(back, documents);
        }

        #[test]
        fn any_bytes_can_be_read(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let rows = read(&bytes).unwrap();
            sheet::import(&rows, &TimeZone::UTC);
        }
    }
}

//! The bytes of a workbook → rows of texts. Formulas are what they last came to; nothing outside the file is looked at.

use std::io::{Cursor, Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxError};

use crate::exchange::archive;
use crate::exchange::sheet::{MOST_ROWS, Row, TOO_MANY_ROWS};

/// Cells further to the right belong to no table of entries.
const MOST_COLUMNS: usize = 1_000;

/// Reads the first sheet that is seen.
///
/// # Errors
/// Fails when the archive may not be unpacked, is no workbook, or has too many rows.
pub(crate) fn read(bytes: &[u8]) -> Result<Vec<Row>, String> {
    archive::check(bytes)?;
    // The reader counts with the numbers that a broken file has in it, some of which it cannot count with.
    let read = catch_unwind(AssertUnwindSafe(|| first_sheet(bytes)));
    read.unwrap_or_else(|_| Err("the workbook is broken".to_owned()))
}

fn first_sheet(bytes: &[u8]) -> Result<Vec<Row>, String> {
    let broken = |error: XlsxError| format!("the workbook cannot be read: {error}").to_lowercase();
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let is_seen =
        |sheet: &&calamine::Sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible;
    let Some(sheet) = workbook.sheets_metadata().iter().find(is_seen).map(|sheet| sheet.name.clone()) else {
        return Err("the workbook has no sheet".to_owned());
    };
    rows(&mut workbook, &sheet)
}

/// Reads cell after cell: a table of all that lie between two cells can be larger than any memory.
fn rows<R: Read + Seek>(workbook: &mut Xlsx<R>, sheet: &str) -> Result<Vec<Row>, String> {
    let broken = |error: XlsxError| format!("the sheet \"{sheet}\" cannot be read: {error}");
    let mut cells = workbook.worksheet_cells_reader(sheet).map_err(broken)?;
    let mut rows: Vec<Row> = Vec::new();
    while let Some(cell) = cells.next_cell().map_err(broken)? {
        let (row, column) = cell.get_position();
        let (number, column) = (row as usize + 1, column as usize);
        let text = text(cell.get_value());
        if text.is_empty() {
            continue;
        }
        if number > MOST_ROWS {
            return Err(TOO_MANY_ROWS.to_owned());
        }
        if column >= MOST_COLUMNS {
            return Err(format!("row {number} has a cell behind the 1,000th column"));
        }
        if rows.last().is_none_or(|last| last.number < number) {
            rows.push(Row { number, ..Row::default() });
        }
        let Some(last) = rows.last_mut().filter(|last| last.number == number) else {
            return Err(format!("row {number} stands behind a later one"));
        };
        if last.cells.len() <= column {
            last.cells.resize(column + 1, String::new());
        }
        last.cells[column] = text;
    }
    Ok(rows)
}

/// Returns a value as a person would type it.
fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(true) => "TRUE".to_owned(),
        DataRef::Bool(false) => "FALSE".to_owned(),
        DataRef::Error(error) => error.to_string(),
        DataRef::DateTime(instant) if instant.is_datetime() => {
            let (year, month, day, hour, minute, second, _) = instant.to_ymd_hms_milli();
            let date = format!("{year:04}-{month:02}-{day:02}");
            let is_midnight = (hour, minute, second) == (0, 0, 0);
            if is_midnight { date } else { format!("{date} {hour:02}:{minute:02}:{second:02}") }
        }
        DataRef::DateTime(duration) => duration.as_f64().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use proptest::prelude::*;
    use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

    use super::*;
    use crate::exchange::archive::tests::pack;
    use crate::exchange::document::EntryDocument;
    use crate::exchange::sheet::read as sheet;
    use crate::exchange::xlsx::write::write;
    use crate::exchange::{ExportError, drawn};

    const TYPES: &str = r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#;
    const RELS: &str = r#"<Relationships><Relationship Id="r1" Type="http://x/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
    const BOOK: &str = r#"<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>"#;
    const BOOK_RELS: &str = r#"<Relationships><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;

    /// A workbook with this sheet and these shared texts, as no spreadsheet would write it.
    fn crafted(sheet: &str, texts: &str) -> Vec<u8> {
        pack(&[
            ("[Content_Types].xml", TYPES.as_bytes()),
            ("_rels/.rels", RELS.as_bytes()),
            ("xl/workbook.xml", BOOK.as_bytes()),
            ("xl/_rels/workbook.xml.rels", BOOK_RELS.as_bytes()),
            ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
            ("xl/sharedStrings.xml", texts.as_bytes()),
        ])
    }

    #[test]
    fn values_become_what_a_person_reads() {
        let mut workbook = Workbook::new();
        let date = Format::new().set_num_format("yyyy-mm-dd hh:mm");
        workbook.add_worksheet().set_name("hidden").unwrap().set_hidden(true).write_string(0, 0, "no").unwrap();
        let page = workbook.add_worksheet().set_active(true);
        page.write_number(1, 0, 5.0).unwrap().write_number(1, 1, 0.5).unwrap().write_boolean(1, 2, true).unwrap();
        page.write_datetime_with_format(3, 1, ExcelDateTime::from_ymd(2026, 1, 1).unwrap(), &date).unwrap();
        let morning = ExcelDateTime::from_ymd(2026, 1, 1).unwrap().and_hms(8, 0, 0).unwrap();
        page.write_datetime_with_format(3, 2, morning, &date).unwrap();
        page.write_formula(4, 0, rust_xlsxwriter::Formula::new("=1+1").set_result("2")).unwrap();
        let rows = read(&workbook.save_to_buffer().unwrap()).unwrap();
        let shown: Vec<(usize, Vec<&str>)> =
            rows.iter().map(|row| (row.number, row.cells.iter().map(String::as_str).collect())).collect();
        assert_eq!(
            shown,
            [(2, vec!["5", "0.5", "TRUE"]), (4, vec!["", "2026-01-01", "2026-01-01 08:00:00"]), (5, vec!["2"])]
        );
    }

    #[test]
    fn nothing_outside_the_file_is_looked_at() {
        let sheet = r#"<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData></worksheet>"#;
        let plain = "<sst><si><t>好</t></si></sst>";
        assert_eq!(read(&crafted(sheet, plain)).unwrap()[0].cells, ["好"]);
        let outside = r#"<!DOCTYPE sst [<!ENTITY x SYSTEM "file:///etc/hostname">]><sst><si><t>&x;</t></si></sst>"#;
        assert!(read(&crafted(sheet, outside)).is_err());
        let laughs = r#"<!DOCTYPE sst [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><sst><si><t>&b;</t></si></sst>"#;
        assert!(read(&crafted(sheet, laughs)).is_err());
    }

    #[test]
    fn a_file_that_lies_is_refused() {
        let text = "<sst><si><t>好</t></si></sst>";
        let sheet = |cell: &str| format!("<worksheet><sheetData><row>{cell}</row></sheetData></worksheet>");
        for (name, bytes) in [
            ("far below", crafted(&sheet(r#"<c r="A200001"><v>1</v></c>"#), text)),
            ("far to the right", crafted(&sheet(r#"<c r="XFD1"><v>1</v></c>"#), text)),
            ("no number", crafted(&sheet(r#"<c r="A99999999999"><v>1</v></c>"#), text)),
            ("backwards", crafted(&sheet(r#"<c r="A2"><v>1</v></c><c r="A1"><v>1</v></c>"#), text)),
            ("no text", crafted(&sheet(r#"<c r="A1" t="s"><v>7</v></c>"#), text)),
            ("room for all", crafted(&sheet(""), r#"<sst uniqueCount="99999999999"></sst>"#)),
            ("ends before it begins", crafted(r#"<worksheet><dimension ref="B2:A1"/>"#, text)),
        ] {
            assert!(read(&bytes).is_err(), "{name}");
        }
        assert_eq!(read(&crafted(&sheet(r#"<c r="A200000"><v>1</v></c>"#), text)).unwrap()[0].number, 200_000);
    }

    fn document(question: &str, body: &str) -> EntryDocument {
        let json =
            serde_json::json!({"id": "a", "category": "b", "texts": {"zh-CN": {"question": question, "body": body}}});
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn no_formula_is_in_the_bytes() {
        let bytes = write(&[document("=1+1", "<r>x</r>")]).unwrap();
        let cells = read(&bytes).unwrap().swap_remove(1).cells;
        assert_eq!((cells[3].as_str(), cells[6].as_str()), ("'=1+1", "'<r>x</r>"));
        let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
        let mut xml = String::new();
        archive.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut xml).unwrap();
        assert!(!xml.contains("<f>"), "{xml}");
    }

    #[test]
    fn what_excel_has_no_room_for_is_said() {
        let error = write(&[document("问", &"😭".repeat(16_384))]).unwrap_err();
        assert!(matches!(error, ExportError::CellTooLong { column: "answer", .. }), "{error}");
        assert!(write(&[document("问", &"退".repeat(32_767))]).is_ok());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn what_goes_out_comes_in_unchanged(documents in drawn::documents()) {
            let imported = sheet::import(&read(&write(&documents).unwrap()).unwrap(), &TimeZone::UTC);
            prop_assert_eq!(&imported.faults, &[]);
            let back: Vec<EntryDocument> = imported.documents.into_iter().map(|placed| placed.document).collect();
            prop_assert_eq!(back, documents);
        }
    }
}

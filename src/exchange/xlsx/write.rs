//! Documents → the bytes of a workbook, the same for the same documents.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format as Look, FormatAlign, Workbook, XlsxError};

use crate::exchange::document::EntryDocument;
use crate::exchange::sheet::cells::restored;
use crate::exchange::sheet::write::rows_of;
use crate::exchange::sheet::{Cells, Column};
use crate::exchange::{ExportError, Format};
use crate::knowledge::entry::EntryId;

/// What a cell of Excel holds, in UTF-16 units.
const LONGEST_CELL: usize = 32_767;

/// The writer takes a text that begins so for markup of its own.
pub(crate) const RICH_TEXT: &str = "<r>";

/// Writes the header and the rows.
pub(crate) fn write(documents: &[EntryDocument]) -> Result<Vec<u8>, ExportError> {
    let mut rows = rows_of(documents);
    for row in &mut rows {
        for cell in row.iter_mut().filter(|cell| cell.starts_with(RICH_TEXT)) {
            cell.insert(0, '\'');
        }
        let is_too_long = |cell: &String| cell.encode_utf16().count() > LONGEST_CELL;
        if let Some(at) = row.iter().position(is_too_long) {
            let entry = EntryId(restored(&row[Column::Id as usize]).to_owned());
            return Err(ExportError::CellTooLong { entry, column: Column::ALL[at].name() });
        }
    }
    workbook(&rows).map_err(|error| ExportError::writing(Format::Xlsx, error))
}

fn workbook(rows: &[Cells]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&without_clock()?);
    let header = Look::new().set_bold();
    let text = Look::new().set_text_wrap().set_align(FormatAlign::Top).set_num_format("@");
    let sheet = workbook.add_worksheet();
    sheet.set_name("entries")?;
    sheet.set_freeze_panes(1, 0)?;
    for (at, column) in (0_u16..).zip(Column::ALL) {
        sheet.set_column_width(at, width(column))?;
        sheet.write_string_with_format(0, at, column.name(), &header)?;
    }
    for (row, cells) in (1_u32..).zip(rows) {
        for (at, cell) in (0_u16..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string_with_format(row, at, cell, &text)?;
        }
    }
    workbook.save_to_buffer()
}

/// Properties with a fixed time: else the writer looks at the clock.
pub(crate) fn without_clock() -> Result<DocProperties, XlsxError> {
    Ok(DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?))
}

/// Returns a column's width, in characters.
fn width(column: Column) -> f64 {
    match column {
        Column::Answer => 60.0,
        Column::Question | Column::Similar | Column::Never | Column::Actions => 40.0,
        Column::Id | Column::Related | Column::ValidFrom | Column::ValidUntil => 24.0,
        Column::Category | Column::Requires | Column::Owner => 16.0,
        Column::Language | Column::Channels | Column::Audience | Column::Steps | Column::Top | Column::ReviewBy => 12.0,
    }
}

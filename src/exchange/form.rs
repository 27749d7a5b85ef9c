//! The refund form as a workbook of Excel: to fill in on screen or on paper, without macros.

use rust_xlsxwriter::{
    DataValidation, Format as Look, FormatAlign, FormatBorder, Formula, Workbook, Worksheet, XlsxError,
};

use crate::desk::refund_form::{Field, RefundForm, Room};
use crate::exchange::figures::plain;
use crate::exchange::xlsx::write::without_clock;
use crate::exchange::{ExportError, Format};

/// The sheet that the drop-down takes its choices from.
const CHOICES: &str = "choices";

/// Rows of the title and of how the form is filled in.
const TITLE_ROW: u32 = 0;
const HOW_ROW: u32 = 1;
const FIRST_FIELD: u32 = 3;

/// In characters, and in points.
const LABEL_WIDTH: f64 = 26.0;
const VALUE_WIDTH: f64 = 60.0;
const TITLE_HEIGHT: f64 = 32.0;
const FIELD_HEIGHT: f64 = 28.0;
const LINES_HEIGHT: f64 = 140.0;
const LINE_OF_TEXT: f64 = 16.0;

/// Characters of Chinese that a line of the explanation holds.
const CHARS_OF_LINE: usize = 42;

/// A4, as Excel numbers papers.
const A4: u8 = 9;

/// Writes the form.
///
/// # Errors
/// Fails when the writer does.
pub fn write(form: &RefundForm) -> Result<Vec<u8>, ExportError> {
    workbook(form).map_err(|error| ExportError::writing(Format::Xlsx, error))
}

fn workbook(form: &RefundForm) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&without_clock()?);
    let title = Look::new().set_bold().set_font_size(16).set_align(FormatAlign::VerticalCenter);
    let wrapped = Look::new().set_text_wrap().set_align(FormatAlign::Top);
    let sheet = workbook.add_worksheet();
    sheet.set_name("form")?;
    sheet.set_paper_size(A4).set_print_fit_to_pages(1, 1).set_screen_gridlines(false);
    sheet.set_column_width(0, LABEL_WIDTH)?.set_column_width(1, VALUE_WIDTH)?;
    sheet.set_row_height(TITLE_ROW, TITLE_HEIGHT)?.merge_range(
        TITLE_ROW,
        0,
        TITLE_ROW,
        1,
        &plain(&form.title),
        &title,
    )?;
    sheet.set_row_height(HOW_ROW, height_of(&form.how))?;
    sheet.merge_range(HOW_ROW, 0, HOW_ROW, 1, &plain(&form.how), &wrapped)?;
    for (row, field) in (FIRST_FIELD..).zip(&form.fields) {
        write_field(sheet, row, field)?;
    }
    let choices = form.fields.iter().find_map(|field| match &field.room {
        Room::OneOf(choices) => Some(choices),
        Room::Line | Room::LastFour | Room::Lines | Room::ByHand => None,
    });
    if let Some(choices) = choices {
        let sheet = workbook.add_worksheet();
        sheet.set_name(CHOICES)?.set_hidden(true);
        for (row, choice) in (0_u32..).zip(choices) {
            sheet.write_string(row, 0, plain(choice))?;
        }
    }
    workbook.save_to_buffer()
}

/// A label, and beside it an empty cell that takes what is written as it is: an order number stays one.
fn write_field(sheet: &mut Worksheet, row: u32, field: &Field) -> Result<(), XlsxError> {
    let label = Look::new().set_bold().set_text_wrap().set_align(FormatAlign::Top).set_border(FormatBorder::Thin);
    let value =
        Look::new().set_text_wrap().set_align(FormatAlign::Top).set_border(FormatBorder::Thin).set_num_format("@");
    sheet.write_string_with_format(row, 0, plain(&field.label), &label)?;
    sheet.write_blank(row, 1, &value)?;
    let height = if field.room == Room::Lines { LINES_HEIGHT } else { FIELD_HEIGHT };
    sheet.set_row_height(row, height)?;
    if let Room::OneOf(choices) = &field.room {
        // A list in the cell itself would break at the commas of a choice.
        let list = Formula::new(format!("={CHOICES}!$A$1:$A${}", choices.len().max(1)));
        sheet.add_data_validation(row, 1, row, 1, &DataValidation::new().allow_list_formula(list))?;
    }
    Ok(())
}

/// The height of a text, in points; merged cells do not grow by themselves.
fn height_of(text: &str) -> f64 {
    let width = |c: char| if c.is_ascii() { 1 } else { 2 };
    let lines = |line: &str| line.chars().map(width).sum::<usize>().div_ceil(2 * CHARS_OF_LINE).max(1);
    text.lines().map(lines).sum::<usize>() as f64 * LINE_OF_TEXT
}

//! Reports as tables: one figure a row, as comma-separated values or a workbook of Excel.

use rust_xlsxwriter::{Format as Look, FormatAlign, Workbook, XlsxError};

use crate::desk::reports::complaints::{Action, Cause, ComplaintReport};
use crate::desk::reports::figures::{Named, Part};
use crate::desk::reports::promises::{DepartmentPromises, Promises};
use crate::exchange::csv::BYTE_ORDER_MARK;
use crate::exchange::sheet::cells::neutralised;
use crate::exchange::xlsx::write::{RICH_TEXT, without_clock};
use crate::exchange::{ExportError, Format};

/// A table with a line of headings.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    pub(super) name: &'static str,
    pub(super) headings: &'static [&'static str],
    pub(super) rows: Vec<Vec<Cell>>,
}

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Nothing,
    Text(String),
    Number(f64),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<u64> for Cell {
    fn from(number: u64) -> Self {
        Self::Number(number as f64)
    }
}

impl From<Option<f64>> for Cell {
    fn from(number: Option<f64>) -> Self {
        number.map_or(Self::Nothing, Self::Number)
    }
}

/// Cells at the end of a row that are left out here are empty there.
const COMPLAINTS: [&str; 9] = ["section", "item", "n", "share", "hours", "action", "owner", "due_on", "done_at"];

/// Lays the complaints of a year out: a section for each kind of figure.
pub fn complaint_table(report: &ComplaintReport) -> Table {
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    rows.push(counted("year", &report.year.to_string(), Part { n: report.recorded, share: None }));
    rows.extend(report.departments.iter().map(|department| vec!["department".into(), department.as_str().into()]));
    for (section, named) in
        [("type", &report.by_type), ("severity", &report.by_severity), ("decision", &report.by_decision)]
    {
        rows.extend(named.iter().map(|Named { name, part }| counted(section, name, *part)));
    }
    for (month, n) in (1..).zip(&report.by_month) {
        rows.push(counted("month", &format!("{}-{month:02}", report.year), Part { n: *n, share: None }));
    }
    for (item, part) in [
        ("handled_in_year", report.handled_in_year),
        ("handled", report.handled),
        ("open", report.open),
        ("escalated", report.escalated),
    ] {
        rows.push(counted("total", item, part));
    }
    let hours = &report.handling_hours;
    for (item, hours) in
        [("median", hours.median), ("ninety_percent", hours.ninety_percent), ("longest", hours.longest)]
    {
        rows.push(vec!["handling_time".into(), item.into(), Cell::Nothing, Cell::Nothing, hours.into()]);
    }
    for (section, promises) in [("first_reply", &report.first_reply), ("resolve", &report.resolve)] {
        rows.push(counted(section, "kept", Part { n: promises.kept, share: promises.share_kept }));
        rows.push(counted(section, "broken", Part { n: promises.broken, share: None }));
        rows.push(counted(section, "open", Part { n: promises.open, share: None }));
    }
    for Cause { cause, part, actions } in &report.causes {
        rows.push(counted("cause", cause, *part));
        rows.extend(actions.iter().map(|action| action_row(cause, action)));
    }
    Table { name: "complaints", headings: &COMPLAINTS, rows }
}

fn counted(section: &str, item: &str, part: Part) -> Vec<Cell> {
    vec![section.into(), item.into(), part.n.into(), part.share.into()]
}

fn action_row(cause: &str, action: &Action) -> Vec<Cell> {
    let Action { action, owner, due_on, done_at } = action;
    let told = |value: Option<String>| value.map_or(Cell::Nothing, Cell::Text);
    let empty = [const { Cell::Nothing }; 3];
    let told = [
        action.as_str().into(),
        owner.as_str().into(),
        told(due_on.map(|due_on| due_on.to_string())),
        told(done_at.map(|done_at| done_at.to_string())),
    ];
    ["action".into(), cause.into()].into_iter().chain(empty).chain(told).collect()
}

const PROMISES: [&str; 10] = [
    "department",
    "n",
    "first_reply_kept",
    "first_reply_broken",
    "first_reply_open",
    "first_reply_share_kept",
    "resolve_kept",
    "resolve_broken",
    "resolve_open",
    "resolve_share_kept",
];

/// Lays out what became of promises: a department a row.
pub fn promise_table(departments: &[DepartmentPromises]) -> Table {
    let cells = |promises: &Promises| -> [Cell; 4] {
        [promises.kept.into(), promises.broken.into(), promises.open.into(), promises.share_kept.into()]
    };
    let row = |of: &DepartmentPromises| -> Vec<Cell> {
        let own = [of.department.as_str().into(), of.n.into()];
        own.into_iter().chain(cells(&of.first_reply)).chain(cells(&of.resolve)).collect()
    };
    Table { name: "promises", headings: &PROMISES, rows: departments.iter().map(row).collect() }
}

impl Table {
    /// Writes comma-separated values.
    ///
    /// # Errors
    /// Fails when the writer does.
    pub fn to_csv(&self) -> Result<Vec<u8>, ExportError> {
        let failed = |error: csv::Error| ExportError::writing(Format::Csv, error);
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
        writer.write_record(self.headings).map_err(failed)?;
        for row in &self.rows {
            let empty = std::iter::repeat_n(&Cell::Nothing, self.headings.len() - row.len());
            let cells = row.iter().chain(empty).map(|cell| match cell {
                Cell::Nothing => String::new(),
                Cell::Text(text) => neutralised(text.clone()),
                Cell::Number(number) => number.to_string(),
            });
            writer.write_record(cells).map_err(failed)?;
        }
        writer.into_inner().map_err(|error| ExportError::writing(Format::Csv, error.into_error()))
    }

    /// Writes a workbook.
    ///
    /// # Errors
    /// Fails when the writer does.
    pub fn to_xlsx(&self) -> Result<Vec<u8>, ExportError> {
        self.workbook().map_err(|error| ExportError::writing(Format::Xlsx, error))
    }

    fn workbook(&self) -> Result<Vec<u8>, XlsxError> {
        let mut workbook = Workbook::new();
        workbook.set_properties(&without_clock()?);
        let header = Look::new().set_bold();
        let text = Look::new().set_text_wrap().set_align(FormatAlign::Top).set_num_format("@");
        let sheet = workbook.add_worksheet();
        sheet.set_name(self.name)?;
        sheet.set_freeze_panes(1, 0)?;
        for (at, heading) in (0_u16..).zip(self.headings) {
            sheet.set_column_width(at, COLUMN_WIDTH)?;
            sheet.write_string_with_format(0, at, *heading, &header)?;
        }
        for (row, cells) in (1_u32..).zip(&self.rows) {
            for (at, cell) in (0_u16..).zip(cells) {
                match cell {
                    Cell::Nothing => {}
                    Cell::Text(value) => {
                        sheet.write_string_with_format(row, at, plain(value), &text)?;
                    }
                    Cell::Number(number) => {
                        sheet.write_number(row, at, *number)?;
                    }
                }
            }
        }
        workbook.save_to_buffer()
    }
}

/// In characters.
const COLUMN_WIDTH: f64 = 20.0;

/// Makes a text safe to open: neither a formula nor the writer's own markup.
pub(crate) fn plain(text: &str) -> String {
    if text.starts_with(RICH_TEXT) { format!("'{text}") } else { neutralised(text.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_formula_is_in_a_table() {
        let part = Part::of(1, 1);
        let action = Action {
            action: "@SUM(1)".to_owned(),
            owner: "+1".to_owned(),
            due_on: Some("2026-12-31".parse().unwrap()),
            done_at: None,
        };
        let cause = Cause { cause: "=cmd|' /C calc'!A0".to_owned(), part, actions: vec![action] };
        let mut rows = vec![counted("cause", &cause.cause, cause.part)];
        rows.push(action_row(&cause.cause, &cause.actions[0]));
        let table = Table { name: "complaints", headings: &COMPLAINTS, rows };
        let csv = String::from_utf8(table.to_csv().unwrap()).unwrap();
        let expected = "\u{FEFF}section,item,n,share,hours,action,owner,due_on,done_at\r\n\
                        cause,'=cmd|' /C calc'!A0,1,1,,,,,\r\n\
                        action,'=cmd|' /C calc'!A0,,,,'@SUM(1),'+1,2026-12-31,\r\n";
        assert_eq!(csv, expected);
        assert!(!table.to_xlsx().unwrap().is_empty());
        assert_eq!((plain("<r>x").as_str(), plain("-1").as_str(), plain("退款").as_str()), ("'<r>x", "'-1", "退款"));
    }
}

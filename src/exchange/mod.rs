//! Entries in the formats that people carry them in: tables, lines of JSON, files. Bytes in, values out, and back.
//!
//! Reads and writes no disk. What comes in is data and nothing else: no formula is worked out, no link followed.

mod archive;
mod csv;
pub mod figures;
pub mod form;
pub mod document;
#[cfg(test)]
mod drawn;
pub mod faults;
mod foreign;
mod jsonl;
pub mod packed;
mod sheet;
mod slug;
mod table;
mod times;
pub mod usage;
pub mod write;
mod xlsx;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use utoipa::ToSchema;

use crate::exchange::document::EntryDocument;
use crate::knowledge::content::{Content, SourceFile};
use crate::knowledge::entry::EntryId;
use crate::text::language::LanguageTag;

pub use crate::exchange::csv::csv_of;
pub use crate::exchange::foreign::Foreign;
pub use crate::exchange::table::mapping::{BadMapping, Mapping};
pub use crate::exchange::write::files_of;

/// A format in which entries are one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Our columns as comma-separated values.
    Csv,
    /// Our columns as a workbook of Excel.
    Xlsx,
    /// One document a line.
    Jsonl,
    /// Anybody's table, csv or xlsx, with headings; only read.
    Table,
    /// A file of another system; only read.
    Foreign(Foreign),
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 12] = [
        Self::Csv,
        Self::Xlsx,
        Self::Jsonl,
        Self::Table,
        Self::Foreign(Foreign::QnaMaker),
        Self::Foreign(Foreign::Qna),
        Self::Foreign(Foreign::QnaBot),
        Self::Foreign(Foreign::FastGpt),
        Self::Foreign(Foreign::Dify),
        Self::Foreign(Foreign::MaxKb),
        Self::Foreign(Foreign::Dialogflow),
        Self::Foreign(Foreign::Rasa),
    ];

    /// Returns the name that the command line and the API have for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Jsonl => "jsonl",
            Self::Table => "table",
            Self::Foreign(format) => format.name(),
        }
    }

    /// Returns the names of all formats, for people.
    pub fn names() -> String {
        Self::ALL.map(Self::name).join(", ")
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// There is no format of this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no format; one of {names}", names = Format::names())]
pub struct UnknownFormat(String);

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|format| format.name() == name).ok_or_else(|| UnknownFormat(name.to_owned()))
    }
}

/// Why entries cannot be written in a format.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A text is longer than a cell of Excel.
    #[error(
        "{entry}: {column} holds more than the 32,767 characters of a cell in Excel; csv and jsonl have no such limit"
    )]
    CellTooLong {
        /// The entry.
        entry: EntryId,
        /// The column.
        column: &'static str,
    },
    /// The format is only read.
    #[error("{0} is only read; csv, xlsx and jsonl are written")]
    ReadOnly(Format),
    /// The writer of archives failed.
    #[error("the archive cannot be written")]
    Packing {
        /// What the writer says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The format's writer failed.
    #[error("the {format} cannot be written")]
    Writing {
        /// The format.
        format: Format,
        /// What the writer says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl ExportError {
    pub(crate) fn writing(format: Format, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Writing { format, source: Box::new(source) }
    }
}

/// What a file holds.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    /// The entries without a fault, in the file's order and in their normal form.
    pub documents: Vec<Placed>,
    /// The `_category.yaml` of each category that is new.
    pub categories: Vec<SourceFile>,
    /// Everything that is wrong, in the order of rows.
    pub faults: Vec<Fault>,
    /// What is left out, in the order of rows.
    pub notes: Vec<Note>,
}

/// A document with its place in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The entry.
    pub document: EntryDocument,
    /// The file that it stands in, where that is one of an archive; else empty.
    pub file: String,
    /// The row that its Chinese text stands in, from 1.
    pub row: usize,
    /// The rows of its translations, where these have rows of their own.
    pub translations: BTreeMap<LanguageTag, usize>,
}

impl Placed {
    /// Returns the row that a language's text stands in.
    pub fn row_of(&self, language: &LanguageTag) -> usize {
        self.translations.get(language).copied().unwrap_or(self.row)
    }
}

/// What is wrong with a file, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Fault {
    /// The row as a spreadsheet numbers it, the header is 1; the line of a file that is no table.
    pub row: usize,
    /// The column's heading or the field's name, behind the file's name where the file is an archive; empty where it is the
    /// whole row or file.
    pub column: String,
    /// What is wrong, lower case, no full stop.
    pub message: String,
}

impl Fault {
    pub(crate) fn new(row: usize, column: impl Into<String>, message: impl Into<String>) -> Self {
        Self { row, column: column.into(), message: message.into() }
    }

    /// Makes the fault of a file that cannot be read at all.
    pub fn of_file(message: impl Into<String>) -> Self {
        Self::new(1, "", message)
    }
}

/// What is left out of a file that is imported all the same, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Note {
    /// The row or line, from 1.
    pub row: usize,
    /// The column's heading or the field's name, behind the file's name where the file is an archive.
    pub column: String,
    /// What is left out, lower case, no full stop.
    pub message: String,
}

impl Note {
    pub(crate) fn new(row: usize, column: impl Into<String>, message: impl Into<String>) -> Self {
        Self { row, column: column.into(), message: message.into() }
    }
}

impl Imported {
    /// Makes the result of a file that cannot be read at all.
    pub(crate) fn unreadable(message: impl Into<String>) -> Self {
        Self { faults: vec![Fault::of_file(message)], ..Self::default() }
    }

    /// Takes a document in, or what is wrong with it; its translations stand in rows of their own, or in its own row.
    pub(crate) fn take(&mut self, document: EntryDocument, row: usize, translations: BTreeMap<LanguageTag, usize>) {
        let placed = Placed { document: document.normalised(), file: String::new(), row, translations };
        let found = placed.document.faults();
        self.faults.extend(found.iter().map(|fault| {
            let row = fault.language.as_ref().map_or(row, |language| placed.row_of(language));
            Fault::new(row, fault.field, fault.message.as_str())
        }));
        if found.is_empty() {
            self.documents.push(placed);
        }
    }

    fn in_order(mut self) -> Self {
        self.faults.sort_by_key(|fault| fault.row);
        self.notes.sort_by_key(|note| note.row);
        self
    }
}

/// Writes documents in one of our formats; importing the bytes gives the same documents in their normal form.
///
/// # Errors
/// Fails when the format is only read, when Excel has no room for a text, and when a writer fails.
pub fn export(format: Format, documents: &[EntryDocument]) -> Result<Vec<u8>, ExportError> {
    match format {
        Format::Csv => csv::write(&sheet::write::rows_of(documents)),
        Format::Xlsx => xlsx::write::write(documents),
        Format::Jsonl => jsonl::write(documents),
        Format::Table | Format::Foreign(_) => Err(ExportError::ReadOnly(format)),
    }
}

/// Reads a file; never stops at the first fault. Times without an offset are those of the content's calendar; a `Table` and what
/// is `Foreign` find their categories and entries among the content's, a `Table` by the columns that `mapping` names.
pub fn import(format: Format, bytes: &[u8], content: &Content, mapping: &Mapping) -> Imported {
    let zone = times::zone_of(content);
    let imported = match format {
        Format::Csv => csv::read(bytes).map(|rows| sheet::read::import(&rows, &zone)),
        Format::Xlsx => xlsx::read::read(bytes).map(|rows| sheet::read::import(&rows, &zone)),
        Format::Jsonl => Ok(jsonl::read(bytes)),
        Format::Table => table_rows(bytes).map(|rows| table::import(&rows, content, mapping, &zone)),
        Format::Foreign(format) => Ok(foreign::import(format, bytes, content)),
    };
    imported.unwrap_or_else(Imported::unreadable).in_order()
}

/// Reads a table by what its bytes are, as people name files as they like.
fn table_rows(bytes: &[u8]) -> Result<Vec<sheet::Row>, String> {
    const OLD_EXCEL: &[u8] = b"\xD0\xCF\x11\xE0";
    if bytes.starts_with(OLD_EXCEL) {
        return Err("this is a workbook of an old Excel or one with a password; save it as .xlsx".to_owned());
    }
    if bytes.starts_with(archive::MAGIC) { xlsx::read::read(bytes) } else { csv::read(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::{ReadOptions, read};

    #[test]
    fn formats_are_called_by_name() {
        for format in Format::ALL {
            assert_eq!(format.name().parse(), Ok(format));
        }
        assert!("folder".parse::<Format>().is_err());
    }

    #[test]
    fn the_sample_goes_out_and_comes_in_unchanged() {
        let (content, _) = read(crate::files::sample(), &ReadOptions::default());
        let documents: Vec<EntryDocument> = content.entries.iter().map(EntryDocument::of).collect();
        for format in [Format::Csv, Format::Xlsx, Format::Jsonl] {
            let bytes = export(format, &documents).unwrap();
            assert_eq!(export(format, &documents).unwrap(), bytes, "{format}: the same bytes again");
            let imported = import(format, &bytes, &content, &Mapping::default());
            assert_eq!(imported.faults, [], "{format}");
            let back: Vec<EntryDocument> = imported.documents.into_iter().map(|placed| placed.document).collect();
            assert!(back == documents, "{format}");
        }
        assert!(matches!(export(Format::Table, &documents), Err(ExportError::ReadOnly(_))));
    }
}

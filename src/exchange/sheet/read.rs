//! Rows → documents, with every fault. Rows of one id belong together wherever they stand.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use rustc_hash::FxHashMap;

use crate::exchange::document::{EntryDocument, TextDocument, actions};
use crate::exchange::sheet::cells::{restored, split, unescaped, words};
use crate::exchange::sheet::{Column, Row};
use crate::exchange::{Fault, Imported, times};
use crate::knowledge::entry::{Action, Audience, EntryId, StepsShown, Validity};
use crate::text::language::LanguageTag;

/// Reads all rows; the first one that is not blank is the header.
pub(crate) fn import(rows: &[Row], zone: &TimeZone) -> Imported {
    let mut rows = rows.iter().filter(|row| !row.is_blank());
    let Some(header) = rows.next() else { return Imported::unreadable("the file is empty") };
    let mut imported = Imported::default();
    let Some(columns) = columns(header, &mut imported.faults) else { return imported };
    let mut reader =
        Reader { header, columns, zone, faults: imported.faults, drafts: Vec::new(), of_id: FxHashMap::default() };
    let mut translations = Vec::new();
    for row in rows {
        translations.extend(reader.read(row));
    }
    for translation in translations {
        reader.add(translation);
    }
    let mut imported = Imported { faults: reader.faults, ..Imported::default() };
    for Draft { document, row, translations, is_faulty } in reader.drafts {
        let n_documents = imported.documents.len();
        imported.take(document, row, translations);
        if is_faulty {
            imported.documents.truncate(n_documents);
        }
    }
    imported
}

/// Finds the columns in the header; `None` when one that must be there is not.
fn columns(header: &Row, faults: &mut Vec<Fault>) -> Option<[Option<usize>; Column::ALL.len()]> {
    let mut columns = [None; Column::ALL.len()];
    for (at, heading) in header.cells.iter().enumerate().filter(|(_, heading)| !heading.trim().is_empty()) {
        let mut report = |message: String| faults.push(Fault::new(header.number, heading.as_str(), message));
        match Column::named(heading) {
            None => report(format!("unknown column; the columns are {}", Column::ALL.map(Column::name).join(" "))),
            Some(column) if columns[column as usize].is_some() => report("the column stands twice".to_owned()),
            Some(column) => columns[column as usize] = Some(at),
        }
    }
    let mut is_complete = true;
    for column in Column::REQUIRED.into_iter().filter(|&column| columns[column as usize].is_none()) {
        faults.push(Fault::new(header.number, column.name(), "the column is missing"));
        is_complete = false;
    }
    is_complete.then_some(columns)
}

struct Reader<'r> {
    header: &'r Row,
    columns: [Option<usize>; Column::ALL.len()],
    zone: &'r TimeZone,
    faults: Vec<Fault>,
    drafts: Vec<Draft>,
    /// The place among the drafts of each id.
    of_id: FxHashMap<String, usize>,
}

/// A document with the rows that it is read from.
struct Draft {
    document: EntryDocument,
    row: usize,
    translations: BTreeMap<LanguageTag, usize>,
    is_faulty: bool,
}

/// A translation that waits for its entry.
struct Translation {
    id: String,
    category: String,
    language: LanguageTag,
    text: TextDocument,
    row: usize,
    is_faulty: bool,
}

impl Reader<'_> {
    fn report(&mut self, row: usize, column: Column, message: impl Into<String>) {
        self.faults.push(Fault::new(row, column.name(), message));
    }

    fn cell<'r>(&self, row: &'r Row, column: Column) -> &'r str {
        self.columns[column as usize].map_or("", |at| restored(row.cell(at)))
    }

    /// Reads a row; returns it when it is a translation.
    fn read(&mut self, row: &Row) -> Option<Translation> {
        let n_faults = self.faults.len();
        if row.is_garbled {
            self.faults.push(Fault::new(row.number, "", "bytes of this row are no text in its encoding"));
        }
        let is_headed = |at: usize| !self.header.cell(at).trim().is_empty();
        if row.cells.iter().enumerate().any(|(at, cell)| !cell.trim().is_empty() && !is_headed(at)) {
            self.faults.push(Fault::new(row.number, "", "a cell stands below no heading"));
        }
        let id = self.cell(row, Column::Id).trim().to_owned();
        let category = self.cell(row, Column::Category).trim().to_owned();
        let language = self.language(row)?;
        let text = self.text(row);
        if language != LanguageTag::zh_cn() {
            self.check_translation(row);
            let is_faulty = self.faults.len() > n_faults;
            return Some(Translation { id, category, language, text, row: row.number, is_faulty });
        }
        let mut document = EntryDocument::new(EntryId(id.clone()), category, text);
        self.entry_fields(row, &mut document);
        if let Some(&first) = self.of_id.get(&id) {
            let first = self.drafts[first].row;
            self.report(row.number, Column::Id, format!("the id \"{id}\" stands in row {first} already"));
            return None;
        }
        self.of_id.insert(id, self.drafts.len());
        let is_faulty = self.faults.len() > n_faults;
        self.drafts.push(Draft { document, row: row.number, translations: BTreeMap::new(), is_faulty });
        None
    }

    fn language(&mut self, row: &Row) -> Option<LanguageTag> {
        let cell = self.cell(row, Column::Language).trim().to_owned();
        if cell.is_empty() {
            return Some(LanguageTag::zh_cn());
        }
        let language = LanguageTag::parse(&cell);
        if language.is_none() {
            self.report(row.number, Column::Language, format!("\"{cell}\" is no language; for instance zh-CN, en"));
        }
        language
    }

    fn text(&mut self, row: &Row) -> TextDocument {
        TextDocument {
            question: unescaped(self.cell(row, Column::Question)),
            similar: split(self.cell(row, Column::Similar)),
            never: split(self.cell(row, Column::Never)),
            review_by: self.parsed(row, Column::ReviewBy, times::date, "date like 2027-05-01"),
            body: self.cell(row, Column::Answer).to_owned(),
        }
    }

    fn entry_fields(&mut self, row: &Row, document: &mut EntryDocument) {
        const INSTANT: &str = "time like 2027-01-01T00:00:00+08:00";
        let zone = self.zone;
        let instant = |cell: &str| times::instant(cell, zone);
        document.related = split(self.cell(row, Column::Related)).into_iter().map(EntryId).collect();
        document.actions = self.parsed(row, Column::Actions, parse_actions, "JSON list of actions").unwrap_or_default();
        document.requires = Some(unescaped(self.cell(row, Column::Requires)));
        document.valid = Validity {
            from: self.parsed(row, Column::ValidFrom, instant, INSTANT),
            until: self.parsed(row, Column::ValidUntil, instant, INSTANT),
        };
        document.channels = words(self.cell(row, Column::Channels)).map(str::to_owned).collect();
        document.audience = self.audience(row);
        let steps = |cell: &str| (cell.trim() == "guided").then_some(StepsShown::Guided);
        document.steps = self.parsed(row, Column::Steps, steps, "way to show steps: guided");
        document.top = self.parsed(row, Column::Top, |cell| cell.trim().parse().ok(), "whole number");
        document.owner = Some(unescaped(self.cell(row, Column::Owner)));
    }

    fn audience(&mut self, row: &Row) -> Vec<Audience> {
        let mut audience = Vec::new();
        for word in words(self.cell(row, Column::Audience)) {
            match word {
                "buyer" => audience.push(Audience::Buyer),
                "merchant" => audience.push(Audience::Merchant),
                "agent" => audience.push(Audience::Agent),
                _ => self.report(
                    row.number,
                    Column::Audience,
                    format!("\"{word}\" is no audience; one of buyer, merchant, agent"),
                ),
            }
        }
        audience
    }

    /// Reads a cell that need not be there.
    fn parsed<T>(&mut self, row: &Row, column: Column, parse: impl Fn(&str) -> Option<T>, what: &str) -> Option<T> {
        let cell = self.cell(row, column);
        if cell.trim().is_empty() {
            return None;
        }
        let parsed = parse(cell);
        if parsed.is_none() {
            self.report(row.number, column, format!("\"{}\" is no {what}", cell.trim()));
        }
        parsed
    }

    fn check_translation(&mut self, row: &Row) {
        for column in Column::OF_ENTRY {
            if !self.cell(row, column).trim().is_empty() {
                self.report(row.number, column, "this stands only in the row of zh-CN");
            }
        }
    }

    /// Puts a translation to its entry.
    fn add(&mut self, translation: Translation) {
        let Translation { id, category, language, text, row, is_faulty } = translation;
        let Some(&at) = self.of_id.get(&id) else {
            self.report(row, Column::Language, format!("there is no row of \"{id}\" in zh-CN that this translates"));
            return;
        };
        let own = self.drafts[at].document.category.clone();
        if !category.is_empty() && category != own {
            self.drafts[at].is_faulty = true;
            self.report(row, Column::Category, format!("the entry is in \"{own}\", not in \"{category}\""));
        }
        let draft = &mut self.drafts[at];
        draft.is_faulty |= is_faulty;
        if draft.document.texts.contains_key(&language) {
            draft.is_faulty = true;
            self.report(row, Column::Id, format!("\"{id}\" has two rows in {language}"));
            return;
        }
        draft.translations.insert(language.clone(), row);
        draft.document.texts.insert(language, text);
    }
}

fn parse_actions(cell: &str) -> Option<Vec<Action>> {
    let mut reader = serde_json::Deserializer::from_str(cell);
    let list = actions::deserialize(&mut reader).ok()?;
    reader.end().ok().map(|()| list)
}

#[cfg(test)]
mod tests {
    use crate::exchange::{Format, Mapping, import};
    use crate::knowledge::content::Content;
    use crate::text::language::LanguageTag;

    const HEADER: &str = "id,category,language,question,answer";

    /// More headings, rows, and all faults as `row column`.
    const FAULTS: &[(&str, &str, &[&str])] = &[
        ("", "a,b,,问,答", &[]),
        (",,", "a,b,zh-CN,问,答,,\n\na,,en,Q,A", &[]),
        (",anwser", "a,b,,问,答,", &["1 anwser"]),
        (",ID", "a,b,,问,答,", &["1 ID"]),
        ("", "a,b,,问,答,更多", &["2 "]),
        ("", "a,b,, ,", &["2 question", "2 answer"]),
        ("", ",,,问,答", &["2 id", "2 category"]),
        ("", "../a,b/c,,问,答", &["2 id", "2 category"]),
        ("", "a,surveys,,问,答", &["2 category"]),
        ("", "a,b,,问,答\na,b,,问,答", &["3 id"]),
        ("", "a,b,中文,问,答", &["2 language"]),
        ("", "a,b,en,Q,A", &["2 language"]),
        ("", "a,,en,Q,\na,b,,问,答\na,c,ja,問,答\na,,en,Q,A", &["2 answer", "4 category", "5 id"]),
        (",owner", "a,b,,问,答,x\na,,en,Q,A,x", &["3 owner"]),
        (",valid_from,valid_until", "a,b,,问,答,明天,2026-13-01", &["2 valid_from", "2 valid_until"]),
        (",top,review_by", "a,b,,问,答,-1,5月", &["2 review_by", "2 top"]),
        (",audience,channels", "a,b,,问,答,buyers,抖音", &["2 audience", "2 channels"]),
        (",related", "a,b,,问,答,../x", &["2 related"]),
        (",actions", "a,b,,问,答,x\nc,b,,问,答,\"[{\"\"label\"\":\"\"x\"\"}]\"", &["2 actions", "3 actions"]),
    ];

    #[test]
    fn each_fault_has_its_row_and_column() {
        for (headings, rows, expected) in FAULTS {
            let csv = format!("{HEADER}{headings}\n{rows}\n");
            let imported = import(Format::Csv, csv.as_bytes(), &Content::default(), &Mapping::default());
            let faults: Vec<String> =
                imported.faults.iter().map(|fault| format!("{} {}", fault.row, fault.column)).collect();
            assert_eq!(faults, *expected, "{csv}");
        }
        for csv in ["", "\n\n", "id,question\na,b\n"] {
            let imported = import(Format::Csv, csv.as_bytes(), &Content::default(), &Mapping::default());
            assert!(!imported.faults.is_empty(), "{csv:?}");
        }
    }

    #[test]
    fn what_a_spreadsheet_makes_of_times_is_read() {
        let csv = format!(
            "{HEADER},valid_from,review_by,top,audience\na,b,,问,答,2026/1/1 8:00,2027/5/1,3,\"buyer, agent\"\n"
        );
        let imported = import(Format::Csv, csv.as_bytes(), &Content::default(), &Mapping::default());
        assert_eq!(imported.faults, []);
        let document = &imported.documents[0].document;
        assert_eq!(document.valid.from.unwrap().to_string(), "2026-01-01T08:00:00Z");
        assert_eq!(document.texts[&LanguageTag::zh_cn()].review_by.unwrap().to_string(), "2027-05-01");
        assert_eq!((document.top, document.audience.len()), (Some(3), 2));
    }
}

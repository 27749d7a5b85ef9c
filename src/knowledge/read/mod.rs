//! Which file is what, and what the files say: one function a kind of file, each adding to the content.

mod calendar;
mod canned;
mod entries;
mod flows;
mod intents;
mod lists;
mod operator;

use std::borrow::Cow;

use crate::knowledge::check::Checks;
use crate::knowledge::content::{Content, SourceFile};
use crate::knowledge::diagnostic::Diagnostic;
use crate::knowledge::reader::{Notes, Reader};
use crate::knowledge::source::{Place, Source};

/// What reading hangs on besides the files.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// Checks what hangs on a date as of this instant; without it nothing does.
    pub at: Option<jiff::Timestamp>,
}

/// What the texts of all other files are checked against.
const READ_FIRST: [&str; 3] =
    ["knowledge-base/official-contacts.yaml", "knowledge-base/variables.yaml", "intents/rules.yaml"];

/// Reads all files of the content and returns what could be read, with every fault, in the order of places.
///
/// Files that are given away are not copied.
pub fn read<'f>(files: impl Into<Cow<'f, [SourceFile]>>, options: &ReadOptions) -> (Content, Vec<Diagnostic>) {
    let mut files = files.into().into_owned();
    files.retain(|file| !is_hidden(&file.path));
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let (sources, bad): (Vec<Source>, Vec<Option<(usize, usize)>>) = files.into_iter().map(Source::decode).unzip();
    let mut order: Vec<usize> = (0..sources.len()).collect();
    order.sort_by_key(|&file| !READ_FIRST.contains(&sources[file].path.as_str()));
    let mut reader = Reader { sources, diagnostics: Vec::new(), notes: Notes::default() };
    let mut content = Content::default();
    let mut translations = Vec::new();
    let mut checks = Checks::default();
    for file in order {
        if let Some((line, column)) = bad[file] {
            reader.report(
                "not-utf8",
                Place { file, line, column },
                "this byte is no UTF-8",
                Some("save the file as UTF-8".to_owned()),
            );
        }
        read_file(&mut reader, &mut content, &mut translations, file);
        if !READ_FIRST.contains(&reader.sources[file].path.as_str()) {
            checks.after_file(&mut reader, &content);
        }
    }
    checks.after_file(&mut reader, &content);
    entries::add_translations(&mut reader, &mut content, translations);
    sort(&mut content);
    checks.at_the_end(&mut reader, &content, options.at);
    let mut diagnostics = reader.diagnostics;
    diagnostics.sort_by(|a, b| {
        (&a.file, a.line, a.column, a.code, &a.message).cmp(&(&b.file, b.line, b.column, b.code, &b.message))
    });
    diagnostics.dedup();
    (content, diagnostics)
}

fn is_hidden(path: &str) -> bool {
    path.split('/').any(|part| part.starts_with('.'))
}

fn read_file(reader: &mut Reader, content: &mut Content, translations: &mut Vec<entries::Translation>, file: usize) {
    let path = reader.sources[file].path.clone();
    let parts: Vec<&str> = path.split('/').collect();
    let known = match parts.as_slice() {
        ["knowledge-base", "variables.yaml"] => operator::variables(reader, content, file),
        ["knowledge-base", "official-contacts.yaml"] => operator::contacts(reader, content, file),
        ["knowledge-base", "departments.yaml"] => operator::departments(reader, content, file),
        ["knowledge-base", "sample-transactions.csv"] => operator::sample_transactions(reader, content, file),
        ["knowledge-base", "calendar.yaml"] => calendar::calendar(reader, content, file),
        ["knowledge-base", "synonyms.txt"] => lists::synonyms(reader, content, file),
        ["knowledge-base", "dictionary.txt"] => lists::dictionary(reader, content, file),
        ["knowledge-base", "questions", name] if name.ends_with(".jsonl") => {
            lists::questions(reader, content, file, name)
        }
        ["knowledge-base", "announcements", name] if name.ends_with(".md") => {
            entries::announcement(reader, content, translations, file, name)
        }
        ["knowledge-base", "surveys", name] if name.ends_with(".yaml") => operator::survey(reader, content, file, name),
        ["knowledge-base", "questions" | "announcements" | "surveys", ..] => return unexpected(reader, file),
        ["knowledge-base", category, "_category.yaml"] => entries::category(reader, content, file, category),
        ["knowledge-base", category, name] if name.ends_with(".md") => {
            entries::entry(reader, content, translations, file, category, name)
        }
        ["intents", "rules.yaml"] => intents::rules(reader, content, file),
        ["intents", "texts.yaml"] => intents::texts(reader, content, file),
        ["intents", "canned.yaml"] => canned::canned(reader, content, file),
        ["intents", "flows", name] if name.ends_with(".yaml") => flows::flow(reader, content, file, name),
        ["intents", name] if name.ends_with(".yaml") => intents::intent(reader, content, file, name),
        _ => return unexpected(reader, file),
    };
    // Every reader returns `None` when nothing at all could be read; the fault is reported where it was found.
    let _: Option<()> = known;
}

fn unexpected(reader: &mut Reader, file: usize) {
    let place = Place { file, line: 1, column: 1 };
    let path = reader.sources[file].path.clone();
    let hint = match path.strip_suffix(".yml") {
        Some(stem) => Some(format!("files are named {stem}.yaml")),
        None if path.matches('/').count() > 2 => Some("a category holds no folders".to_owned()),
        None => Some("entries are knowledge-base/<category>/<id>.md, intents are intents/<name>.yaml".to_owned()),
    };
    reader.report("unexpected-file", place, "the product does not look for a file here", hint);
}

fn sort(content: &mut Content) {
    content.entries.sort_by(|a, b| a.id.cmp(&b.id));
    content.intents.sort_by(|a, b| a.name.cmp(&b.name));
    content.categories.sort_by(|a, b| (a.order, &a.name).cmp(&(b.order, &b.name)));
    content.announcements.sort_by(|a, b| a.id.cmp(&b.id));
    content.surveys.sort_by(|a, b| a.id.cmp(&b.id));
    content.entries.shrink_to_fit();
}

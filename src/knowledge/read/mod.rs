//! Which file is what, and what the files say: one function a kind of file, each adding to the content.

mod calendar;
mod entries;
mod flows;
mod intents;
mod lists;
mod operator;

use crate::knowledge::check;
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

/// Reads all files of the content and returns what could be read, with every fault, in the order of places.
pub fn read(files: &[SourceFile], options: &ReadOptions) -> (Content, Vec<Diagnostic>) {
    let mut sorted: Vec<&SourceFile> = files.iter().filter(|file| !is_hidden(&file.path)).collect();
    sorted.sort_by(|a, b| a.path.cmp(&b.path));
    let decoded: Vec<(Source, Option<(usize, usize)>)> = sorted.into_iter().map(Source::decode).collect();
    let bad: Vec<Option<(usize, usize)>> = decoded.iter().map(|(_, bad)| *bad).collect();
    let sources = decoded.into_iter().map(|(source, _)| source).collect();
    let mut reader = Reader { sources, diagnostics: Vec::new(), notes: Notes::default() };
    let mut content = Content::default();
    let mut translations = Vec::new();
    for (file, bad) in bad.into_iter().enumerate() {
        if let Some((line, column)) = bad {
            reader.report(
                "not-utf8",
                Place { file, line, column },
                "this byte is no UTF-8",
                Some("save the file as UTF-8".to_owned()),
            );
        }
        read_file(&mut reader, &mut content, &mut translations, file);
    }
    entries::add_translations(&mut reader, &mut content, translations);
    sort(&mut content);
    check::all(&mut reader, &content, options.at);
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
}

//! Documents → rows.

use crate::exchange::document::{EntryDocument, TextDocument, actions};
use crate::exchange::sheet::cells::{escaped, joined, neutralised};
use crate::exchange::sheet::{Cells, Column};
use crate::exchange::write::audience_name;
use crate::knowledge::entry::Action;
use crate::text::language::LanguageTag;

/// Writes all documents as cells that are safe to open.
pub(crate) fn rows_of(documents: &[EntryDocument]) -> Vec<Cells> {
    documents.iter().flat_map(rows).collect()
}

/// Writes a document in its normal form, its Chinese text first.
fn rows(document: &EntryDocument) -> Vec<Cells> {
    let document = document.clone().normalised();
    let own = LanguageTag::zh_cn();
    let (first, others): (Vec<_>, Vec<_>) = document.texts.iter().partition(|(language, _)| **language == own);
    let row = |(language, text): (&LanguageTag, &TextDocument)| {
        Column::ALL.map(|column| {
            let cell = text_cell(column, &document, language, text);
            let of_entry = || if *language == own { entry_cell(column, &document) } else { String::new() };
            neutralised(cell.unwrap_or_else(of_entry))
        })
    };
    first.into_iter().chain(others).map(row).collect()
}

/// Writes a cell of every row; `None` for what only the row of the Chinese text has.
fn text_cell(column: Column, document: &EntryDocument, language: &LanguageTag, text: &TextDocument) -> Option<String> {
    Some(match column {
        Column::Id => document.id.0.clone(),
        Column::Language => language.to_string(),
        Column::Question => escaped(&text.question).into_owned(),
        Column::Similar => joined(text.similar.iter().map(String::as_str)),
        Column::Never => joined(text.never.iter().map(String::as_str)),
        Column::Answer => text.body.clone(),
        Column::ReviewBy => text.review_by.map(|date| date.to_string()).unwrap_or_default(),
        _ => return None,
    })
}

fn entry_cell(column: Column, document: &EntryDocument) -> String {
    let instant = |instant: Option<jiff::Timestamp>| instant.map(|instant| instant.to_string()).unwrap_or_default();
    let value = |value: &Option<String>| value.as_deref().map(escaped).unwrap_or_default().into_owned();
    match column {
        Column::Category => document.category.clone(),
        Column::Related => joined(document.related.iter().map(|id| id.0.as_str())),
        Column::Actions => actions_cell(&document.actions),
        Column::Requires => value(&document.requires),
        Column::ValidFrom => instant(document.valid.from),
        Column::ValidUntil => instant(document.valid.until),
        Column::Channels => joined(document.channels.iter().map(String::as_str)),
        Column::Audience => joined(document.audience.iter().map(|&audience| audience_name(audience))),
        Column::Steps => document.steps.map(|_| "guided".to_owned()).unwrap_or_default(),
        Column::Top => document.top.map(|top| top.to_string()).unwrap_or_default(),
        Column::Owner => value(&document.owner),
        Column::Id
        | Column::Language
        | Column::Question
        | Column::Similar
        | Column::Never
        | Column::Answer
        | Column::ReviewBy => String::new(),
    }
}

fn actions_cell(list: &[Action]) -> String {
    let mut out = Vec::new();
    if !list.is_empty() {
        actions::serialize(list, &mut serde_json::Serializer::new(&mut out))
            .expect("texts with fixed keys are always JSON, and a Vec takes every byte");
    }
    String::from_utf8(out).expect("serde_json writes UTF-8")
}

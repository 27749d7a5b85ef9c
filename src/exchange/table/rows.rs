//! The rows of a foreign table → one entry each.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::exchange::foreign::entry::{ForeignEntry, ForeignText, Place, Reading};
use crate::exchange::sheet::Row;
use crate::exchange::sheet::cells::restored_formula;
use crate::exchange::table::headings::Headings;
use crate::exchange::table::mapping::Field;
use crate::exchange::{Fault, times};
use crate::knowledge::entry::{CHANNELS, Validity};
use crate::text::language::LanguageTag;

/// Words that other products have for channels; empty for those that mean all.
const CHANNEL_WORDS: [(&str, &str); 21] = [
    ("全部", ""),
    ("全部渠道", ""),
    ("所有渠道", ""),
    ("所有", ""),
    ("默认", ""),
    ("通用", ""),
    ("all", ""),
    ("网页", "web"),
    ("网站", "web"),
    ("h5", "web"),
    ("邮件", "email"),
    ("邮箱", "email"),
    ("电话", "phone"),
    ("微信", "wechat"),
    ("微信公众号", "wechat"),
    ("公众号", "wechat"),
    ("企业微信", "wecom"),
    ("微博", "weibo"),
    ("新浪微博", "weibo"),
    ("钉钉", "dingtalk"),
    ("飞书", "feishu"),
];

/// Words for a validity without an end.
const ALWAYS: [&str; 5] = ["永久", "永久有效", "长期", "长期有效", "不限"];

/// Reads the rows below the header.
pub(crate) fn entries(headings: &Headings<'_>, rows: &[Row], zone: &TimeZone) -> Reading {
    let mut reading = Reading::default();
    for row in rows.iter().filter(|row| !row.is_blank()) {
        let n_faults = reading.faults.len();
        let mut reader = RowReader { headings, row, zone, faults: &mut reading.faults };
        let Some(mut entry) = reader.entry() else { continue };
        entry.is_faulty = reading.faults.len() > n_faults;
        reading.entries.push(entry);
    }
    reading
}

struct RowReader<'r> {
    headings: &'r Headings<'r>,
    row: &'r Row,
    zone: &'r TimeZone,
    faults: &'r mut Vec<Fault>,
}

impl<'r> RowReader<'r> {
    /// Reports a fault in the first column of a field.
    fn report(&mut self, field: Field, message: impl Into<String>) {
        self.faults.push(Fault::new(self.row.number, self.headings.of(field), message));
    }

    /// Returns the cells of a field that are not empty.
    fn cells(&self, field: Field) -> Vec<&'r str> {
        let row = self.row;
        let of_field = self.headings.columns.iter().filter(|&&(_, known)| known == field);
        of_field.map(|&(at, _)| restored_formula(row.cell(at).trim())).filter(|cell| !cell.is_empty()).collect()
    }

    fn values(&self, field: Field) -> Vec<String> {
        self.cells(field).into_iter().flat_map(several).map(str::to_owned).collect()
    }

    fn entry(&mut self) -> Option<ForeignEntry> {
        if self.row.is_garbled {
            self.faults.push(Fault::new(self.row.number, "", "bytes of this row are no text in its encoding"));
        }
        let questions = self.cells(Field::Question);
        let Some((&question, others)) = questions.split_first() else {
            self.report(Field::Question, "the question is missing");
            return None;
        };
        let similar = others.iter().map(|&text| text.to_owned()).chain(self.values(Field::Similar)).collect();
        let answer = self.cells(Field::Answer).first().copied().unwrap_or_default();
        let text = ForeignText {
            question: question.to_owned(),
            similar,
            never: self.values(Field::Never),
            answer: answer.replace("\r\n", "\n").replace('\r', "\n"),
        };
        Some(ForeignEntry {
            texts: BTreeMap::from([(LanguageTag::zh_cn(), text)]),
            category: self.cells(Field::Category).first().copied().unwrap_or_default().to_owned(),
            channels: self.channels(),
            valid: Validity { from: self.instant(Field::ValidFrom), until: self.instant(Field::ValidUntil) },
            related: self.values(Field::Related).into_iter().map(|named| (self.row.number, named)).collect(),
            ..ForeignEntry::at(Place::row(self.row.number))
        })
    }

    fn channels(&mut self) -> Vec<String> {
        let mut channels: Vec<String> = Vec::new();
        for cell in self.cells(Field::Channels) {
            for word in several(cell).flat_map(|part| part.split([',', '，', '、', '/'])).map(str::trim) {
                match channel(word) {
                    Some("") => return Vec::new(),
                    Some(name) if channels.iter().any(|known| known == name) => {}
                    Some(name) => channels.push(name.to_owned()),
                    None => self
                        .report(Field::Channels, format!("\"{word}\" is no channel; one of {}", CHANNELS.join(", "))),
                }
            }
        }
        channels
    }

    fn instant(&mut self, field: Field) -> Option<Timestamp> {
        let cell = *self.cells(field).first()?;
        if ALWAYS.contains(&cell) {
            return None;
        }
        let instant = times::instant(cell, self.zone);
        if instant.is_none() {
            self.report(field, format!("\"{cell}\" is no time like 2026-01-01 08:00"));
        }
        instant
    }
}

/// Splits what people put into one cell: by lines, `|`, `;` or `##`.
fn several(cell: &str) -> impl Iterator<Item = &str> {
    let parts = cell.split("##").flat_map(|part| part.split(['\n', '\r', '|', '｜', ';', '；']));
    parts.map(str::trim).filter(|part| !part.is_empty())
}

/// Returns our name of a channel; empty when all are meant.
fn channel(word: &str) -> Option<&'static str> {
    let folded = word.to_lowercase();
    let known = CHANNELS.into_iter().find(|&channel| channel == folded);
    known.or_else(|| CHANNEL_WORDS.into_iter().find(|(known, _)| *known == folded).map(|(_, name)| name))
}

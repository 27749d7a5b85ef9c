//! The rows of a foreign table → one draft for each question; rows with the same question join.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rustc_hash::FxHashMap;

use crate::exchange::sheet::Row;
use crate::exchange::sheet::cells::restored_formula;
use crate::exchange::table::braces::shown_as_text;
use crate::exchange::table::headings::Headings;
use crate::exchange::table::mapping::Field;
use crate::exchange::{Fault, times};
use crate::knowledge::entry::{CHANNELS, Validity};
use crate::text::normalise::normalise;

/// What the rows of one question say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Draft {
    /// The first row.
    pub(crate) row: usize,
    /// Whether something of it cannot be read, or contradicts itself.
    pub(crate) is_faulty: bool,
    pub(crate) question: String,
    pub(crate) similar: Vec<String>,
    pub(crate) never: Vec<String>,
    pub(crate) answer: String,
    pub(crate) category: String,
    pub(crate) channels: Vec<String>,
    pub(crate) valid: Validity,
    /// Questions or ids, with their rows.
    pub(crate) related: Vec<(usize, String)>,
}

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
pub(crate) fn drafts(headings: &Headings<'_>, rows: &[Row], zone: &TimeZone, faults: &mut Vec<Fault>) -> Vec<Draft> {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut asked: FxHashMap<String, usize> = FxHashMap::default();
    for row in rows.iter().filter(|row| !row.is_blank()) {
        let n_faults = faults.len();
        let mut reader = RowReader { headings, row, zone, faults: &mut *faults };
        let Some(mut draft) = reader.draft() else { continue };
        match asked.get(&normalise(&draft.question)) {
            Some(&at) => {
                reader.join(&mut drafts[at], draft);
                drafts[at].is_faulty |= faults.len() > n_faults;
            }
            None => {
                draft.is_faulty = faults.len() > n_faults;
                asked.insert(normalise(&draft.question), drafts.len());
                drafts.push(draft);
            }
        }
    }
    drafts
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

    fn draft(&mut self) -> Option<Draft> {
        if self.row.is_garbled {
            self.faults.push(Fault::new(self.row.number, "", "bytes of this row are no text in its encoding"));
        }
        let questions = self.cells(Field::Question);
        let Some((&question, others)) = questions.split_first() else {
            self.report(Field::Question, "the question is missing");
            return None;
        };
        if normalise(question).is_empty() {
            self.report(Field::Question, "the question has no letter");
            return None;
        }
        let similar = others.iter().map(|&text| text.to_owned()).chain(self.values(Field::Similar)).collect();
        Some(Draft {
            row: self.row.number,
            is_faulty: false,
            question: question.to_owned(),
            similar,
            never: self.values(Field::Never),
            answer: self.answer(),
            category: self.cells(Field::Category).first().copied().unwrap_or_default().to_owned(),
            channels: self.channels(),
            valid: Validity { from: self.instant(Field::ValidFrom), until: self.instant(Field::ValidUntil) },
            related: self.values(Field::Related).into_iter().map(|named| (self.row.number, named)).collect(),
        })
    }

    fn answer(&mut self) -> String {
        let cell = self.cells(Field::Answer).first().copied().unwrap_or_default();
        let answer = cell.replace("\r\n", "\n").replace('\r', "\n");
        shown_as_text(&answer).unwrap_or_else(|| {
            self.report(Field::Answer, "braces stand together in code, where they would be taken for a variable");
            answer
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

    /// Joins what this row says with what rows of the same question said before.
    fn join(&mut self, draft: &mut Draft, more: Draft) {
        let first = draft.row;
        let Draft { question, similar, never, answer, category, channels, valid, related, .. } = more;
        let otherwise = |what: &str| format!("row {first} has another {what} for the same question");
        if !replace_empty(&mut draft.answer, answer) {
            self.report(Field::Answer, otherwise("answer"));
        }
        if !replace_empty(&mut draft.category, category) {
            self.report(Field::Category, otherwise("category"));
        }
        if !replace_none(&mut draft.valid.from, valid.from) {
            self.report(Field::ValidFrom, otherwise("time"));
        }
        if !replace_none(&mut draft.valid.until, valid.until) {
            self.report(Field::ValidUntil, otherwise("time"));
        }
        draft.similar.push(question);
        draft.similar.extend(similar);
        draft.never.extend(never);
        draft.related.extend(related);
        for channel in channels {
            if !draft.channels.contains(&channel) {
                draft.channels.push(channel);
            }
        }
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

/// Puts a text where there is none; `false` when there is another.
fn replace_empty(text: &mut String, more: String) -> bool {
    if text.is_empty() {
        *text = more;
        return true;
    }
    more.is_empty() || *text == more
}

/// Puts an instant where there is none; `false` when there is another.
fn replace_none(instant: &mut Option<Timestamp>, more: Option<Timestamp>) -> bool {
    let known = *instant.get_or_insert(match more {
        Some(more) => more,
        None => return true,
    });
    more == Some(known)
}

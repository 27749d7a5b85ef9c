//! Lists and their pages: `{data, next_cursor}`. A cursor belongs to one revision, so that no list mixes two.

use std::sync::Arc;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::http::error::{Code, Problem};
use crate::snapshot::Snapshot;

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items.
    pub data: Vec<T>,
    /// Where the next page begins; null on the last one. Pass it on as it is.
    pub next_cursor: Option<String>,
    /// The revision of the content that all items are of.
    pub revision: String,
}

/// Where a page begins: how many items of a revision's list come before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    revision: String,
    offset: usize,
}

impl Cursor {
    fn parse(text: &str) -> Option<Self> {
        let (revision, offset) = text.split_once('.')?;
        let plain = !revision.is_empty() && revision.bytes().all(|b| b.is_ascii_alphanumeric());
        let digits = !offset.is_empty() && offset.bytes().all(|b| b.is_ascii_digit());
        (plain && digits).then_some(())?;
        Some(Self { revision: revision.to_owned(), offset: offset.parse().ok()? })
    }
}

/// Returns the snapshot and the offset that a list goes on with: those of its cursor, else the beginning of the live one.
pub fn resume(app: &App, cursor: Option<&str>) -> Result<(Arc<Snapshot>, usize), Problem> {
    let Some(cursor) = cursor else { return Ok((app.live().current(), 0)) };
    let cursor = Cursor::parse(cursor)
        .ok_or_else(|| Problem::field("cursor", "take next_cursor of the page before, as it is"))?;
    let snapshot = app.live().of_revision(&cursor.revision).ok_or(Code::CursorExpired)?;
    Ok((snapshot, cursor.offset))
}

/// Cuts a page out of a whole list.
pub fn page<I, T>(
    all: impl IntoIterator<Item = I>,
    offset: usize,
    limit: usize,
    revision: &str,
    render: impl FnMut(I) -> T,
) -> Page<T> {
    let mut rest = all.into_iter().skip(offset);
    let data: Vec<T> = rest.by_ref().take(limit).map(render).collect();
    let next_cursor = rest.next().map(|_| format!("{revision}.{}", offset + limit));
    Page { data, next_cursor, revision: revision.to_owned() }
}

/// A whole number in JSON, also where it is written as `5.0`: JSON knows one kind of number.
pub fn whole_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let Some(number) = Option::<serde_json::Number>::deserialize(deserializer)? else { return Ok(None) };
    let whole = number.as_u64().or_else(|| number.as_f64().filter(|f| f.fract() == 0.0 && *f >= 0.0).map(|f| f as u64));
    let fits = whole.and_then(|whole| u32::try_from(whole).ok());
    fits.map(Some).ok_or_else(|| D::Error::custom(format!("{number} is no whole number that can be")))
}

/// Checks how many items are asked for.
pub fn checked_limit(limit: Option<u32>, default: usize, most: usize) -> Result<usize, Problem> {
    match limit.map(|limit| limit as usize) {
        None => Ok(default.clamp(1, most)),
        Some(limit) if (1..=most).contains(&limit) => Ok(limit),
        Some(_) => Err(Problem::field("limit", format!("1 to {most}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_one_another_without_gap() {
        let mut offset = 0;
        let mut seen = Vec::new();
        loop {
            let page = page(0..7, offset, 3, "a1b2", |item| item);
            seen.extend(page.data);
            let Some(cursor) = page.next_cursor else { break };
            let cursor = Cursor::parse(&cursor).unwrap();
            assert_eq!(cursor.revision, "a1b2");
            offset = cursor.offset;
        }
        assert_eq!(seen, (0..7).collect::<Vec<_>>());
    }

    #[test]
    fn a_made_up_cursor_is_none() {
        for cursor in ["", ".", "a.", ".1", "a.-1", "a.1.2", "a/../b.1", "a.99999999999999999999999", "退.1"] {
            assert_eq!(Cursor::parse(cursor), None, "{cursor}");
        }
    }
}

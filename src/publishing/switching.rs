//! Switches and notices, set and read: in force at once, audited, without a revision.

use serde_json::json;

use crate::dialogue::switches::{Notice, Off, Switches};
use crate::knowledge::content::{Content, SourceFile};
use crate::knowledge::diagnostic::Severity;
use crate::knowledge::entry::EntryId;
use crate::knowledge::{ReadOptions, read as read_content};
use crate::people::audit::Action;
use crate::people::by::By;
use crate::store::Store;
use crate::store::audit;
use crate::store::revisions;
use crate::store::switches::{self, BOT, ENTRY, FLOW, NOTICE, Stored};
use crate::text::language::LanguageTag;

/// What can be switched off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Switch {
    /// The whole bot.
    Bot,
    /// An entry.
    Entry(EntryId),
    /// A flow, by its name.
    Flow(String),
}

impl Switch {
    /// Says whether the content has it.
    pub fn is_known(&self, content: &Content) -> bool {
        match self {
            Self::Bot => true,
            Self::Entry(id) => content.entry(id).is_some(),
            Self::Flow(id) => content.flows.contains_key(id),
        }
    }

    fn stored_as(&self) -> (&'static str, &str) {
        match self {
            Self::Bot => (BOT, ""),
            Self::Entry(id) => (ENTRY, &id.0),
            Self::Flow(id) => (FLOW, id),
        }
    }
}

/// Switches something off or on.
///
/// # Errors
/// Fails when the store does.
pub async fn switch(
    store: &Store,
    switch: &Switch,
    off: bool,
    note: Option<String>,
    by: &By<'_>,
) -> anyhow::Result<()> {
    let (kind, subject) = switch.stored_as();
    let value = Off { by: by.actor.name.clone(), since: by.now, note };
    let mut tx = store.write().await?;
    let was_off = switches::get(&mut *tx, kind, subject).await?.is_some();
    if off {
        let stored = Stored {
            kind: kind.to_owned(),
            subject: subject.to_owned(),
            value: serde_json::to_string(&value)?,
            expires_at: None,
            actor: by.actor.id.clone(),
            at: by.now,
        };
        switches::set(&mut *tx, &stored).await?;
    } else {
        switches::remove(&mut *tx, kind, subject).await?;
    }
    let subject = if subject.is_empty() { kind.to_owned() } else { format!("{kind}:{subject}") };
    let event = by
        .event(Action::SwitchChanged, &subject)
        .before(json!({ "off": was_off }))
        .after(json!({ "off": off, "note": value.note }));
    audit::add(&mut *tx, event).await?;
    Ok(tx.commit().await?)
}

/// The longest name of a notice.
const LONGEST_NAME: usize = 64;

/// Says whether something can be a notice's name.
pub fn is_name(id: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
    (1..=LONGEST_NAME).contains(&id.len()) && id.bytes().all(plain)
}

/// Returns what is wrong with a notice's texts: they are checked as an announcement of the live revision would be.
///
/// # Errors
/// Fails when the store does.
pub async fn faults(store: &Store, revision: &str, notice: &Notice) -> anyhow::Result<Vec<String>> {
    let mut files = Vec::new();
    let mut tx = store.read().await?;
    for path in FACTS {
        if let Some(bytes) = revisions::file(&mut *tx, revision, path).await? {
            files.push(SourceFile { path: path.to_owned(), bytes });
        }
    }
    for (language, text) in notice.text.iter() {
        let own = *language == LanguageTag::zh_cn();
        let (ending, kind) = if own { (String::new(), "kind: outage\n") } else { (format!(".{language}"), "") };
        let bytes = format!("---\ntitle: x\n{kind}---\n{text}\n").into_bytes();
        files.push(SourceFile { path: format!("{ANNOUNCEMENTS}notice{ending}.md"), bytes });
    }
    let (_, diagnostics) = read_content(files, &ReadOptions::default());
    let of_notice = diagnostics.into_iter().filter(|one| one.severity == Severity::Error);
    Ok(of_notice.filter(|one| one.file.starts_with(ANNOUNCEMENTS)).map(|one| one.message).collect())
}

/// Where announcements lie.
const ANNOUNCEMENTS: &str = "knowledge-base/announcements/";

/// Files that a notice's text may hang on.
const FACTS: [&str; 2] = ["knowledge-base/variables.yaml", "knowledge-base/official-contacts.yaml"];

/// Pins a notice, or changes it.
///
/// # Errors
/// Fails when the store does.
pub async fn pin(store: &Store, notice: &Notice, by: &By<'_>) -> anyhow::Result<()> {
    let stored = Stored {
        kind: NOTICE.to_owned(),
        subject: notice.id.clone(),
        value: serde_json::to_string(notice)?,
        expires_at: Some(notice.until),
        actor: by.actor.id.clone(),
        at: by.now,
    };
    let mut tx = store.write().await?;
    let before = switches::get(&mut *tx, NOTICE, &notice.id).await?;
    switches::set(&mut *tx, &stored).await?;
    let mut event = by.event(Action::NoticeChanged, &notice.id).after(json!(notice));
    if let Some(before) = before {
        event = event.before(serde_json::from_str(&before.value)?);
    }
    audit::add(&mut *tx, event).await?;
    Ok(tx.commit().await?)
}

/// Takes a notice down; false when there is none.
///
/// # Errors
/// Fails when the store does.
pub async fn unpin(store: &Store, id: &str, by: &By<'_>) -> anyhow::Result<bool> {
    let mut tx = store.write().await?;
    let Some(before) = switches::get(&mut *tx, NOTICE, id).await? else { return Ok(false) };
    switches::remove(&mut *tx, NOTICE, id).await?;
    let event = by.event(Action::NoticeChanged, id).before(serde_json::from_str(&before.value)?);
    audit::add(&mut *tx, event).await?;
    tx.commit().await?;
    Ok(true)
}

/// Returns what is in force.
///
/// # Errors
/// Fails when the store does, and on what this version cannot read.
pub async fn in_force(store: &Store) -> anyhow::Result<Switches> {
    read(&switches::list(&mut *store.read().await?).await?)
}

/// Puts what is stored together.
///
/// # Errors
/// Fails on what this version cannot read.
pub fn read(stored: &[Stored]) -> anyhow::Result<Switches> {
    let mut all = Switches::default();
    for Stored { kind, subject, value, .. } in stored {
        match kind.as_str() {
            BOT => all.bot_off = Some(serde_json::from_str(value)?),
            ENTRY => drop(all.entries_off.insert(EntryId(subject.clone()))),
            FLOW => drop(all.flows_off.insert(subject.clone())),
            NOTICE => all.notices.push(serde_json::from_str(value)?),
            other => anyhow::bail!("unknown switch {other:?}"),
        }
    }
    Ok(all)
}

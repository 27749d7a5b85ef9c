//! What the bot missed, for editors: put together, and with a click a phrasing of an entry and a line of the gate.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;

use crate::assistant::Assistant;
use crate::assistant::compile::Goal;
use crate::evaluation::misses::{self, Missed, Proposal, rivals};
use crate::exchange::document::EntryDocument;
use crate::ids::new_id;
use crate::knowledge::entry::EntryId;
use crate::people::by::By;
use crate::publishing::background::in_background;
use crate::publishing::editing::{EditError, Expected, content};
use crate::snapshot::Snapshot;
use crate::store::Store;
use crate::store::asked::{self, Asked, UNANSWERED};
use crate::text::language::LanguageTag;
use crate::text::normalise::normalise;

/// Questions that are put together at most: the most frequent ones.
const MOST_MISSED: i64 = 20_000;

/// How long what was put together is shown before it is done anew.
const FRESH: SignedDuration = SignedDuration::from_mins(2);

/// What is attached to an entry goes live before long; until then it is not shown again.
const ATTACHED_FOR: SignedDuration = SignedDuration::from_hours(24);

/// How long what was put aside is not shown again.
const ASIDE_FOR: SignedDuration = SignedDuration::from_hours(24 * 90);

/// Where labels of what was learned stand.
const LABELS: &str = "knowledge-base/questions/learned.jsonl";

/// Missed questions that ask for one thing.
#[derive(Clone, Debug)]
pub struct MissedGroup {
    /// Its questions, the most frequent first; what came by several channels is one.
    pub questions: Vec<Asked>,
    /// The entry that they seem to be about.
    pub proposal: Option<Proposal>,
}

/// Two entries that the bot does not tell apart, with a question that it asked back about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confused {
    /// The likelier one.
    pub entry: EntryId,
    /// The other.
    pub other: EntryId,
    /// How often.
    pub n: i64,
    /// The question that it happened with most often.
    pub example: String,
}

/// What was put together.
#[derive(Clone, Default)]
pub struct Learned {
    /// The groups, the most frequent first.
    pub groups: Vec<MissedGroup>,
    /// The pairs of entries, the most frequent first.
    pub confused: Vec<Confused>,
}

/// What was put together last, on which revision and when.
#[derive(Default)]
pub struct Misses(Mutex<Option<(String, Timestamp, Learned)>>);

impl Misses {
    /// Returns what was missed, put together on a revision.
    ///
    /// # Errors
    /// Fails when the store does.
    pub async fn of(&self, store: &Store, snapshot: &Arc<Snapshot>, now: Timestamp) -> anyhow::Result<Learned> {
        let revision = snapshot.assistant.revision();
        let mut kept = self.0.lock().await;
        if let Some((known, at, learned)) = &*kept
            && known == revision
            && now.duration_since(*at) < FRESH
        {
            return Ok(learned.clone());
        }
        let missed = asked::missed(&mut *store.read().await?, MOST_MISSED).await?;
        let there = Arc::clone(snapshot);
        let learned = in_background(move || Ok(put_together(&there, missed, now))).await?;
        *kept = Some((revision.to_owned(), now, learned.clone()));
        Ok(learned)
    }

    /// Has everything put together anew when it is next asked for.
    pub async fn forget_all(&self) {
        *self.0.lock().await = None;
    }

    /// Leaves out what has been dealt with.
    async fn forget(&self, language: &str, texts: &[String]) {
        if let Some((_, _, learned)) = &mut *self.0.lock().await {
            for group in &mut learned.groups {
                group.questions.retain(|asked| asked.language != language || !texts.contains(&asked.text));
            }
            learned.groups.retain(|group| !group.questions.is_empty());
        }
    }
}

fn put_together(snapshot: &Snapshot, missed: Vec<Asked>, now: Timestamp) -> Learned {
    let mut by_text: BTreeMap<(String, String), Asked> = BTreeMap::new();
    for asked in missed {
        match by_text.get_mut(&(asked.language.clone(), asked.text.clone())) {
            Some(known) => {
                known.n += asked.n;
                known.n_unhelpful += asked.n_unhelpful;
                known.n_handed_off += asked.n_handed_off;
                known.last_at = known.last_at.max(asked.last_at);
            }
            None => drop(by_text.insert((asked.language.clone(), asked.text.clone()), asked)),
        }
    }
    let all: Vec<Asked> = by_text.into_values().collect();
    let questions: Vec<Missed> = all
        .iter()
        .map(|asked| {
            let n = (asked.n.max(1) + asked.n_unhelpful + asked.n_handed_off).unsigned_abs();
            Missed { text: asked.text.clone(), language: LanguageTag::parse(&asked.language), n }
        })
        .collect();
    let Snapshot { assistant, index } = snapshot;
    let groups = misses::group(assistant, index, &questions, now);
    let groups = groups.into_iter().map(|group| MissedGroup {
        questions: group.members.iter().map(|&at| all[at].clone()).collect(),
        proposal: group.proposal,
    });
    let asked_back: Vec<&Asked> = all.iter().filter(|asked| asked.outcome == "clarify").collect();
    let mut pairs: BTreeMap<(EntryId, EntryId), (i64, &Asked)> = BTreeMap::new();
    for asked in asked_back {
        let language = LanguageTag::parse(&asked.language);
        let missed = Missed { text: asked.text.clone(), language, n: 1 };
        let Some((entry, other)) = rivals(assistant, index, &missed, now) else { continue };
        let key = if entry < other { (entry, other) } else { (other, entry) };
        let known = pairs.entry(key).or_insert((0, asked));
        known.0 += asked.n;
        if asked.n > known.1.n {
            known.1 = asked;
        }
    }
    let confused = pairs.into_iter().map(|((entry, other), (n, example))| {
        let example = example.text.clone();
        Confused { entry, other, n, example }
    });
    let mut confused: Vec<Confused> = confused.collect();
    confused.sort_by(|a, b| b.n.cmp(&a.n).then_with(|| a.entry.cmp(&b.entry)));
    Learned { groups: groups.collect(), confused }
}

/// Says whether a question had no answer the last time.
pub fn is_unanswered(asked: &Asked) -> bool {
    UNANSWERED.contains(&asked.outcome.as_str())
}

/// Questions that become phrasings of an entry.
#[derive(Clone, Debug)]
pub struct Attaching {
    /// The change set; the editor's own where none is named.
    pub set: Option<String>,
    /// The questions.
    pub texts: Vec<String>,
    /// Their language.
    pub language: LanguageTag,
    /// The entry.
    pub entry: EntryId,
    /// Whether the gate is to hold them from now on.
    pub label: bool,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attached {
    /// The change set that holds it.
    pub set: Option<String>,
    /// What is a phrasing now.
    pub added: Vec<String>,
    /// What is none, and why.
    pub skipped: Vec<(String, String)>,
}

/// Makes questions phrasings of an entry, in a change set; what is a phrasing or an example already is left out.
///
/// # Errors
/// Fails when there is no such entry, when somebody edits it at the same time, and when the store does.
pub async fn attach(
    store: &Store,
    misses: &Misses,
    assistant: &Assistant,
    attaching: &Attaching,
    by: &By<'_>,
) -> Result<Attached, EditError> {
    let Attaching { set, texts, language, entry, label } = attaching;
    let seen = content::entry(store, set.as_deref(), &entry.0, by.actor).await?;
    let (mut document, mut done) = (seen.value, Attached { set: seen.change_set, ..Attached::default() });
    add(&mut document, assistant, texts, language, &mut done)?;
    if !done.added.is_empty() {
        let set = done.set.clone().or_else(|| set.clone());
        let expected = Expected::Etag(seen.etag);
        let put = content::put_entry(store, set.as_deref(), &new_id("set"), document, &expected, by).await?;
        done.set = put.change_set;
        if *label {
            add_labels(store, &done, language, entry, by).await?;
        }
    }
    settle(store, misses, texts, language, by.now + ATTACHED_FOR).await?;
    Ok(done)
}

/// Adds to an entry the phrasings that are nobody's yet.
fn add(
    document: &mut EntryDocument,
    assistant: &Assistant,
    texts: &[String],
    language: &LanguageTag,
    done: &mut Attached,
) -> Result<(), EditError> {
    let own = document.texts.contains_key(language).then(|| language.clone());
    let is_chinese = language.as_str().starts_with("zh");
    let Some(language) = own.or_else(|| is_chinese.then(LanguageTag::zh_cn)) else {
        let missing = format!("text in {language} of entry {:?}", document.id.0);
        return Err(EditError::NotFound(missing));
    };
    let content = assistant.content();
    let id = document.id.clone();
    let Some(text) = document.texts.get_mut(&language) else { return Ok(()) };
    for phrasing in texts {
        let folded = normalise(phrasing);
        let is_there = std::iter::once(&text.question).chain(&text.similar).any(|known| normalise(known) == folded);
        let owner = match assistant.stored(phrasing) {
            Some(Goal::Entry(at)) => {
                content.entries.get(at).filter(|entry| entry.id != id).map(|entry| entry.id.0.clone())
            }
            Some(Goal::Intent(at)) => content.intents.get(at).map(|intent| format!("intent:{}", intent.name)),
            None => None,
        };
        match owner {
            _ if is_there || folded.is_empty() => {
                done.skipped.push((phrasing.clone(), "is one of its phrasings already".to_owned()))
            }
            Some(owner) => done.skipped.push((phrasing.clone(), format!("is a phrasing of {owner}"))),
            None => {
                text.similar.push(phrasing.clone());
                done.added.push(phrasing.clone());
            }
        }
    }
    Ok(())
}

/// Has the gate hold what was added.
async fn add_labels(
    store: &Store,
    done: &Attached,
    language: &LanguageTag,
    entry: &EntryId,
    by: &By<'_>,
) -> Result<(), EditError> {
    let (mut text, expected) = match content::file(store, done.set.as_deref(), LABELS, by.actor).await {
        Ok(seen) => (String::from_utf8_lossy(&seen.value).into_owned(), Expected::Etag(seen.etag)),
        Err(EditError::NotFound(_)) => (String::new(), Expected::Nothing),
        Err(error) => return Err(error),
    };
    for phrasing in &done.added {
        let hash = Sha256::digest(format!("{language}\0{phrasing}").as_bytes());
        let id: String = hash.iter().take(5).map(|byte| format!("{byte:02x}")).collect();
        let id = format!("learned-{id}");
        let line = json!({ "id": id, "text": phrasing, "lang": language.as_str(), "accept": [entry.0] });
        if !text.contains(&id) {
            text.push_str(&format!("{line}\n"));
        }
    }
    let file = (LABELS, Some(text.as_bytes()));
    content::put_file(store, done.set.as_deref(), &new_id("set"), file, &expected, by).await.map(drop)
}

/// Puts questions aside: they are not shown again for a while.
///
/// # Errors
/// Fails when the store does.
pub async fn dismiss(
    store: &Store,
    misses: &Misses,
    texts: &[String],
    language: &LanguageTag,
    now: Timestamp,
) -> Result<(), EditError> {
    settle(store, misses, texts, language, now + ASIDE_FOR).await
}

async fn settle(
    store: &Store,
    misses: &Misses,
    texts: &[String],
    language: &LanguageTag,
    until: Timestamp,
) -> Result<(), EditError> {
    let mut tx = store.write().await?;
    for text in texts {
        asked::settle(&mut *tx, language.as_str(), text, until).await?;
    }
    tx.commit().await?;
    misses.forget(language.as_str(), texts).await;
    Ok(())
}

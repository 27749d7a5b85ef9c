//! One publication: from a proposal through the gate into the store. The command and the API call this.

use std::sync::Arc;

use anyhow::Context;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::artefacts::ENGINE;
use crate::assistant::turn::Message;
use crate::clock;
use crate::evaluation::gate::{Gate, Live, RecentQuestion, judge};
use crate::evaluation::verdict::GateReport;
use crate::knowledge::diagnostic::Diagnostic;
use crate::knowledge::difference::Difference;
use crate::live::LiveRevision;
use crate::people::actor::Actor;
use crate::people::audit::{Action, AuditEvent};
use crate::people::role::Permission;
use crate::publishing::background::in_background;
use crate::publishing::outcome::Outcome;
use crate::publishing::proposal::{self, Proposal, Proposed, Source};
use crate::publishing::refusal::Refusal;
use crate::publishing::{Publisher, base, scheduling};
use crate::snapshot::{Snapshot, revision_of};
use crate::store::drafts::{self, Status};
use crate::store::error::StoreError;
use crate::store::revisions::{self, Kind, Publication};
use crate::store::timed::TimedPublication;
use crate::store::{asked, audit};
use crate::text::language::LanguageTag;

/// What somebody wants to publish, and how.
#[derive(Clone, Debug)]
pub struct Wish {
    /// What.
    pub source: Source,
    /// Who.
    pub actor: Actor,
    /// Where from, where that is known.
    pub address: Option<String>,
    /// What they say about it.
    pub note: String,
    /// Whether the gate may be overruled where it can be; needs a note.
    pub force: bool,
    /// Whether everything is done but the publication.
    pub dry_run: bool,
    /// The share of conversations, in percent, that it is to answer beside what is live, instead of going live.
    pub share: Option<u32>,
    /// When it is to go live.
    pub when: When,
}

/// When something is to go live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// As soon as it is judged.
    Now,
    /// At an instant: it is judged now, and again then.
    At(Timestamp),
    /// Now, as it was scheduled.
    Due(Box<TimedPublication>),
}

impl Wish {
    /// Says whether the gate may be overruled for a revision. What was scheduled was overruled for what the gate said then; of
    /// anything else nobody has said that it may go live all the same.
    fn overrules(&self, revision: &str) -> bool {
        match &self.when {
            When::Now | When::At(_) => self.force,
            When::Due(timed) => self.force && timed.revision == revision,
        }
    }
}

/// What somebody wants to go back to.
#[derive(Clone, Debug)]
pub struct Rollback {
    /// The revision.
    pub revision: String,
    /// Who.
    pub actor: Actor,
    /// Where from, where that is known.
    pub address: Option<String>,
    /// What they say about it.
    pub note: String,
}

/// How a wish ended, and what is live by it.
pub struct Done {
    /// How it ended.
    pub outcome: Outcome,
    /// The new live revision, where there is one.
    pub live: Option<LiveRevision>,
}

/// What a publication replaces.
#[derive(Clone)]
pub struct Replaced {
    /// The number of its publication.
    pub seq: i64,
    /// The revision.
    pub revision: String,
    /// What answers from it; `None` where this version of yingda finds errors in it.
    pub snapshot: Option<Arc<Snapshot>>,
}

impl Replaced {
    /// Returns it where it can be served.
    pub fn served(self) -> Option<LiveRevision> {
        Some(LiveRevision { seq: self.seq, snapshot: self.snapshot? })
    }
}

impl From<LiveRevision> for Replaced {
    fn from(live: LiveRevision) -> Self {
        let revision = live.snapshot.assistant.revision().to_owned();
        Self { seq: live.seq, revision, snapshot: Some(live.snapshot) }
    }
}

impl From<Outcome> for Done {
    fn from(outcome: Outcome) -> Self {
        Self { outcome, live: None }
    }
}

/// Questions of the last days whose answers are compared.
const MOST_RECENT: i64 = 2_000;

/// How far back "the last days" go.
const RECENT: SignedDuration = SignedDuration::from_hours(24 * 7);

impl Publisher {
    /// Publishes what is wished for. `live` is what is live as far as this process knows; where the store has moved on, the
    /// attempt ends with a conflict, as if it had come a moment later.
    ///
    /// # Errors
    /// Fails when the store does, the folders cannot be read, or there is no such change set; nothing has changed then, or,
    /// where a commit's word was lost, everything.
    pub async fn publish(&self, wish: &Wish, live: Option<Replaced>) -> anyhow::Result<Done> {
        let may_force = !wish.force || !wish.note.trim().is_empty();
        anyhow::ensure!(may_force, Refusal::new("to overrule the gate takes a note that says why"));
        let _turn = self.0.turn.lock().await;
        let live_id = live.as_ref().map(|live| live.revision.clone());
        let proposal = match self.propose(&wish.source, live_id.as_deref()).await? {
            Proposed::Ready(proposal) => proposal,
            Proposed::Conflicting(conflicts) => return Ok(Outcome::Conflicting { conflicts }.into()),
            Proposed::Diverged { bases, files } => {
                let live = live_id.unwrap_or_default();
                if revision_of(&files) == live {
                    self.note_base(&wish.source, &[&live]);
                    return Ok(Outcome::Unchanged { revision: live }.into());
                }
                let before = self.stored_files(&live).await?;
                let difference = Difference::between(&before, &files);
                return Ok(Outcome::Diverged { live, bases, difference }.into());
            }
        };
        let revision = revision_of(&proposal.files);
        let is_engine = wish.source == Source::Live;
        if live_id.as_deref() == Some(revision.as_str()) && !is_engine && proposal.change_set.is_none() {
            self.note_base(&wish.source, &[&revision]);
            return Ok(Outcome::Unchanged { revision }.into());
        }
        if self.needs_second_person(&proposal, &wish.actor) {
            return Ok(Outcome::SecondPersonNeeded { authors: proposal.authors }.into());
        }
        let before = match &live_id {
            Some(live) => self.stored_files(live).await?,
            None => Vec::new(),
        };
        let difference = Difference::between(&before, &proposal.files);
        drop(before);
        let previous = live.as_ref().and_then(|live| live.snapshot.clone());
        let (snapshot, diagnostics) = self.compile(proposal.files.clone(), previous).await?;
        let Some(snapshot) = snapshot else {
            let report = GateReport::of_errors(&diagnostics).context("errors are why there is no snapshot")?;
            return Ok(Outcome::Refused { revision, difference, report: report.into() }.into());
        };
        let before = match &live {
            Some(Replaced { snapshot: Some(snapshot), .. }) if !is_engine => Before::Live(Arc::clone(snapshot)),
            Some(live) => Before::Report { wrong: self.wrong_before(&live.revision).await? },
            None => Before::Nothing,
        };
        let report = self.judge(&snapshot, diagnostics, before, difference.clone()).await?;
        let forced = !report.passed && report.can_be_forced && wish.overrules(&revision);
        let report = Box::new(report);
        if !report.passed && !forced {
            return Ok(Outcome::Refused { revision, difference, report }.into());
        }
        if wish.dry_run {
            return Ok(Outcome::Ready { revision, difference, report }.into());
        }
        let after = live.as_ref().map_or(0, |live| live.seq);
        let entry = Entry { wish, after, proposal: &proposal, revision: &revision, forced, report: &report };
        if let When::At(at) = wish.when {
            let id = self.schedule(&entry, at).await?;
            return Ok(Outcome::Scheduled { id, at, revision, forced, difference, report }.into());
        }
        if let Some(share) = wish.share {
            let n_entries = snapshot.assistant.content().entries.len();
            let comparison = self.try_beside(&entry, share, live_id.unwrap_or_default(), n_entries).await?;
            return Ok(Outcome::Comparing { comparison, revision, difference, report }.into());
        }
        self.note_base(&wish.source, &[live_id.as_deref().unwrap_or_default(), &revision]);
        self.enter(&entry, snapshot.assistant.content().entries.len()).await?;
        self.note_base(&wish.source, &[&revision]);
        let seq = after + 1;
        let live = Some(LiveRevision { seq, snapshot });
        Ok(Done { outcome: Outcome::Published { revision, seq, forced, difference, report }, live })
    }

    /// Makes an earlier revision live again. It passed the gate when it was published, so this takes no time; where another
    /// engine had judged it, this one judges it first.
    ///
    /// # Errors
    /// Fails when there is no such revision, when the store does, and with a conflict when somebody publishes meanwhile.
    pub async fn roll_back(&self, wish: &Rollback) -> anyhow::Result<Outcome> {
        let Rollback { revision, actor, address, note } = wish;
        let (live, before) = {
            let mut tx = self.store().read().await?;
            let live =
                revisions::live(&mut *tx).await?.ok_or_else(|| Refusal::new("nothing has been published yet"))?;
            (live, revisions::last_of(&mut *tx, revision).await?)
        };
        let before = before.ok_or_else(|| Refusal::new(format!("there is no revision {revision:?}")))?;
        if live.revision == *revision {
            return Ok(Outcome::Unchanged { revision: revision.clone() });
        }
        let report = match before.engine == ENGINE {
            true => None,
            false => Some(self.judge_stored(revision).await?),
        };
        if let Some(report) = report.clone().filter(|report| !report.passed) {
            let difference = Difference::default();
            return Ok(Outcome::Refused { revision: revision.clone(), difference, report: report.into() });
        }
        let now = clock::now();
        let publication = Publication {
            seq: live.seq + 1,
            revision: revision.clone(),
            kind: Kind::Rollback,
            at: now,
            actor: actor.id.clone(),
            note: note.clone(),
            forced: before.forced,
            engine: ENGINE.to_owned(),
        };
        let mut event = AuditEvent::new(now, actor, Action::RevisionRolledBack, revision)
            .before(json!({ "revision": live.revision }))
            .after(json!({ "revision": revision, "note": note }));
        event.address.clone_from(address);
        let json = report.as_ref().map(serde_json::to_string).transpose()?;
        let mut tx = self.store().write().await?;
        revisions::publish(&mut *tx, live.seq, &publication, json.as_deref()).await?;
        audit::add(&mut *tx, event).await?;
        tx.commit().await?;
        Ok(Outcome::RolledBack { revision: revision.clone(), seq: live.seq + 1 })
    }

    /// Judges a stored revision with this engine, against what another one had right.
    async fn judge_stored(&self, revision: &str) -> anyhow::Result<GateReport> {
        let files = self.stored_files(revision).await?;
        let (snapshot, diagnostics) = self.compile(files, None).await?;
        let before = Before::Report { wrong: self.wrong_before(revision).await? };
        match snapshot {
            Some(snapshot) => self.judge(&snapshot, diagnostics, before, Difference::default()).await,
            None => GateReport::of_errors(&diagnostics).context("errors are why there is no snapshot"),
        }
    }

    async fn propose(&self, source: &Source, live: Option<&str>) -> anyhow::Result<Proposed> {
        match source {
            Source::Folder { base } => proposal::of_folder(&self.config().content, self.data(), live, base.as_deref()),
            Source::Draft { change_set } => {
                let unpublished = || Refusal::new("nothing has been published that a draft could change");
                let live = live.ok_or_else(unpublished)?;
                let mut tx = self.store().read().await?;
                let set = proposal::change_set(&mut *tx, change_set.as_deref()).await?;
                proposal::of_draft(&mut *tx, set, live).await
            }
            Source::Live => {
                let live = live.ok_or_else(|| Refusal::new("nothing is live"))?;
                let files = self.stored_files(live).await?;
                Ok(Proposed::Ready(Proposal { files, change_set: None, authors: Vec::new() }))
            }
        }
    }

    /// Says whether somebody else must publish this: of a change set's authors nobody may, where the operator wants it so.
    fn needs_second_person(&self, proposal: &Proposal, actor: &Actor) -> bool {
        let is_second = |author: &String| actor.may_second(Permission::ContentPublish, author);
        self.config().publishing.second_person
            && proposal.change_set.is_some()
            && !proposal.authors.iter().all(is_second)
    }

    /// Returns the labelled questions that were wrong when a revision was judged last.
    async fn wrong_before(&self, revision: &str) -> anyhow::Result<Vec<String>> {
        let report = revisions::report(&mut *self.store().read().await?, revision).await?;
        let report: Option<GateReport> = report.map(|report| serde_json::from_str(&report)).transpose()?;
        Ok(report.map(|report| report.labelled.wrong).unwrap_or_default())
    }

    async fn judge(
        &self,
        new: &Arc<Snapshot>,
        diagnostics: Vec<Diagnostic>,
        before: Before,
        difference: Difference,
    ) -> anyhow::Result<GateReport> {
        let now = clock::now();
        let since = now - RECENT;
        let asked = asked::since(&mut *self.store().read().await?, since, MOST_RECENT).await?;
        let recent: Vec<RecentQuestion> = asked.into_iter().map(recent_question).collect();
        let (new, floor) = (Arc::clone(new), self.config().publishing.floor);
        in_background(move || {
            let live = match &before {
                Before::Nothing | Before::Report { .. } => None,
                Before::Live(live) => Some(live),
            };
            let answer_new = |message: &Message<'_>, at: Timestamp| new.answer(message, at);
            // Asked only where there is a live revision.
            let answer_live = |message: &Message<'_>, at: Timestamp| live.unwrap_or(&new).answer(message, at);
            let gate = Gate {
                diagnostics: &diagnostics,
                content: new.assistant.content(),
                new: &answer_new,
                live: live.map(|live| Live {
                    content: live.assistant.content(),
                    answer: &answer_live,
                    difference: &difference,
                }),
                wrong_before: if let Before::Report { wrong } = &before { Some(wrong) } else { None },
                recent: &recent,
                floor,
                now,
            };
            Ok(judge(&gate, &|_| {}))
        })
        .await
    }

    /// Stores a revision and makes it live, with all that belongs to it, or nothing of it.
    async fn enter(&self, entry: &Entry<'_>, n_entries: usize) -> anyhow::Result<()> {
        let Entry { wish, after, proposal, revision, forced, report } = *entry;
        let now = clock::now();
        let mut tx = self.store().write().await?;
        revisions::put(&mut *tx, revision, &proposal.files, n_entries, now).await?;
        for (name, bytes) in self.artefacts(revision) {
            revisions::put_artefact(&mut *tx, &name, ENGINE, &bytes, now).await?;
        }
        let publication = Publication {
            seq: after + 1,
            revision: revision.to_owned(),
            kind: if wish.source == Source::Live { Kind::Engine } else { Kind::Publish },
            at: now,
            actor: wish.actor.id.clone(),
            note: wish.note.clone(),
            forced,
            engine: ENGINE.to_owned(),
        };
        let published = revisions::publish(&mut *tx, after, &publication, Some(&serde_json::to_string(report)?)).await;
        match published {
            Err(StoreError::Conflict) => anyhow::bail!(StoreError::Conflict),
            published => published?,
        }
        if let Some(set) = &proposal.change_set {
            drafts::close(&mut *tx, set, Status::Published, Some(revision), now).await?;
            scheduling::close(&mut *tx, &set.id, wish, now).await?;
        }
        let action = if forced { Action::RevisionForced } else { Action::RevisionPublished };
        let set = proposal.change_set.as_ref().map(|set| set.id.as_str());
        let timed = if let When::Due(timed) = &wish.when { Some(timed.id.as_str()) } else { None };
        let mut event = AuditEvent::new(now, &wish.actor, action, revision).after(json!({
            "revision": revision, "note": wish.note, "change_set": set, "authors": proposal.authors, "timed": timed,
        }));
        event.address.clone_from(&wish.address);
        audit::add(&mut *tx, event).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Notes in the folder what it contains. Where nothing can be written, the next publication of the folder has to say what
    /// it replaces.
    fn note_base(&self, source: &Source, revisions: &[&str]) {
        if !matches!(source, Source::Folder { .. }) || !self.config().content.knowledge.is_dir() {
            return;
        }
        let revisions: Vec<&str> = revisions.iter().copied().filter(|revision| !revision.is_empty()).collect();
        if let Err(error) = base::remember(&self.config().content.knowledge, self.data(), &revisions) {
            tracing::warn!(error = format!("{error:#}"), "the folder does not remember which revision it holds");
        }
    }
}

/// What a new revision is compared with.
enum Before {
    /// It is the first.
    Nothing,
    /// The live one.
    Live(Arc<Snapshot>),
    /// One that another engine answered from: of that only the report is left.
    Report { wrong: Vec<String> },
}

/// What is entered into the store.
pub(super) struct Entry<'e> {
    pub(super) wish: &'e Wish,
    after: i64,
    pub(super) proposal: &'e Proposal,
    pub(super) revision: &'e str,
    pub(super) forced: bool,
    report: &'e GateReport,
}

fn recent_question(asked: asked::Asked) -> RecentQuestion {
    RecentQuestion {
        language: LanguageTag::parse(&asked.language),
        channel: asked.channel,
        n: usize::try_from(asked.n).unwrap_or_default(),
        text: asked.text,
    }
}

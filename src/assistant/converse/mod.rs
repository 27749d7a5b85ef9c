//! One turn of a conversation: the message by itself, what it means for what is under way, and the words. What has to be looked
//! up is asked for; the shell does it and calls again with what came of it.

mod hearing;
pub mod queueing;
mod sentences;
mod values;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::assistant::converse::hearing::{Heard, Hearing};
use crate::assistant::explanation::explain;
use crate::assistant::turn::{self, Message, Turn};
use crate::assistant::{Assistant, Findings};
use crate::desk::case::promise_about;
use crate::desk::promises::Promise;
use crate::dialogue::compose::Composer;
use crate::dialogue::conversing::{Conversing, Step};
use crate::dialogue::cues::Cues;
use crate::dialogue::decide::{Reason, stopped};
use crate::dialogue::effects::{Act, Effect, Known};
use crate::dialogue::filling::{Given, Secret};
use crate::dialogue::state::{DialogueState, Held};
use crate::knowledge::intent::Flow;
use crate::nlu::entities;
use crate::retrieval::Gather;
use crate::text::normalise::normalise;
use crate::text::sensitive;

/// Seals what nobody may read; the same value need not give the same text.
pub type Seal<'s> = &'s dyn Fn(&str) -> String;

/// What one message comes to.
#[derive(Clone, Debug)]
pub enum Conversed {
    /// Something must be found out first.
    Needs(Effect),
    /// This is said, done and remembered.
    Turn(Box<ConversationTurn>),
}

/// A turn of a conversation.
#[derive(Clone, Debug)]
pub struct ConversationTurn {
    /// What is said.
    pub turn: Turn,
    /// What is remembered.
    pub state: DialogueState,
    /// What is done with it.
    pub acts: Vec<Act>,
    /// The message as it may be kept.
    pub masked: String,
    /// Whether an editor's rule decided: that holds whoever has the conversation.
    pub is_by_rule: bool,
}

impl Assistant {
    /// Takes a message of a conversation.
    pub fn converse(
        &self,
        state: &DialogueState,
        message: &Message<'_>,
        seal: Seal<'_>,
        known: &Known,
        index: &dyn Gather,
        now: Timestamp,
    ) -> Conversed {
        let masked = sensitive::mask(message.text);
        let here = now.to_zoned(TimeZone::get(&self.content.calendar.timezone).unwrap_or(TimeZone::UTC));
        let entities = entities::find(&masked.text, &self.patterns, &here);
        let normalised = normalise(&masked.text);
        let cues = Cues::of(&normalised, message.text);
        let hearing = Hearing {
            assistant: self,
            state,
            message,
            text: &masked.text,
            entities: &entities,
            cues: &cues,
            index,
            now,
        };
        let Heard { findings, mut decision, mut reason, also } = hearing.hear();
        let language = hearing.language(&findings);
        // Emergencies are heard whatever is switched off.
        let off = state.task.as_ref().filter(|task| message.switches.flows_off.contains(&task.flow));
        if let Some(task) = off.filter(|_| !matches!(reason, Reason::Rule(_))) {
            (decision, reason) = stopped(&task.intent, &task.flow, &self.content);
        }
        let entities = self.to_come(&entities, state, &decision, &here);
        let secret = |found: &sensitive::Sealed| Secret {
            kind: found.kind,
            shown: found.shown.clone(),
            sealed: seal(&found.value),
        };
        let secrets: Vec<Secret> = masked.found.iter().map(secret).collect();
        let bare = self.bare(&masked.text, message.text, &entities, &here);
        let given = Given {
            text: &masked.text,
            normalised: &normalised,
            cues: &cues,
            entities: &entities,
            secrets: &secrets,
            bare: &bare,
        };
        let fits = |flow: &Flow, slot: &str, held: &Held| self.fits(flow, slot, held, &here);
        let (decided, also) = ((&decision, &reason), also.as_ref());
        let (decision, reason) = decided;
        let conversing = Conversing { content: &self.content, given, decision, reason, also, known, fits: &fits };
        let mut step = conversing.step(state.clone());
        if let Some(effect) = step.needs.take() {
            return Conversed::Needs(effect);
        }
        self.check_contact(&mut step, message.text, &here);
        self.relieve(&mut step, message.board, &here);
        self.promise(&mut step, &here);
        if let Some(effect) = self.leave_for_later(&mut step, (message.board, known), &masked.text, &here) {
            return Conversed::Needs(effect);
        }
        self.say_when_it_takes_longer(&mut step, message.board, &here);
        let composer =
            Composer { facts: &step.facts, ..Composer::new(&self.content, &language, now, message.switches) };
        let reply = composer.say(&step.said, decided);
        let confidence = match step.reason {
            Reason::Confident | Reason::Unsure | Reason::Unknown | Reason::Empty => findings.ranking.confidence,
            Reason::Rule(_) | Reason::Verbatim | Reason::SwitchedOff(_) | Reason::Dialogue => 1.0,
        };
        let candidates = self.candidates(&findings, &composer, message);
        let explanation = message.explain.then(|| explain(self, &findings, decided, &composer));
        let is_by_rule = matches!(step.reason, Reason::Rule(_));
        let revision = self.revision.clone();
        let turn = Turn::new(step.decision, step.reason, confidence, reply, candidates, revision, explanation);
        let turn = turn.leaving_step(state.walkthrough.as_ref());
        let state = DialogueState { language: Some(language), ..step.state };
        Conversed::Turn(Box::new(ConversationTurn { turn, state, acts: step.acts, masked: masked.text, is_by_rule }))
    }

    /// Says by when what is opened with this turn is looked at, and done.
    fn promise(&self, step: &mut Step, here: &Zoned) {
        let promise = step.acts.iter().find_map(|act| match act {
            Act::Open { draft, .. } => Some(promise_about(draft, &self.content, here.timestamp())),
            Act::Append { .. } | Act::Answer { .. } => None,
        });
        if let Some(promise) = promise {
            tell(promise, step, here);
        }
    }

    /// Lists the likeliest entries of a turn.
    pub(super) fn candidates(
        &self,
        findings: &Findings<'_>,
        composer: &Composer<'_>,
        message: &Message<'_>,
    ) -> Vec<turn::Candidate> {
        let shown = findings.ranking.ranked.iter().filter_map(|ranked| {
            let entry = self.entry(self.compiled.goals[ranked.target as usize])?;
            if message.switches.hides(&entry.id) {
                return None;
            }
            let confidence = turn::rounded(ranked.share * findings.ranking.confidence.max(ranked.share));
            Some(turn::Candidate { entry: entry.id.clone(), question: composer.question(entry), confidence })
        });
        shown.take(message.limit).collect()
    }
}

/// Has what is said know by when something is promised.
fn tell(promise: Promise, step: &mut Step, here: &Zoned) {
    for (name, due) in [("first_reply_by", promise.first_reply), ("resolve_by", promise.resolve)] {
        let Some(due) = due else { continue };
        step.facts.insert(name.to_owned(), local_minute(&due.to_zoned(here.time_zone().clone())));
    }
}

/// A time of the calendar's zone, as facts hold it.
fn local_minute(at: &Zoned) -> String {
    at.strftime("%FT%H:%M").to_string()
}

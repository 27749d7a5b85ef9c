//! What a message leads to: by itself, without the numbers in it, together with what was said before.

use jiff::Timestamp;
use once_cell::sync::Lazy;
use regex::Regex;

use crate::assistant::turn::Message;
use crate::assistant::{Assistant, Findings};
use crate::dialogue::cues::{Cue, Cues};
use crate::dialogue::decide::{Decision, Reason, Subject, decide};
use crate::dialogue::languages::{pick, to_traditional};
use crate::dialogue::state::DialogueState;
use crate::knowledge::entry::EntryId;
use crate::knowledge::intent::{Does, Intent, IntentName};
use crate::nlu::entities::{Entity, EntityKind};
use crate::retrieval::Gather;
use crate::text::language::LanguageTag;

/// A message that goes on from the one before is short.
const LONGEST_ELLIPSIS: usize = 14;

/// What an ellipsis begins with and a question of its own does not need.
static LEADING: Lazy<Regex> = Lazy::new(|| {
    Regex::new(r"^(?:那么|那|然后|还有|它|这个|那个|之后|and then|and|then|what about|how about|so)\s*")
        .expect("a test compiles the pattern")
});

/// A word of a language, and no code.
static WORD: Lazy<Regex> = Lazy::new(|| {
    Regex::new(r"(?:^|[\s,.!?;:])[A-Za-z']{2,}(?:$|[\s,.!?;:])|\p{Han}").expect("a test compiles the pattern")
});

/// A message with all that it is read with.
pub(super) struct Hearing<'h> {
    pub(super) assistant: &'h Assistant,
    pub(super) state: &'h DialogueState,
    pub(super) message: &'h Message<'h>,
    /// The masked text.
    pub(super) text: &'h str,
    pub(super) entities: &'h [Entity],
    pub(super) cues: &'h Cues,
    pub(super) index: &'h dyn Gather,
    pub(super) now: Timestamp,
}

/// What was heard.
pub(super) struct Heard<'a> {
    pub(super) findings: Findings<'a>,
    pub(super) decision: Decision,
    pub(super) reason: Reason,
    /// What another sentence of the message asks for besides.
    pub(super) also: Option<Decision>,
}

impl Heard<'_> {
    pub(super) fn is_sure(&self) -> bool {
        matches!(self.reason, Reason::Confident | Reason::Verbatim)
    }

    /// Says whether nothing else may be read into it.
    pub(super) fn is_fixed(&self) -> bool {
        matches!(self.reason, Reason::Rule(_) | Reason::Verbatim | Reason::SwitchedOff(_))
    }
}

impl<'h> Hearing<'h> {
    /// Finds out what the message leads to.
    pub(super) fn hear(&self) -> Heard<'h> {
        let whole = self.read(self.text);
        let mut heard = self.without_numbers(&whole).unwrap_or(whole);
        if let Some(decision) = self.of_case(&heard) {
            (heard.decision, heard.reason) = (decision, Reason::Dialogue);
        }
        self.in_two(&heard).or_else(|| self.with_topic(&heard)).unwrap_or(heard)
    }

    fn read(&self, text: &str) -> Heard<'h> {
        self.read_as(text, self.message)
    }

    pub(super) fn read_as(&self, text: &str, message: &Message<'_>) -> Heard<'h> {
        let findings = self.assistant.find(text, message, self.index, self.now);
        let evidence = self.assistant.evidence(&findings, self.message);
        let (decision, reason) = decide(&evidence, self.assistant.policies.get(findings.by_model));
        Heard { findings, decision, reason, also: None }
    }

    /// Reads the message without the numbers of orders and cases in it, where it says more so: they are no words of a wish.
    fn without_numbers(&self, whole: &Heard<'_>) -> Option<Heard<'h>> {
        let is_number = |entity: &&Entity| matches!(entity.kind, EntityKind::OrderNumber | EntityKind::CaseNumber);
        let is_wish = matches!(whole.decision, Decision::Flow { .. } | Decision::Handoff { .. });
        let is_clear = whole.is_fixed() || is_wish && whole.is_sure();
        if is_clear || !self.entities.iter().any(|entity| is_number(&entity)) {
            return None;
        }
        let mut rest = self.text.to_owned();
        for entity in self.entities.iter().rev().filter(is_number) {
            rest.replace_range(entity.span.clone(), " ");
        }
        Some(self.read(&rest)).filter(Heard::is_sure)
    }

    /// Whoever names a case wants to know how it stands, whatever an entry says of that in general.
    fn of_case(&self, heard: &Heard<'_>) -> Option<Decision> {
        let assistant = self.assistant;
        let names_case = self.entities.iter().any(|entity| entity.kind == EntityKind::CaseNumber);
        let is_open = matches!(heard.decision, Decision::Answer(_) | Decision::Clarify(_) | Decision::Fallback);
        if !names_case || !is_open || self.state.task.is_some() || matches!(heard.reason, Reason::Rule(_)) {
            return None;
        }
        let looks_up = |intent: &Intent| match &intent.does {
            Does::Flow(flow) => {
                let asks = assistant.content.flows.get(flow)?.lookup.as_deref() == Some("case");
                asks.then(|| Decision::Flow { intent: intent.name.clone(), flow: flow.clone() })
            }
            Does::Reply(_) | Does::Record(..) | Does::Handoff(..) | Does::Search => None,
        };
        let ranked = heard.findings.ranking.ranked.iter().find_map(|ranked| {
            match assistant.subject(assistant.compiled.goals[ranked.target as usize]) {
                Subject::Intent(intent) => looks_up(intent),
                Subject::Entry(_) => None,
            }
        });
        let any = || assistant.content.intents.iter().find_map(looks_up);
        ranked.or_else(any)
    }

    /// Reads a message that goes on from the one before together with what that was about, where it says more so.
    fn with_topic(&self, alone: &Heard<'_>) -> Option<Heard<'h>> {
        let (state, cues) = (self.state, self.cues);
        let normalised = &alone.findings.analysis.normalised;
        let is_short = normalised.chars().filter(|c| !c.is_ascii()).count() <= LONGEST_ELLIPSIS
            && normalised.split(' ').count() <= LONGEST_ELLIPSIS / 2;
        let is_lost = matches!(alone.reason, Reason::Unsure | Reason::Unknown) || alone.decision == Decision::Fallback;
        let goes_on = is_short && (cues.say(Cue::Ellipsis) || is_lost);
        let is_own = alone.is_fixed() || matches!(alone.decision, Decision::Smalltalk(_) | Decision::Handoff { .. });
        let asks = cues.say(Cue::Question) || cues.say(Cue::Ellipsis) && state.task.is_none();
        if !goes_on || is_own || !asks || normalised.is_empty() {
            return None;
        }
        let language = self.assistant.language(self.message, &alone.findings.analysis);
        let about = match (&state.task, &state.topic, &state.ended) {
            (Some(task), ..) => self.title_of(&task.intent, &language)?,
            (None, Some(topic), _) => self.about(topic, &language)?,
            (None, None, Some(intent)) => self.title_of(intent, &language)?,
            (None, None, None) => return None,
        };
        let rest = LEADING.replace(normalised, "");
        let space = if language.primary() == "zh" { "" } else { " " };
        let together = self.read(&format!("{about}{space}{rest}"));
        Some(together).filter(|heard| heard.is_sure() && matches!(heard.decision, Decision::Answer(_)))
    }

    /// What an intent is called.
    fn title_of(&self, intent: &IntentName, language: &LanguageTag) -> Option<String> {
        pick(&self.assistant.content.intent(intent)?.title, language).0.cloned()
    }

    /// What an entry is about, in a word or two: the title of its category.
    fn about(&self, topic: &EntryId, language: &LanguageTag) -> Option<String> {
        let content = &self.assistant.content;
        let entry = content.entry(topic)?;
        let category = content.categories.iter().find(|category| category.name == entry.category)?;
        pick(&category.title, language).0.cloned()
    }

    /// The language of the reply: what was asked for; that of the text where it has words of one; else as before.
    pub(super) fn language(&self, findings: &Findings<'_>) -> LanguageTag {
        let own = self.assistant.language(self.message, &findings.analysis);
        let Some(before) = self.state.language.as_ref().filter(|_| self.message.language.is_none()) else { return own };
        let mut rest = self.text.to_owned();
        for entity in self.entities.iter().rev() {
            rest.replace_range(entity.span.clone(), " ");
        }
        let is_masked = |word: &&str| word.contains(['*', '@']) && word.is_ascii();
        let rest = rest.split_whitespace().filter(|word| !is_masked(word)).collect::<Vec<_>>().join(" ");
        let is_same_script =
            before.is_traditional_chinese() && own == LanguageTag::zh_cn() && to_traditional(&rest, before) == rest;
        if !WORD.is_match(&rest) || is_same_script { before.clone() } else { own }
    }
}

//! One turn of a conversation: the message by itself, what it means for what is under way, and the words. What has to be looked
//! up is asked for; the shell does it and calls again with what came of it.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use once_cell::sync::Lazy;
use regex::Regex;

use crate::assistant::turn::{self, Message, Turn};
use crate::assistant::{Assistant, Findings};
use crate::desk::contacts::{Verdict, verify};
use crate::desk::hours::is_open;
use crate::dialogue::compose::Composer;
use crate::dialogue::conversing::{Conversing, Step};
use crate::dialogue::cues::{Cue, Cues};
use crate::dialogue::decide::{Decision, Reason, Subject, decide, stopped as stopped_flow};
use crate::dialogue::effects::{Act, Effect, Known};
use crate::dialogue::filling::{Bare, Given, Secret};
use crate::dialogue::languages::{pick, to_traditional};
use crate::dialogue::state::{DialogueState, Held};
use crate::knowledge::entry::EntryId;
use crate::knowledge::intent::{CaseKind, Does, Flow, Intent, IntentName};
use crate::nlu::entities::{self, EntityKind};
use crate::retrieval::Gather;
use crate::text::language::LanguageTag;
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

/// The way in whose hours calls keep to.
const TELEPHONE: &str = "phone";

/// A message that goes on from the one before is short.
const LONGEST_ELLIPSIS: usize = 14;

/// What an ellipsis begins with and a question of its own does not need.
static LEADING: Lazy<Regex> = Lazy::new(|| {
    Regex::new(r"^(?:那么|那|然后|还有|它|这个|那个|之后|and then|and|then|what about|how about|so)\s*")
        .expect("a test compiles the pattern")
});

/// A number that is part of nothing longer.
static NUMBER: Lazy<Regex> = Lazy::new(|| {
    Regex::new(r"(?:^|[^0-9A-Za-z.,*])([0-9]{1,8}(?:,[0-9]{3})*(?:\.[0-9]{1,2})?)(?:$|[^0-9A-Za-z*])")
        .expect("a test compiles the pattern")
});

/// Numbers in Han characters.
const HAN_NUMBERS: &str = "零〇一二两三四五六七八九十百千万点";

/// An address without a scheme, a number with six digits at least, an account behind an @.
static CONTACT: Lazy<Regex> = Lazy::new(|| {
    Regex::new(r"(?i)[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?:/\S*)?|\+?[0-9](?:[ -]?[0-9]){5,17}|@[a-z0-9_.]{3,}")
        .expect("a test compiles the pattern")
});

/// A word of a language, and no code.
static WORD: Lazy<Regex> = Lazy::new(|| {
    Regex::new(r"(?:^|[\s,.!?;:])[A-Za-z']{2,}(?:$|[\s,.!?;:])|\p{Han}").expect("a test compiles the pattern")
});

/// Words for a sum of money.
static NAMES_AMOUNT: Lazy<Regex> =
    Lazy::new(|| Regex::new(r"(?i)金额|钱数|amount|\bprice\b|\bsum\b").expect("a test compiles the pattern"));

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
        let zone = TimeZone::get(&self.content.calendar.timezone).unwrap_or(TimeZone::UTC);
        let here = now.to_zoned(zone);
        let mut entities = entities::find(&masked.text, &self.patterns, &here);
        let findings = self.find(&masked.text, message, index, now);
        let cues = Cues::of(&findings.analysis.normalised, message.text);
        let alone = self.decided(&findings, message);
        let (findings, alone) =
            self.without_numbers(&masked.text, &entities, &alone, message, index, now).unwrap_or((findings, alone));
        let alone = self.of_case(state, &entities, &findings, &alone).unwrap_or(alone);
        let with_topic = self.with_topic(state, &masked.text, &findings, &cues, &alone, message, index, now);
        let (findings, (decision, reason)) = match with_topic {
            Some(with_topic) => with_topic,
            None => (findings, alone),
        };
        let stopped = state.task.as_ref().filter(|task| message.switches.flows_off.contains(&task.flow));
        let is_urgent = matches!(reason, Reason::Rule(_));
        let (decision, reason) = match stopped.filter(|_| !is_urgent) {
            Some(task) => stopped_flow(&task.intent, &task.flow, &self.content),
            None => (decision, reason),
        };
        self.to_come(&mut entities, state, &decision, &here);
        let secrets: Vec<Secret> = masked
            .found
            .iter()
            .map(|found| Secret { kind: found.kind, shown: found.shown.clone(), sealed: seal(&found.value) })
            .collect();
        let bare = self.bare(&masked.text, message.text, &entities, &here);
        let normalised = crate::text::normalise::normalise(&masked.text);
        let given = Given {
            text: &masked.text,
            normalised: &normalised,
            cues: &cues,
            entities: &entities,
            secrets: &secrets,
            bare: &bare,
        };
        let fits = |flow: &Flow, slot: &str, held: &Held| self.fits(flow, slot, held, &here);
        let conversing =
            Conversing { content: &self.content, given, decision: &decision, reason: &reason, known, fits: &fits };
        let mut step = conversing.step(state.clone());
        if let Some(effect) = step.needs.take() {
            return Conversed::Needs(effect);
        }
        self.check_contact(&mut step, message.text, &here);
        let language = self.language_of(state, message, &findings, (&masked.text, &entities));
        let composer =
            Composer { facts: &step.facts, ..Composer::new(&self.content, &language, now, message.switches) };
        let reply = composer.say(&step.said, (&decision, &reason));
        step.state.language = Some(language.clone());
        let confidence = match step.reason {
            Reason::Confident | Reason::Unsure | Reason::Unknown | Reason::Empty => findings.ranking.confidence,
            Reason::Rule(_) | Reason::Verbatim | Reason::SwitchedOff(_) | Reason::Dialogue => 1.0,
        };
        let candidates = self.candidates(&findings, &composer, message);
        let explanation = message
            .explain
            .then(|| crate::assistant::explanation::explain(self, &findings, (&decision, &reason), &composer));
        let revision = self.revision.clone();
        let is_by_rule = matches!(step.reason, Reason::Rule(_));
        let turn = Turn::new(step.decision, step.reason, confidence, reply, candidates, revision, explanation);
        Conversed::Turn(Box::new(ConversationTurn {
            turn,
            state: step.state,
            acts: step.acts,
            masked: masked.text,
            is_by_rule,
        }))
    }

    fn decided(&self, findings: &Findings<'_>, message: &Message<'_>) -> (Decision, Reason) {
        decide(&self.evidence(findings, message), self.policies.get(findings.by_model))
    }

    /// Reads a message without the numbers of orders and cases in it, where it says more so: they are no words of a wish.
    fn without_numbers(
        &self,
        text: &str,
        entities: &[entities::Entity],
        whole: &(Decision, Reason),
        message: &Message<'_>,
        index: &dyn Gather,
        now: Timestamp,
    ) -> Option<(Findings<'_>, (Decision, Reason))> {
        let is_number =
            |entity: &&entities::Entity| matches!(entity.kind, EntityKind::OrderNumber | EntityKind::CaseNumber);
        let is_clear = matches!(whole.1, Reason::Rule(_) | Reason::Verbatim | Reason::SwitchedOff(_))
            || matches!((&whole.0, &whole.1), (Decision::Flow { .. } | Decision::Handoff { .. }, Reason::Confident));
        if is_clear || !entities.iter().any(|entity| is_number(&entity)) {
            return None;
        }
        let mut rest = text.to_owned();
        for entity in entities.iter().rev().filter(is_number) {
            rest.replace_range(entity.span.clone(), " ");
        }
        let findings = self.find(&rest, message, index, now);
        let decided = self.decided(&findings, message);
        matches!(decided.1, Reason::Verbatim | Reason::Confident).then_some((findings, decided))
    }

    /// Whoever names a case wants to know how it stands, whatever an entry says of that in general.
    fn of_case(
        &self,
        state: &DialogueState,
        entities: &[entities::Entity],
        findings: &Findings<'_>,
        decided: &(Decision, Reason),
    ) -> Option<(Decision, Reason)> {
        let names_case = entities.iter().any(|entity| entity.kind == EntityKind::CaseNumber);
        let is_open = matches!(decided.0, Decision::Answer(_) | Decision::Clarify(_) | Decision::Fallback);
        if !names_case || !is_open || state.task.is_some() || matches!(decided.1, Reason::Rule(_)) {
            return None;
        }
        let looks_up = |intent: &Intent| match &intent.does {
            Does::Flow(flow) => {
                let asks = self.content.flows.get(flow)?.lookup.as_deref() == Some("case");
                asks.then(|| Decision::Flow { intent: intent.name.clone(), flow: flow.clone() })
            }
            Does::Reply(_) | Does::Handoff(..) | Does::Search => None,
        };
        let ranked = findings.ranking.ranked.iter().find_map(|ranked| {
            match self.subject(self.compiled.goals[ranked.target as usize]) {
                Subject::Intent(intent) => looks_up(intent),
                Subject::Entry(_) => None,
            }
        });
        let any = || self.content.intents.iter().find_map(looks_up);
        Some((ranked.or_else(any)?, Reason::Dialogue))
    }

    /// Reads a message that goes on from the one before together with what that was about, where it says more so.
    #[expect(clippy::too_many_arguments, reason = "all of it is this turn's")]
    fn with_topic(
        &self,
        state: &DialogueState,
        text: &str,
        alone: &Findings<'_>,
        cues: &Cues,
        decided: &(Decision, Reason),
        message: &Message<'_>,
        index: &dyn Gather,
        now: Timestamp,
    ) -> Option<(Findings<'_>, (Decision, Reason))> {
        let normalised = &alone.analysis.normalised;
        let is_short = normalised.chars().filter(|c| !c.is_ascii()).count() <= LONGEST_ELLIPSIS
            && normalised.split(' ').count() <= LONGEST_ELLIPSIS / 2;
        let is_lost = matches!(decided.1, Reason::Unsure | Reason::Unknown) || decided.0 == Decision::Fallback;
        let goes_on = is_short && (cues.say(Cue::Ellipsis) || is_lost);
        let is_own = matches!(decided.1, Reason::Rule(_) | Reason::Verbatim | Reason::SwitchedOff(_))
            || matches!(decided.0, Decision::Smalltalk(_) | Decision::Handoff { .. });
        let asks = cues.say(Cue::Question) || cues.say(Cue::Ellipsis) && state.task.is_none();
        if !goes_on || is_own || !asks {
            return None;
        }
        let language = self.language(message, &alone.analysis);
        let about = match &state.task {
            Some(task) => self.title_of(&task.intent, &language)?,
            None => match (&state.topic, &state.ended) {
                (Some(topic), _) => self.about(topic, &language)?,
                (None, Some(intent)) => self.title_of(intent, &language)?,
                (None, None) => return None,
            },
        };
        let rest = LEADING.replace(normalised, "");
        let space = if language.primary() == "zh" { "" } else { " " };
        let whole = format!("{about}{space}{rest}");
        let masked = if text.is_empty() { return None } else { whole };
        let findings = self.find(&masked, message, index, now);
        let decided_so = self.decided(&findings, message);
        let is_better =
            matches!(decided_so.1, Reason::Confident | Reason::Verbatim) && matches!(decided_so.0, Decision::Answer(_));
        is_better.then_some((findings, decided_so))
    }

    /// What an intent is called.
    fn title_of(&self, intent: &IntentName, language: &LanguageTag) -> Option<String> {
        pick(&self.content.intent(intent)?.title, language).0.cloned()
    }

    /// What an entry is about, in a word or two: the title of its category.
    fn about(&self, topic: &EntryId, language: &LanguageTag) -> Option<String> {
        let entry = self.content.entry(topic)?;
        let category = self.content.categories.iter().find(|category| category.name == entry.category)?;
        let title = pick(&category.title, language).0?;
        Some(title.clone())
    }

    /// A number alone is a sum where a sum is asked for.
    fn bare(&self, text: &str, typed: &str, entities: &[entities::Entity], now: &jiff::Zoned) -> Bare {
        let is_amount = |entity: &entities::Entity| entity.kind == EntityKind::Amount;
        let is_free = |range: &std::ops::Range<usize>| {
            !entities.iter().any(|entity| entity.span.start < range.end && range.start < entity.span.end)
        };
        let number =
            NUMBER.captures_iter(text).filter_map(|found| found.get(1)).filter(|found| is_free(&found.range()));
        let words = || text.trim().trim_end_matches(['。', '.', '吧', '了', '!', '！']);
        let is_number = |text: &&str| !text.is_empty() && text.chars().all(|c| HAN_NUMBERS.contains(c));
        let number = number.last().map(|found| found.as_str()).or_else(|| Some(words()).filter(is_number));
        let found =
            number.map(|number| entities::find(&format!("{number}元"), &self.patterns, now)).unwrap_or_default();
        Bare {
            contact: self.contact_in(typed, now).map(|contact| sensitive::mask(contact).text),
            amount: found.into_iter().rev().find(is_amount).map(|entity| entity.value),
            names_amount: NAMES_AMOUNT.is_match(text),
        }
    }

    /// A call is promised for a time to come at which somebody calls.
    fn fits(&self, flow: &Flow, slot: &str, held: &Held, now: &jiff::Zoned) -> bool {
        let is_call = flow.then.as_ref().and_then(|end| end.case) == Some(CaseKind::Callback);
        let Ok(time) = held.value.parse::<jiff::civil::DateTime>() else { return true };
        if !is_call || slot != "time" {
            return true;
        }
        // A day without a time of day is agreed with whoever calls.
        let is_day = !held.value.contains('T');
        let calendar = &self.content.calendar;
        let Ok(at) = time.to_zoned(now.time_zone().clone()) else { return false };
        let is_to_come = if is_day { at.date() >= now.date() } else { at >= *now };
        is_to_come && (is_day || is_open(calendar, TELEPHONE, &at))
    }

    /// Days of the week that lie behind are those to come, where a call is arranged.
    fn to_come(&self, entities: &mut [entities::Entity], state: &DialogueState, decided: &Decision, now: &jiff::Zoned) {
        let flow = match (&state.task, decided) {
            (Some(task), _) => &task.flow,
            (None, Decision::Flow { flow, .. }) => flow,
            (None, _) => return,
        };
        let end = self.content.flows.get(flow).and_then(|flow| flow.then.as_ref());
        if end.and_then(|end| end.case) != Some(CaseKind::Callback) {
            return;
        }
        let times = |entity: &&mut entities::Entity| matches!(entity.kind, EntityKind::Time | EntityKind::Date);
        for entity in entities.iter_mut().filter(times) {
            let (day, clock) =
                entity.value.split_once('T').map_or((entity.value.as_str(), None), |(d, c)| (d, Some(c)));
            let Ok(date) = day.parse::<jiff::civil::Date>() else { continue };
            let Some(next) = date.checked_add(jiff::Span::new().days(7)).ok().filter(|_| date < now.date()) else {
                continue;
            };
            // Only last week's day can have been meant as next week's.
            if next >= now.date() {
                entity.value = clock.map_or_else(|| next.to_string(), |clock| format!("{next}T{clock}"));
            }
        }
    }

    /// Returns the contact that a text names.
    fn contact_in<'t>(&self, typed: &'t str, now: &jiff::Zoned) -> Option<&'t str> {
        let named = entities::find(typed, &self.patterns, now);
        let of = |kind: EntityKind| {
            named.iter().find(|entity| entity.kind == kind).map(|entity| &typed[entity.span.clone()])
        };
        let written = || CONTACT.find(typed).map(|contact| contact.as_str());
        let whole = || Some(typed.trim()).filter(|whole| verify(whole, &self.content.contacts) != Verdict::NotListed);
        let in_words = of(EntityKind::Url).or_else(|| of(EntityKind::Email)).or_else(|| of(EntityKind::Phone));
        in_words.or_else(written).or_else(whole)
    }

    /// Answers whether a contact is ours, where a flow has asked for one.
    fn check_contact(&self, step: &mut Step, typed: &str, now: &jiff::Zoned) {
        use crate::dialogue::conversing::Said;
        let Some(Said::Done(name)) = step.said.last() else { return };
        let asks = self.content.flows.get(name).and_then(|flow| flow.lookup.as_deref()) == Some("contact");
        if !asks {
            return;
        }
        let contact = self.contact_in(typed, now).unwrap_or(typed);
        let verdict = verify(contact, &self.content.contacts);
        let at = step.said.len() - 1;
        step.said.insert(at, Said::Text(verdict.advice()));
    }

    /// The language of a reply: what was asked for; that of the text where it has words of one; else as before.
    fn language_of(
        &self,
        state: &DialogueState,
        message: &Message<'_>,
        findings: &Findings<'_>,
        (masked, entities): (&str, &[entities::Entity]),
    ) -> LanguageTag {
        if message.language.is_some() {
            return self.language(message, &findings.analysis);
        }
        let mut rest = masked.to_owned();
        for entity in entities.iter().rev() {
            rest.replace_range(entity.span.clone(), " ");
        }
        let is_masked = |word: &&str| word.contains(['*', '@']) && word.is_ascii();
        let rest = rest.split_whitespace().filter(|word| !is_masked(word)).collect::<Vec<_>>().join(" ");
        let own = self.language(message, &findings.analysis);
        let is_same_script = |before: &LanguageTag| {
            before.is_traditional_chinese() && own == LanguageTag::zh_cn() && to_traditional(&rest, before) == rest
        };
        match &state.language {
            Some(before) if !WORD.is_match(&rest) || is_same_script(before) => before.clone(),
            _ => own,
        }
    }
}

/// Makes the list of candidates of a turn.
impl Assistant {
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

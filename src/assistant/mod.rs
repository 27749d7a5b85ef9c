//! The one place that strings the core together: a message in, what is said about it out. The terminal, the service,
//! the evaluation and the publishing gate all call `Assistant::answer`.

pub mod compile;
pub mod converse;
pub mod explanation;
mod phrasings;
pub mod search;
pub mod training;
pub mod turn;
pub mod verbatim;

use jiff::Timestamp;

use crate::assistant::compile::{Compiled, Goal, Sense};
use crate::assistant::phrasings::phrasings;
use crate::assistant::turn::{Message, ModelVector, Turn};
use crate::dialogue::compose::Composer;
use crate::dialogue::decide::{Decision, Evidence, Reason, Subject, decide};
use crate::knowledge::content::Content;
use crate::knowledge::entry::{Audience, Entry};
use crate::knowledge::intent::{Intent, SlotFiller};
use crate::nlu::entities::{self, EntityPatterns};
use crate::retrieval::Gather;
use crate::retrieval::features::{Candidate, PHRASINGS_LOOKED_AT, TargetKind};
use crate::retrieval::forward::{Match, Scratch};
use crate::retrieval::gathering::{N_RANKED, choose_terms, n_candidates};
use crate::retrieval::meaning::{Direction, Meanings};
use crate::retrieval::policy::Policies;
use crate::retrieval::rank::{Ranking, rank};
use crate::text::analysis::Analysis;
use crate::text::language::{LanguageTag, detect};
use crate::text::normalise::normalise;
use crate::text::sensitive;

/// Everything that answers questions on one revision of the content, but the index.
pub struct Assistant {
    content: Content,
    compiled: Compiled,
    policies: Policies,
    revision: String,
    /// What identifiers look like; kept, as a copied pattern starts without the automaton it has built.
    patterns: EntityPatterns,
}

/// What was found out about a message on the way to the decision.
pub struct Findings<'a> {
    /// The text as the matcher reads it.
    pub analysis: Analysis,
    /// The rule that caught it.
    pub rule: Option<(&'a str, &'a Intent)>,
    /// What it is word for word.
    pub verbatim: Option<Goal>,
    /// The candidates in order.
    pub ranking: Ranking,
    /// Terms the index was asked for, of those the content knows.
    pub n_terms_asked: usize,
    /// Whether a model had a say.
    pub by_model: bool,
}

impl Assistant {
    /// Puts compiled content and a fitted policy together.
    pub fn new(content: Content, compiled: Compiled, policies: Policies, revision: String) -> Self {
        Self { content, compiled, policies, revision, patterns: EntityPatterns::default() }
    }

    /// Replaces the fitted numbers.
    pub fn with_policies(mut self, policies: Policies) -> Self {
        // Copied patterns start without the automata that the questions of a fit have built: some megabytes.
        self.compiled.rules = self.compiled.rules.clone();
        Self { policies, ..self }
    }

    /// Returns what editors wrote.
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// Returns what was compiled of it.
    pub fn compiled(&self) -> &Compiled {
        &self.compiled
    }

    /// Returns the fitted numbers.
    pub fn policies(&self) -> &Policies {
        &self.policies
    }

    /// Returns the content's hash.
    pub fn revision(&self) -> &str {
        &self.revision
    }

    /// Answers a message.
    pub fn answer(&self, message: &Message<'_>, index: &dyn Gather, now: Timestamp) -> Turn {
        let masked = sensitive::mask(message.text);
        let findings = self.find(&masked.text, message, index, now);
        let evidence = self.evidence(&findings, message);
        let (decision, reason) = decide(&evidence, self.policies.get(findings.by_model));
        let language = self.language(message, &findings.analysis);
        let composer = Composer::new(&self.content, &language, now, message.switches);
        let slot = self.first_slot(&decision, &masked.text, now);
        let reply = composer.reply(&decision, &reason, slot.as_deref());
        let confidence = match reason {
            Reason::Rule(_) | Reason::Verbatim | Reason::SwitchedOff(_) | Reason::Dialogue => 1.0,
            Reason::Confident | Reason::Unsure | Reason::Unknown | Reason::Empty => findings.ranking.confidence,
        };
        let candidates = self.candidates(&findings, &composer, message);
        let explanation =
            message.explain.then(|| explanation::explain(self, &findings, (&decision, &reason), &composer));
        Turn::new(decision, reason, confidence, reply, candidates, self.revision.clone(), explanation)
    }

    /// Finds what a masked text may be about; what is switched off is found too, for a person to answer.
    pub fn find(&self, text: &str, message: &Message<'_>, index: &dyn Gather, now: Timestamp) -> Findings<'_> {
        let analysis = self.compiled.analyser.analyse(text);
        let rule = self
            .compiled
            .rules
            .first_match(&analysis.normalised)
            .and_then(|rule| Some((rule.id.as_str(), self.content.intent(&rule.intent)?)));
        let barred = self.compiled.never.get(&analysis.normalised);
        let visible =
            |goal: &Goal| self.is_visible(*goal, message, now) && !barred.is_some_and(|never| never.contains(goal));
        let verbatim = self
            .compiled
            .verbatim
            .find(&analysis.normalised, |goal, number| self.normalised_phrasing(goal, number))
            .filter(visible);
        let forward = &self.compiled.forward;
        let terms = choose_terms(&analysis, forward.gather_terms(&analysis), forward.n_targets());
        let query = forward.query(&analysis);
        let vector = self.compiled.words.as_ref().and_then(|words| words.vectors.of_question(text, &analysis));
        let margins =
            self.compiled.classifier.as_ref().map(|classifier| classifier.margins(&analysis, vector.as_deref()));
        let mut gathered = index.candidates(&terms, n_candidates(forward.n_targets()));
        // "Not ours" is always a candidate, though it may share no word with what is not ours.
        gathered.extend(self.compiled.out_of_scope.filter(|target| !gathered.contains(target)));
        let mut scratch = Scratch::default();
        gathered.retain(|&target| visible(&self.compiled.goals[target as usize]));
        let matches = self.compiled.forward.best_matches(&gathered, &query, PHRASINGS_LOOKED_AT, &mut scratch);
        let by_words = direction_in(self.compiled.words.as_ref(), vector.as_deref());
        let remembered = match (message.model, &self.compiled.model) {
            (ModelVector::Remembered, Some(model)) => model.vectors.of_question(text, &analysis),
            _ => None,
        };
        let given = if let ModelVector::Given(vector) = message.model { Some(vector) } else { remembered.as_deref() };
        let by_model = direction_in(self.compiled.model.as_ref(), given);
        let candidate = |(target, matches): (u32, Vec<Match>)| Candidate {
            target,
            kind: self.kind(self.compiled.goals[target as usize]),
            matches,
            margin: margins.as_ref().map(|margins| margins[self.compiled.class_of[target as usize]]),
            meaning: by_words.as_ref().map(|(meanings, direction)| meanings.nearness(target, direction)),
            by_model: by_model.as_ref().map(|(meanings, direction)| meanings.nearness(target, direction)),
        };
        let mut candidates: Vec<Candidate> = gathered.into_iter().zip(matches).map(candidate).collect();
        keep_best(&mut candidates);
        let ranking = rank(candidates, &query, &self.compiled.forward, self.policies.get(by_model.is_some()));
        Findings { analysis, rule, verbatim, ranking, n_terms_asked: terms.len(), by_model: by_model.is_some() }
    }

    /// Returns what a text is a stored phrasing or example of, word for word, whoever may see it.
    pub fn stored(&self, text: &str) -> Option<Goal> {
        let verbatim = &self.compiled.verbatim;
        verbatim.find(&normalise(text), |goal, number| self.normalised_phrasing(goal, number))
    }

    fn normalised_phrasing(&self, goal: Goal, number: usize) -> String {
        phrasings(&self.content, goal).nth(number).map_or_else(String::new, |phrasing| normalise(phrasing))
    }

    fn evidence<'e>(&'e self, findings: &Findings<'_>, message: &Message<'e>) -> Evidence<'e> {
        Evidence {
            rule: findings.rule.and_then(|(rule, intent)| {
                let rule = self.content.rules.iter().find(|known| known.id == rule)?;
                Some((rule.id.as_str(), self.content.intent(&intent.name)?))
            }),
            verbatim: findings.verbatim.map(|goal| self.subject(goal)),
            ranked: findings
                .ranking
                .ranked
                .iter()
                .map(|ranked| self.subject(self.compiled.goals[ranked.target as usize]))
                .collect(),
            confidence: findings.ranking.confidence,
            switches: message.switches,
            content: &self.content,
        }
    }

    /// Returns what a goal stands for.
    pub fn subject(&self, goal: Goal) -> Subject<'_> {
        match goal {
            Goal::Entry(at) => Subject::Entry(&self.content.entries[at].id),
            Goal::Intent(at) => Subject::Intent(&self.content.intents[at]),
        }
    }

    fn entry(&self, goal: Goal) -> Option<&Entry> {
        match goal {
            Goal::Entry(at) => Some(&self.content.entries[at]),
            Goal::Intent(_) => None,
        }
    }

    fn kind(&self, goal: Goal) -> TargetKind {
        match goal {
            Goal::Entry(_) => TargetKind::Entry,
            Goal::Intent(at) if self.content.intents[at].name.0 == crate::dialogue::decide::OUT_OF_SCOPE => {
                TargetKind::OutOfScope
            }
            Goal::Intent(_) => TargetKind::Intent,
        }
    }

    fn is_visible(&self, goal: Goal, message: &Message<'_>, now: Timestamp) -> bool {
        let Some(entry) = self.entry(goal) else { return true };
        let for_channel = entry.channels.is_empty() || entry.channels.iter().any(|channel| channel == message.channel);
        let for_audience = match message.audience {
            Some(audience) => entry.audience.is_empty() || entry.audience.contains(&audience),
            None => entry.audience != [Audience::Agent],
        };
        for_channel && for_audience && entry.valid.contains(now)
    }

    /// The reply's language: the one asked for; else that of the text; pinyin is Chinese.
    fn language(&self, message: &Message<'_>, analysis: &Analysis) -> LanguageTag {
        if let Some(language) = message.language {
            return language.clone();
        }
        if analysis.pinyin.is_some() {
            return LanguageTag::zh_cn();
        }
        detect(message.text).unwrap_or_else(LanguageTag::zh_cn)
    }

    /// The first slot of a flow that the message does not fill already.
    fn first_slot(&self, decision: &Decision, text: &str, now: Timestamp) -> Option<String> {
        let Decision::Flow { flow, .. } = decision else { return None };
        let flow = self.content.flows.get(flow)?;
        let zone = jiff::tz::TimeZone::get(&self.content.calendar.timezone).unwrap_or(jiff::tz::TimeZone::UTC);
        let found = entities::find(text, &self.patterns, &now.to_zoned(zone));
        let filled = |entity: &str| found.iter().any(|found| found.kind.slot_name() == entity);
        let missing = flow.slots.iter().filter(|slot| slot.required).find(|slot| match &slot.filler {
            SlotFiller::Entity(entity) => !filled(entity),
            SlotFiller::Choices(_) => true,
        });
        missing.map(|slot| slot.name.clone())
    }
}

/// Leaves the best by score and nearness of meaning, in their order, and "not ours".
fn keep_best(candidates: &mut Vec<Candidate>) {
    let score = |candidate: &Candidate| candidate.matches.first().map_or(0.0, |best| best.score);
    let best = candidates.iter().map(score).fold(f32::MIN_POSITIVE, f32::max);
    let worth = |candidate: &Candidate| {
        score(candidate) / best + candidate.meaning.unwrap_or(0.0) + candidate.by_model.unwrap_or(0.0)
    };
    let mut worths: Vec<f32> = candidates.iter().map(worth).collect();
    worths.sort_by(|a, b| b.total_cmp(a));
    if let Some(&bar) = worths.get(N_RANKED) {
        candidates.retain(|candidate| candidate.kind == TargetKind::OutOfScope || worth(candidate) > bar);
    }
}

/// A question's direction among the meanings of the phrasings.
fn direction_in<'s>(sense: Option<&'s Sense>, vector: Option<&[f32]>) -> Option<(&'s Meanings, Direction)> {
    let meanings = &sense?.meanings;
    Some((meanings, meanings.direction(vector?)?))
}

#[cfg(test)]
mod switches_tests;

//! Which edit made an answer wrong: told from what decided on both revisions, and from what differs between them.
//!
//! What is certain comes first (a rule that decides, an entry that is gone), what is only likely last.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::assistant::explanation::{CandidateExplained, Explanation};
use crate::assistant::turn::Turn;
use crate::evaluation::stored::is_seen_on_the_web;
use crate::evaluation::targets::Target;
use crate::knowledge::content::{Content, SynonymGroup};
use crate::knowledge::difference::{Change, Difference, SubjectKind};
use crate::text::language::LanguageTag;
use crate::text::normalise::normalise;

/// The edit that changed an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Cause {
    /// The file.
    pub path: String,
    /// What in it did it, lower case, no full stop.
    pub why: String,
}

/// Two revisions, and what differs between their files.
#[derive(Clone, Copy)]
pub(crate) struct Revisions<'r> {
    /// What the live one holds.
    pub(crate) live: &'r Content,
    /// What the new one holds.
    pub(crate) new: &'r Content,
    /// What changes from the one to the other.
    pub(crate) difference: &'r Difference,
    /// When the question was asked.
    pub(crate) at: Timestamp,
}

const RULES: &str = "intents/rules.yaml";
const SYNONYMS: &str = "knowledge-base/synonyms.txt";
const DICTIONARY: &str = "knowledge-base/dictionary.txt";
const VARIABLES: &str = "knowledge-base/variables.yaml";

/// Names the edit that made two revisions answer one question differently, given both explained turns; `None` where that
/// cannot be told.
pub(crate) fn cause(revisions: Revisions<'_>, was: &Turn, now: &Turn) -> Option<Cause> {
    let ways = [by_rule, by_loss, by_stored_text, by_synonyms, by_gain, by_deed, by_phrasings, by_dictionary];
    let told = Answers::of(revisions, was, now).and_then(|answers| ways.iter().find_map(|tell| tell(&answers)));
    told.or_else(|| by_the_only_edit(revisions.difference, was, now))
}

/// One question's answers on both revisions.
struct Answers<'a> {
    live: &'a Content,
    new: &'a Content,
    at: Timestamp,
    was: Answer<'a>,
    now: Answer<'a>,
}

/// An answer on one revision.
struct Answer<'a> {
    outcome: String,
    why: &'a Explanation,
}

impl<'a> Answers<'a> {
    fn of(revisions: Revisions<'a>, was: &'a Turn, now: &'a Turn) -> Option<Self> {
        let answer = |turn: &'a Turn| Some(Answer { outcome: turn.outcome(), why: turn.explanation.as_ref()? });
        let Revisions { live, new, at, .. } = revisions;
        Some(Self { live, new, at, was: answer(was)?, now: answer(now)? })
    }

    /// The text as it was compared.
    fn text(&self) -> &'a str {
        &self.now.why.normalised
    }
}

impl<'a> Answer<'a> {
    fn rule(&self) -> Option<&'a str> {
        self.why.decided_by.strip_prefix("rule:")
    }

    fn is_verbatim(&self) -> bool {
        self.why.decided_by == "verbatim"
    }

    fn first(&self) -> Option<&'a CandidateExplained> {
        self.why.candidates.first()
    }

    /// What led to the answer; where the bars kept it from being given, the first candidate.
    fn target<'c>(&self, content: &'c Content) -> Option<Target<'c>> {
        let first = || Target::of(content, &self.first()?.outcome);
        match self.why.decided_by.as_str() {
            "clarify_bar" | "below_bars" => first(),
            _ => Target::of(content, &self.outcome).or_else(first),
        }
    }
}

fn by_rule(answers: &Answers<'_>) -> Option<Cause> {
    let Answers { live, new, was, now, .. } = answers;
    let find = |content: &Content, id: &str| content.rules.iter().find(|rule| rule.id == id).cloned();
    let edited = |id: &str| find(live, id) != find(new, id);
    let why = match (was.rule(), now.rule()) {
        (_, Some(id)) if edited(id) => {
            let what = if find(live, id).is_some() { "changed" } else { "new" };
            format!("the {what} rule \"{id}\" catches this and leads it to {}", now.outcome)
        }
        (Some(id), _) if edited(id) => match find(new, id) {
            Some(_) => format!("the changed rule \"{id}\" no longer catches this"),
            None => format!("the rule \"{id}\", which led this to {}, is gone", was.outcome),
        },
        (Some(before), Some(id)) if before != id => format!("the rule \"{id}\" stands before \"{before}\" now"),
        _ => return None,
    };
    Some(Cause { path: RULES.to_owned(), why })
}

/// What was right cannot be reached any more.
fn by_loss(answers: &Answers<'_>) -> Option<Cause> {
    let lost = Target::of(answers.live, &answers.was.outcome)?;
    let Some(left) = Target::of(answers.new, &answers.was.outcome) else {
        return Some(Cause { path: lost.path(), why: format!("{lost} was removed") });
    };
    let (Target::Entry(before), Target::Entry(after)) = (lost, left) else { return None };
    let was_seen = is_seen_on_the_web(answers.live, before, answers.at);
    if !was_seen || is_seen_on_the_web(answers.new, after, answers.at) {
        return None;
    }
    match after.requires.as_ref().filter(|feature| !answers.new.is_on(feature)) {
        Some(feature) if before.requires.as_ref() == Some(feature) => {
            Some(Cause { path: VARIABLES.to_owned(), why: format!("\"{feature}\" is off, which {left} requires") })
        }
        Some(feature) => Some(Cause { path: left.path(), why: format!("{left} requires \"{feature}\", which is off") }),
        None => {
            let why = format!("{left} is not shown any more: its `valid`, `channels` or `audience` changed");
            Some(Cause { path: left.path(), why })
        }
    }
}

/// The question itself was stored somewhere, or no longer is.
fn by_stored_text(answers: &Answers<'_>) -> Option<Cause> {
    let Answers { live, new, was, now, .. } = answers;
    let text = answers.text();
    if now.is_verbatim()
        && let Some(owner) = Target::of(new, &now.outcome)
        && let Some(language) = owner.language_of(text)
        && Target::of(live, &now.outcome).is_none_or(|before| before.language_of(text).is_none())
    {
        return Some(Cause { path: owner.path_in(language), why: format!("this very question was added to {owner}") });
    }
    let before = Target::of(live, &was.outcome)?;
    let after = Target::of(new, &was.outcome)?;
    if was.is_verbatim()
        && let Some(language) = before.language_of(text)
        && after.language_of(text).is_none()
    {
        let why = format!("this very question was taken away from {before}");
        return Some(Cause { path: before.path_in(language), why });
    }
    let (Target::Entry(before), Target::Entry(entry)) = (before, after) else { return None };
    let mut nevers = entry.texts.iter().flat_map(|(language, of)| of.never.iter().map(move |never| (language, never)));
    let (language, _) = nevers.find(|(_, never)| normalise(never) == text)?;
    let was_barred = before.texts.values().flat_map(|of| &of.never).any(|never| normalise(never) == text);
    let why = format!("this very question stands in `never` of {after} now");
    (!was_barred).then(|| Cause { path: after.path_in(language), why })
}

/// Words that mean the same on one revision alone, which join the question with the phrasing that it was taken for.
fn by_synonyms(answers: &Answers<'_>) -> Option<Cause> {
    let Answers { live, new, was, now, .. } = answers;
    let text = answers.text();
    let only = |here: (&Content, &Answer<'_>), there: (&Content, &Answer<'_>)| {
        let best = here.1.first().map(|first| normalise(&first.phrasing)).unwrap_or_default();
        let words = |group: &SynonymGroup| -> Vec<String> { group.words.iter().chain(&group.means).cloned().collect() };
        let joins = |group: &&SynonymGroup| {
            let words = words(group);
            let is_new = |a: &String, b: &String| a != b && best.contains(b) && !are_joined(there.0, a, b);
            words.iter().filter(|word| text.contains(*word)).any(|a| words.iter().any(|b| is_new(a, b)))
        };
        // A word that is replaced on both sides joins nothing.
        let used = here.1.why.synonyms.iter().filter(|used| !best.contains(&used.written));
        let used: Vec<_> = used.filter(|used| !there.1.why.synonyms.contains(used)).collect();
        let is_used = |group: &&SynonymGroup| used.iter().any(|used| group.words.contains(&used.written));
        let groups = || here.0.synonyms.iter().filter(|group| !there.0.synonyms.contains(group));
        groups().find(joins).or_else(|| groups().find(is_used)).map(words_of)
    };
    let added = only((new, now), (live, was)).map(|words| format!("\"{words}\" mean the same now"));
    let gone = || only((live, was), (new, now)).map(|words| format!("\"{words}\" no longer mean the same"));
    Some(Cause { path: SYNONYMS.to_owned(), why: added.or_else(gone)? })
}

fn are_joined(content: &Content, a: &String, b: &String) -> bool {
    let holds = |group: &SynonymGroup, word| group.words.contains(word) || group.means.as_ref() == Some(word);
    content.synonyms.iter().any(|group| holds(group, a) && holds(group, b))
}

fn words_of(group: &SynonymGroup) -> String {
    let words = group.words.join(", ");
    group.means.as_ref().map_or_else(|| words.clone(), |means| format!("{words} => {means}"))
}

/// What it is taken for could not be reached before.
fn by_gain(answers: &Answers<'_>) -> Option<Cause> {
    let gained = answers.now.target(answers.new)?;
    let Some(before) = Target::of(answers.live, &gained.outcome()) else {
        return Some(Cause { path: gained.path(), why: format!("{gained} is new") });
    };
    let (Target::Entry(before), Target::Entry(after)) = (before, gained) else { return None };
    let was_seen = is_seen_on_the_web(answers.live, before, answers.at);
    if was_seen || !is_seen_on_the_web(answers.new, after, answers.at) {
        return None;
    }
    match before.requires.as_ref().filter(|feature| !answers.live.is_on(feature)) {
        Some(feature) if after.requires.as_ref() == Some(feature) => {
            Some(Cause { path: VARIABLES.to_owned(), why: format!("\"{feature}\" is on, which brings in {gained}") })
        }
        _ => Some(Cause { path: gained.path(), why: format!("{gained} is shown now, and was not before") }),
    }
}

/// What it is taken for got a phrasing, or what was right lost one; the phrasings that fitted best come first.
fn by_phrasings(answers: &Answers<'_>) -> Option<Cause> {
    let Answers { live, new, was, now, .. } = answers;
    let (gained, lost) = (edited(now.target(new), live), edited(was.target(live), new));
    let best = |answer: &Answer<'_>| answer.first().map(|first| normalise(&first.phrasing));
    let is_best =
        |answer: &Answer<'_>, edit: &&Edited<'_>| best(answer).is_some_and(|best| normalise(edit.text) == best);
    let adding = |edit: &Edited<'_>| edit.cause("was added to");
    let taking = |edit: &Edited<'_>| edit.cause("was taken away from");
    let gained_best = gained.iter().find(|edit| is_best(now, edit)).map(adding);
    gained_best
        .or_else(|| lost.iter().find(|edit| is_best(was, edit)).map(taking))
        .or_else(|| gained.first().map(adding))
        .or_else(|| lost.first().map(taking))
}

/// A phrasing that only one revision has.
struct Edited<'c> {
    of: Target<'c>,
    language: &'c LanguageTag,
    text: &'c str,
}

impl Edited<'_> {
    fn cause(&self, what: &str) -> Cause {
        Cause { path: self.of.path_in(self.language), why: format!("\"{}\" {what} {}", self.text, self.of) }
    }
}

/// Returns the phrasings of something that the other content has too, but without these.
fn edited<'c>(target: Option<Target<'c>>, other: &Content) -> Vec<Edited<'c>> {
    let both = target.and_then(|target| Some((target, Target::of(other, &target.outcome())?)));
    let Some((of, other)) = both else { return Vec::new() };
    of.lacking_in(&other).into_iter().map(|(language, text)| Edited { of, language, text }).collect()
}

/// What it leads to is the same, and does something else.
fn by_deed(answers: &Answers<'_>) -> Option<Cause> {
    let edited = [&answers.now.outcome, &answers.was.outcome].into_iter().find_map(|outcome| {
        let (before, after) = (Target::of(answers.live, outcome)?, Target::of(answers.new, outcome)?);
        (!before.does_the_same(&after)).then_some(after)
    });
    edited.map(|target| Cause { path: target.path(), why: format!("what is done about {target} changed") })
}

fn by_dictionary(answers: &Answers<'_>) -> Option<Cause> {
    let Answers { live, new, .. } = answers;
    let text = answers.text();
    let only = |here: &Content, there: &Content| {
        let mut words = here.dictionary.iter().filter(|word| !there.dictionary.contains(word));
        words.find(|word| text.contains(&word.word)).map(|word| word.word.clone())
    };
    let kept = only(new, live).map(|word| format!("\"{word}\" is one word now"));
    let parted = || only(live, new).map(|word| format!("\"{word}\" is no longer kept as one word"));
    Some(Cause { path: DICTIONARY.to_owned(), why: kept.or_else(parted)? })
}

/// Where only one edit can change an answer, it did.
fn by_the_only_edit(difference: &Difference, was: &Turn, now: &Turn) -> Option<Cause> {
    let can = |change: &&Change| match change.subject.kind {
        SubjectKind::Entry
        | SubjectKind::Translation
        | SubjectKind::Intent
        | SubjectKind::Rules
        | SubjectKind::Synonyms
        | SubjectKind::Dictionary
        | SubjectKind::Variables => true,
        // The policy is fitted on these.
        SubjectKind::Questions => change.subject.id.starts_with("fit-"),
        SubjectKind::Category
        | SubjectKind::Flow
        | SubjectKind::Calendar
        | SubjectKind::Contacts
        | SubjectKind::Departments
        | SubjectKind::Announcement
        | SubjectKind::Survey
        | SubjectKind::Other => false,
    };
    let mut edits = difference.changes.iter().filter(can);
    let only = edits.next().filter(|_| edits.next().is_none());
    let path = &only.or_else(|| difference.changes.first().filter(|_| difference.changes.len() == 1))?.path;
    let first = |turn: &Turn| Some(turn.explanation.as_ref()?.candidates.first()?.outcome.clone());
    let mut why = "no other edit can change an answer".to_owned();
    if let Some(first) = first(now).filter(|outcome| first(was).as_ref() == Some(outcome)) {
        // What is fitted anew with every revision moves all confidences a little.
        let (now, was) = (now.confidence, was.confidence);
        why.push_str(&format!("; {first} comes first as before, with confidence {now:.2} in place of {was:.2}"));
    }
    Some(Cause { path: path.clone(), why })
}

#[cfg(test)]
#[path = "causes_tests.rs"]
mod tests;

//! Why a message got its decision, as data: enough for an editor to see which word to add or take away.

use serde::Serialize;
use utoipa::ToSchema;

use crate::assistant::turn::rounded;
use crate::assistant::{Assistant, Findings};
use crate::dialogue::compose::Composer;
use crate::dialogue::decide::{Decision, Reason, Subject};
use crate::dialogue::switches::{SwitchedOff, Switches};
use crate::retrieval::rank::{Ranked, contributions};
use crate::text::language::LanguageTag;
use crate::text::term::{Field, Term};

/// Why a decision was made.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Explanation {
    /// The text as it was compared.
    pub normalised: String,
    /// The reply's language.
    #[schema(value_type = String)]
    pub language: LanguageTag,
    /// The words the text was split into.
    pub words: Vec<Word>,
    /// Synonyms that were replaced.
    pub synonyms: Vec<SynonymUsed>,
    /// What decided: `rule:<id>`, `verbatim`, `answer_bar`, `clarify_bar`, `below_bars`, `empty`
    /// or `switched_off:<what>` (`bot`, `entry:<id>`, `flow:<name>`).
    pub decided_by: String,
    /// The bars in force.
    pub thresholds: Thresholds,
    /// The probability that the first candidate is right.
    pub confidence: f64,
    /// The winner and the runner-up (and up to three more, without contributions).
    pub candidates: Vec<CandidateExplained>,
    /// How many terms the index was asked for.
    pub terms_asked: usize,
    /// What said how near texts are in meaning: `model` and the table of words; `words` alone, where no model is asked; `words,
    /// no model in time`; or `nothing`.
    pub meaning_by: &'static str,
    /// What supervisors have switched off of what the text may be about: `bot`, `entry:<id>`, `flow:<name>`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub switched_off: Vec<String>,
    /// The pinned notices before the answer, by their ids.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<String>,
}

/// A word of the question.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Word {
    /// The word, stemmed.
    pub word: String,
    /// How rare it is among entries and intents; a word that none holds has the highest weight.
    pub weight: f64,
    /// Whether the winner's best phrasing holds it.
    pub in_winner: bool,
    /// Whether the runner-up's best phrasing holds it.
    pub in_runner_up: bool,
}

/// A synonym that was replaced.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SynonymUsed {
    /// What the customer wrote.
    pub written: String,
    /// What stands for it.
    pub stands_for: String,
}

/// The bars in force.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct Thresholds {
    /// From here on the first candidate is the answer.
    pub answer: f64,
    /// From here on the customer is asked back.
    pub clarify: f64,
}

/// A candidate with what speaks for it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CandidateExplained {
    /// The outcome it stands for: an entry's id or `intent:<name>`.
    pub outcome: String,
    /// The phrasing or example that fits best.
    pub phrasing: String,
    /// The sum of the contributions.
    pub score: f64,
    /// Its share of the probability among the candidates.
    pub share: f64,
    /// What each feature adds, the largest first.
    pub contributions: Vec<Contribution>,
}

/// What one feature adds to a candidate's score.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Contribution {
    /// What the feature is.
    pub feature: &'static str,
    /// How much it adds.
    pub adds: f64,
}

const MAX_CANDIDATES: usize = 5;

pub(crate) fn explain(
    assistant: &Assistant,
    findings: &Findings<'_>,
    (decision, reason): (&Decision, &Reason),
    composer: &Composer<'_>,
) -> Explanation {
    let ranked = &findings.ranking.ranked;
    let policy = assistant.policies().get(findings.by_model);
    Explanation {
        normalised: findings.analysis.normalised.clone(),
        language: composer.language.clone(),
        words: words(assistant, findings),
        synonyms: findings
            .analysis
            .synonyms
            .iter()
            .map(|(written, stands)| SynonymUsed { written: written.clone(), stands_for: stands.clone() })
            .collect(),
        decided_by: match reason {
            Reason::Rule(rule) => format!("rule:{rule}"),
            Reason::Verbatim => "verbatim".to_owned(),
            Reason::Confident => "answer_bar".to_owned(),
            Reason::Unsure => "clarify_bar".to_owned(),
            Reason::Unknown => "below_bars".to_owned(),
            Reason::Empty => "empty".to_owned(),
            Reason::Dialogue => "dialogue".to_owned(),
            Reason::SwitchedOff(switch) => format!("switched_off:{switch}"),
        },
        thresholds: Thresholds { answer: rounded(policy.answer_bar), clarify: rounded(policy.clarify_bar) },
        confidence: rounded(findings.ranking.confidence),
        candidates: ranked
            .iter()
            .take(MAX_CANDIDATES)
            .enumerate()
            .map(|(place, ranked)| {
                candidate(assistant, place, ranked, &policy.weights.get(findings.ranking.is_latin).ranker)
            })
            .collect(),
        terms_asked: findings.n_terms_asked,
        meaning_by: match (findings.by_model, &assistant.compiled().model, &assistant.compiled().words) {
            (true, ..) => "model",
            (false, Some(_), _) => "words, no model in time",
            (false, None, Some(_)) => "words",
            (false, None, None) => "nothing",
        },
        switched_off: switched_off(assistant, findings, composer.switches),
        notices: notices(decision, composer),
    }
}

/// The switches that concern what was found, each once.
fn switched_off(assistant: &Assistant, findings: &Findings<'_>, switches: &Switches) -> Vec<String> {
    let goals = &assistant.compiled().goals;
    let ranked = findings.ranking.ranked.iter().map(|ranked| goals[ranked.target as usize]);
    let found = findings.verbatim.into_iter().chain(ranked).map(|goal| assistant.subject(goal));
    let by_rule = findings.rule.map(|(_, intent)| Subject::Intent(intent));
    let barred = by_rule.into_iter().chain(found).filter_map(|subject| subject.switched_off(switches));
    let mut all: Vec<String> = Vec::new();
    for switch in switches.bot_off.iter().map(|_| SwitchedOff::Bot).chain(barred) {
        let name = switch.to_string();
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all
}

fn notices(decision: &Decision, composer: &Composer<'_>) -> Vec<String> {
    let Decision::Answer(entry) = decision else { return Vec::new() };
    composer.switches.notices_before(entry, composer.now).map(|notice| notice.id.clone()).collect()
}

fn words(assistant: &Assistant, findings: &Findings<'_>) -> Vec<Word> {
    let forward = &assistant.compiled().forward;
    let holds = |place: usize, term: Term| {
        findings
            .ranking
            .ranked
            .get(place)
            .is_some_and(|ranked| forward.holds(ranked.target, ranked.best.phrasing, term))
    };
    let word = |word: &String| {
        let field = if word.is_ascii() || word.chars().nth(1).is_none() { Field::Unit } else { Field::Word };
        let term = Term::of_text(field, word);
        let weight = rounded(f64::from(forward.idf(term)));
        Word { word: word.clone(), weight, in_winner: holds(0, term), in_runner_up: holds(1, term) }
    };
    findings.analysis.words.iter().map(word).collect()
}

fn candidate(assistant: &Assistant, place: usize, ranked: &Ranked, weights: &[f64]) -> CandidateExplained {
    let compiled = assistant.compiled();
    let outcome = match assistant.subject(compiled.goals[ranked.target as usize]) {
        Subject::Entry(id) => id.to_string(),
        Subject::Intent(intent) => format!("intent:{}", intent.name),
    };
    let mut contributions: Vec<Contribution> = contributions(ranked, weights)
        .map(|(feature, adds)| Contribution { feature, adds: rounded(adds) })
        .filter(|contribution| contribution.adds != 0.0 && place < 2)
        .collect();
    contributions.sort_by(|a, b| b.adds.abs().total_cmp(&a.adds.abs()));
    CandidateExplained {
        outcome,
        phrasing: compiled.phrasing(assistant.content(), ranked.target, ranked.best.phrasing).to_owned(),
        score: rounded(ranked.score),
        share: rounded(ranked.share),
        contributions,
    }
}

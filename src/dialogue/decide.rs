//! The one decision: answer, clarify, flow, hand-off, smalltalk or fallback. Total, and without a number of its own.

use crate::knowledge::entry::EntryId;
use crate::knowledge::intent::{Does, HandoffTarget, Intent, IntentName};
use crate::retrieval::policy::{MAX_CHOICES, Policy};

/// A stored thing that a message can be about.
#[derive(Clone, Copy, Debug)]
pub enum Subject<'c> {
    /// A curated answer.
    Entry(&'c EntryId),
    /// Something a customer wants.
    Intent(&'c Intent),
}

/// What is known of a message when it is decided.
#[derive(Clone, Debug)]
pub struct Evidence<'c> {
    /// The rule that caught it, with its intent.
    pub rule: Option<(&'c str, &'c Intent)>,
    /// What it is a stored phrasing or example of, word for word.
    pub verbatim: Option<Subject<'c>>,
    /// What it may be about, the likeliest first.
    pub ranked: Vec<Subject<'c>>,
    /// The probability that the first is right.
    pub confidence: f64,
}

/// What is done about a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// Shows an entry.
    Answer(EntryId),
    /// Asks which of these is meant; two to four.
    Clarify(Vec<Choice>),
    /// Starts a flow.
    Flow {
        /// The intent that asks for it.
        intent: IntentName,
        /// The flow's name.
        flow: String,
    },
    /// Hands over to a person.
    Handoff {
        /// The intent that asks for it.
        intent: IntentName,
        /// Where to.
        target: HandoffTarget,
    },
    /// Says a canned reply.
    Smalltalk(IntentName),
    /// Admits that it does not know.
    Fallback,
}

/// One thing that a question back offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// This entry's standard question.
    Entry(EntryId),
    /// This intent's title.
    Intent(IntentName),
}

/// What made the decision, for the explanation.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// An editor's rule.
    Rule(String),
    /// The text is stored word for word.
    Verbatim,
    /// The confidence reached the answer bar.
    Confident,
    /// The confidence lies between the bars.
    Unsure,
    /// The confidence is below both bars.
    Unknown,
    /// There was nothing to read in the text.
    Empty,
}

/// The name of the intent of what is not ours; leading there is falling back.
pub const OUT_OF_SCOPE: &str = "out_of_scope";

/// Decides.
pub fn decide(evidence: &Evidence<'_>, policy: &Policy) -> (Decision, Reason) {
    if let Some((rule, intent)) = evidence.rule {
        return (act(Subject::Intent(intent), evidence), Reason::Rule(rule.to_owned()));
    }
    if let Some(subject) = evidence.verbatim {
        return (act(subject, evidence), Reason::Verbatim);
    }
    let Some(&first) = evidence.ranked.first() else { return (Decision::Fallback, Reason::Empty) };
    if evidence.confidence >= policy.answer_bar {
        return (act(first, evidence), Reason::Confident);
    }
    if evidence.confidence >= policy.clarify_bar
        && let Some(choices) = choices(&evidence.ranked)
    {
        return (Decision::Clarify(choices), Reason::Unsure);
    }
    (Decision::Fallback, Reason::Unknown)
}

fn act(subject: Subject<'_>, evidence: &Evidence<'_>) -> Decision {
    let intent = match subject {
        Subject::Entry(id) => return Decision::Answer(id.clone()),
        Subject::Intent(intent) => intent,
    };
    if intent.name.0 == OUT_OF_SCOPE {
        return Decision::Fallback;
    }
    match &intent.does {
        Does::Reply(_) => Decision::Smalltalk(intent.name.clone()),
        Does::Handoff(target, _) => Decision::Handoff { intent: intent.name.clone(), target: target.clone() },
        Does::Flow(flow) => Decision::Flow { intent: intent.name.clone(), flow: flow.clone() },
        Does::Search => first_entry(evidence).map_or(Decision::Fallback, Decision::Answer),
    }
}

fn first_entry(evidence: &Evidence<'_>) -> Option<EntryId> {
    evidence.ranked.iter().find_map(|subject| match subject {
        Subject::Entry(id) => Some((*id).clone()),
        Subject::Intent(_) => None,
    })
}

/// Two to four things to choose from; `None` when there are fewer.
fn choices(ranked: &[Subject<'_>]) -> Option<Vec<Choice>> {
    let offer = |subject: &Subject<'_>| match subject {
        Subject::Entry(id) => Some(Choice::Entry((*id).clone())),
        Subject::Intent(intent) => match intent.does {
            Does::Flow(_) | Does::Handoff(..) => Some(Choice::Intent(intent.name.clone())),
            Does::Reply(_) | Does::Search => None,
        },
    };
    let choices: Vec<Choice> = ranked.iter().filter_map(offer).take(MAX_CHOICES).collect();
    (choices.len() >= 2).then_some(choices)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::content::Localised;
    use crate::knowledge::intent::Priority;
    use crate::retrieval::policy::ShippedPolicies;
    use crate::text::language_map::LanguageMap;

    fn intent(name: &str, does: Does) -> Intent {
        Intent { name: IntentName(name.to_owned()), title: Localised::default(), examples: LanguageMap::new(), does }
    }

    fn to_a_person() -> Does {
        let target = HandoffTarget { department: "general".to_owned(), priority: Priority::Normal, case: None };
        Does::Handoff(target, Localised::default())
    }

    #[test]
    fn the_bars_part_answering_asking_back_and_admitting() {
        let policy = Policy { answer_bar: 0.6, clarify_bar: 0.3, ..ShippedPolicies::load().with_intents.lexical };
        let ids: Vec<EntryId> = ["a", "b", "c", "d", "e"].map(|id| EntryId(id.to_owned())).into();
        let human = intent("handoff.human", to_a_person());
        let greet = intent("smalltalk.greet", Does::Reply(Localised::default()));
        let not_ours = intent(OUT_OF_SCOPE, Does::Reply(Localised::default()));
        let decided = |ranked: &[Subject<'_>], confidence: f64| {
            decide(&Evidence { rule: None, verbatim: None, ranked: ranked.to_vec(), confidence }, &policy)
        };
        let entries: Vec<Subject<'_>> = ids.iter().map(Subject::Entry).collect();

        assert_eq!(decided(&entries, 0.6), (Decision::Answer(ids[0].clone()), Reason::Confident));
        let (asked, reason) = decided(&entries, 0.59);
        assert_eq!(asked, Decision::Clarify(ids[..4].iter().cloned().map(Choice::Entry).collect()));
        assert_eq!(reason, Reason::Unsure);
        assert_eq!(decided(&entries, 0.29), (Decision::Fallback, Reason::Unknown));
        assert_eq!(decided(&[], 0.9), (Decision::Fallback, Reason::Empty));

        // What is only said, or is not ours, is no choice; a person is one.
        let mixed = [Subject::Intent(&not_ours), Subject::Intent(&greet), entries[0], Subject::Intent(&human)];
        let choices = vec![Choice::Entry(ids[0].clone()), Choice::Intent(human.name.clone())];
        assert_eq!(decided(&mixed, 0.4).0, Decision::Clarify(choices));
        assert_eq!(decided(&mixed[..3], 0.4).0, Decision::Fallback, "one choice is none");
        assert_eq!(decided(&mixed, 0.9), (Decision::Fallback, Reason::Confident));
    }

    #[test]
    fn a_rule_stands_above_what_is_stored_word_for_word() {
        let policy = ShippedPolicies::load().with_intents.lexical;
        let human = intent("handoff.human", to_a_person());
        let id = EntryId("a".to_owned());
        let evidence = Evidence {
            rule: Some(("stolen", &human)),
            verbatim: Some(Subject::Entry(&id)),
            ranked: vec![Subject::Entry(&id)],
            confidence: 1.0,
        };
        let (decision, reason) = decide(&evidence, &policy);
        assert!(matches!(decision, Decision::Handoff { .. }));
        assert_eq!(reason, Reason::Rule("stolen".to_owned()));
        let (decision, reason) = decide(&Evidence { rule: None, ..evidence }, &policy);
        assert_eq!((decision, reason), (Decision::Answer(id.clone()), Reason::Verbatim));
    }
}

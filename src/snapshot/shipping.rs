//! The policies that ship with the program, fitted on the sample and on knowledge bases drawn from groups of questions.

use crate::assistant::compile::Senses;
use crate::assistant::turn::ModelVector;
use crate::evaluation::draws::{Domain, Draw, Group, draws, without_a_part};
use crate::knowledge::content::Content;
use crate::retrieval::fit::{LabelledCandidates, Lessons, fit};
use crate::retrieval::policy::{Letters, Policies, Policy, ShippedPolicies};
use crate::snapshot::fitting::fit_questions;
use crate::snapshot::{Before, Snapshot};

/// Parts that the content's phrasings are left out in.
const N_PARTS: u64 = 5;

/// Fits the policies that ship: for content with intents on a content's labelled questions and on its phrasings left out in
/// turn; for entries alone on knowledge bases drawn from groups. Those with a model only where there is one: else those that
/// ship stay.
///
/// # Errors
/// Fails only where an index cannot be built.
pub fn ship_policies(content: &Content, domains: &[Domain], senses: &Senses) -> anyhow::Result<ShippedPolicies> {
    let left_out: Vec<Draw> = (0..N_PARTS).map(|part| without_a_part(content, part, N_PARTS)).collect();
    let drawn = draws(domains);
    let with_intents = |senses: &Senses, model: ModelVector<'_>| -> anyhow::Result<Policy> {
        let whole = Draw { content: content.clone(), questions: fit_questions(content) };
        let questions = labelled(&[whole], senses, model)?;
        let phrasings = labelled(&left_out, senses, model)?;
        Ok(fit(Lessons { questions: &questions, phrasings: &phrasings }, "the sample", None))
    };
    let entries_alone = |senses: &Senses, model: ModelVector<'_>| -> anyhow::Result<Policy> {
        let questions = labelled(&drawn, senses, model)?;
        Ok(fit(Lessons { questions: &questions, phrasings: &[] }, "knowledge bases drawn from training/", None))
    };
    let shipped = ShippedPolicies::load();
    let policies = |fitted: &dyn Fn(&Senses, ModelVector<'_>) -> anyhow::Result<Policy>, before: Policies| {
        anyhow::Ok(Policies {
            lexical: fitted(&Senses::default(), ModelVector::Unheard)?,
            with_model: match senses.model {
                Some(_) => fitted(senses, ModelVector::Remembered)?,
                None => before.with_model,
            },
        })
    };
    Ok(ShippedPolicies {
        with_intents: policies(&with_intents, shipped.with_intents)?,
        entries_alone: policies(&entries_alone, shipped.entries_alone)?,
        letters: Letters {
            with_intents: with_intents(&Senses::none(), ModelVector::Unheard)?,
            entries_alone: entries_alone(&Senses::none(), ModelVector::Unheard)?,
        },
    })
}

fn labelled(draws: &[Draw], senses: &Senses, model: ModelVector<'_>) -> anyhow::Result<Vec<LabelledCandidates>> {
    let mut questions = Vec::new();
    for draw in draws {
        let before = Before { senses: senses.clone(), ..Before::default() };
        let snapshot = Snapshot::compile_after(draw.content.clone(), String::new(), before)?;
        questions.extend(snapshot.all_labelled(&draw.questions, model));
    }
    Ok(questions)
}

/// The texts that the policies with a model are fitted on: what is stored, and what is asked.
pub fn texts_to_ship(content: &Content, domains: &[Domain]) -> (Vec<String>, Vec<String>) {
    let stored: Vec<String> = domains.iter().flatten().flat_map(Group::texts).collect();
    let mut asked = stored.clone();
    for draw in draws(domains) {
        asked.extend(draw.questions.into_iter().map(|question| question.text));
    }
    for part in 0..N_PARTS {
        asked.extend(without_a_part(content, part, N_PARTS).questions.into_iter().map(|question| question.text));
    }
    asked.sort();
    asked.dedup();
    (stored, asked)
}

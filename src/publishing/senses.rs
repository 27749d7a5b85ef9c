//! What a content's texts mean: the table of words, and what the configured model says.

use crate::assistant::compile::{Senses, texts_of};
use crate::config::Config;
use crate::connectors::embeddings::Embeddings;
use crate::knowledge::content::Content;
use crate::snapshot::fitting::fit_questions;
use crate::text::sensitive::mask;

/// Returns what is configured; asks the model about what it has not been asked about, and goes on without where it does not
/// answer.
pub fn senses(config: &Config, embeddings: Option<&Embeddings>, content: &Content) -> Senses {
    let mut senses = if config.answers.word_vectors { Senses::default() } else { Senses::none() };
    let Some(embeddings) = embeddings else { return senses };
    let questions: Vec<String> = fit_questions(content).into_iter().map(|question| question.text).collect();
    match embeddings.remember(&texts_of(content), &questions) {
        Ok(model) => {
            senses.tag.push_str(&format!("-m{}", embeddings.tag()));
            senses.model = Some(model);
        }
        Err(error) => {
            let error = format!("{error:#}");
            tracing::warn!(error, "the embeddings server does not answer: the content is compiled without it");
        }
    }
    senses
}

/// Asks the model about questions beforehand, as they are matched: with numbers of cards and the like masked.
///
/// # Errors
/// Fails when the server does.
pub fn prepare<'q>(embeddings: &Embeddings, questions: impl Iterator<Item = &'q str>) -> anyhow::Result<()> {
    let masked = |question: &str| [mask(question).text, question.to_owned()];
    let mut texts: Vec<String> = questions.flat_map(masked).collect();
    texts.dedup();
    embeddings.remember(&[], &texts).map(drop)
}

//! Content made ready to answer: analysed phrasings, forward index, classifier, rules, what is stored word for word.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::assistant::phrasings::{analyse_in_order, phrasings};
use crate::assistant::training::{Classes, Classifier, Lines};
use crate::assistant::verbatim::{Verbatim, VerbatimBuilder};
use crate::dialogue::decide::OUT_OF_SCOPE;
use crate::knowledge::content::Content;
use crate::knowledge::intent::Does;
use crate::knowledge::rule::CompiledRules;
use crate::retrieval::Target;
use crate::retrieval::forward::{ForwardBuilder, ForwardIndex};
use crate::retrieval::meaning::Meanings;
use crate::text::analysis::Analyser;
use crate::text::lexicon::{Lexicon, WordCounts};
use crate::text::normalise::normalise;
use crate::text::segment::Segmenter;
use crate::text::synonyms::Synonyms;
use crate::text::vectors::{self, TextVectors, WordVectors};

/// What a message can lead to: an entry or an intent, by its place in the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Goal {
    /// `content.entries[_]`.
    Entry(usize),
    /// `content.intents[_]`.
    Intent(usize),
}

/// Content made ready to answer.
pub struct Compiled {
    /// The one analyser of phrasings and questions.
    pub analyser: Analyser,
    /// What each target stands for: visible entries, then intents.
    pub goals: Vec<Goal>,
    /// The phrasings of all targets.
    pub forward: ForwardIndex,
    /// The rules above all.
    pub rules: CompiledRules,
    /// Whose phrasing or example a normalised text is.
    pub verbatim: Verbatim,
    /// Normalised questions, and which entries they must never get.
    pub never: FxHashMap<String, Vec<Goal>>,
    /// The intents' (and, while there are few, the entries') classifier; none without intents.
    pub classifier: Option<Arc<Classifier>>,
    /// The classifier's class of each target.
    pub class_of: Vec<usize>,
    /// The target of what is not ours.
    pub out_of_scope: Option<Target>,
    /// What the phrasings mean by their words …
    pub words: Option<Sense>,
    /// … and what they mean to a model.
    pub model: Option<Sense>,
}

/// What the phrasings mean.
pub struct Sense {
    /// Where vectors come from.
    pub vectors: Arc<dyn TextVectors>,
    /// The phrasings'.
    pub meanings: Meanings,
}

impl Sense {
    fn new(vectors: Arc<dyn TextVectors>) -> Self {
        Self { meanings: Meanings::new(vectors.dimensions(), vectors.mean()), vectors }
    }
}

/// What need not be made anew; with it or without, the result is the same.
#[derive(Clone, Default)]
pub struct Known {
    /// A segmenter, which is used where its dictionary is the content's.
    pub segmenter: Option<Segmenter>,
    /// The classifier that was trained on this very content.
    pub classifier: Option<Arc<Classifier>>,
}

/// What texts mean, where that is wanted.
#[derive(Clone)]
pub struct Senses {
    /// A table of words.
    pub words: Option<Arc<WordVectors>>,
    /// What a model said of this content's texts.
    pub model: Option<Arc<dyn TextVectors>>,
    /// What these are, in a file's name: artefacts of others do not fit.
    pub tag: String,
}

impl Default for Senses {
    /// The table of words that ships with the program.
    fn default() -> Self {
        Self { words: Some(vectors::built_in()), model: None, tag: String::new() }
    }
}

impl Senses {
    /// Nothing but the letters.
    pub fn none() -> Self {
        Self { words: None, model: None, tag: "-letters".to_owned() }
    }
}

/// Compiles content: every step is a function of the content alone.
pub fn compile(content: &Content, senses: &Senses, known: Known) -> Compiled {
    let analyser = analyser(content, known.segmenter);
    let goals = goals(content);
    let classes = if content.intents.is_empty() { Classes::default() } else { Classes::of(&goals) };
    let classifier = known.classifier.filter(|known| known.is_of(classes.n));
    let texts: Vec<&String> = goals.iter().flat_map(|&goal| phrasings(content, goal)).collect();
    let entries = goals.iter().filter(|goal| matches!(goal, Goal::Entry(_)));
    let n_entry_texts = entries.map(|&goal| phrasings(content, goal).count()).sum();
    let n_dense = senses.words.as_ref().map_or(0, |vectors| vectors.about().dimensions);
    let mut lines = (classifier.is_none() && classes.n > 0).then(|| Lines::new(&classes, n_entry_texts, n_dense));
    let mut counts = WordCounts::default();
    let mut forward = ForwardBuilder::default();
    let mut verbatim = intents_verbatim(content);
    let numbered = |(target, &goal): (usize, &Goal)| (0..phrasings(content, goal).count()).map(move |n| (target, n));
    let mut owners = goals.iter().enumerate().flat_map(numbered);
    let (mut n_ended, mut n_added) = (0, 0);
    let mut by_words = senses.words.clone().map(|vectors| Sense::new(vectors));
    let mut by_model = senses.model.clone().map(Sense::new);
    analyse_in_order(&analyser, &texts, |analysis| {
        let Some((target, number)) = owners.next() else { return };
        while n_ended < target {
            forward.end_target();
            by_words.iter_mut().chain(&mut by_model).for_each(|sense| sense.meanings.end_target());
            n_ended += 1;
        }
        let text = texts[n_added];
        n_added += 1;
        let vector = by_words.as_ref().and_then(|sense| sense.vectors.of_passage(text, analysis));
        by_words.iter_mut().for_each(|sense| sense.meanings.add(vector.as_deref()));
        if let Some(sense) = &mut by_model {
            sense.meanings.add(sense.vectors.of_passage(text, analysis).as_deref());
        }
        counts.add(&analysis.words);
        forward.add(analysis);
        if let Goal::Entry(_) = goals[target] {
            verbatim.add(goals[target], number, &analysis.normalised);
        }
        if let Some(lines) = &mut lines {
            lines.add(goals[target], classes.of[target], analysis, vector.as_deref());
        }
    });
    for _ in n_ended..goals.len() {
        forward.end_target();
        by_words.iter_mut().chain(&mut by_model).for_each(|sense| sense.meanings.end_target());
    }
    by_words.iter_mut().chain(&mut by_model).for_each(|sense| sense.meanings.shrink());
    Compiled {
        out_of_scope: goals.iter().position(|&goal| is_out_of_scope(content, goal)).map(|at| at as Target),
        analyser: analyser.with_lexicon(Lexicon::learn(&counts)),
        forward: forward.build(),
        rules: CompiledRules::new(&content.rules),
        verbatim: verbatim.build(),
        never: never(content),
        classifier: classifier.or_else(|| lines.map(|lines| Arc::new(lines.train(&classes)))),
        class_of: classes.of,
        goals,
        words: by_words,
        model: by_model,
    }
}

/// Returns all phrasings and examples, in order.
pub fn texts_of(content: &Content) -> Vec<String> {
    goals(content).into_iter().flat_map(|goal| phrasings(content, goal).cloned().collect::<Vec<_>>()).collect()
}

/// Every example of an intent comes before the entries' phrasings, also those of the intent that the index answers.
fn intents_verbatim(content: &Content) -> VerbatimBuilder {
    let mut verbatim = VerbatimBuilder::default();
    for goal in (0..content.intents.len()).map(Goal::Intent) {
        for (number, example) in phrasings(content, goal).enumerate() {
            verbatim.add(goal, number, &normalise(example));
        }
    }
    verbatim
}

fn never(content: &Content) -> FxHashMap<String, Vec<Goal>> {
    let mut never: FxHashMap<String, Vec<Goal>> = FxHashMap::default();
    for (at, entry) in content.entries.iter().enumerate() {
        for text in entry.texts.values().flat_map(|text| &text.never) {
            never.entry(normalise(text)).or_default().push(Goal::Entry(at));
        }
    }
    never
}

impl Compiled {
    /// Returns a target's phrasing as it is written.
    pub fn phrasing<'c>(&self, content: &'c Content, target: Target, number: u32) -> &'c str {
        phrasings(content, self.goals[target as usize]).nth(number as usize).map_or("", String::as_str)
    }
}

fn analyser(content: &Content, known: Option<Segmenter>) -> Analyser {
    let words = || content.dictionary.iter().map(|word| (word.word.as_str(), word.frequency, word.tag.as_deref()));
    let segmenter = known.filter(|known| known.keeps_whole(words())).unwrap_or_else(|| Segmenter::new(words()));
    let pairs = content.synonyms.iter().flat_map(|group| {
        let stands = group.means.as_ref().or(group.words.first());
        group.words.iter().filter_map(move |word| Some((word.clone(), stands?.clone())))
    });
    Analyser::new(segmenter, Synonyms::new(pairs))
}

fn goals(content: &Content) -> Vec<Goal> {
    let entries = content.entries.iter().enumerate();
    let shown = entries.filter(|(_, entry)| entry.requires.as_ref().is_none_or(|feature| content.is_on(feature)));
    // An intent that the index answers has examples of everything: it is no candidate, only its examples lead to it.
    let intents = content.intents.iter().enumerate().filter(|(_, intent)| intent.does != Does::Search);
    shown.map(|(at, _)| Goal::Entry(at)).chain(intents.map(|(at, _)| Goal::Intent(at))).collect()
}

/// The name of the intent of what is not ours, for outcomes.
pub fn is_out_of_scope(content: &Content, goal: Goal) -> bool {
    matches!(goal, Goal::Intent(at) if content.intents[at].name.0 == OUT_OF_SCOPE)
}

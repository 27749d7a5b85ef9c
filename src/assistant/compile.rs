//! Content made ready to answer: analysed phrasings, forward index, classifier, rules, what is stored word for word.

use rustc_hash::FxHashMap;

use crate::dialogue::decide::OUT_OF_SCOPE;
use crate::knowledge::content::Content;
use crate::knowledge::intent::Does;
use crate::knowledge::rule::CompiledRules;
use crate::nlu::classifier::{Example, LinearClassifier};
use crate::nlu::features::{FeatureSpace, features_of};
use crate::retrieval::Target;
use crate::retrieval::forward::ForwardIndex;
use crate::text::analysis::{Analyser, Analysis};
use crate::text::lexicon::Lexicon;
use crate::text::normalise::normalise;
use crate::text::segment::Segmenter;
use crate::text::synonyms::Synonyms;

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
    /// Normalised phrasings and examples, and whose they are.
    pub verbatim: FxHashMap<String, Goal>,
    /// Normalised questions, and which entries they must never get.
    pub never: FxHashMap<String, Vec<Goal>>,
    /// The intents' (and, while there are few, the entries') classifier; none without intents.
    pub classifier: Option<Classifier>,
    /// The classifier's class of each target.
    pub class_of: Vec<usize>,
    /// The target of what is not ours.
    pub out_of_scope: Option<Target>,
}

/// A trained classifier with its columns.
pub struct Classifier {
    space: FeatureSpace,
    model: LinearClassifier,
}

impl Classifier {
    /// Returns every class's margin.
    pub fn margins(&self, analysis: &Analysis) -> Vec<f32> {
        self.model.margins(&self.space.weigh(&features_of(analysis)))
    }
}

/// Up to this many targets each is a class of its own; beyond, all entries together are one.
const MAX_CLASSES: usize = 400;

/// Phrasings that stand for all entries together, when these are one class.
const MAX_ENTRY_EXAMPLES: usize = 2_000;

/// Compiles content: every step is a function of the content alone.
pub fn compile(content: &Content) -> Compiled {
    let analyser = analyser(content);
    let goals = goals(content);
    let texts: Vec<Vec<&String>> = goals.iter().map(|&goal| phrasings(content, goal).collect()).collect();
    let analyses = analyse_all(&analyser, &texts);
    let words = analyses.iter().flatten().flat_map(|analysis| analysis.words.iter().map(String::as_str));
    let analyser = analyser.with_lexicon(Lexicon::learn(words));
    let forward = ForwardIndex::build(analyses.iter().map(|of_target| of_target.iter().collect()));
    let (classifier, class_of) = train(content, &goals, &analyses);
    let mut verbatim = FxHashMap::default();
    for (at, intent) in content.intents.iter().enumerate() {
        for example in intent.examples.values().flatten() {
            verbatim.entry(normalise(example)).or_insert(Goal::Intent(at));
        }
    }
    for (goal, analyses) in goals.iter().zip(&analyses) {
        for analysis in analyses {
            verbatim.entry(analysis.normalised.clone()).or_insert(*goal);
        }
    }
    verbatim.remove("");
    let mut never: FxHashMap<String, Vec<Goal>> = FxHashMap::default();
    for (at, entry) in content.entries.iter().enumerate() {
        for text in entry.texts.values().flat_map(|text| &text.never) {
            never.entry(normalise(text)).or_default().push(Goal::Entry(at));
        }
    }
    let out_of_scope = goals.iter().position(|&goal| is_out_of_scope(content, goal)).map(|at| at as Target);
    Compiled {
        out_of_scope,
        analyser,
        goals,
        forward,
        rules: CompiledRules::new(&content.rules),
        verbatim,
        never,
        classifier,
        class_of,
    }
}

impl Compiled {
    /// Returns a target's phrasing as it is written.
    pub fn phrasing<'c>(&self, content: &'c Content, target: Target, number: u32) -> &'c str {
        phrasings(content, self.goals[target as usize]).nth(number as usize).map_or("", String::as_str)
    }
}

fn analyser(content: &Content) -> Analyser {
    let words = content.dictionary.iter().map(|word| (word.word.as_str(), word.frequency, word.tag.as_deref()));
    let pairs = content.synonyms.iter().flat_map(|group| {
        let stands = group.means.as_ref().or(group.words.first());
        group.words.iter().filter_map(move |word| Some((word.clone(), stands?.clone())))
    });
    Analyser::new(Segmenter::new(words), Synonyms::new(pairs))
}

fn goals(content: &Content) -> Vec<Goal> {
    let entries = content.entries.iter().enumerate();
    let shown = entries.filter(|(_, entry)| entry.requires.as_ref().is_none_or(|feature| content.is_on(feature)));
    // An intent that the index answers has examples of everything: it is no candidate, only its examples lead to it.
    let intents = content.intents.iter().enumerate().filter(|(_, intent)| intent.does != Does::Search);
    shown.map(|(at, _)| Goal::Entry(at)).chain(intents.map(|(at, _)| Goal::Intent(at))).collect()
}

fn phrasings(content: &Content, goal: Goal) -> Box<dyn Iterator<Item = &String> + '_> {
    match goal {
        Goal::Entry(at) => Box::new(content.entries[at].texts.values().flat_map(|text| text.phrasings())),
        Goal::Intent(at) => Box::new(content.intents[at].examples.values().flatten()),
    }
}

/// Analyses all phrasings on all cores; the result is the same for any number of them.
fn analyse_all(analyser: &Analyser, texts: &[Vec<&String>]) -> Vec<Vec<Analysis>> {
    let n_threads = std::thread::available_parallelism().map_or(1, usize::from);
    let chunk = texts.len().div_ceil(n_threads).max(1);
    let analyse = |texts: &[Vec<&String>]| -> Vec<Vec<Analysis>> {
        texts.iter().map(|of_target| of_target.iter().map(|text| analyser.analyse(text)).collect()).collect()
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = texts.chunks(chunk).map(|chunk| scope.spawn(move || analyse(chunk))).collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("analysis does not panic: a property test says so"))
            .collect()
    })
}

fn train(content: &Content, goals: &[Goal], analyses: &[Vec<Analysis>]) -> (Option<Classifier>, Vec<usize>) {
    if content.intents.is_empty() {
        return (None, Vec::new());
    }
    let one_class_each = goals.len() <= MAX_CLASSES;
    let mut n_classes = 0;
    let mut class_of = Vec::with_capacity(goals.len());
    for goal in goals {
        // Class 0 is all entries together, when they are too many.
        let shared = !one_class_each && matches!(goal, Goal::Entry(_));
        class_of.push(if shared { 0 } else { n_classes + usize::from(!one_class_each) });
        n_classes += usize::from(!shared);
    }
    n_classes += usize::from(!one_class_each);
    let n_entry_texts = goals
        .iter()
        .zip(analyses)
        .filter(|(goal, _)| matches!(goal, Goal::Entry(_)))
        .map(|(_, of)| of.len())
        .sum::<usize>();
    let step = if one_class_each { 1 } else { n_entry_texts.div_ceil(MAX_ENTRY_EXAMPLES).max(1) };
    let mut n_seen = 0;
    let mut lines: Vec<(Vec<u64>, usize)> = Vec::new();
    for ((goal, of_target), &class) in goals.iter().zip(analyses).zip(&class_of) {
        for analysis in of_target {
            n_seen += usize::from(matches!(goal, Goal::Entry(_)));
            if matches!(goal, Goal::Intent(_)) || n_seen.is_multiple_of(step) {
                lines.push((features_of(analysis), class));
            }
        }
    }
    let features: Vec<Vec<u64>> = lines.iter().map(|(features, _)| features.clone()).collect();
    let space = FeatureSpace::learn(&features, MIN_TEXTS);
    let examples: Vec<Example> =
        lines.iter().map(|(features, class)| Example { vector: space.weigh(features), class: *class }).collect();
    let model = LinearClassifier::train(&examples, space.len(), n_classes);
    (Some(Classifier { space, model }), class_of)
}

/// Every feature counts, also one that a single text holds: with a dozen phrasings a class, a word that stands in one of
/// them alone is often the best evidence there is.
const MIN_TEXTS: u32 = 1;

/// The name of the intent of what is not ours, for outcomes.
pub fn is_out_of_scope(content: &Content, goal: Goal) -> bool {
    matches!(goal, Goal::Intent(at) if content.intents[at].name.0 == OUT_OF_SCOPE)
}

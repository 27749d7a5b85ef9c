//! The phrasings of what a message can lead to, and all of them analysed: on all cores, a few at a time.

use std::sync::mpsc::sync_channel;

use crate::assistant::compile::Goal;
use crate::knowledge::content::Content;
use crate::text::analysis::{Analyser, Analysis};

/// Phrasings that a thread analyses before it hands them on; few, as an analysis takes some kilobytes.
const CHUNK: usize = 32;

/// Chunks of a thread that wait to be taken.
const WAITING: usize = 2;

/// Returns a goal's phrasings, or examples, in the content's order.
pub(crate) fn phrasings(content: &Content, goal: Goal) -> Box<dyn Iterator<Item = &String> + '_> {
    match goal {
        Goal::Entry(at) => Box::new(content.entries[at].texts.values().flat_map(|text| text.phrasings())),
        Goal::Intent(at) => Box::new(content.intents[at].examples.values().flatten()),
    }
}

/// Analyses texts on all cores and hands them on in their order, which does not hang on the number of cores.
pub(crate) fn analyse_in_order(analyser: &Analyser, texts: &[&String], mut take: impl FnMut(&Analysis)) {
    let n_threads = std::thread::available_parallelism().map_or(1, usize::from);
    let analyse = |chunk: &[&String]| -> Vec<Analysis> { chunk.iter().map(|text| analyser.analyse(text)).collect() };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..n_threads)
            .map(|thread| {
                let (give, taken) = sync_channel(WAITING);
                scope.spawn(move || {
                    for chunk in texts.chunks(CHUNK).skip(thread).step_by(n_threads) {
                        if give.send(analyse(chunk)).is_err() {
                            return;
                        }
                    }
                });
                taken
            })
            .collect();
        for (at, _) in texts.chunks(CHUNK).enumerate() {
            let chunk = threads[at % n_threads].recv().expect("analysis does not panic: a property test says so");
            chunk.iter().for_each(&mut take);
        }
    });
}

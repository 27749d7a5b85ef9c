//! Many questions asked at once: on all cores, in fixed chunks, the results in the order of the questions.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Questions that a thread asks before it says so: some milliseconds' worth.
const CHUNK: usize = 64;

/// How far asking has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Questions that were asked.
    pub n_asked: usize,
    /// Questions that will have been asked at the end.
    pub n: usize,
}

/// What asks, and says how far it has come.
pub(crate) struct Asking<'p> {
    n: usize,
    n_asked: AtomicUsize,
    progress: &'p (dyn Fn(Progress) + Sync),
}

impl<'p> Asking<'p> {
    /// Begins to ask so many questions.
    pub(crate) fn new(n: usize, progress: &'p (dyn Fn(Progress) + Sync)) -> Self {
        Self { n, n_asked: AtomicUsize::new(0), progress }
    }

    /// Does one thing for each question; which thread does it changes nothing.
    pub(crate) fn each<Q: Sync, R: Send>(&self, questions: &[Q], ask: impl Fn(&Q) -> R + Sync) -> Vec<R> {
        let n_threads = std::thread::available_parallelism().map_or(1, usize::from);
        let ask_every_nth = |thread: usize| -> Vec<Vec<R>> {
            let chunks = questions.chunks(CHUNK).skip(thread).step_by(n_threads);
            chunks
                .map(|chunk| {
                    let answered: Vec<R> = chunk.iter().map(&ask).collect();
                    let n_asked = self.n_asked.fetch_add(chunk.len(), Ordering::Relaxed) + chunk.len();
                    (self.progress)(Progress { n_asked, n: self.n });
                    answered
                })
                .collect()
        };
        let by_thread: Vec<Vec<Vec<R>>> = std::thread::scope(|scope| {
            let ask_every_nth = &ask_every_nth;
            let threads: Vec<_> = (0..n_threads).map(|thread| scope.spawn(move || ask_every_nth(thread))).collect();
            let join = threads.into_iter().map(|thread| thread.join());
            join.map(|asked| asked.expect("answering does not panic: fuzz targets say so")).collect()
        });
        let mut threads: Vec<_> = by_thread.into_iter().map(Vec::into_iter).collect();
        let n_chunks = questions.len().div_ceil(CHUNK);
        (0..n_chunks).filter_map(|chunk| threads[chunk % n_threads].next()).flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn the_order_stays_and_all_are_counted() {
        for n in [0, 1, CHUNK, 10 * CHUNK + 1] {
            let seen = Mutex::new(Vec::new());
            let progress = |progress: Progress| seen.lock().unwrap().push(progress);
            let asking = Asking::new(2 * n, &progress);
            let numbers: Vec<usize> = (0..n).collect();
            assert!(asking.each(&numbers, |number| number * 2).into_iter().eq((0..n).map(|number| number * 2)));
            assert_eq!(asking.each(&numbers, |_| ()).len(), n);
            let last = seen.lock().unwrap().iter().map(|progress| progress.n_asked).max();
            assert_eq!(last.unwrap_or_default(), 2 * n);
        }
    }
}

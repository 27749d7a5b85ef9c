//! tantivy gathers candidates: one document a target, holding the numbers of its terms. Nothing else imports tantivy.
//!
//! An index is built fresh for every revision, in memory, into one segment and in the order of the targets, so that a
//! document's number is its target and no deleted document colours the statistics.

use std::io;
use std::sync::Arc;

use tantivy::collector::TopDocs;
use tantivy::query::{Bm25StatisticsProvider, BooleanQuery, BoostQuery, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, NumericOptions, Schema};
use tantivy::{Index, InvertedIndexReader, Searcher, TantivyDocument, Term as TantivyTerm};

use crate::retrieval::forward::FIELD_WEIGHTS;
use crate::retrieval::gathering::FEW_TARGETS;
use crate::retrieval::{Gather, GatherTerm, Target};
use crate::text::term::Term;

/// Memory for building, in bytes: enough for 100,000 targets without a second segment.
const BUILD_MEMORY: usize = 256 << 20;
const SMALL_BUILD_MEMORY: usize = 32 << 20;

/// The index of one revision.
pub struct TantivyIndex {
    searcher: Searcher,
    terms: Field,
    /// The lists of its one segment; `None` where there is no target.
    lists: Option<Arc<InvertedIndexReader>>,
}

impl TantivyIndex {
    /// Builds the index of targets, each a list of distinct terms.
    ///
    /// # Errors
    /// Fails only where tantivy does: when memory runs out.
    pub fn build(targets: impl ExactSizeIterator<Item = Vec<Term>>) -> tantivy::Result<Self> {
        let mut schema = Schema::builder();
        let terms = schema.add_u64_field("terms", NumericOptions::default().set_indexed());
        let memory = if targets.len() <= FEW_TARGETS { SMALL_BUILD_MEMORY } else { BUILD_MEMORY };
        let builder = Index::builder().schema(schema.build());
        let mut writer = builder.single_segment_index_writer(tantivy::directory::RamDirectory::create(), memory)?;
        for target in targets {
            let mut document = TantivyDocument::default();
            for term in target {
                document.add_u64(terms, term.as_u64());
            }
            writer.add_document(document)?;
        }
        let index = writer.finalize()?;
        let searcher = index.reader()?.searcher();
        let lists = searcher.segment_readers().first().map(|segment| segment.inverted_index(terms)).transpose()?;
        Ok(Self { searcher, terms, lists })
    }

    /// Adds up, list by list, what the terms are worth to each target. While there are few targets this takes a third of
    /// what a query does, which prepares to leave most of the lists unread.
    fn best_of_few(&self, lists: &InvertedIndexReader, terms: &[GatherTerm], limit: usize) -> io::Result<Vec<Target>> {
        let n_targets = self.searcher.num_docs();
        let mut scores = vec![0.0_f32; n_targets as usize];
        for known in terms {
            let term = TantivyTerm::from_field_u64(self.terms, known.term.as_u64());
            let Some(mut list) = lists.read_block_postings(&term, IndexRecordOption::Basic)? else { continue };
            let worth = weight(known) * rarity(n_targets as f32, known.n_targets as f32);
            while !list.docs().is_empty() {
                list.docs().iter().for_each(|&target| scores[target as usize] += worth);
                list.advance();
            }
        }
        let mut best: Vec<(f32, Target)> = scores.into_iter().zip(0..).filter(|&(score, _)| score > 0.0).collect();
        let order = |a: &(f32, Target), b: &(f32, Target)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
        if best.len() > limit {
            best.select_nth_unstable_by(limit, order);
            best.truncate(limit);
        }
        best.sort_unstable_by(order);
        Ok(best.into_iter().map(|(_, target)| target).collect())
    }

    fn best_of_many(&self, terms: &[GatherTerm], limit: usize) -> tantivy::Result<Vec<Target>> {
        let clause = |term: &GatherTerm| -> (Occur, Box<dyn Query>) {
            let asked = TantivyTerm::from_field_u64(self.terms, term.term.as_u64());
            let query = Box::new(TermQuery::new(asked, IndexRecordOption::Basic));
            (Occur::Should, Box::new(BoostQuery::new(query, weight(term))))
        };
        let query = BooleanQuery::new(terms.iter().map(clause).collect());
        let best = TopDocs::with_limit(limit).order_by_score();
        let known = Known { terms, searcher: &self.searcher };
        let found = self.searcher.search_with_statistics_provider(&query, &best, &known)?;
        Ok(found.into_iter().map(|(_, address)| address.doc_id).collect())
    }
}

fn weight(term: &GatherTerm) -> f32 {
    FIELD_WEIGHTS[term.term.field() as usize]
}

/// BM25's inverse document frequency (Robertson and Spärck Jones, as Lucene and tantivy compute it): all that BM25 tells
/// targets apart by here, as an index of numbers keeps neither frequencies nor lengths.
fn rarity(n_targets: f32, n_holding: f32) -> f32 {
    (1.0 + (n_targets - n_holding + 0.5) / (n_holding + 0.5)).ln()
}

impl Gather for TantivyIndex {
    fn candidates(&self, terms: &[GatherTerm], limit: usize) -> Vec<Target> {
        if terms.is_empty() || limit == 0 {
            return Vec::new();
        }
        let few = self.lists.as_ref().filter(|_| self.searcher.num_docs() <= FEW_TARGETS as u64);
        let found = match few {
            Some(lists) => self.best_of_few(lists, terms, limit).map_err(Into::into),
            None => self.best_of_many(terms, limit),
        };
        found.unwrap_or_else(|error: tantivy::TantivyError| {
            tracing::error!(%error, "the index in memory did not answer");
            Vec::new()
        })
    }
}

/// How many targets hold each term, as the forward index counted: asking tantivy would look every term up twice.
struct Known<'k> {
    terms: &'k [GatherTerm],
    searcher: &'k Searcher,
}

impl Bm25StatisticsProvider for Known<'_> {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        self.searcher.total_num_tokens(field)
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        self.searcher.total_num_docs()
    }

    fn doc_freq(&self, term: &TantivyTerm) -> tantivy::Result<u64> {
        let asked = term.value().as_u64();
        let known = self.terms.iter().find(|known| Some(known.term.as_u64()) == asked);
        Ok(known.map_or(0, |known| u64::from(known.n_targets)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::term::Field as TextField;

    #[test]
    fn gathers_what_shares_most_and_breaks_ties_by_number() {
        let term = |c: char| Term::of_chars(TextField::Unit, c, '\0');
        let targets = ["退款到账", "付款失败", "退款失败", "退款失败"];
        let index = TantivyIndex::build(targets.iter().map(|text| text.chars().map(term).collect())).unwrap();
        let ask = |text: &str| -> Vec<Target> {
            let terms: Vec<GatherTerm> = text.chars().map(|c| GatherTerm { term: term(c), n_targets: 1 }).collect();
            index.candidates(&terms, 3)
        };
        assert_eq!(ask("退失"), [2, 3, 0]);
        assert_eq!(ask("到"), [0]);
        assert!(ask("象").is_empty() && ask("").is_empty());
        // Adding up and querying are two ways to the same.
        let terms: Vec<GatherTerm> = [('退', 3), ('失', 3), ('到', 1), ('款', 4)]
            .map(|(c, n_targets)| GatherTerm { term: term(c), n_targets })
            .into();
        for n in 1..=terms.len() {
            let few = index.best_of_few(index.lists.as_ref().unwrap(), &terms[..n], 4).unwrap();
            assert_eq!(few, index.best_of_many(&terms[..n], 4).unwrap());
        }
    }
}

//! tantivy gathers candidates: one document a target, holding the numbers of its terms. Nothing else imports tantivy.
//!
//! An index is built fresh for every revision, in memory, into one segment and in the order of the targets, so that a
//! document's number is its target and no deleted document colours the statistics.

use tantivy::collector::TopDocs;
use tantivy::query::{Bm25StatisticsProvider, BooleanQuery, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, NumericOptions, Schema};
use tantivy::{Index, Searcher, TantivyDocument, Term as TantivyTerm};

use crate::retrieval::{Gather, GatherTerm, Target};
use crate::text::term::Term;

/// Memory for building, in bytes: enough for 100,000 targets without a second segment.
const BUILD_MEMORY: usize = 256 << 20;
const SMALL_BUILD_MEMORY: usize = 32 << 20;
const FEW_TARGETS: usize = 5_000;

/// The index of one revision.
pub struct TantivyIndex {
    searcher: Searcher,
    terms: Field,
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
        Ok(Self { searcher: index.reader()?.searcher(), terms })
    }
}

impl Gather for TantivyIndex {
    fn candidates(&self, terms: &[GatherTerm], limit: usize) -> Vec<Target> {
        if terms.is_empty() || limit == 0 {
            return Vec::new();
        }
        let clause = |term: &GatherTerm| -> (Occur, Box<dyn Query>) {
            let term = TantivyTerm::from_field_u64(self.terms, term.term.as_u64());
            (Occur::Should, Box::new(TermQuery::new(term, IndexRecordOption::Basic)))
        };
        let query = BooleanQuery::new(terms.iter().map(clause).collect());
        let best = TopDocs::with_limit(limit).order_by_score();
        let known = Known { terms, searcher: &self.searcher };
        match self.searcher.search_with_statistics_provider(&query, &best, &known) {
            Ok(found) => found.into_iter().map(|(_, address)| address.doc_id).collect(),
            Err(error) => {
                tracing::error!(%error, "the index in memory did not answer");
                Vec::new()
            }
        }
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
    }
}

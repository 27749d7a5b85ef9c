//! Phrasings and examples: each text belongs to one, and no rule takes it away.

use once_cell::unsync::OnceCell;
use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

use crate::knowledge::content::Content;
use crate::knowledge::reader::{Owner, Reader};
use crate::knowledge::rule::CompiledRules;
use crate::knowledge::source::Place;
use crate::text::normalise::normalise;

/// The phrasings of the files so far.
#[derive(Default)]
pub(super) struct Known {
    rules: OnceCell<CompiledRules>,
    /// Where each folded text stands first, and whose it is there.
    first: FxHashMap<Digest128, (Place, usize)>,
    owners: Vec<Owner>,
}

/// The first half of the SHA-256 of a folded text: no two texts share it.
type Digest128 = [u8; 16];

fn digest(folded: &str) -> Digest128 {
    let whole = Sha256::digest(folded);
    std::array::from_fn(|at| whole[at])
}

impl Known {
    /// Judges the phrasings of the files that were read since.
    pub(super) fn check(&mut self, reader: &mut Reader, content: &Content) {
        let phrasings = std::mem::take(&mut reader.notes.phrasings);
        if phrasings.is_empty() {
            return;
        }
        let rules = self.rules.get_or_init(|| CompiledRules::new(&content.rules));
        for phrasing in phrasings {
            let folded = normalise(&phrasing.text);
            if folded.is_empty() {
                reader.report("empty-text", phrasing.place, "a phrasing without a letter", None);
                continue;
            }
            if self.owners.last() != Some(&phrasing.owner) {
                self.owners.push(phrasing.owner.clone());
            }
            let first = self.first.get(&digest(&folded)).map(|&(place, owner)| (place, &self.owners[owner]));
            match first {
                Some((other, owner)) if *owner == phrasing.owner => {
                    let other = reader.locate(other);
                    reader.report(
                        "repeated-phrasing",
                        phrasing.place,
                        format!("\"{}\" stands here already: {other}", phrasing.text),
                        None,
                    );
                }
                Some((other, owner)) => {
                    let message = format!(
                        "\"{}\" belongs to {} already, and here to {}: {}",
                        phrasing.text,
                        name(owner),
                        name(&phrasing.owner),
                        reader.locate(other)
                    );
                    reader.report("duplicate-phrasing", phrasing.place, message, None);
                }
                None => {
                    self.first.insert(digest(&folded), (phrasing.place, self.owners.len() - 1));
                }
            }
            if let Some(rule) = rules.first_match(&folded)
                && Owner::Intent(rule.intent.0.clone()) != phrasing.owner
            {
                let at = reader
                    .notes
                    .rules
                    .get(&rule.id)
                    .map(|&place| format!(": {}", reader.locate(place)))
                    .unwrap_or_default();
                let message = format!("the rule \"{}\" leads this to the intent \"{}\"{at}", rule.id, rule.intent);
                let hint = Some("put it another way, or add an `unless` to the rule".to_owned());
                reader.report("phrasing-caught-by-rule", phrasing.place, message, hint);
            }
        }
    }

    /// Judges the questions that must not get an entry, once all phrasings are known.
    pub(super) fn check_nevers(&self, reader: &mut Reader) {
        for never in std::mem::take(&mut reader.notes.nevers) {
            let folded = normalise(&never.text);
            if folded.is_empty() {
                reader.report("empty-text", never.place, "a question without a letter", None);
            }
            let own = self.first.get(&digest(&folded)).filter(|&&(_, owner)| self.owners[owner] == never.owner);
            if let Some(&(own, _)) = own {
                let own = reader.locate(own);
                reader.report(
                    "never-is-phrasing",
                    never.place,
                    format!("\"{}\" is a phrasing of this entry: {own}", never.text),
                    None,
                );
            }
        }
    }
}

fn name(owner: &Owner) -> String {
    match owner {
        Owner::Entry(id) => format!("the entry \"{id}\""),
        Owner::Intent(name) => format!("the intent \"{name}\""),
    }
}

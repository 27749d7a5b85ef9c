//! Builds a forward index from analysed phrasings, one after the other, so that no two need be in memory at once.

use rustc_hash::FxHashMap;

use crate::retrieval::forward::holders::{Holders, PhrasingNumber};
use crate::retrieval::forward::{
    B, FIELD_WEIGHTS, ForwardIndex, K1, MAX_ALIGNED, Phrasing, Slice, Sound, TermNumber, Units, sounds_of,
};
use crate::retrieval::wording::Wording;
use crate::text::analysis::Analysis;
use crate::text::term::Term;

/// Phrasings of one target that are compared; further ones are only known word for word.
const MAX_PHRASINGS: usize = PhrasingNumber::MAX as usize;

/// A forward index that is being built.
#[derive(Debug, Default)]
pub struct ForwardBuilder {
    /// Terms are numbered as they come; at the end anew, so that those of one field lie together.
    numbers: FxHashMap<Term, TermNumber>,
    n_targets_of: Vec<u32>,
    of_number: Vec<Term>,
    targets: Vec<Slice>,
    phrasings: Vec<Phrasing>,
    terms: Vec<TermNumber>,
    holders: Holders,
    units: Vec<TermNumber>,
    /// How each unit sounds, by its number.
    sounds: FxHashMap<TermNumber, Sound>,
    /// What the phrasings of the target that is being added hold.
    held: Vec<(Term, TermNumber, PhrasingNumber)>,
    n_added: usize,
}

impl ForwardBuilder {
    /// Adds a phrasing to the target that is being added.
    pub fn add(&mut self, analysis: &Analysis) {
        if self.n_added == MAX_PHRASINGS {
            return;
        }
        for &term in &analysis.terms {
            let number = *self.numbers.entry(term).or_insert_with(|| {
                self.of_number.push(term);
                self.of_number.len() as TermNumber - 1
            });
            self.held.push((term, number, self.n_added as PhrasingNumber));
        }
        for (unit, sound) in analysis.units.iter().zip(sounds_of(analysis)).take(MAX_ALIGNED) {
            let number = self.numbers[unit];
            self.units.push(number);
            self.sounds.insert(number, sound);
        }
        self.phrasings.push(Phrasing {
            units_end: self.units.len() as u32,
            wording: Wording::of(analysis),
            own: [0.0; 4],
            gain: [0.0; 4],
        });
        self.n_added += 1;
    }

    /// Ends the target that is being added; the next phrasing belongs to the next one.
    pub fn end_target(&mut self) {
        let n_phrasings = std::mem::take(&mut self.n_added);
        self.targets.push(Slice {
            phrasings: (self.phrasings.len() - n_phrasings) as u32,
            terms: self.terms.len() as u32,
            holders: self.holders.next_start(n_phrasings),
        });
        self.n_targets_of.resize(self.of_number.len(), 0);
        // The order that the numbers will have at the end.
        self.held.sort_unstable_by_key(|&(term, number, phrasing)| (term.field(), number, phrasing));
        for of_term in self.held.chunk_by(|(_, one, _), (_, other, _)| one == other) {
            let number = of_term[0].1;
            self.terms.push(number);
            self.n_targets_of[number as usize] += 1;
            self.holders.push(n_phrasings, of_term.iter().map(|&(_, _, phrasing)| phrasing));
        }
        self.held.clear();
    }

    /// Returns the index.
    pub fn build(mut self) -> ForwardIndex {
        self.targets.push(Slice {
            phrasings: self.phrasings.len() as u32,
            terms: self.terms.len() as u32,
            holders: self.holders.next_start(0),
        });
        let mut index = ForwardIndex::default();
        let renumbered = self.number_by_field(&mut index.field_ends);
        index.n_targets_of = vec![0; renumbered.len()];
        for (old, &new) in renumbered.iter().enumerate() {
            index.n_targets_of[new as usize] = self.n_targets_of[old];
        }
        for number in self.numbers.values_mut().chain(&mut self.terms) {
            *number = renumbered[*number as usize];
        }
        let units = self.units.iter().map(|&unit| renumbered[unit as usize]);
        index.units = match u16::try_from(index.field_ends[0]) {
            Ok(_) => Units::Narrow(units.map(|unit| unit as u16).collect()),
            Err(_) => Units::Wide(units.collect()),
        };
        index.sounds = vec![0; index.field_ends[0] as usize];
        for (&unit, &sound) in &self.sounds {
            index.sounds[renumbered[unit as usize] as usize] = sound;
        }
        self.targets.shrink_to_fit();
        self.phrasings.shrink_to_fit();
        self.terms.shrink_to_fit();
        self.holders.shrink();
        self.numbers.shrink_to_fit();
        index.numbers = self.numbers;
        index.targets = self.targets;
        index.phrasings = self.phrasings;
        index.terms = self.terms;
        index.holders = self.holders;
        weigh(&mut index);
        index
    }

    /// Returns the terms' new numbers, so that those of one field lie together.
    fn number_by_field(&self, field_ends: &mut [TermNumber; 4]) -> Vec<TermNumber> {
        let mut order: Vec<TermNumber> = (0..self.of_number.len() as TermNumber).collect();
        order.sort_by_key(|&number| self.of_number[number as usize].field());
        let mut renumbered = vec![0; order.len()];
        for (new, &old) in order.iter().enumerate() {
            renumbered[old as usize] = new as TermNumber;
            field_ends[self.of_number[old as usize].field() as usize] = new as TermNumber + 1;
        }
        for field in 1..field_ends.len() {
            field_ends[field] = field_ends[field].max(field_ends[field - 1]);
        }
        renumbered
    }
}

fn weigh(index: &mut ForwardIndex) {
    let n_targets = index.n_targets() as f32;
    let idf = |n: f32| (1.0 + (n_targets - n + 0.5) / (n + 0.5)).ln();
    index.idf = index.n_targets_of.iter().map(|&n| idf(n as f32)).collect();
    index.unknown_idf = idf(0.0);
    for target in 0..index.n_targets() {
        let slice = index.targets[target];
        let n_phrasings = index.phrasing_range(target as u32).len();
        for (at, number) in index.terms[index.term_range(target as u32)].iter().enumerate() {
            let field = index.field_of(*number);
            let idf = index.idf[*number as usize];
            let of_target = &mut index.phrasings[slice.phrasings as usize..];
            index.holders.each(n_phrasings, slice.holders, at, |phrasing| {
                of_target[phrasing].own[field] += idf;
                // The number of terms, until all are known.
                of_target[phrasing].gain[field] += 1.0;
            });
        }
    }
    for (field, weight) in FIELD_WEIGHTS.iter().enumerate() {
        let total: f64 = index.phrasings.iter().map(|phrasing| f64::from(phrasing.gain[field])).sum();
        let mean = (total as f32 / index.phrasings.len().max(1) as f32).max(1.0);
        for phrasing in &mut index.phrasings {
            let length = phrasing.gain[field] / mean;
            phrasing.gain[field] = weight * (K1 + 1.0) / (1.0 + K1 * (1.0 - B + B * length));
        }
    }
}

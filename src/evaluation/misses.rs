//! Questions that were not answered well, put together by what they ask, with the entry that each group seems to be about. The
//! engine's own features say what is alike: no model, no network, the same result every time.

use jiff::Timestamp;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::assistant::Assistant;
use crate::assistant::compile::Goal;
use crate::assistant::turn::{Message, rounded};
use crate::dialogue::switches::Switches;
use crate::knowledge::entry::EntryId;
use crate::retrieval::Gather;
use crate::text::language::LanguageTag;
use crate::text::term::{Field, Term};

/// A question that was not answered well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missed {
    /// What was asked, masked.
    pub text: String,
    /// The language of its reply.
    pub language: Option<LanguageTag>,
    /// How often.
    pub n: u64,
}

/// Questions that ask for one thing.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Their places among the questions, the most frequent first.
    pub members: Vec<usize>,
    /// How often they were asked together.
    pub n: u64,
    /// The entry that they seem to be about; none where it would be a guess.
    pub proposal: Option<Proposal>,
}

/// The entry that a group seems to be about.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// Which.
    pub entry: EntryId,
    /// How likely that is.
    pub confidence: f64,
}

/// From this likeness on two questions ask for one thing: below, more than half of the pairs are about different entries.
const ALIKE: f32 = 0.45;

/// Words weigh as much as meaning, where both are known.
const BY_WORDS: f32 = 0.5;

/// A group's likeliest entry is proposed from this share of all entries on: four of five proposals are right then, of questions that
/// some entry answers.
const PROPOSED: f64 = 0.8;

/// A question as it is compared.
struct Read {
    /// Terms with their weights; of length 1.
    terms: Vec<(Term, f32)>,
    /// What it means, of length 1.
    meaning: Option<Vec<f32>>,
    /// How likely it is about an entry.
    evidence: Vec<(usize, f64)>,
}

/// Puts questions together, those asked most often first.
pub fn group(assistant: &Assistant, index: &dyn Gather, missed: &[Missed], now: Timestamp) -> Vec<Group> {
    let read: Vec<Read> = missed.iter().map(|missed| read(assistant, index, missed, now)).collect();
    let mut order: Vec<usize> = (0..missed.len()).collect();
    order.sort_by(|&a, &b| missed[b].n.cmp(&missed[a].n).then_with(|| missed[a].text.cmp(&missed[b].text)));
    let mut leaders = Leaders::default();
    for at in order {
        leaders.take(at, &read);
    }
    let mut groups: Vec<Group> = Vec::new();
    let mut about: FxHashMap<EntryId, usize> = FxHashMap::default();
    for members in leaders.groups {
        let n = members.iter().map(|&at| missed[at].n).sum();
        let proposal = proposal(assistant, &members, &read, missed);
        // However it is asked: what seems to be about one entry is one decision.
        let same = proposal.as_ref().and_then(|proposal| about.get(&proposal.entry).copied());
        if let (Some(same), Some(proposal)) = (same, &proposal) {
            let group = &mut groups[same];
            let (one, other) = (group.n as f64, n as f64);
            if let Some(known) = &mut group.proposal {
                known.confidence = rounded((known.confidence * one + proposal.confidence * other) / (one + other));
            }
            group.n += n;
            group.members.extend(members);
            continue;
        }
        if let Some(proposal) = &proposal {
            about.insert(proposal.entry.clone(), groups.len());
        }
        groups.push(Group { members, n, proposal });
    }
    for group in &mut groups {
        group.members.sort_by_key(|&at| std::cmp::Reverse(missed[at].n));
    }
    groups.sort_by(|a, b| b.n.cmp(&a.n).then(a.members[0].cmp(&b.members[0])));
    groups
}

fn read(assistant: &Assistant, index: &dyn Gather, missed: &Missed, now: Timestamp) -> Read {
    let message =
        Message { language: missed.language.as_ref(), switches: Switches::NONE, ..Message::new(&missed.text) };
    let findings = assistant.find(&missed.text, &message, index, now);
    let compiled = assistant.compiled();
    let compared = findings.analysis.terms.iter().filter(|term| matches!(term.field(), Field::Gram | Field::Word));
    let mut terms: Vec<(Term, f32)> = compared.map(|&term| (term, compiled.forward.idf(term))).collect();
    if terms.is_empty() {
        let units = findings.analysis.terms_of(Field::Unit);
        terms = units.iter().map(|&term| (term, compiled.forward.idf(term))).collect();
    }
    let length = terms.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
    terms.iter_mut().for_each(|(_, weight)| *weight /= length.max(f32::MIN_POSITIVE));
    let words = compiled.words.as_ref();
    let meaning = words.and_then(|words| words.vectors.of_question(&missed.text, &findings.analysis)).map(directed);
    let ranking = &findings.ranking;
    let evidence = ranking.ranked.iter().filter_map(|ranked| match compiled.goals[ranked.target as usize] {
        Goal::Entry(at) => Some((at, ranked.share)),
        Goal::Intent(_) => None,
    });
    let mut evidence: Vec<(usize, f64)> = evidence.collect();
    // What the text may be besides, something that is not ours first of all, is known to be wrong.
    let whole: f64 = evidence.iter().map(|(_, share)| share).sum();
    evidence.iter_mut().for_each(|(_, share)| *share /= whole);
    Read { terms, meaning, evidence }
}

/// Returns the two likeliest entries of a question.
pub fn rivals(
    assistant: &Assistant,
    index: &dyn Gather,
    missed: &Missed,
    now: Timestamp,
) -> Option<(EntryId, EntryId)> {
    let mut evidence = read(assistant, index, missed, now).evidence.into_iter();
    let entries = &assistant.content().entries;
    let mut next = || Some(entries.get(evidence.next()?.0)?.id.clone());
    Some((next()?, next()?))
}

/// Brings a vector to length 1.
fn directed(mut vector: Vec<f32>) -> Vec<f32> {
    let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
    vector.iter_mut().for_each(|number| *number /= length.max(f32::MIN_POSITIVE));
    vector
}

/// Groups, each known by the question that began it.
#[derive(Default)]
struct Leaders {
    groups: Vec<Vec<usize>>,
    /// The groups whose first question holds a term, with its weight there.
    holders: FxHashMap<Term, Vec<(u32, f32)>>,
    /// What a question has in common with each group's first one; all 0 in between.
    common: Vec<f32>,
}

impl Leaders {
    /// Puts a question to the group whose first question is most like it, or begins one.
    fn take(&mut self, at: usize, read: &[Read]) {
        let mut met: Vec<u32> = Vec::new();
        for (term, weight) in &read[at].terms {
            for &(group, held) in self.holders.get(term).map_or(&[][..], Vec::as_slice) {
                let common = &mut self.common[group as usize];
                if *common == 0.0 {
                    met.push(group);
                }
                *common += weight * held;
            }
        }
        let alike = |&group: &u32| {
            let words = self.common[group as usize];
            let first = &read[self.groups[group as usize][0]];
            let likeness = match (&read[at].meaning, &first.meaning) {
                (Some(one), Some(other)) => {
                    let meaning: f32 = one.iter().zip(other).map(|(a, b)| a * b).sum();
                    BY_WORDS * words + (1.0 - BY_WORDS) * meaning
                }
                _ => words,
            };
            (likeness, group)
        };
        let best = met.iter().map(alike).max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        for group in met {
            self.common[group as usize] = 0.0;
        }
        match best.filter(|(likeness, _)| *likeness >= ALIKE) {
            Some((_, group)) => self.groups[group as usize].push(at),
            None => {
                let group = u32::try_from(self.groups.len()).unwrap_or(u32::MAX);
                for (term, weight) in &read[at].terms {
                    self.holders.entry(*term).or_default().push((group, *weight));
                }
                self.groups.push(vec![at]);
                self.common.push(0.0);
            }
        }
    }
}

/// Sums up what a group's questions say, each as often as the root of how often it was asked.
fn proposal(assistant: &Assistant, members: &[usize], read: &[Read], missed: &[Missed]) -> Option<Proposal> {
    let mut sums: FxHashMap<usize, f64> = FxHashMap::default();
    let mut total = 0.0;
    for &at in members {
        let weight = (missed[at].n.max(1) as f64).sqrt();
        total += weight;
        for &(entry, share) in &read[at].evidence {
            *sums.entry(entry).or_default() += weight * share;
        }
    }
    let (entry, sum) = sums.into_iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))?;
    let confidence = rounded(sum / total);
    let entry = assistant.content().entries.get(entry)?.id.clone();
    (confidence >= PROPOSED).then_some(Proposal { entry, confidence })
}

/// What a grouping of labelled questions comes to.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct MissesReport {
    /// Questions.
    pub n: usize,
    /// Groups.
    pub groups: usize,
    /// Groups with a proposal.
    pub proposed: usize,
    /// Those whose proposal is the right entry of most of their questions.
    pub right: usize,
    /// Their share of the proposed.
    pub precision: f64,
    /// The share of the questions whose group proposes their right entry.
    pub reached: f64,
    /// The share of pairs in one group that ask for one thing.
    pub purity: f64,
}

/// Compares groups with what their questions are about: the entries that are right for each.
pub fn judge(groups: &[Group], accept: &[Vec<String>]) -> MissesReport {
    let (mut proposed, mut right, mut reached, mut pairs, mut pure) = (0, 0, 0, 0_usize, 0_usize);
    for group in groups {
        let labels: Vec<FxHashSet<&str>> =
            group.members.iter().map(|&at| accept[at].iter().map(String::as_str).collect()).collect();
        for (at, one) in labels.iter().enumerate() {
            for other in &labels[at + 1..] {
                pairs += 1;
                pure += usize::from(!one.is_disjoint(other));
            }
        }
        let Some(proposal) = &group.proposal else { continue };
        let n_meant = labels.iter().filter(|labels| labels.contains(proposal.entry.0.as_str())).count();
        proposed += 1;
        right += usize::from(2 * n_meant >= labels.len());
        reached += n_meant;
    }
    let share = |part: usize, whole: usize| if whole == 0 { 0.0 } else { rounded(part as f64 / whole as f64) };
    MissesReport {
        n: accept.len(),
        groups: groups.len(),
        proposed,
        right,
        precision: share(right, proposed),
        reached: share(reached, accept.len()),
        purity: share(pure, pairs),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::{ReadOptions, read};
    use crate::snapshot::Snapshot;

    fn at() -> Timestamp {
        "2026-11-26T10:00:00+08:00".parse().unwrap()
    }

    fn missed(text: &str, n: u64) -> Missed {
        Missed { text: text.to_owned(), language: Some(LanguageTag::zh_cn()), n }
    }

    #[test]
    fn what_asks_for_one_thing_is_one_group_and_names_its_entry() {
        let (content, _) = read(crate::files::sample(), &ReadOptions::default());
        let Snapshot { assistant, index } = Snapshot::compile(content, "r".to_owned()).unwrap();
        let questions = [
            missed("退款什么时候能到账呀", 1),
            missed("能不能用你们买月球车票", 3),
            missed("请问能不能用你们来买月球车票", 2),
            missed("退款大概几天到账的呢", 9),
        ];
        let groups = group(&assistant, &index, &questions, at());
        let members: Vec<&[usize]> = groups.iter().map(|group| group.members.as_slice()).collect();
        assert_eq!(members, [&[3, 0][..], &[1, 2]], "{groups:?}");
        assert_eq!(groups[0].proposal.as_ref().unwrap().entry.0, "refund-arrival-time");
        assert_eq!((groups[0].n, groups[1].n), (10, 5));
        assert_eq!(group(&assistant, &index, &questions, at()), groups, "the same every time");
        assert_eq!(group(&assistant, &index, &[missed("？", 1), missed("", 1)], at()).len(), 2, "nothing to read");
        let accept: Vec<Vec<String>> =
            ["refund-arrival-time", "x", "y", "refund-arrival-time"].map(|entry| vec![entry.to_owned()]).to_vec();
        let report = judge(&groups, &accept);
        assert_eq!((report.n, report.groups, report.purity, report.reached), (4, 2, 0.5, 0.5));
        assert_eq!(report.right, 1);
    }
}

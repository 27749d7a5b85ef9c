//! Knowledge bases drawn from groups of questions that mean the same: a few of each group are stored, the others asked,
//! some groups not stored at all. What a fit learns on many such draws holds for content it has never seen.

use serde::Deserialize;

use crate::evaluation::sets::{SetEntry, content_of};
use crate::knowledge::content::{Content, LabelledQuestion};
use crate::text::lot::lot;
use crate::text::script::is_han;

/// Questions that mean the same: one answer serves them all.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Its name.
    pub id: String,
    /// The plain question.
    pub question: String,
    /// Others that share most of its words.
    pub near: Vec<String>,
    /// Others that share few of its words.
    pub far: Vec<String>,
}

impl Group {
    /// Returns all its questions.
    pub fn texts(&self) -> Vec<String> {
        std::iter::once(&self.question).chain(&self.near).chain(&self.far).cloned().collect()
    }
}

/// The groups of one domain.
pub type Domain = Vec<Group>;

/// A drawn knowledge base with the questions that are asked of it.
#[derive(Clone, Debug)]
pub struct Draw {
    /// What is stored.
    pub content: Content,
    /// What is asked.
    pub questions: Vec<LabelledQuestion>,
}

/// How knowledge bases of a script are drawn.
struct Kind {
    /// Of the groups of a draw, one in so many is drawn. They come topic by topic: in some draws every neighbour is there, in
    /// most few are, as entries lie close in one knowledge base and far apart in another.
    one_drawn_in: [u64; N_ROUNDS as usize],
    /// Of the groups drawn, one in so many is not stored: its questions have no answer.
    one_not_stored_in: u64,
    /// So many times fewer questions of other domains are asked than of the domain itself.
    one_stranger_in: usize,
}

/// Draws of every domain alone, and of all domains of a script together.
const N_ROUNDS: u64 = 12;

/// Chinese ones: many entries on one business, many questions that have no entry.
const HAN: Kind = Kind { one_drawn_in: [1, 2, 2, 5, 5, 5, 5, 5, 5, 5, 5, 5], one_not_stored_in: 4, one_stranger_in: 6 };

/// Others: fewer entries, further apart, and most of what is asked is there.
const LATIN: Kind =
    Kind { one_drawn_in: [2, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5], one_not_stored_in: 6, one_stranger_in: 20 };

/// Questions asked of a group: customers mostly stay near.
const ASKED: [(usize, usize); 3] = [(3, 1), (2, 2), (1, 3)];

/// Of the questions, one in so many is mistyped.
const ONE_MISTYPED_IN: u64 = 8;

/// Draws knowledge bases: the same ones from the same domains.
pub fn draws(domains: &[Domain]) -> Vec<Draw> {
    let alone = domains.iter().enumerate().flat_map(|(at, domain)| {
        let others = domains.iter().enumerate().filter(move |&(other, _)| other != at).map(|(_, others)| others);
        let strangers: Vec<&Group> = others.filter(|others| is_latin(others) == is_latin(domain)).flatten().collect();
        let groups: Vec<&Group> = domain.iter().collect();
        (0..N_ROUNDS).map(move |round| draw(&groups, &strangers, at as u64 * N_ROUNDS + round, round))
    });
    let together = [false, true].into_iter().flat_map(|latin| {
        let all: Vec<&Group> = domains.iter().filter(|domain| is_latin(domain) == latin).flatten().collect();
        (0..N_ROUNDS).map(move |round| draw(&all, &[], 1_000 + u64::from(latin) * N_ROUNDS + round, round))
    });
    alone.chain(together).filter(|draw| !draw.content.entries.is_empty()).collect()
}

fn draw(groups: &[&Group], strangers: &[&Group], number: u64, round: u64) -> Draw {
    let (mut stored, mut questions) = (Vec::new(), Vec::new());
    let (asked_near, asked_far) = ASKED[(round % 3) as usize];
    let kind = if groups.iter().any(|group| group.question.contains(is_han)) { HAN } else { LATIN };
    let one_in = kind.one_drawn_in[round as usize];
    for (_, group) in groups.iter().enumerate().filter(|&(at, _)| (at as u64 + round).is_multiple_of(one_in)) {
        let in_lots = |texts: Vec<&String>| {
            let mut texts: Vec<String> = texts.into_iter().cloned().collect();
            texts.sort_by_key(|text| lot(&(number, text.as_str())));
            texts
        };
        let mut near = in_lots(std::iter::once(&group.question).chain(&group.near).collect());
        let mut far = in_lots(group.far.iter().collect());
        let is_stored = lot(&(number, group.id.as_str())) % kind.one_not_stored_in != 0;
        if is_stored {
            // Most knowledge bases begin with one phrasing an entry; some have a few.
            let question = near.remove(0);
            let n_more = if round % 4 == 3 { (lot(&(group.id.as_str(), number)) % 3) as usize } else { 0 };
            let similar = far.drain(..n_more.min(far.len())).collect();
            stored.push(SetEntry { id: group.id.clone(), question, similar, answer: String::new() });
        }
        let accept = if is_stored { group.id.as_str() } else { "fallback" };
        let asked = near.iter().take(asked_near).chain(far.iter().take(asked_far));
        questions.extend(asked.map(|text| question(text, accept, number)));
    }
    let n_strange = questions.len() / kind.one_stranger_in;
    let mut strange: Vec<&String> = strangers.iter().map(|group| &group.question).collect();
    strange.sort_by_key(|text| lot(&(number, text.as_str(), "strange")));
    questions.extend(strange.into_iter().take(n_strange).map(|text| question(text, "fallback", number)));
    // Mixed, so that every fold of a fit has some of each kind.
    questions.sort_by_key(|question| lot(&question.text));
    Draw { content: content_of(&stored, None), questions }
}

fn question(text: &str, accept: &str, number: u64) -> LabelledQuestion {
    let mistyped =
        if lot(&(text, number, "typed")).is_multiple_of(ONE_MISTYPED_IN) { mistype(text, number) } else { None };
    LabelledQuestion {
        id: String::new(),
        text: mistyped.unwrap_or_else(|| text.to_owned()),
        lang: None,
        accept: vec![accept.to_owned()],
        never: Vec::new(),
        style: None,
    }
}

/// Swaps two neighbouring characters, or leaves one out; `None` where the text is too short for either.
fn mistype(text: &str, number: u64) -> Option<String> {
    let mut chars: Vec<char> = text.chars().collect();
    let places = chars.len().checked_sub(3).filter(|&places| places > 0)?;
    let at = lot(&(text, number)) as usize % places;
    if lot(&(number, text, "how")).is_multiple_of(2) {
        chars.swap(at, at + 1);
    } else {
        chars.remove(at);
    }
    Some(chars.into_iter().collect())
}

/// Content with a part of its phrasings and examples left out, and these as questions.
pub fn without_a_part(content: &Content, part: u64, n_parts: u64) -> Draw {
    let mut questions = Vec::new();
    let mut content = content.clone();
    let is_left_out = |text: &String| lot(text) % n_parts == part;
    let mut leave_out = |texts: &mut Vec<String>, outcome: &str| {
        let left_out: Vec<String> = texts.iter().filter(|text| is_left_out(text)).cloned().collect();
        if left_out.len() < texts.len() {
            texts.retain(|text| !is_left_out(text));
            questions.extend(left_out.iter().map(|text| question(text, outcome, part)));
        }
    };
    for entry in &mut content.entries {
        let id = entry.id.0.clone();
        entry.texts.values_mut().for_each(|text| leave_out(&mut text.similar, &id));
    }
    for intent in &mut content.intents {
        let outcome = format!("intent:{}", intent.name);
        intent.examples.values_mut().for_each(|examples| leave_out(examples, &outcome));
    }
    content.questions = std::collections::BTreeMap::new();
    Draw { content, questions }
}

fn is_latin(domain: &Domain) -> bool {
    !domain.iter().any(|group| group.question.contains(is_han))
}

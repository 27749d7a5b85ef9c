//! Editors' rules made ready to match: words and patterns that lead to an intent whatever else is said.

use aho_corasick::{AhoCorasick, MatchKind};
use regex::{RegexSet, RegexSetBuilder};

use crate::knowledge::intent::{Rule, RuleMatcher};
use crate::text::script::is_han;

/// The rules of one revision, ready to match normalised text in their order.
#[derive(Clone, Debug)]
pub struct CompiledRules {
    rules: Vec<Rule>,
    /// All words of `any` and `unless`, found in one pass.
    words: Option<AhoCorasick>,
    /// What each word does: its rule, and whether it fires it or keeps it quiet.
    roles: Vec<(usize, Role)>,
    patterns: RegexSet,
    /// The rule of each pattern.
    pattern_rules: Vec<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Fires,
    KeepsQuiet,
}

impl CompiledRules {
    /// Makes rules ready; patterns that do not compile are left out (the reader has reported them).
    pub fn new(rules: &[Rule]) -> Self {
        let mut words: Vec<&str> = Vec::new();
        let mut roles = Vec::new();
        let mut patterns: Vec<&str> = Vec::new();
        let mut pattern_rules = Vec::new();
        for (at, rule) in rules.iter().enumerate() {
            match &rule.matcher {
                RuleMatcher::Any(any) => {
                    words.extend(any.iter().map(String::as_str));
                    roles.resize(words.len(), (at, Role::Fires));
                }
                RuleMatcher::Pattern(pattern) if regex::Regex::new(pattern).is_ok() => {
                    patterns.push(pattern);
                    pattern_rules.push(at);
                }
                RuleMatcher::Pattern(_) => {}
            }
            words.extend(rule.unless.iter().map(String::as_str));
            roles.resize(words.len(), (at, Role::KeepsQuiet));
        }
        Self {
            rules: rules.to_vec(),
            words: AhoCorasick::builder()
                .match_kind(MatchKind::Standard)
                .build(&words)
                .ok()
                .filter(|_| !words.is_empty()),
            roles,
            patterns: set_of(&patterns),
            pattern_rules,
        }
    }

    /// Returns the first rule, in the file's order, that a normalised text meets and that nothing keeps quiet.
    pub fn first_match(&self, normalised: &str) -> Option<&Rule> {
        let mut fired = vec![false; self.rules.len()];
        let mut quiet = vec![false; self.rules.len()];
        for found in self.words.iter().flat_map(|words| words.find_overlapping_iter(normalised)) {
            if !is_whole(normalised, found.start(), found.end()) {
                continue;
            }
            let (rule, role) = self.roles[found.pattern().as_usize()];
            match role {
                Role::Fires => fired[rule] = true,
                Role::KeepsQuiet => quiet[rule] = true,
            }
        }
        for pattern in self.patterns.matches(normalised) {
            fired[self.pattern_rules[pattern]] = true;
        }
        let first = (0..self.rules.len()).find(|&at| fired[at] && !quiet[at])?;
        Some(&self.rules[first])
    }
}

/// Compiles patterns together; each compiles by itself, so that together they need room for each.
fn set_of(patterns: &[&str]) -> RegexSet {
    const ROOM_FOR_ONE: usize = 10 << 20; // what regex allows one pattern by default
    let room = ROOM_FOR_ONE.saturating_mul(patterns.len());
    RegexSetBuilder::new(patterns).size_limit(room).build().unwrap_or_else(|_| RegexSet::empty())
}

/// Says whether a found word is no part of a longer word of its script; Han words have no such borders.
fn is_whole(text: &str, start: usize, end: usize) -> bool {
    let joins = |a: Option<char>, b: Option<char>| {
        a.zip(b).is_some_and(|(a, b)| a.is_alphanumeric() && b.is_alphanumeric() && !is_han(a) && !is_han(b))
    };
    let word = &text[start..end];
    !joins(text[..start].chars().next_back(), word.chars().next())
        && !joins(word.chars().next_back(), text[end..].chars().next())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::intent::IntentName;

    #[test]
    fn the_first_rule_wins_and_unless_keeps_it_quiet() {
        let rule = |id: &str, matcher, unless: &[&str]| Rule {
            id: id.to_owned(),
            matcher,
            unless: unless.iter().map(|&word| word.to_owned()).collect(),
            intent: IntentName(id.to_owned()),
        };
        let any = |words: &[&str]| RuleMatcher::Any(words.iter().map(|&word| word.to_owned()).collect());
        let rules = CompiledRules::new(&[
            rule("despair", RuleMatcher::Pattern("不想活|轻生".to_owned()), &[]),
            rule("stolen", any(&["被盗刷", "盗刷", "hacked"]), &["防止", "怎么防"]),
            rule("human", any(&["转人工"]), &[]),
        ]);
        for (text, id) in [
            ("我的卡被盗刷了转人工", Some("stolen")),
            ("怎么防止盗刷", None),
            ("怎么防止盗刷快转人工", Some("human")),
            ("被盗刷了不想活了", Some("despair")),
            ("my account was hacked", Some("stolen")),
            ("hackedonism", None),
            ("退款", None),
            ("", None),
        ] {
            assert_eq!(rules.first_match(text).map(|rule| rule.id.as_str()), id, "{text}");
        }
    }
}

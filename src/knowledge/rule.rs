//! Editors' rules made ready to match: words and patterns that lead to an intent whatever else is said.

use aho_corasick::{AhoCorasick, MatchKind};
use regex::Regex;

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
    /// Each rule's pattern.
    patterns: Vec<Option<Regex>>,
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
        let mut patterns = Vec::new();
        for (at, rule) in rules.iter().enumerate() {
            match &rule.matcher {
                RuleMatcher::Any(any) => {
                    patterns.push(None);
                    words.extend(any.iter().map(String::as_str));
                    roles.resize(words.len(), (at, Role::Fires));
                }
                RuleMatcher::Pattern(pattern) => patterns.push(compile(pattern).ok()),
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
            patterns,
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
        let fires =
            |at: usize| fired[at] || self.patterns[at].as_ref().is_some_and(|pattern| pattern.is_match(normalised));
        let first = (0..self.rules.len()).find(|&at| !quiet[at] && fires(at))?;
        Some(&self.rules[first])
    }
}

/// Compiles a rule's pattern.
///
/// # Errors
/// Fails on what is no regular expression.
pub fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    Regex::new(&with_latin_borders(pattern))
}

/// Makes `\b` a border of Latin words alone, so that it also lies between a Latin word and a Han character, as in
/// "有两笔unauthorized payment". (Unicode's `\b` does not, and makes the automaton give up at the first Han character.)
fn with_latin_borders(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match (c, if c == '\\' { chars.next() } else { None }) {
            (_, Some('b')) => out.push_str(r"(?-u:\b)"),
            (_, Some(escaped)) => out.extend([c, escaped]),
            (_, None) => out.push(c),
        }
    }
    out
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
            rule("not-mine", RuleMatcher::Pattern(r"\bunauthori[sz]ed\b|C:\\\\bin".to_owned()), &[]),
        ]);
        for (text, id) in [
            ("我的卡被盗刷了转人工", Some("stolen")),
            ("怎么防止盗刷", None),
            ("怎么防止盗刷快转人工", Some("human")),
            ("被盗刷了不想活了", Some("despair")),
            ("my account was hacked", Some("stolen")),
            ("hackedonism", None),
            ("有两笔unauthorized payment我没去过", Some("not-mine")),
            ("unauthorizedly", None),
            ("退款", None),
            ("", None),
            ("想轻生 i was hacked", Some("despair")),
        ] {
            assert_eq!(rules.first_match(text).map(|rule| rule.id.as_str()), id, "{text}");
        }
    }
}

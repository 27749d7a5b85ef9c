//! Pinyin in Latin letters read as the words of this content: "tuikuan duojiu" is 退款多久.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::text::pinyin::{Syllable, read_pinyin, readings};
use crate::text::script::is_han;

/// The words of a content by their sound, and its words of Latin script.
#[derive(Clone, Debug, Default)]
pub struct Lexicon {
    by_sound: FxHashMap<Vec<Syllable>, (u32, String)>,
    latin: FxHashSet<String>,
}

/// How often each word is met in the phrasings.
#[derive(Clone, Debug, Default)]
pub struct WordCounts(FxHashMap<String, u32>);

impl WordCounts {
    /// Counts the words of one more phrasing.
    pub fn add(&mut self, words: &[String]) {
        for word in words {
            match self.0.get_mut(word) {
                Some(count) => *count += 1,
                None => {
                    self.0.insert(word.clone(), 1);
                }
            }
        }
    }
}

/// Longest word, in syllables.
const LONGEST: usize = 6;

/// Readings of a word that are kept: heteronyms multiply.
const MAX_READINGS: usize = 8;

/// What a longer word is worth more, as a logarithm of counts: one word of two syllables beats two common characters.
const WORTH_OF_LENGTH: f64 = 6.0;

impl Lexicon {
    /// Learns words from how often each is met.
    pub fn learn(counts: &WordCounts) -> Self {
        let mut sorted: Vec<(&str, u32)> = counts.0.iter().map(|(word, &count)| (word.as_str(), count)).collect();
        sorted.sort_unstable();
        let mut lexicon = Self::default();
        for (word, count) in sorted {
            if word.chars().all(is_han) {
                for sound in sounds(word) {
                    let known = lexicon.by_sound.entry(sound).or_insert((0, String::new()));
                    if count > known.0 {
                        *known = (count, word.to_owned());
                    }
                }
            } else {
                lexicon.latin.insert(word.to_owned());
            }
        }
        lexicon
    }

    /// Reads folded Latin text as the content's words; `None` when it is no pinyin, or mostly words of the content in
    /// Latin script ("change pin" is English here, though each word could be pinyin).
    pub fn read(&self, normalised: &str, stem: impl Fn(&str) -> String) -> Option<String> {
        let syllables = read_pinyin(normalised)?;
        let n_words = normalised.split(' ').count();
        let n_latin = normalised.split(' ').filter(|word| word.len() >= 3 && self.latin.contains(&stem(word))).count();
        if n_latin * 2 >= n_words {
            return None;
        }
        // best[i]: the worth of the best reading of the first i syllables, and how many its last word has.
        let mut best: Vec<Option<(f64, usize)>> = vec![None; syllables.len() + 1];
        best[0] = Some((0.0, 0));
        for end in 1..=syllables.len() {
            for len in 1..=end.min(LONGEST) {
                let Some((before, _)) = best[end - len] else { continue };
                let Some((count, _)) = self.by_sound.get(&syllables[end - len..end]) else { continue };
                let worth = before + f64::from(*count).ln() + WORTH_OF_LENGTH * (len as f64 - 1.0);
                if best[end].is_none_or(|(known, _)| worth > known) {
                    best[end] = Some((worth, len));
                }
            }
        }
        let mut words = Vec::new();
        let mut end = syllables.len();
        while end > 0 {
            let (_, len) = best[end]?;
            words.push(self.by_sound.get(&syllables[end - len..end])?.1.as_str());
            end -= len;
        }
        words.reverse();
        Some(words.concat())
    }
}

/// Every way to read a word.
fn sounds(word: &str) -> Vec<Vec<Syllable>> {
    let mut all: Vec<Vec<Syllable>> = vec![Vec::new()];
    for c in word.chars() {
        let of_char = readings(c);
        if of_char.as_slice().is_empty() {
            return Vec::new();
        }
        let longer = all
            .iter()
            .flat_map(|begun| of_char.as_slice().iter().map(move |&next| [begun.as_slice(), &[next]].concat()));
        all = longer.take(MAX_READINGS).collect();
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_pinyin_as_the_contents_words() {
        let mut counts = WordCounts::default();
        let words = ["退款", "退款", "推", "宽", "多久", "到账", "怎么", "申请", "change", "pin"];
        counts.add(&words.map(str::to_owned));
        let lexicon = Lexicon::learn(&counts);
        let read = |text: &str| lexicon.read(text, str::to_owned);
        assert_eq!(read("tuikuan duojiu daozhang").as_deref(), Some("退款多久到账"));
        assert_eq!(read("zen me shen qing tui kuan").as_deref(), Some("怎么申请退款"));
        assert_eq!(read("change pin"), None);
        assert_eq!(read("jintian tianqi"), None);
        assert_eq!(read("refund"), None);
    }
}

//! How Han sounds: syllables without tones, every reading of a character, and Latin letters that are pinyin.

use once_cell::sync::Lazy;
use pinyin::ToPinyinMulti;
use rustc_hash::FxHashMap;

/// A syllable without tone, numbered from 0.
pub type Syllable = u16;

/// Readings of a character that are looked at; rarer ones of the few characters with more are left out.
const MAX_READINGS: usize = 3;

/// The readings of one character.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Readings {
    syllables: [Syllable; MAX_READINGS],
    len: u8,
}

impl Readings {
    /// Returns the readings, the commonest first; none for what is no Han character.
    pub fn as_slice(&self) -> &[Syllable] {
        &self.syllables[..usize::from(self.len)]
    }

    fn push(&mut self, syllable: Syllable) {
        let len = usize::from(self.len);
        if len < MAX_READINGS && !self.as_slice().contains(&syllable) {
            self.syllables[len] = syllable;
            self.len += 1;
        }
    }
}

/// Returns the readings of a character.
pub fn readings(c: char) -> Readings {
    let index = u32::from(c).wrapping_sub(FIRST) as usize;
    TABLES.readings.get(index).copied().unwrap_or_default()
}

/// Reads Latin letters as pinyin: `None` unless every word of the text is a sequence of syllables.
///
/// Single letters and single syllables of one or two letters ("an", "me") are words of other languages as well, so a
/// text needs at least two syllables and one of three letters or more.
pub fn read_pinyin(normalised: &str) -> Option<Vec<Syllable>> {
    let mut syllables = Vec::new();
    let mut longest = 0;
    for word in normalised.split(' ').filter(|word| !word.is_empty()) {
        for piece in split_syllables(word)? {
            longest = longest.max(piece.len());
            syllables.push(*TABLES.numbers.get(piece)?);
        }
    }
    (syllables.len() >= 2 && longest >= 3).then_some(syllables)
}

/// Splits a word into as few syllables as possible.
fn split_syllables(word: &str) -> Option<Vec<&str>> {
    if !word.bytes().all(|b| b.is_ascii_lowercase()) || word.len() > 60 {
        return None;
    }
    // best[i]: the length of the last syllable and the number of syllables of the shortest split of word[..i].
    let mut best: Vec<Option<(usize, usize)>> = vec![None; word.len() + 1];
    best[0] = Some((0, 0));
    for end in 1..=word.len() {
        for len in 1..=end.min(LONGEST_SYLLABLE) {
            let Some((_, before)) = best[end - len] else { continue };
            let better = best[end].is_none_or(|(_, n_syllables)| before + 1 < n_syllables);
            if better && TABLES.numbers.contains_key(&word[end - len..end]) {
                best[end] = Some((len, before + 1));
            }
        }
    }
    let mut pieces = Vec::new();
    let mut end = word.len();
    while end > 0 {
        let (len, _) = best[end]?;
        pieces.push(&word[end - len..end]);
        end -= len;
    }
    pieces.reverse();
    Some(pieces)
}

const FIRST: u32 = 0x4E00;
const LAST: u32 = 0x9FFF;
const LONGEST_SYLLABLE: usize = 6;

struct Tables {
    readings: Vec<Readings>,
    numbers: FxHashMap<&'static str, Syllable>,
}

static TABLES: Lazy<Tables> = Lazy::new(|| {
    let mut numbers: FxHashMap<&'static str, Syllable> = FxHashMap::default();
    let mut readings = Vec::with_capacity((LAST - FIRST + 1) as usize);
    for c in (FIRST..=LAST).filter_map(char::from_u32) {
        let mut of_char = Readings::default();
        if let Some(multi) = c.to_pinyin_multi() {
            for reading in multi {
                let plain = reading.plain();
                // ü is typed as v.
                let plain = match plain {
                    "lü" => "lv",
                    "nü" => "nv",
                    other => other,
                };
                if !plain.is_ascii() {
                    continue;
                }
                let next = numbers.len() as Syllable;
                of_char.push(*numbers.entry(plain).or_insert(next));
            }
        }
        readings.push(of_char);
    }
    // Interjections that are read as single consonants ("m", "n", "ng") would make any letters pinyin.
    numbers.retain(|syllable, _| syllable.bytes().any(|b| b"aeiouv".contains(&b)));
    Tables { readings, numbers }
});

#[cfg(test)]
mod tests {
    use super::*;

    fn sound(han: &str) -> Vec<Syllable> {
        han.chars().map(|c| readings(c).as_slice()[0]).collect()
    }

    #[test]
    fn homophones_sound_alike() {
        assert_eq!(sound("退款"), sound("推款"));
        assert_eq!(sound("账户"), sound("帐户"));
        assert!(readings('重').as_slice().len() >= 2, "重 is read zhong and chong");
        assert!(readings('a').as_slice().is_empty());
    }

    #[test]
    fn reads_letters_as_pinyin_only_when_all_are() {
        assert_eq!(read_pinyin("zenme tuikuan"), Some(sound("怎么退款")));
        assert_eq!(read_pinyin("tui kuan duo jiu dao zhang"), Some(sound("退款多久到账")));
        for other in ["refund please", "ok", "me", "how to pay", "cg2026", "a", ""] {
            assert_eq!(read_pinyin(other), None, "{other:?}");
        }
    }
}

//! File names out of titles and questions: how the Han characters sound, and the letters and digits as they are.

use pinyin::ToPinyin;
use rustc_hash::FxHashMap;

use crate::text::normalise::normalise;

/// Characters of a name that is made up.
const LONGEST: usize = 48;

/// Makes a name of small letters, digits and `-`; `otherwise` where the text has nothing that can be written so.
pub(crate) fn slug(text: &str, otherwise: &str) -> String {
    let mut slug = String::new();
    for word in words(&normalise(text)) {
        let room = LONGEST.saturating_sub(slug.len() + usize::from(!slug.is_empty()));
        if word.len() > room && !slug.is_empty() {
            break;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.push_str(&word[..word.len().min(room)]);
    }
    if slug.is_empty() { otherwise.to_owned() } else { slug }
}

/// Makes a name that is not taken, with `-2`, `-3` … behind it where it must be; `next` remembers how far each name got.
pub(crate) fn untaken(name: String, next: &mut FxHashMap<String, usize>, is_taken: impl Fn(&str) -> bool) -> String {
    if !is_taken(&name) {
        return name;
    }
    let number = next.entry(name.clone()).or_insert(2);
    loop {
        let numbered = format!("{name}-{number}");
        *number += 1;
        if !is_taken(&numbered) {
            return numbered;
        }
    }
}

fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            word.push(c);
            continue;
        }
        words.push(std::mem::take(&mut word));
        // ü is typed as v.
        words.extend(c.to_pinyin().map(|syllable| syllable.plain().replace('ü', "v")));
    }
    words.push(word);
    words.retain(|word| !word.is_empty() && word.is_ascii());
    words
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::exchange::faults::is_safe_name;

    #[test]
    fn names_sound_like_the_question() {
        for (text, name) in [
            ("怎么申请退款？", "zen-me-shen-qing-tui-kuan"),
            ("退款 Refund 3天", "tui-kuan-refund-3-tian"),
            ("女士", "nv-shi"),
            ("How do I pay?", "how-do-i-pay"),
            ("../../etc", "etc"),
            ("где", "entry"),
            ("？？", "entry"),
            (
                "我在你们平台上买的东西坏了想要申请退款应该怎么办才好呢",
                "wo-zai-ni-men-ping-tai-shang-mai-de-dong-xi-huai",
            ),
        ] {
            assert_eq!(slug(text, "entry"), name, "{text}");
        }
        assert_eq!(slug(&"a1".repeat(50), "entry").len(), LONGEST);
    }

    #[test]
    fn a_name_is_given_once() {
        let taken = ["a", "a-2"];
        let mut next = FxHashMap::default();
        let mut name = |name: &str| untaken(name.to_owned(), &mut next, |name| taken.contains(&name));
        assert_eq!([name("a"), name("a"), name("b")], ["a-3", "a-4", "b"]);
    }

    proptest! {
        #[test]
        fn a_name_is_always_safe(text in any::<String>()) {
            let name = slug(&text, "entry");
            prop_assert!(is_safe_name(&name) && name.len() <= LONGEST, "{name}");
        }
    }
}

//! Two questions in one message: where it can be cut, and what its sentences ask for by themselves.

use once_cell::sync::Lazy;
use regex::Regex;

use crate::assistant::converse::hearing::{Heard, Hearing};
use crate::assistant::turn::{Message, ModelVector};
use crate::dialogue::cues::{Cue, Cues};
use crate::dialogue::decide::{Decision, Reason};
use crate::text::normalise::normalise;

/// A message with more sentences tells a story.
const MOST_SENTENCES: usize = 3;

/// Ends of sentences, and words that another question is joined with (`joint`), which belong to neither.
static CUT: Lazy<Regex> = Lazy::new(|| {
    let question = "how|what|when|where|why|who|which|can|could|do|does|is|are|will|i\\swant|i\\sneed|please|tell\\sme";
    let asked = "怎么|怎样|如何|多久|多少|为什么|哪|什么|能不能|可以|想|请|我";
    let pattern = format!(
        r"(?ix) [。？！?!；;\n]+ | \.(?:\s|$)
        | (?P<joint> 以及 | 另外 | 顺便(?:再|也)?问?(?:一下|下)? | [，,、\s]+ (?:还有|对了) )
        | (?P<joint_asked> 还有 ) (?:{asked})
        | (?P<joint_english> [,\s]+ (?:and\s+also|also|and) [,\s]+ ) (?:{question}) \b"
    );
    Regex::new(&pattern).expect("a test compiles the pattern")
});

/// Parts a text into sentences; each keeps the mark that ends it.
fn sentences(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for cut in CUT.captures_iter(text) {
        let joint = ["joint", "joint_asked", "joint_english"].iter().find_map(|name| cut.name(name));
        let (end, next) = match (joint, cut.get(0)) {
            (Some(joint), _) => (joint.start(), joint.end()),
            (None, Some(mark)) => (mark.end(), mark.end()),
            (None, None) => continue,
        };
        parts.push(&text[start..end]);
        start = next;
    }
    parts.push(&text[start..]);
    let is_said = |part: &&str| part.chars().any(char::is_alphanumeric);
    parts.into_iter().map(str::trim).filter(is_said).collect()
}

impl<'h> Hearing<'h> {
    /// Reads a message as two that ask for different things; `None` where it is one, tells a story, or is part of something.
    pub(super) fn in_two(&self, whole: &Heard<'_>) -> Option<Heard<'h>> {
        let is_part = self.state.task.is_some() || self.state.walkthrough.is_some();
        if is_part || whole.is_fixed() || matches!(whole.reason, Reason::Dialogue) {
            return None;
        }
        let sentences = sentences(self.text);
        if !(2..=MOST_SENTENCES).contains(&sentences.len()) {
            return None;
        }
        // A model's vector is that of the whole message.
        let model = match self.message.model {
            ModelVector::Remembered => ModelVector::Remembered,
            ModelVector::Unheard | ModelVector::Given(_) => ModelVector::Unheard,
        };
        let message = Message { model, ..*self.message };
        let mut asked: Vec<Heard<'h>> = Vec::new();
        for sentence in sentences {
            let heard = self.read_as(sentence, &message);
            let is_confident = matches!(heard.reason, Reason::Confident | Reason::Verbatim);
            match heard.decision {
                Decision::Smalltalk(_) if is_confident => {}
                Decision::Answer(_) if is_confident && is_asked(sentence, &heard.reason) => asked.push(heard),
                Decision::Flow { .. } if is_confident => asked.push(heard),
                _ => return None,
            }
        }
        let [first, second] = <[Heard<'h>; 2]>::try_from(asked).ok()?;
        let are_two = match (&first.decision, &second.decision) {
            (Decision::Answer(first), Decision::Answer(second)) => first != second,
            (Decision::Answer(_), _) | (_, Decision::Answer(_)) => true,
            _ => false,
        };
        // What the whole says for certain is one of the two, or they are read out of something else.
        let agrees = !whole.is_sure() || whole.decision == first.decision || whole.decision == second.decision;
        (are_two && agrees).then_some(Heard { also: Some(second.decision), ..first })
    }
}

/// What only tells something asks for no answer.
fn is_asked(sentence: &str, reason: &Reason) -> bool {
    *reason == Reason::Verbatim || Cues::of(&normalise(sentence), sentence).say(Cue::Question)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_message_is_cut_at_ends_of_sentences_and_at_joints() {
        for (text, parts) in [
            ("退款多久到账？还有怎么修改手机号", &["退款多久到账？", "怎么修改手机号"][..]),
            ("退款多久到账以及怎么改手机号？", &["退款多久到账", "怎么改手机号？"]),
            (
                "How long do refunds take and how do I change my phone?",
                &["How long do refunds take", "how do I change my phone?"],
            ),
            ("How do I pay? Also, can I get an invoice", &["How do I pay?", "can I get an invoice"]),
            ("我的卡里还有钱", &["我的卡里还有钱"]),
            ("I paid 12.50 and waited", &["I paid 12.50 and waited"]),
            ("？？", &[]),
        ] {
            assert_eq!(sentences(text), parts, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_can_be_cut(text in "(还有|以及|[，。？?.,; \n]|and |also|how |\\PC){0,30}") {
            prop_assert!(sentences(&text).iter().all(|part| text.contains(part)));
        }
    }
}

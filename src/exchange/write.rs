//! An entry's files as an editor would write them: front matter that a person likes to read, then the answer. Reading them
//! gives the same document back, whatever its texts hold.

use std::borrow::Cow;
use std::fmt::Write;

use crate::exchange::document::{EntryDocument, TextDocument};
use crate::knowledge::content::SourceFile;
use crate::knowledge::entry::{Action, ActionTarget, Audience, StepsShown, Validity};
use crate::text::language::LanguageTag;
use crate::text::script::is_han;

/// Writes an entry's own file and one for each translation, from the document's normal form.
///
/// The document's names become paths: `EntryDocument::faults` says whether they are safe.
pub fn files_of(document: &EntryDocument) -> Vec<SourceFile> {
    let document = document.clone().normalised();
    let file = |(language, text): (&LanguageTag, &TextDocument)| {
        let own = *language == LanguageTag::zh_cn();
        let ending = if own { String::new() } else { format!(".{language}") };
        let mut front = Front::default();
        front.field("question", &scalar(&text.question));
        front.lines("similar", text.similar.iter().map(|text| scalar(text)));
        front.lines("never", text.never.iter().map(|text| scalar(text)));
        if own {
            entry_fields(&mut front, &document);
        }
        if let Some(date) = text.review_by {
            front.field("review_by", &date.to_string());
        }
        SourceFile {
            path: format!("knowledge-base/{}/{}{ending}.md", document.category, document.id),
            bytes: format!("---\n{}---\n{}\n", front.0, text.body).into_bytes(),
        }
    };
    document.texts.iter().map(file).collect()
}

fn entry_fields(front: &mut Front, document: &EntryDocument) {
    front.list("related", document.related.iter().map(|id| scalar(&id.0)));
    front.lines("actions", document.actions.iter().map(action));
    if let Some(requires) = &document.requires {
        front.field("requires", &scalar(requires));
    }
    if let Some(valid) = validity(&document.valid) {
        front.field("valid", &valid);
    }
    front.list("channels", document.channels.iter().map(|channel| scalar(channel)));
    front.list("audience", document.audience.iter().map(|&audience| Cow::Borrowed(audience_name(audience))));
    if let Some(StepsShown::Guided) = document.steps {
        front.field("steps", "guided");
    }
    if let Some(top) = document.top {
        front.field("top", &top.to_string());
    }
    if let Some(owner) = &document.owner {
        front.field("owner", &scalar(owner));
    }
}

fn action(action: &Action) -> Cow<'_, str> {
    let (key, value) = match &action.target {
        ActionTarget::Intent(name) => ("intent", &name.0),
        ActionTarget::Url(url) => ("url", url),
        ActionTarget::Phone(phone) => ("phone", phone),
    };
    Cow::Owned(format!("{{label: {}, {key}: {}}}", scalar(&action.label), scalar(value)))
}

fn validity(valid: &Validity) -> Option<String> {
    let end = |name: &str, instant: Option<jiff::Timestamp>| instant.map(|instant| format!("{name}: {instant}"));
    let ends: Vec<String> = [end("from", valid.from), end("until", valid.until)].into_iter().flatten().collect();
    (!ends.is_empty()).then(|| format!("{{{}}}", ends.join(", ")))
}

/// Returns the word that files and tables have for an audience.
pub(crate) fn audience_name(audience: Audience) -> &'static str {
    match audience {
        Audience::Buyer => "buyer",
        Audience::Merchant => "merchant",
        Audience::Agent => "agent",
    }
}

/// The lines of a front matter.
#[derive(Default)]
struct Front(String);

impl Front {
    fn field(&mut self, key: &str, value: &str) {
        self.0.extend([key, ": ", value, "\n"]);
    }

    fn list<'t>(&mut self, key: &str, items: impl Iterator<Item = Cow<'t, str>>) {
        let items: Vec<Cow<'_, str>> = items.collect();
        if !items.is_empty() {
            self.field(key, &format!("[{}]", items.join(", ")));
        }
    }

    fn lines<'t>(&mut self, key: &str, items: impl Iterator<Item = Cow<'t, str>>) {
        for (at, item) in items.enumerate() {
            if at == 0 {
                self.0.extend([key, ":\n"]);
            }
            self.0.extend(["  - ", &item, "\n"]);
        }
    }
}

/// Words that other readers of YAML take for something else than a text.
const TAKEN_WORDS: [&str; 10] = ["true", "false", "yes", "no", "on", "off", "null", "y", "n", "nan"];

/// Writes a text on one line of YAML: as it is where that is safe everywhere, else in double quotes.
pub(crate) fn scalar(text: &str) -> Cow<'_, str> {
    if is_plain(text) { Cow::Borrowed(text) } else { Cow::Owned(quoted(text)) }
}

fn is_plain(text: &str) -> bool {
    const HARMLESS: &str = " -_./?!'()%+，。？！…、；：（）《》“”";
    let is_letter = |c: char| is_han(c) || c.is_ascii_alphabetic();
    text.chars().next().is_some_and(is_letter)
        && !text.ends_with(' ')
        && text.chars().all(|c| is_letter(c) || c.is_ascii_digit() || HARMLESS.contains(c))
        && !TAKEN_WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            _ if must_be_escaped(c) => {
                let code = u32::from(c);
                let written = if code > 0xFFFF { write!(out, "\\U{code:08X}") } else { write!(out, "\\u{code:04X}") };
                written.expect("a String takes every text");
            }
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Characters that YAML does not print, breaks lines at, or drops at the beginning of a text.
fn must_be_escaped(c: char) -> bool {
    c.is_control() || matches!(u32::from(c), 0x2028 | 0x2029 | 0xFEFF | 0xFFFE | 0xFFFF)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::exchange::drawn;
    use crate::knowledge::{ReadOptions, read};

    fn read_back(document: &EntryDocument) -> Vec<EntryDocument> {
        let (content, _) = read(files_of(document), &ReadOptions::default());
        content.entries.iter().map(EntryDocument::of).collect()
    }

    #[test]
    fn people_like_to_read_it() {
        let json = r#"{"id":"a","category":"refund","texts":{"zh-CN":{"question":"怎么退款？","similar":["退款: 怎么弄","no","5"],"body":"---\n答"},"en":{"question":"How do I get a refund?","body":"So."}},"related":["b","c"],"actions":[{"label":"我要退款","intent":"refund.request"}],"valid":{"until":"2027-01-01T00:00:00+08:00"},"audience":["buyer"]}"#;
        let document: EntryDocument = serde_json::from_str(json).unwrap();
        let files = files_of(&document);
        let shown: Vec<(&str, &str)> =
            files.iter().map(|file| (file.path.as_str(), std::str::from_utf8(&file.bytes).unwrap())).collect();
        assert_eq!(
            shown,
            [
                ("knowledge-base/refund/a.en.md", "---\nquestion: How do I get a refund?\n---\nSo.\n"),
                (
                    "knowledge-base/refund/a.md",
                    "---\nquestion: 怎么退款？\nsimilar:\n  - \"退款: 怎么弄\"\n  - \"no\"\n  - \"5\"\nrelated: [b, c]\n\
                     actions:\n  - {label: 我要退款, intent: refund.request}\nvalid: {until: 2026-12-31T16:00:00Z}\n\
                     audience: [buyer]\n---\n---\n答\n"
                ),
            ]
        );
    }

    #[test]
    fn the_sample_is_read_back() {
        let (content, _) = read(crate::files::sample(), &ReadOptions::default());
        for document in content.entries.iter().map(EntryDocument::of) {
            assert_eq!(read_back(&document), [document]);
        }
    }

    proptest! {
        #[test]
        fn what_is_read_back_is_what_was_written(document in drawn::document()) {
            prop_assert_eq!(read_back(&document), [document]);
        }
    }
}

//! What keeps a document out: names that are no safe file names, texts that are missing. What only all content together
//! can judge is left to the check.

use crate::exchange::document::EntryDocument;
use crate::knowledge::entry::CHANNELS;
use crate::text::language::LanguageTag;

/// Folders that hold something else than entries.
pub(crate) const RESERVED_FOLDERS: [&str; 3] = ["announcements", "questions", "surveys"];

/// File systems take names of 255 bytes; a language and an ending come behind.
const LONGEST_NAME: usize = 128;

/// What is wrong with a field of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFault {
    /// The language of the text that has the field; `None` for the entry's own fields.
    pub language: Option<LanguageTag>,
    /// The field, as a column of a table is called.
    pub field: &'static str,
    /// What is wrong, lower case, no full stop.
    pub message: String,
}

impl EntryDocument {
    /// Returns everything for which the document cannot become files.
    pub fn faults(&self) -> Vec<FieldFault> {
        let mut faults = Vec::new();
        let mut report = |language: Option<&LanguageTag>, field, message: String| {
            faults.push(FieldFault { language: language.cloned(), field, message });
        };
        if !is_safe_name(&self.id.0) {
            report(None, "id", unsafe_name(&self.id.0));
        }
        if !is_safe_name(&self.category) {
            report(None, "category", unsafe_name(&self.category));
        } else if RESERVED_FOLDERS.contains(&self.category.as_str()) {
            report(None, "category", format!("the folder \"{}\" holds no entries", self.category));
        }
        for related in self.related.iter().filter(|related| !is_safe_name(&related.0)) {
            report(None, "related", unsafe_name(&related.0));
        }
        for channel in self.channels.iter().filter(|channel| !CHANNELS.contains(&channel.as_str())) {
            report(None, "channels", format!("\"{channel}\" is no channel; one of {}", CHANNELS.join(", ")));
        }
        if !self.texts.contains_key(&LanguageTag::zh_cn()) {
            report(None, "language", "there is no text in zh-CN".to_owned());
        }
        for (language, text) in &self.texts {
            if text.question.trim().is_empty() {
                report(Some(language), "question", "the question is missing".to_owned());
            }
            if text.body.trim().is_empty() {
                report(Some(language), "answer", "the answer is missing".to_owned());
            }
        }
        faults
    }
}

/// Says whether a text can name a file or folder wherever people keep them.
pub(crate) fn is_safe_name(name: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    name.len() <= LONGEST_NAME
        && name.bytes().next().is_some_and(is_plain)
        && name.bytes().all(|b| is_plain(b) || b == b'-' || b == b'_')
}

fn unsafe_name(name: &str) -> String {
    if name.is_empty() {
        return "the name is missing".to_owned();
    }
    format!("{name:?} is no name of a file: small letters, digits, \"-\" and \"_\", at most {LONGEST_NAME}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_out_of_no_folder() {
        for (name, safe) in [
            ("refund-apply", true),
            ("2fa_help", true),
            ("", false),
            ("-a", false),
            ("_category", false),
            ("..", false),
            ("../a", false),
            ("a/b", false),
            ("a\\b", false),
            ("a.en", false),
            ("Refund", false),
            ("退款", false),
            ("a\u{0}", false),
        ] {
            assert_eq!(is_safe_name(name), safe, "{name:?}");
        }
        assert!(!is_safe_name(&"a".repeat(LONGEST_NAME + 1)));
    }
}

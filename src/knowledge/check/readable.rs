//! A text as its reader sees it, in one form to search: Markdown taken away, variables put in, width, case and script
//! folded. Every byte knows where in the file's text it came from. Knows nothing of what is searched for.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use unicode_normalization::UnicodeNormalization;

use crate::knowledge::content::Content;
use crate::knowledge::reader::Written;
use crate::text::language::LanguageTag;
use crate::text::normalise::simplify;
use crate::text::script::{is_han, is_ignorable};

/// What is seen of a text.
#[derive(Clone, Debug, Default)]
pub(super) struct Readable {
    /// What is read: one line a block; small letters, half width, simplified script, no space between Han characters.
    pub(super) text: String,
    origins: Vec<Origin>,
}

/// Where a character came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Origin {
    /// The byte of the written text.
    at: usize,
    /// Whether a variable's value put it in.
    of_value: bool,
}

/// Characters with their origins, before they are folded.
type Seen = Vec<(char, Origin)>;

impl Readable {
    /// Returns what is read of a text, and the addresses that its links lead to.
    pub(super) fn of(written: &Written, content: &Content) -> (Self, Vec<Self>) {
        let (text, addresses) =
            if written.markdown { rendered(&written.text) } else { (plain(&written.text, 0), Vec::new()) };
        let ready = |seen: &Seen| Self::folded(&with_values(seen, content, &written.language));
        (ready(&text), addresses.iter().map(ready).collect())
    }

    /// Returns a text that is no Markdown and holds no variable.
    pub(super) fn of_value(value: &str) -> Self {
        Self::folded(&plain(value, 0))
    }

    /// Returns the byte of the written text that a byte of `text` came from.
    pub(super) fn origin(&self, at: usize) -> usize {
        self.origins.get(at).map_or(0, |origin| origin.at)
    }

    /// Says whether all of a range was put in by one variable.
    pub(super) fn is_value(&self, range: &Range<usize>) -> bool {
        let of_range = self.origins.get(range.clone()).unwrap_or_default();
        of_range.first().is_some_and(|first| first.of_value && of_range.iter().all(|origin| origin == first))
    }

    fn folded(seen: &Seen) -> Self {
        let mut readable = Self::default();
        let mut last = '\n';
        let mut visible = seen.iter().filter(|(c, _)| !is_ignorable(*c)).peekable();
        while let Some(&(c, origin)) = visible.next() {
            if c.is_whitespace() && c != '\n' {
                while visible.next_if(|(next, _)| next.is_whitespace() && *next != '\n').is_some() {}
                if is_han(last) && visible.peek().is_some_and(|(next, _)| is_han(*next)) {
                    continue;
                }
            }
            last = c;
            let folded = std::iter::once(c).nfkc().flat_map(char::to_lowercase).nfkc().map(simplify);
            readable.text.extend(folded.map(|c| if c == '’' { '\'' } else { c }));
            readable.origins.resize(readable.text.len(), origin);
        }
        readable
    }
}

fn plain(text: &str, offset: usize) -> Seen {
    text.char_indices().map(|(at, c)| (c, Origin { at: offset + at, of_value: false })).collect()
}

/// Renders Markdown as `dialogue` does: raw HTML is text, a break within a paragraph is a space. An item of a list that
/// a colon announces is read together with its announcement.
fn rendered(markdown: &str) -> (Seen, Vec<Seen>) {
    let mut seen = Seen::new();
    let mut addresses = Vec::new();
    let mut announced_by: Vec<Seen> = Vec::new();
    for (event, range) in
        Parser::new_ext(markdown, Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES).into_offset_iter()
    {
        match event {
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                // An entity is written otherwise than it is read; all of it came from where it begins.
                let written = markdown.get(range.clone()).and_then(|slice| slice.find(&*text));
                let from = range.start + written.unwrap_or(0);
                seen.extend(text.char_indices().map(|(at, c)| {
                    (c, Origin { at: if written.is_some() { from + at } else { from }, of_value: false })
                }));
            }
            Event::SoftBreak | Event::HardBreak => seen.push((' ', Origin { at: range.start, of_value: false })),
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                let from = markdown.get(range.clone()).and_then(|slice| slice.find(&*dest_url)).unwrap_or(0);
                addresses.push(plain(&dest_url, range.start + from));
            }
            Event::Start(Tag::List(_)) => announced_by.push(announcement(&seen)),
            Event::End(TagEnd::List(_)) => {
                announced_by.pop();
                end_line(&mut seen);
            }
            Event::Start(Tag::Item) => {
                end_line(&mut seen);
                seen.extend(announced_by.last().into_iter().flatten());
            }
            Event::Start(Tag::Paragraph) if !announced_by.is_empty() => {}
            Event::Start(Tag::Emphasis | Tag::Strong | Tag::Strikethrough) => {}
            Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image) => {}
            Event::Start(_) | Event::End(_) | Event::Rule => end_line(&mut seen),
            _ => {}
        }
    }
    (seen, addresses)
}

fn end_line(seen: &mut Seen) {
    if let Some(&(last, origin)) = seen.last()
        && last != '\n'
    {
        seen.push(('\n', origin));
    }
}

/// Returns the sentence that ends with a colon right before a list.
fn announcement(seen: &Seen) -> Seen {
    let end = seen.iter().rposition(|(c, _)| !c.is_whitespace()).map_or(0, |at| at + 1);
    if !seen[..end].last().is_some_and(|(c, _)| matches!(c, ':' | '：')) {
        return Seen::new();
    }
    let start = seen[..end]
        .iter()
        .rposition(|(c, _)| matches!(c, '\n' | '。' | '！' | '？' | '!' | '?'))
        .map_or(0, |at| at + 1);
    seen[start..end].to_vec()
}

/// Puts the values of variables in; what is no variable stays as it is.
fn with_values(seen: &Seen, content: &Content, language: &LanguageTag) -> Seen {
    let mut out = Seen::with_capacity(seen.len());
    let mut at = 0;
    while at < seen.len() {
        match placeholder(&seen[at..])
            .and_then(|(name, len)| Some((content.variables.get(&name)?.text(language)?, len)))
        {
            Some((value, len)) => {
                let origin = Origin { at: seen[at].1.at, of_value: true };
                out.extend(value.chars().map(|c| (c, origin)));
                at += len;
            }
            None => {
                out.push(seen[at]);
                at += 1;
            }
        }
    }
    out
}

/// Returns the name of the variable that begins here, and how many characters it takes with its braces.
fn placeholder(seen: &[(char, Origin)]) -> Option<(String, usize)> {
    const LONGEST_NAME: usize = 80;
    let is = |at: usize, expected: char| seen.get(at).is_some_and(|(c, _)| *c == expected);
    if !is(0, '{') || !is(1, '{') {
        return None;
    }
    let end = (2..seen.len().min(LONGEST_NAME)).find(|&at| is(at, '}') && is(at + 1, '}'))?;
    let name: String = seen[2..end].iter().map(|(c, _)| c).collect();
    Some((name.trim().to_owned(), end + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(markdown: &str) -> String {
        let seen = rendered(markdown).0;
        Readable::folded(&seen).text
    }

    #[test]
    fn what_is_read_is_searched() {
        for (markdown, text) in [
            ("验**证**码 和 `密码`", "验证码和密码"),
            ("驗&#35777;碼\n發送", "验证码发送"),
            ("ＯＴＰ\u{200B} Code\ncome", "otp code come"),
            ("# 标题\n\n一\n\n二", "标题\n一\n二"),
            ("好。请提供：\n\n- 姓名\n- 密码\n\n完", "好。请提供:\n请提供:姓名\n请提供:密码\n完"),
            ("见 <b>这里</b>", "见 <b>这里</b>"),
        ] {
            assert_eq!(read(markdown).trim_end(), text, "{markdown}");
        }
    }

    #[test]
    fn a_byte_leads_back_to_where_it_was_written() {
        let markdown = "好的，把验**证**码 &amp; 密码";
        let readable = Readable::folded(&rendered(markdown).0);
        for word in ["证", "码", "密码", "&"] {
            let at = readable.text.find(word).unwrap();
            assert_eq!(readable.origin(at), markdown.find(word).unwrap(), "{word}");
        }
    }
}

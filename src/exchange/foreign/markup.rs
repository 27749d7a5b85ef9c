//! HTML in the answers of other systems → Markdown, as no raw HTML is shown here; what has no Markdown is left out by name.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::dialogue::markdown::is_safe_address;
use crate::exchange::foreign::tags::{Piece, pieces};

/// An answer as Markdown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Marked {
    pub(super) text: String,
    /// What it had besides, each once.
    pub(super) left_out: Vec<&'static str>,
}

/// Whether bold and italic become asterisks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Emphasis {
    Kept,
    Dropped,
}

/// Signs that stand outside of asterisks, which else would be shown between a sign and a letter (CommonMark, 6.2).
const OUTSIDE: &str = " \n\u{A0}\u{3000}:：,，.。!！?？;；、…“”‘’\"'《》「」";

/// Returns an answer without HTML and images; one that has neither stays as it is.
pub(super) fn to_markdown(answer: &str) -> Marked {
    let answer = answer.replace("\r\n", "\n").replace('\r', "\n");
    let found = foreign_ranges(&answer);
    if found.is_empty() {
        return Marked { text: answer, left_out: Vec::new() };
    }
    let kept = written(&answer, &found, Emphasis::Kept);
    // Asterisks that a reader would see as such are worse than plain words.
    if n_asterisks(&kept.text) > n_asterisks(&answer) { written(&answer, &found, Emphasis::Dropped) } else { kept }
}

/// Something in Markdown that is not taken as it stands.
enum Foreign {
    Html,
    /// An image with its words.
    Image(String),
}

/// Finds HTML and images where Markdown sees them.
fn foreign_ranges(markdown: &str) -> Vec<(Range<usize>, Foreign)> {
    let mut found: Vec<(Range<usize>, Foreign)> = Vec::new();
    let mut image: Option<(Range<usize>, String)> = None;
    for (event, range) in Parser::new_ext(markdown, Options::all()).into_offset_iter() {
        match event {
            Event::Start(Tag::Image { .. }) if image.is_none() => image = Some((range, String::new())),
            Event::End(TagEnd::Image) => {
                // The outer image ends with the range that it began with.
                if let Some((whole, words)) = image.take_if(|(whole, _)| *whole == range) {
                    found.push((whole, Foreign::Image(words)));
                }
            }
            Event::Text(text) => image.iter_mut().for_each(|(_, words)| words.push_str(&text)),
            Event::Html(_) | Event::InlineHtml(_) if image.is_none() => found.push((range, Foreign::Html)),
            _ => {}
        }
    }
    found
}

/// Returns how many asterisks a reader sees.
fn n_asterisks(markdown: &str) -> usize {
    let texts = Parser::new_ext(markdown, Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES);
    texts.map(|event| if let Event::Text(text) = event { text.matches(['*', '~']).count() } else { 0 }).sum()
}

fn written(answer: &str, found: &[(Range<usize>, Foreign)], emphasis: Emphasis) -> Marked {
    let mut writer = Writer::new(emphasis);
    let mut at = 0;
    for (range, foreign) in found {
        if range.start < at {
            continue;
        }
        writer.text(&answer[at..range.start]);
        match foreign {
            Foreign::Image(words) => {
                writer.leave_out("a picture");
                writer.text(words);
            }
            Foreign::Html => pieces(&answer[range.clone()]).for_each(|piece| writer.piece(piece)),
        }
        at = range.end;
    }
    writer.text(&answer[at..]);
    Marked { text: tidied(&writer.out), left_out: writer.left_out }
}

/// Takes out empty lines but one, and white space at the ends.
fn tidied(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut n_empty = 0;
    for line in text.trim().split('\n') {
        n_empty = if line.trim().is_empty() { n_empty + 1 } else { 0 };
        if n_empty < 2 {
            out.push_str(if n_empty == 0 { line } else { "" });
            out.push('\n');
        }
    }
    out.trim_end().to_owned()
}

/// What is open while HTML is written as Markdown.
struct Writer {
    emphasis: Emphasis,
    out: String,
    /// Asterisks that stand before the next word.
    waiting: Vec<&'static str>,
    /// The numbers of open lists; `None` for one without.
    lists: Vec<Option<usize>>,
    /// The address of each open link; `None` where it leads nowhere.
    links: Vec<Option<String>>,
    /// The element whose content nobody reads.
    hidden: Option<String>,
    left_out: Vec<&'static str>,
}

impl Writer {
    fn new(emphasis: Emphasis) -> Self {
        Self {
            emphasis,
            out: String::new(),
            waiting: Vec::new(),
            lists: Vec::new(),
            links: Vec::new(),
            hidden: None,
            left_out: Vec::new(),
        }
    }

    fn leave_out(&mut self, what: &'static str) {
        if !self.left_out.contains(&what) {
            self.left_out.push(what);
        }
    }

    fn text(&mut self, text: &str) {
        if self.hidden.is_some() {
            return;
        }
        let words = text.trim_start_matches(|c| OUTSIDE.contains(c));
        if self.waiting.is_empty() || words.is_empty() {
            self.out.push_str(text);
            return;
        }
        self.out.push_str(&text[..text.len() - words.len()]);
        self.out.extend(self.waiting.drain(..));
        self.out.push_str(words);
    }

    fn piece(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Text(text) => self.text(text),
            Piece::Unknown(text) => {
                self.text("\\");
                self.text(text);
            }
            Piece::Open { name, attribute } => self.open(&name, attribute),
            Piece::Close(name) => self.close(&name),
        }
    }

    fn open(&mut self, name: &str, attribute: Option<String>) {
        if self.hidden.is_some() {
            return;
        }
        match name {
            "br" => self.out.push_str("  \n"),
            "b" | "strong" => self.mark("**"),
            "i" | "em" => self.mark("*"),
            "del" | "s" | "strike" => self.mark("~~"),
            "a" => self.link(attribute),
            "img" => {
                self.leave_out("a picture");
                self.text(&attribute.unwrap_or_default());
            }
            "ul" => self.list(None),
            "ol" => self.list(Some(0)),
            "li" => self.item(),
            "hr" => self.out.push_str("\n\n---\n\n"),
            "tr" => self.out.push('\n'),
            "td" | "th" => self.out.push(' '),
            "table" => {
                self.leave_out("the lines of a table");
                self.out.push_str("\n\n");
            }
            "script" | "style" | "svg" => {
                self.leave_out("a script, style or drawing");
                self.hidden = Some(name.to_owned());
            }
            "iframe" | "video" | "audio" | "object" | "embed" | "form" | "input" | "button" => {
                self.leave_out("what only a page can show (video, form)");
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                let level = name[1..].parse().unwrap_or(1);
                self.out.extend(["\n\n", &"#".repeat(level), " "]);
            }
            "p" | "div" | "section" | "article" | "blockquote" | "pre" => self.out.push_str("\n\n"),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        if let Some(hidden) = &self.hidden {
            if hidden == name {
                self.hidden = None;
            }
            return;
        }
        match name {
            "b" | "strong" => self.unmark("**"),
            "i" | "em" => self.unmark("*"),
            "del" | "s" | "strike" => self.unmark("~~"),
            "a" => {
                if let Some(Some(address)) = self.links.pop() {
                    self.out.extend(["](", &address, ")"]);
                }
            }
            "ul" | "ol" => {
                self.lists.pop();
                self.out.push_str(if self.lists.is_empty() { "\n\n" } else { "\n" });
            }
            "p" | "div" | "section" | "article" | "blockquote" | "pre" | "table" | "h1" | "h2" | "h3" | "h4" | "h5"
            | "h6" => self.out.push_str("\n\n"),
            _ => {}
        }
    }

    fn mark(&mut self, mark: &'static str) {
        if self.emphasis == Emphasis::Kept {
            self.waiting.push(mark);
        }
    }

    /// Closes a mark before the signs that stand at its end; nothing where no word came.
    fn unmark(&mut self, mark: &'static str) {
        if self.emphasis == Emphasis::Dropped || self.waiting.pop().is_some() {
            return;
        }
        let words = self.out.trim_end_matches(|c| OUTSIDE.contains(c)).len();
        self.out.insert_str(words, mark);
    }

    fn link(&mut self, address: Option<String>) {
        let address = address.map(|address| address.trim().to_owned()).filter(|address| is_safe_address(address));
        let address = address.filter(|address| !address.contains([' ', '(', ')', '<', '>', '\n']));
        match address {
            Some(_) => self.text("["),
            None => self.leave_out("a link that leads nowhere"),
        }
        self.links.push(address);
    }

    fn list(&mut self, numbers: Option<usize>) {
        self.out.push_str(if self.lists.is_empty() { "\n\n" } else { "" });
        self.lists.push(numbers);
    }

    fn item(&mut self) {
        let depth = self.lists.len().saturating_sub(1);
        let mark = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                format!("{number}. ")
            }
            Some(None) | None => "- ".to_owned(),
        };
        self.out.push_str(if self.out.is_empty() || self.out.ends_with('\n') { "" } else { "\n" });
        self.out.extend([&"   ".repeat(depth), mark.as_str()]);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_few_tags_become_markdown() {
        for (html, markdown) in [
            ("没有标签，1 < 2", "没有标签，1 < 2"),
            ("第一行<br>第二行<br/>第三行", "第一行  \n第二行  \n第三行"),
            ("<p>退款需要 <b>三天</b>。</p><p>请耐心等待。</p>", "退款需要 **三天**。\n\n请耐心等待。"),
            ("<strong>注意：</strong>不要告诉任何人验证码", "**注意**：不要告诉任何人验证码"),
            ("请看<b> “说明”</b>。", "请看 “**说明**”。"),
            ("<b></b>空的", "空的"),
            (
                "见<a href=\"https://help.cgpay.example/a?b=1&c=2\" target=_blank>帮助页</a>",
                "见[帮助页](https://help.cgpay.example/a?b=1&c=2)",
            ),
            ("<ul><li>银行卡</li><li>余额</li></ul>都可以", "- 银行卡\n- 余额\n\n都可以"),
            ("步骤：<ol><li>登录</li><li>点 <em>退款</em></li></ol>", "步骤：\n\n1. 登录\n2. 点 *退款*"),
            ("<div><span style=\"color:red\">红字</span></div>", "红字"),
            ("输入<amount>元", "输入\\<amount>元"),
            ("`<br>` 是代码", "`<br>` 是代码"),
            ("a\r\nb", "a\nb"),
        ] {
            assert_eq!(to_markdown(html), Marked { text: markdown.to_owned(), left_out: vec![] }, "{html}");
        }
    }

    #[test]
    fn what_has_no_markdown_is_named() {
        for (html, markdown, left_out) in [
            ("看图<img src=\"a.png\" alt=\"按钮\">", "看图按钮", "a picture"),
            ("看图![按钮](https://x.example/a.png)", "看图按钮", "a picture"),
            ("好<script>alert(1)</script>的", "好的", "a script, style or drawing"),
            ("<a href=\"javascript:go()\">点</a>", "点", "a link that leads nowhere"),
            ("<iframe src=x></iframe>好", "好", "what only a page can show (video, form)"),
        ] {
            assert_eq!(to_markdown(html), Marked { text: markdown.to_owned(), left_out: vec![left_out] }, "{html}");
        }
    }

    proptest! {
        #[test]
        fn any_text_can_be_read(
            answer in "(<(/?(b|i|a|p|li|ul|br|img|x|script)|!--|[a ]{0,2})[ =\"a]{0,3}>?|[*退a\n ]{0,3}|-->|!\\[a\\]\\(b\\)){0,12}",
            any in any::<String>(),
        ) {
            to_markdown(&answer);
            to_markdown(&any);
        }
    }
}

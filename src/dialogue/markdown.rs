//! The one place that turns Markdown into what people see: safe HTML, and plain text for channels without markup.
//!
//! Raw HTML is shown as text, images are left out, and a link goes only to a web page, a mailbox or a telephone.

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};

/// Renders safe HTML.
pub fn to_html(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len() * 2);
    html::push_html(&mut out, safe_events(markdown));
    out.truncate(out.trim_end().len());
    out
}

/// Renders plain text: numbered and dashed lists, addresses behind their links.
pub fn to_text(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len());
    let mut lists: Vec<Option<u64>> = Vec::new();
    let mut links: Vec<(CowStr<'_>, usize)> = Vec::new();
    for event in safe_events(markdown) {
        match event {
            Event::Text(text) | Event::Code(text) => out.push_str(&text),
            Event::SoftBreak | Event::HardBreak => out.push('\n'),
            Event::Rule => start_block(&mut out, &lists),
            Event::Start(Tag::List(first)) => {
                if lists.is_empty() {
                    start_block(&mut out, &lists);
                }
                lists.push(first);
            }
            Event::End(TagEnd::List(_)) => {
                lists.pop();
            }
            Event::Start(Tag::Item) => {
                start_line(&mut out);
                out.push_str(&"  ".repeat(lists.len().saturating_sub(1)));
                match lists.last_mut() {
                    Some(Some(number)) => {
                        out.push_str(&format!("{number}. "));
                        *number += 1;
                    }
                    _ => out.push_str("- "),
                }
            }
            Event::Start(Tag::Paragraph | Tag::Heading { .. } | Tag::BlockQuote(_) | Tag::CodeBlock(_)) => {
                start_block(&mut out, &lists);
            }
            Event::Start(Tag::Link { dest_url, .. }) => links.push((dest_url, out.len())),
            Event::End(TagEnd::Link) => {
                if let Some((address, from)) = links.pop() {
                    let shown = address.trim_start_matches("mailto:").trim_start_matches("tel:").to_owned();
                    if !out[from..].contains(&shown) {
                        out.push_str(&format!(" ({shown})"));
                    }
                }
            }
            _ => {}
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// A blank line before a block, but none within a list's item.
fn start_block(out: &mut String, lists: &[Option<u64>]) {
    if lists.is_empty() && !out.is_empty() {
        start_line(out);
        out.push('\n');
    }
}

fn start_line(out: &mut String) {
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
}

fn safe_events(markdown: &str) -> impl Iterator<Item = Event<'_>> {
    let mut dropped_links = 0_usize;
    let mut images = 0_usize;
    Parser::new_ext(markdown, Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES).filter_map(move |event| {
        match event {
            Event::Start(Tag::Image { .. }) => {
                images += 1;
                None
            }
            Event::End(TagEnd::Image) => {
                images -= 1;
                None
            }
            _ if images > 0 => None,
            Event::Html(raw) | Event::InlineHtml(raw) => Some(Event::Text(raw)),
            Event::Start(Tag::HtmlBlock) => Some(Event::Start(Tag::Paragraph)),
            Event::End(TagEnd::HtmlBlock) => Some(Event::End(TagEnd::Paragraph)),
            Event::Start(Tag::Link { ref dest_url, .. }) if !is_safe_address(dest_url) => {
                dropped_links += 1;
                None
            }
            Event::End(TagEnd::Link) if dropped_links > 0 => {
                dropped_links -= 1;
                None
            }
            other => Some(other),
        }
    })
}

/// Says whether a link may go there.
pub fn is_safe_address(address: &str) -> bool {
    let lower = address.to_ascii_lowercase();
    ["https://", "http://", "mailto:", "tel:"].iter().any(|scheme| lower.starts_with(scheme))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_html_and_unsafe_links_are_only_text() {
        for (markdown, html) in [
            ("**快** <script>alert(1)</script>", "<p><strong>快</strong> &lt;script&gt;alert(1)&lt;/script&gt;</p>"),
            ("[点](javascript:alert(1))", "<p>点</p>"),
            (
                "[官网](https://cgpay.example/a?b=1&c=2)",
                "<p><a href=\"https://cgpay.example/a?b=1&amp;c=2\">官网</a></p>",
            ),
            ("![x](https://evil.example/x.png)好", "<p>好</p>"),
            ("<div onclick=x>\n", "<p>&lt;div onclick=x&gt;\n</p>"),
        ] {
            assert_eq!(to_html(markdown), html);
        }
    }

    #[test]
    fn plain_text_keeps_steps_and_addresses() {
        let text = to_text("先看：\n\n1. 打开 **设置**\n2. 点 [这里](https://cgpay.example)\n\n- 甲\n- 乙\n\n完");
        assert_eq!(text, "先看：\n\n1. 打开 设置\n2. 点 这里 (https://cgpay.example)\n\n- 甲\n- 乙\n\n完");
    }
}

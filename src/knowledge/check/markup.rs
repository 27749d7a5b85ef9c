//! Raw HTML in texts that customers read.

use pulldown_cmark::{Event, Options, Parser};

use crate::knowledge::reader::{Reader, Written};

pub(super) fn check(reader: &mut Reader, written: &Written) {
    if !written.markdown {
        return;
    }
    let mut last_line = 0;
    for (event, range) in Parser::new_ext(&written.text, Options::all()).into_offset_iter() {
        if !matches!(event, Event::Html(_) | Event::InlineHtml(_)) {
            continue;
        }
        let place = reader.place_in(written, range.start);
        if place.line != last_line {
            reader.report("html-in-answer", place, "raw HTML is not shown", Some("use Markdown".to_owned()));
        }
        last_line = place.line;
    }
}

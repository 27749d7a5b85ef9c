//! `GET /help/{category}`: the questions of one topic.

use axum::extract::State;
use axum::response::Response;
use maud::html;

use crate::app::App;
use crate::http::error::Problem;
use crate::http::extract::Segment;
use crate::http::help::frame::{HelpPage, Kind};
use crate::http::help::reader::Reader;
use crate::http::help::{Help, answer, parts, path_of_category, with};
use crate::http::html::percent_encoded;
use crate::knowledge::entry::Entry;

/// Shows a category; a page that says so where there is none, or none of its entries is shown.
pub async fn category(State(app): State<App>, Segment(name): Segment, reader: Reader) -> Result<Response, Problem> {
    answer(&app, reader, move |help| {
        let entries = of_category(help, &name);
        if entries.is_empty() {
            missing(help, &format!("/help/{}", percent_encoded(&name)))
        } else {
            shown(help, &name, &entries)
        }
    })
    .await
}

/// The entries of a category that customers see.
pub fn of_category<'h>(help: &Help<'h>, name: &str) -> Vec<&'h Entry> {
    let mut entries = help.entries();
    entries.retain(|entry| entry.category == name);
    entries
}

fn shown(help: &Help<'_>, name: &str, entries: &[&Entry]) -> HelpPage {
    let title = help.category_title(name);
    HelpPage {
        kind: Kind::Public,
        path: path_of_category(name),
        description: with(help.texts.category_about, &title),
        above: Vec::new(),
        main: html! {
            h1 { (title) }
            p.hint { (with(help.texts.n_entries, &entries.len().to_string())) }
            (parts::entries(help, entries))
            (parts::not_it(help))
        },
        title,
        linked_data: Vec::new(),
    }
}

/// A page in place of one that there is not.
pub fn missing(help: &Help<'_>, path: &str) -> HelpPage {
    let texts = help.texts;
    HelpPage {
        kind: Kind::Missing,
        path: path.to_owned(),
        title: texts.missing.to_owned(),
        description: texts.missing_about.to_owned(),
        above: Vec::new(),
        main: html! {
            h1 { (texts.missing) }
            p { (texts.missing_about) }
            (parts::search_box(help, ""))
            (parts::topics(help))
        },
        linked_data: Vec::new(),
    }
}

//! `GET /help/search?q=`: what the question box finds where no script runs. What editors' rules hand to a person stands first.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, PreEscaped, html};

use crate::app::App;
use crate::assistant::turn::{DecisionKind, Message, Turn};
use crate::http::error::Problem;
use crate::http::help::frame::{HelpPage, Kind};
use crate::http::help::reader::Reader;
use crate::http::help::service::other_language;
use crate::http::help::{Help, answer, parts, with};
use crate::knowledge::entry::Entry;

/// Shows what is found.
pub async fn search(State(app): State<App>, reader: Reader) -> Result<Response, Problem> {
    answer(&app, reader, |help| {
        let texts = help.texts;
        let searched = help.reader.parameter("q");
        let title = if searched.is_empty() {
            texts.search.to_owned()
        } else {
            with(texts.results, &parts::beginning(searched, TITLE))
        };
        HelpPage {
            kind: Kind::Typed("q", searched.to_owned()),
            path: "/help/search".to_owned(),
            description: texts.description.to_owned(),
            above: Vec::new(),
            main: html! {
                h1 { (title) }
                (parts::search_box(help, searched))
                @if searched.is_empty() {
                    (parts::topics(help))
                } @else if searched.chars().nth(help.question_chars).is_some() {
                    p.nothing role="status" { (texts.too_long) }
                } @else {
                    (found(help, searched))
                }
            },
            title,
            linked_data: Vec::new(),
        }
    })
    .await
}

/// Characters of the text in the title.
const TITLE: usize = 40;

/// Results that are shown: who looks further is better served with other words.
const RESULTS: usize = 10;

fn found(help: &Help<'_>, searched: &str) -> Markup {
    let snapshot = &help.view.snapshot;
    let message = Message { language: Some(&help.reader.language), limit: RESULTS, ..help.view.message(searched) };
    let turn = snapshot.answer(&message, help.view.now);
    let found = snapshot.assistant.search(&message, &snapshot.index, help.view.now, RESULTS, |_| true);
    let found: Vec<&Entry> = found.into_iter().take(RESULTS).collect();
    html! {
        (said_first(help, &turn))
        @if found.is_empty() {
            p.nothing role="status" { (help.texts.nothing_found) }
            (parts::topics(help))
        } @else {
            p.hint role="status" { (with(help.texts.n_results, &found.len().to_string())) }
            (parts::entries(help, &found))
            (parts::not_it(help))
        }
    }
}

/// What is said before all results: advice and the way to a person for what cannot wait, and how a task begins. Nothing is
/// handed over by a search, so the page says where that is done before it shows what is answered there.
fn said_first(help: &Help<'_>, turn: &Turn) -> Markup {
    let goes_on = match turn.decision {
        DecisionKind::Handoff => help.texts.by_a_person,
        DecisionKind::Flow => help.texts.in_steps,
        DecisionKind::Smalltalk => "",
        DecisionKind::Answer | DecisionKind::Clarify | DecisionKind::Fallback => return html! {},
    };
    let reply = &turn.reply;
    html! {
        section.card.first {
            @if !goes_on.is_empty() {
                p.note { (goes_on) }
            }
            div.prose lang=[other_language(&reply.language, &help.reader.language)] { (PreEscaped(&reply.html)) }
        }
    }
}

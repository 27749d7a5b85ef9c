//! `GET /help`: the question box, the topics, the service now.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};

use crate::app::App;
use crate::http::error::Problem;
use crate::http::help::frame::{HelpPage, Kind};
use crate::http::help::reader::Reader;
use crate::http::help::{Help, answer, linked_data, parts, path_of_entry, service};
use crate::knowledge::entry::{Entry, EntryId};

/// Shows the first help page.
pub async fn home(State(app): State<App>, reader: Reader) -> Result<Response, Problem> {
    answer(&app, reader, |help| HelpPage {
        kind: Kind::Home,
        path: "/help".to_owned(),
        title: String::new(),
        description: help.texts.description.to_owned(),
        above: Vec::new(),
        main: main(help),
        linked_data: vec![linked_data::site(help)],
    })
    .await
}

/// Questions that are offered before anything is typed.
const TOP_QUESTIONS: usize = 6;

fn main(help: &Help<'_>) -> Markup {
    let texts = help.texts;
    let mut top: Vec<&Entry> = help.entries();
    top.retain(|entry| entry.top.is_some());
    top.sort_by_key(|entry| (entry.top, &entry.id));
    top.truncate(TOP_QUESTIONS);
    html! {
        (service::outages(help))
        section.ask {
            h1 { label for="question" { (texts.question) } }
            p.calm { (texts.calm) }
            (question_box(help))
        }
        // Answers come here, where scripts run.
        section #answers hidden { div #turns {} }
        @if !top.is_empty() {
            section.top-questions {
                h2 { (texts.top) }
                ul.chips {
                    @for entry in top {
                        li { a href=(help.reader.address(&path_of_entry(entry))) { (help.composer.question(entry)) } }
                    }
                }
            }
        }
        (parts::topics(help))
        div.beside {
            section.card #status {
                h2 { (texts.hours) }
                (service::ways(help))
            }
            (check(help))
            (progress(help))
            (service::notices(help))
            (form(help))
        }
        div.unseen #said aria-live="polite" {}
    }
}

/// A search box, which a script makes a question box.
fn question_box(help: &Help<'_>) -> Markup {
    let texts = help.texts;
    html! {
        form #ask role="search" action="/help/search" {
            div.line {
                input #question type="text" name="q" required maxlength=(help.question_chars) autocomplete="off"
                    enterkeyhint="send" placeholder=(texts.placeholder) aria-describedby="question-hint";
                button.primary type="submit" { (texts.ask) }
            }
            p.hint #question-hint { (texts.hint) }
            (parts::language_field(help))
        }
    }
}

fn check(help: &Help<'_>) -> Markup {
    html! {
        section.card {
            h2 { (help.texts.check) }
            (crate::http::help::contact::check_form(help, ""))
        }
    }
}

/// How a customer learns how a case stands; nobody else learns anything here.
fn progress(help: &Help<'_>) -> Markup {
    let texts = help.texts;
    let message = help.view.message("");
    let about = |id: &str| help.view.snapshot.assistant.visible_entry(&EntryId(id.to_owned()), &message, help.view.now);
    let about: Vec<&Entry> = ["refund-progress", "complaint-progress"].into_iter().filter_map(about).collect();
    html! {
        section.card #progress {
            h2 { (texts.progress) }
            p { (texts.progress_how) }
            p.hint { (texts.progress_why) }
            (parts::questions(help, &about))
        }
    }
}

fn form(help: &Help<'_>) -> Markup {
    let texts = help.texts;
    html! {
        section.card {
            h2 { (texts.form) }
            p { (texts.form_about) }
            p { a.button href={ "/forms/refund?language=" (help.reader.language) } { (texts.form_open) } }
        }
    }
}

//! `GET /help/entries/{id}`: one question with its answer.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, PreEscaped, html};

use crate::app::App;
use crate::dialogue::compose::Reply;
use crate::http::error::Problem;
use crate::http::extract::Segment;
use crate::http::help::category::{missing, of_category};
use crate::http::help::frame::{HelpPage, Kind};
use crate::http::help::linked_data;
use crate::http::help::reader::Reader;
use crate::http::help::service::other_language;
use crate::http::help::{Help, answer, parts, path_of_category, path_of_entry};
use crate::http::html::percent_encoded;
use crate::knowledge::entry::{Entry, EntryId};

/// Shows an entry; a page that says so where there is none, or it is not shown now.
pub async fn entry(State(app): State<App>, Segment(id): Segment, reader: Reader) -> Result<Response, Problem> {
    answer(&app, reader, move |help| {
        let message = help.view.message("");
        let id = EntryId(id);
        match help.view.snapshot.assistant.visible_entry(&id, &message, help.view.now) {
            Some(entry) => shown(help, entry),
            None => missing(help, &format!("/help/entries/{}", percent_encoded(&id.0))),
        }
    })
    .await
}

/// Characters of what a search engine says of the page.
const DESCRIPTION: usize = 150;

/// Other questions of the topic that are shown.
const MORE: usize = 6;

fn shown(help: &Help<'_>, entry: &Entry) -> HelpPage {
    let question = help.composer.question(entry);
    let reply = help.composer.answer(entry);
    let related = related(help, entry);
    let mut more = of_category(help, &entry.category);
    more.retain(|other| other.id != entry.id && related.iter().all(|known| known.id != other.id));
    more.truncate(MORE);
    HelpPage {
        kind: Kind::Public,
        path: path_of_entry(entry),
        description: parts::beginning(&reply.text, DESCRIPTION),
        above: vec![(path_of_category(&entry.category), help.category_title(&entry.category))],
        main: html! {
            div.reading {
                article.card lang=[other_language(&reply.language, &help.reader.language)] {
                    h1 { (question) }
                    div.prose.answer { (PreEscaped(&reply.html)) }
                    (what_can_be_done(help, &reply, &related))
                }
                aside {
                    @for (title, entries) in [(help.texts.related, &related), (help.texts.more, &more)] {
                        @if !entries.is_empty() {
                            section {
                                h2 { (title) }
                                (parts::questions(help, entries))
                            }
                        }
                    }
                }
            }
            (parts::not_it(help))
        },
        linked_data: vec![linked_data::questions(help, [(question.as_str(), reply.html.as_str())])],
        title: question,
    }
}

fn related<'h>(help: &Help<'h>, entry: &Entry) -> Vec<&'h Entry> {
    let message = help.view.message("");
    let visible = |id: &EntryId| help.view.snapshot.assistant.visible_entry(id, &message, help.view.now);
    entry.related.iter().filter_map(visible).collect()
}

/// Links, and what a conversation would do at a tap: the reply's buttons without those for other entries.
fn what_can_be_done(help: &Help<'_>, reply: &Reply, related: &[&Entry]) -> Markup {
    let questions: Vec<String> = related.iter().map(|entry| help.composer.question(entry)).collect();
    let buttons = reply.quick_replies.iter().filter(|button| !questions.contains(&button.label));
    let actions: Vec<&str> = buttons.map(|button| button.label.as_str()).collect();
    html! {
        @if !reply.links.is_empty() {
            ul.links {
                @for link in &reply.links {
                    li { a.button href=(link.href) { (link.label) } }
                }
            }
        }
        @if !actions.is_empty() {
            div.note {
                p { (help.texts.in_chat) }
                ul.actions {
                    @for action in actions {
                        li { (action) }
                    }
                }
            }
        }
    }
}

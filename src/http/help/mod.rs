//! `/help`: the public service page, in three languages. Everything on it is there without scripts; a script adds the
//! question box's suggestions and answers in place, another one the chat.
//!
//! `maud` writes the HTML: it escapes whatever is not marked as HTML already, which is editors' rendered Markdown alone.

pub mod category;
pub mod contact;
pub mod entry;
mod frame;
pub mod home;
mod linked_data;
mod parts;
pub(super) mod reader;
pub mod search;
mod service;
mod texts;

use axum::response::Response;

use crate::app::App;
use crate::dialogue::compose::Composer;
use crate::http::error::Problem;
use crate::http::help::frame::HelpPage;
use crate::http::help::reader::{Reader, in_language};
use crate::http::help::texts::Texts;
use crate::http::html::percent_encoded;
use crate::http::work::{Cost, View, on_live};
use crate::knowledge::entry::Entry;

/// What a page is written from.
pub struct Help<'h> {
    reader: &'h Reader,
    view: &'h View,
    composer: Composer<'h>,
    texts: &'static Texts,
    /// Where browsers reach the service; empty where the operator has not said it.
    public_url: &'h str,
    /// Characters that a question may have.
    question_chars: usize,
}

/// Answers with a page that is written from the live revision.
async fn answer(
    app: &App,
    reader: Reader,
    write: impl FnOnce(&Help<'_>) -> HelpPage + Send + 'static,
) -> Result<Response, Problem> {
    let service = app.clone();
    on_live(app, Cost::Large, move |view| {
        let help = Help {
            reader: &reader,
            view,
            composer: view.composer(&reader.language),
            texts: Texts::of(&reader.language),
            public_url: &service.config().server.public_url,
            question_chars: service.config().limits.question_chars,
        };
        frame::response(write(&help), &help)
    })
    .await
}

impl<'h> Help<'h> {
    /// The entries that customers see now, by category.
    fn entries(&self) -> Vec<&'h Entry> {
        self.view.snapshot.assistant.visible_entries(&self.view.message(""), self.view.now).collect()
    }

    /// The title of a category, its name where it has none.
    fn category_title(&self, name: &str) -> String {
        let category = self.composer.content.categories.iter().find(|category| category.name == name);
        category.map_or_else(|| name.to_owned(), |category| self.composer.title(&category.title))
    }

    /// A page's address in a language, for those outside of it.
    fn outside(&self, path: &str, language: &str) -> String {
        format!("{}{}", self.public_url.trim_end_matches('/'), in_language(path, language))
    }

    /// The same in this page's language.
    fn outside_here(&self, path: &str) -> String {
        self.outside(path, self.reader.language.as_str())
    }
}

fn path_of_category(name: &str) -> String {
    format!("/help/{}", percent_encoded(name))
}

fn path_of_entry(entry: &Entry) -> String {
    format!("/help/entries/{}", percent_encoded(&entry.id.0))
}

/// A sentence with what it is about.
fn with(sentence: &str, what: &str) -> String {
    sentence.replacen("{}", what, 1)
}

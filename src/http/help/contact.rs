//! `GET /help/contact`: how to reach the service, whether a contact is ours (`?contact=`), and the questions of the category
//! `contact`, whose page this is as well.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};

use crate::app::App;
use crate::desk::contacts::{Verdict, verify};
use crate::http::contacts::LONGEST_CONTACT;
use crate::http::error::Problem;
use crate::http::help::category::of_category;
use crate::http::help::frame::{HelpPage, Kind};
use crate::http::help::reader::Reader;
use crate::http::help::service::{self, other_language};
use crate::http::help::{Help, answer, parts};

/// The category whose questions stand on the page.
const CATEGORY: &str = "contact";

/// Shows how to reach the service, and judges a contact.
pub async fn contact(State(app): State<App>, reader: Reader) -> Result<Response, Problem> {
    answer(&app, reader, |help| {
        let typed = help.reader.parameter("contact");
        let texts = help.texts;
        HelpPage {
            kind: if typed.is_empty() { Kind::Public } else { Kind::Typed("contact", typed.to_owned()) },
            path: "/help/contact".to_owned(),
            title: texts.contact.to_owned(),
            description: texts.contact_about.to_owned(),
            above: Vec::new(),
            main: main(help, typed),
            linked_data: Vec::new(),
        }
    })
    .await
}

fn main(help: &Help<'_>, typed: &str) -> Markup {
    let texts = help.texts;
    let entries = of_category(help, CATEGORY);
    let check = html! {
        section.card #check {
            h2 { (texts.check) }
            (verdict(help, typed))
            (check_form(help, typed))
        }
    };
    html! {
        h1 { (texts.contact) }
        // Whoever has asked sees the verdict first.
        @if !typed.is_empty() { (check) }
        section.card #status { (service::ways(help)) }
        @if typed.is_empty() { (check) }
        @if !entries.is_empty() {
            section {
                h2 { (texts.related) }
                (parts::entries(help, &entries))
            }
        }
    }
}

/// The form that asks whether a contact is ours.
pub fn check_form(help: &Help<'_>, typed: &str) -> Markup {
    let texts = help.texts;
    html! {
        p { (texts.check_about) }
        form.check action="/help/contact" {
            label for="contact" { (texts.check_label) }
            div.line {
                input #contact type="text" name="contact" value=(typed) required maxlength=(LONGEST_CONTACT)
                    autocomplete="off" spellcheck="false" placeholder=(texts.check_placeholder);
                button type="submit" { (texts.check_button) }
            }
            (parts::language_field(help))
        }
    }
}

fn verdict(help: &Help<'_>, typed: &str) -> Markup {
    if typed.is_empty() {
        return html! {};
    }
    if typed.chars().nth(LONGEST_CONTACT).is_some() {
        return html! { p.nothing role="status" { (help.texts.check_too_long) } };
    }
    let content = help.composer.content;
    let verdict = verify(typed, &content.contacts);
    let (class, sign, title) = match verdict {
        Verdict::Listed => ("listed", "✓", help.texts.listed),
        Verdict::NotListed => ("not_listed", "✕", help.texts.not_listed),
        Verdict::LookAlike => ("look_alike", "!", help.texts.look_alike),
    };
    let advice = help.composer.localised(content.texts.get(verdict.advice()));
    html! {
        div.checked.(class) role="status" {
            p.what { (typed) }
            p.title { span.sign aria-hidden="true" { (sign) } (title) }
            p lang=[other_language(&advice.language, &help.reader.language)] { (advice.text) }
        }
    }
}

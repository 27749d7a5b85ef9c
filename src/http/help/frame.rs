//! What all help pages have in common: head, header, footer, and how they may be kept.

use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, VARY};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::http::help::Help;
use crate::http::help::linked_data::{self, breadcrumbs};
use crate::http::help::parts::search_box;
use crate::http::help::reader::{LANGUAGES, in_language};
use crate::http::html::percent_encoded;
use crate::http::pages::PAGE_POLICY;

/// A page.
pub struct HelpPage {
    /// What it is.
    pub kind: Kind,
    /// Where it is.
    pub path: String,
    /// Its title; the service's name where it is empty.
    pub title: String,
    /// What a search engine may say of it.
    pub description: String,
    /// The pages above it, but the first: paths and titles.
    pub above: Vec<(String, String)>,
    /// What is on it.
    pub main: Markup,
    /// What search engines are told of it (schema.org).
    pub linked_data: Vec<Value>,
}

/// What a page is, and so who keeps it and which search engine may show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The first page, with the script of the question box.
    Home,
    /// One that says the same to everybody.
    Public,
    /// One that holds what somebody typed: the name of the parameter, and the text.
    Typed(&'static str, String),
    /// One that is not there.
    Missing,
}

/// Everybody may keep it, for as long as an outage may go unseen.
const CACHE: HeaderValue = HeaderValue::from_static("public, max-age=60");
const NO_CACHE: HeaderValue = HeaderValue::from_static("no-store");

/// Puts a page into its frame, or says that the browser has it already.
pub fn response(page: HelpPage, help: &Help<'_>) -> Response {
    let status = if page.kind == Kind::Missing { StatusCode::NOT_FOUND } else { StatusCode::OK };
    let is_kept = matches!(page.kind, Kind::Home | Kind::Public);
    let text = document(&page, help).into_string();
    let mut response = if is_kept {
        let tag = tag_of(&text);
        let is_known = help.reader.known.split(',').any(|known| known.trim() == tag);
        let body = if is_known { StatusCode::NOT_MODIFIED.into_response() } else { text.into_response() };
        let tag = HeaderValue::try_from(tag).expect("hexadecimal digits are ASCII");
        ([(CACHE_CONTROL, CACHE), (ETAG, tag)], body).into_response()
    } else {
        (status, [(CACHE_CONTROL, NO_CACHE)], text).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
    headers.insert(VARY, HeaderValue::from_static("accept-language"));
    response
}

/// A tag of the text itself: besides the revision, the hour and the switches change it. Weak, as it may be compressed.
fn tag_of(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    let digits: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("W/\"{digits}\"")
}

fn document(page: &HelpPage, help: &Help<'_>) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(help.reader.language) {
            (head(page, help))
            body {
                a.skip href="#main" { (help.texts.skip) }
                (header(page, help))
                main.wide #main {
                    @if page.kind == Kind::Public { (search_box(help, "")) }
                    (path_down(page, help))
                    (page.main)
                }
                (footer(help))
            }
        }
    }
}

fn head(page: &HelpPage, help: &Help<'_>) -> Markup {
    let title = if page.title.is_empty() {
        help.texts.name.to_owned()
    } else {
        format!("{} – {}", page.title, help.texts.name)
    };
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            title { (title) }
            meta name="description" content=(page.description);
            @match page.kind {
                Kind::Home | Kind::Public => {
                    link rel="canonical" href=(help.outside_here(&page.path));
                    @for (language, _) in LANGUAGES {
                        link rel="alternate" hreflang=(language) href=(help.outside(&page.path, language));
                    }
                    link rel="alternate" hreflang="x-default" href={ (help.public_url) (page.path) };
                }
                Kind::Typed(..) | Kind::Missing => meta name="robots" content="noindex";
            }
            link rel="icon" href="/static/icon.svg";
            link rel="stylesheet" href="/static/page.css";
            link rel="stylesheet" href="/static/help.css";
            @if page.kind == Kind::Home {
                script type="module" src="/static/help.js" {}
            }
            script src="/widget.js" async {}
            (linked_data_of(page, help))
        }
    }
}

/// A block of data: no script, so that the policy has nothing to say about it, and nothing in it ends it.
fn linked_data_of(page: &HelpPage, help: &Help<'_>) -> Markup {
    let mut all = page.linked_data.clone();
    if page.kind == Kind::Public {
        all.push(breadcrumbs(page, help));
    }
    html! {
        @if !all.is_empty() {
            script type="application/ld+json" { (PreEscaped(linked_data::text(all))) }
        }
    }
}

fn header(page: &HelpPage, help: &Help<'_>) -> Markup {
    html! {
        header.top {
            div.wide {
                a.brand href=(help.reader.address("/help")) {
                    img src="/static/icon.svg" width="36" height="36" alt="";
                    (help.texts.name)
                }
                nav.languages aria-label=(help.texts.languages) {
                    @for (language, name) in LANGUAGES {
                        a lang=(language) hreflang=(language) href=(other_language(page, language))
                            aria-current=[(language == help.reader.language.as_str()).then_some("true")] { (name) }
                    }
                }
            }
        }
    }
}

/// This page in another language, with what was typed.
fn other_language(page: &HelpPage, language: &str) -> String {
    let address = in_language(&page.path, language);
    match &page.kind {
        Kind::Typed(name, text) if !text.is_empty() => format!("{address}&{name}={}", percent_encoded(text)),
        _ => address,
    }
}

fn path_down(page: &HelpPage, help: &Help<'_>) -> Markup {
    html! {
        @if page.kind != Kind::Home {
            nav.path aria-label=(help.texts.path) {
                ol {
                    li { a href=(help.reader.address("/help")) { (help.texts.name) } }
                    @for (path, title) in &page.above {
                        li { a href=(help.reader.address(path)) { (title) } }
                    }
                }
            }
        }
    }
}

fn footer(help: &Help<'_>) -> Markup {
    let texts = help.texts;
    let form = format!("/forms/refund?language={}", help.reader.language);
    html! {
        footer {
            div.wide {
                p.safety { (texts.safety) }
                ul.foot {
                    li { a href=(help.reader.address("/help/contact")) { (texts.contact) } }
                    li { a href=(form) { (texts.form) } }
                    li { a href="/docs/" { (texts.api) } }
                }
            }
        }
    }
}

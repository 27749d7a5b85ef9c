//! The service over HTTP: JSON under `/api/v1`, pages, health. The only room that knows axum.
//!
//! `router` is the table of contents, `access` the table of who may call what; one file a resource; `error` the table of what
//! can go wrong.

pub mod access;
pub mod admin;
pub mod announcements;
pub mod ask;
pub mod auth;
pub mod blocked;
pub mod caller;
pub mod chart;
pub mod client;
pub mod contacts;
pub mod connectors;
pub mod conversations;
pub mod desk;
pub mod editor;
pub mod entries;
pub mod error;
pub mod extract;
pub mod forms;
pub mod health;
pub mod help;
pub mod html;
pub mod list;
pub mod metrics;
pub mod observe;
pub mod openapi;
pub mod pages;
pub mod people;
pub mod router;
pub mod search;
pub mod second_factor;
pub mod server;
pub mod signed;
pub mod staff;
pub mod status;
pub mod visitors;
pub mod whence;
pub mod widget;
pub mod work;

//! `/editor/…`: what content editors do. A change says which state it was made on (`If-Match`), and lands in a change set,
//! which somebody publishes.

pub mod comparison;
pub mod content;
pub mod drafts;
pub mod feedback;
pub mod form;
pub mod misses;
pub mod overview;
pub mod publishing;
pub mod questions;
pub mod scheduled;
pub mod surveys;
pub mod switches;
mod tags;
pub mod transfer;
pub mod trial;

use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::error::{Code, FieldError, Problem};
use crate::publishing::editing::EditError;

/// Which change set is meant.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SetQuery {
    /// A change set's id. Where it is not given: the only open one that you have begun, and for changes a new one where you
    /// have none.
    set: Option<String>,
}

impl From<EditError> for Problem {
    fn from(error: EditError) -> Self {
        match error {
            EditError::NotFound(_) => Problem::new(Code::NotFound).detail(error.to_string()),
            EditError::Changed { ref etag } => {
                let state =
                    etag.as_deref().map_or_else(|| "it does not exist".to_owned(), |etag| format!("\"{etag}\""));
                Problem::new(Code::Changed).detail(format!("its state is now: {state}"))
            }
            EditError::NotOpen(_) | EditError::WhichSet(_) | EditError::Unreadable(_) => {
                Problem::new(Code::Conflict).detail(error.to_string())
            }
            EditError::BadPath(_) => Problem::field("path", error.to_string()),
            EditError::Faults(faults) => {
                let error = |fault: crate::exchange::faults::FieldFault| FieldError {
                    field: match fault.language {
                        Some(language) => format!("texts.{language}.{}", fault.field),
                        None => fault.field.to_owned(),
                    },
                    message: fault.message,
                };
                Problem::fields(faults.into_iter().map(error).collect())
            }
            EditError::Store(error) => error.into(),
            EditError::Other(error) => error.into(),
        }
    }
}

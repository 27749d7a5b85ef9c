//! `/editor/form`: a file of the content as what it holds, and back into its text. Nothing is read from or kept in the store.

use axum::Json;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::http::error::{Code, Problem};
use crate::http::extract::LargeJson;
use crate::knowledge::forms::{self, FormError, Value};

/// A file whose form is wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FormRequest {
    /// Its path, as the draft and diagnostics show it.
    path: String,
    /// Its text.
    text: String,
    /// What it is to hold; as it is where this is not given.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    value: Option<Value>,
    /// The Markdown that is to stand below it, where the file is a page; as it is where this is not given.
    #[serde(default)]
    body: Option<String>,
}

/// A file as a form.
#[derive(Debug, Serialize, ToSchema)]
pub struct FileForm {
    /// The text with the value in it; what the value does not change stays as it was written.
    text: String,
    /// What it holds.
    #[schema(value_type = Object)]
    value: Value,
    /// The Markdown below it; null where the file is no page.
    body: Option<String>,
    /// The JSON schema of the value. `x-label`, `x-hint`, `x-values`, `x-key` and `x-item` say what its fields are called.
    #[schema(value_type = Object)]
    schema: Box<RawValue>,
}

/// Reads a file's text as a form, and writes a form into a file's text.
#[utoipa::path(
    post,
    path = "/editor/form",
    tag = "editors",
    request_body = FormRequest,
    responses((status = 200, description = "The file as a form", body = FileForm))
)]
pub async fn form(LargeJson(request): LargeJson<FormRequest>) -> Result<Json<FileForm>, Problem> {
    let form = tokio::task::spawn_blocking(move || form_of(request)).await.map_err(|_| Code::Internal)??;
    Ok(Json(form))
}

fn form_of(request: FormRequest) -> Result<FileForm, Problem> {
    let FormRequest { path, mut text, value, body } = request;
    let mut form = forms::read(&path, &text)?;
    if value.is_some() || body.is_some() {
        let value = value.unwrap_or(form.value);
        text = forms::write(&path, &text, &value, body.or(form.body).as_deref())?;
        form = forms::read(&path, &text)?;
    }
    let schema = serde_json::from_str(form.schema).map_err(|_| Code::Internal)?;
    Ok(FileForm { text, value: form.value, body: form.body, schema })
}

impl From<FormError> for Problem {
    fn from(error: FormError) -> Self {
        let field = match error {
            FormError::NoForm => "path",
            FormError::Unreadable { .. } => "text",
            FormError::Unwritable => "value",
        };
        Self::field(field, error.to_string())
    }
}

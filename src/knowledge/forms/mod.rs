//! Files as forms: what a file holds as a value, with the schema that says what its fields are called, and a changed value written
//! back into the file's text. What the change does not touch stays as somebody wrote it.

mod align;
mod lists;
mod render;
mod rewrite;
mod value;

use thiserror::Error;

use crate::knowledge::front_matter;
use crate::knowledge::schemas;
use crate::knowledge::yaml;

pub use crate::knowledge::forms::value::Value;

/// A file as a form.
#[derive(Clone, Debug)]
pub struct Form {
    /// What it holds.
    pub value: Value,
    /// The Markdown below it, where the file is a page.
    pub body: Option<String>,
    /// The JSON schema of the value.
    pub schema: &'static str,
}

/// Why a file is no form.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FormError {
    /// Files at this path are written as texts only.
    #[error("a file at this path has no form")]
    NoForm,
    /// The text cannot be read.
    #[error("line {line}: {message}")]
    Unreadable {
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        message: String,
    },
    /// The file cannot say this: a word with a comma among synonyms, a page without a body.
    #[error("the file cannot hold this")]
    Unwritable,
}

/// How a file is written.
enum Format {
    Yaml,
    Page,
    Lines(lists::Format),
}

/// The schemas of what is no YAML: of a line as a form shows it.
const SYNONYMS: &str = include_str!("synonyms.json");
const DICTIONARY: &str = include_str!("dictionary.json");

fn format_of(path: &str) -> Result<(Format, &'static str), FormError> {
    match path {
        "knowledge-base/synonyms.txt" => return Ok((Format::Lines(lists::SYNONYMS), SYNONYMS)),
        "knowledge-base/dictionary.txt" => return Ok((Format::Lines(lists::DICTIONARY), DICTIONARY)),
        _ => {}
    }
    let schema = schemas::of_path(path).ok_or(FormError::NoForm)?;
    match schema.kind {
        "announcement" | "announcement-translation" => Ok((Format::Page, schema.text)),
        _ if !schema.globs.is_empty() => Ok((Format::Yaml, schema.text)),
        _ => Err(FormError::NoForm),
    }
}

/// The text as editors' machines elsewhere would have written it.
fn plain(text: &str) -> String {
    text.trim_start_matches('\u{feff}').replace("\r\n", "\n")
}

fn value_of(yaml: &str, first_line: usize) -> Result<Value, FormError> {
    Ok(Value::of(&yaml::parse(yaml, 0, first_line).map_err(unreadable)?))
}

fn unreadable(fault: yaml::YamlFault) -> FormError {
    FormError::Unreadable { line: fault.place.line, message: fault.message }
}

fn page(text: &str) -> Result<front_matter::Parts, FormError> {
    front_matter::split(text).map_err(|_| FormError::Unreadable {
        line: 1,
        message: "the front matter does not stand between two lines of \"---\"".to_owned(),
    })
}

/// Reads a file.
///
/// # Errors
/// Fails where there is no form for such a file, and where its text cannot be read.
pub fn read(path: &str, text: &str) -> Result<Form, FormError> {
    let (format, schema) = format_of(path)?;
    let text = plain(text);
    let (value, body) = match format {
        Format::Yaml => (value_of(&text, 1)?, None),
        Format::Lines(format) => (lists::read(&text, format), None),
        Format::Page => {
            let parts = page(&text)?;
            (value_of(&text[parts.front], 2)?, Some(text[parts.body].trim_matches('\n').to_owned()))
        }
    };
    Ok(Form { value, body, schema })
}

/// Writes a value into the text of a file, and its body where it is a page.
///
/// # Errors
/// Fails where there is no form for such a file, where its text cannot be read, and where no text of such a file says this.
pub fn write(path: &str, text: &str, value: &Value, body: Option<&str>) -> Result<String, FormError> {
    let (format, _) = format_of(path)?;
    let text = plain(text);
    match format {
        Format::Yaml => rewrite::rewrite(&text, value).map_err(unreadable)?.ok_or(FormError::Unwritable),
        Format::Lines(format) => lists::rewrite(&text, value, format).ok_or(FormError::Unwritable),
        Format::Page => {
            let body = body.ok_or(FormError::Unwritable)?.trim_matches('\n');
            let parts = page(&text)?;
            let front = rewrite::rewrite(&text[parts.front.clone()], value).map_err(|mut fault| {
                fault.place.line += 1;
                unreadable(fault)
            })?;
            let front = front.ok_or(FormError::Unwritable)?;
            let below = &text[parts.body];
            let below = if below.trim_matches('\n') == body { below } else { &format!("{body}\n") };
            let written = format!("---\n{}\n---\n{below}", front.trim_end_matches('\n'));
            let holds = |form: &Form| form.value == *value && form.body.as_deref() == Some(body);
            read(path, &written).ok().filter(holds).map(|_| written).ok_or(FormError::Unwritable)
        }
    }
}

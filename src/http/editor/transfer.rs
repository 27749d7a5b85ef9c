//! `/editor/import`, `/editor/export`: content in the formats that people carry it in.

use axum::Json;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::IntoResponse;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::exchange::{self, Mapping};
use crate::http::ask::check_text;
use crate::http::caller::Caller;
use crate::http::error::{Code, Problem};
use crate::http::extract::{FileBody, Query};
use crate::publishing::transfer::{
    Carried, Exporting, Format, ImportReport, Importing, Payload, Which, export, folder, import,
};

/// A format in which content is one file.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum FileFormat {
    /// Our columns as comma-separated values.
    Csv,
    /// Our columns as a workbook of Excel.
    Xlsx,
    /// One entry a line.
    Jsonl,
    /// Anybody's table with headings; only read.
    Table,
    /// All files as editors write them, in a zip archive.
    Folder,
}

impl FileFormat {
    fn format(self) -> Format {
        match self {
            Self::Csv => Format::Entries(exchange::Format::Csv),
            Self::Xlsx => Format::Entries(exchange::Format::Xlsx),
            Self::Jsonl => Format::Entries(exchange::Format::Jsonl),
            Self::Table => Format::Entries(exchange::Format::Table),
            Self::Folder => Format::Folder,
        }
    }

    fn file_name(self) -> String {
        match self.format() {
            Format::Folder => "content.zip".to_owned(),
            Format::Entries(format) => format!("entries.{format}"),
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Folder => "application/zip",
            Self::Csv | Self::Table => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Jsonl => "application/jsonl",
        }
    }
}

/// How a file is imported.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImportQuery {
    /// Its format.
    #[param(inline)]
    format: FileFormat,
    /// Which of a foreign table's headings are ours (`question=标准问,answer=答案`); the usual ones are known.
    map: Option<String>,
    /// The file's name, for the title of a new change set.
    #[param(max_length = 200)]
    name: Option<String>,
    /// An open change set that it goes into; a new one where none is named.
    set: Option<String>,
    /// Whether everything is done but the import.
    dry_run: Option<bool>,
}

const LONGEST_NAME: usize = 200;

/// Imports into a change set; with any fault nothing is imported. Entries that the file names are put in place of what they
/// were, the others stay; of a folder, what is not in it is removed.
#[utoipa::path(
    post,
    path = "/editor/import",
    tag = "editors",
    params(ImportQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The file"),
    responses(
        (status = 200, description = "Imported, or what would be", body = ImportReport),
        (status = 409, description = "Nothing is imported: the faults, by row and column", body = ImportReport),
    )
)]
pub async fn import_file(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<ImportQuery>,
    FileBody(bytes): FileBody,
) -> Result<(StatusCode, Json<ImportReport>), Problem> {
    let name = query.name.unwrap_or_else(|| "import".to_owned());
    check_text("name", &name, LONGEST_NAME)?;
    let mapping: Mapping = match query.map {
        Some(map) => map.parse().map_err(|error| Problem::field("map", format!("{error}")))?,
        None => Mapping::default(),
    };
    let carried = match query.format.format() {
        Format::Entries(format) => Ok(Carried::Entries { format, bytes: bytes.to_vec(), mapping }),
        Format::Folder => {
            let unpacked = tokio::task::spawn_blocking(move || folder::unpack(&bytes).map(Carried::Folder));
            unpacked.await.map_err(|_| Code::Internal)?
        }
    };
    let carried = match carried {
        Ok(carried) => carried,
        Err(why) => return Ok((StatusCode::CONFLICT, Json(ImportReport::unreadable(why)))),
    };
    let importing = Importing {
        carried,
        title: name,
        actor: caller.actor,
        address: Some(caller.whence.address),
        change_set: query.set,
        dry_run: query.dry_run.unwrap_or_default(),
    };
    // To the end, also when whoever asked goes away meanwhile.
    let importing = tokio::spawn(async move { import(app.publisher(), importing).await });
    let report = importing.await.map_err(|_| Code::Internal)??;
    let status = if report.faults.is_empty() { StatusCode::OK } else { StatusCode::CONFLICT };
    Ok((status, Json(report)))
}

/// What is exported, and how.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExportQuery {
    /// The format.
    #[param(inline)]
    format: FileFormat,
    /// A change set, laid over the live revision; the live revision alone where none is named.
    set: Option<String>,
}

/// Exports all entries, or all files.
#[utoipa::path(
    get,
    path = "/editor/export",
    tag = "editors",
    params(ExportQuery),
    responses((
        status = 200,
        description = "The file",
        content(
            (Vec<u8> = "text/csv"),
            (Vec<u8> = "application/jsonl"),
            (Vec<u8> = "application/zip"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ),
    ))
)]
pub async fn export_file(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<ExportQuery>,
) -> Result<impl IntoResponse, Problem> {
    if matches!(query.format, FileFormat::Table) {
        return Err(Problem::field("format", "table is only read"));
    }
    let which = match query.set {
        Some(id) => Which::Draft { change_set: Some(id) },
        None => Which::Live,
    };
    let exporting =
        Exporting { format: query.format.format(), which, actor: caller.actor, address: Some(caller.whence.address) };
    let exported = export(app.publisher(), &exporting).await?;
    let revision = exported.revision;
    let bytes = match exported.payload {
        Payload::Bytes(bytes) => bytes,
        Payload::Files(files) => {
            let packed = tokio::task::spawn_blocking(move || folder::pack(&files, revision.as_deref()));
            packed.await.map_err(|_| Code::Internal)??
        }
    };
    let name = format!("attachment; filename=\"{}\"", query.format.file_name());
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(query.format.media_type())),
        (CONTENT_DISPOSITION, HeaderValue::from_str(&name).unwrap_or(HeaderValue::from_static("attachment"))),
    ];
    Ok((headers, bytes))
}

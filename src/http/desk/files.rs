//! Files of customers, for the departments that work on them.

use axum::extract::State;
use axum::response::Response;

use crate::app::App;
use crate::desk::owner::Owner;
use crate::http::caller::Caller;
use crate::http::conversations::files::given;
use crate::http::error::{Code, Problem};
use crate::http::extract::Segment;
use crate::store::attachments::{self, Attachment};
use crate::store::database::Transaction;
use crate::store::error::StoreError;
use crate::store::{cases, conversations};

/// Hands out a file of a customer whose case or conversation is with one of the caller's departments.
#[utoipa::path(
    get,
    path = "/desk/files/{id}",
    tag = "desk",
    params(("id" = String, Path, description = "The file's id")),
    responses((
        status = 200,
        description = "The file",
        content((Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"), (Vec<u8> = "application/pdf")),
    ))
)]
pub async fn file(State(app): State<App>, caller: Caller, Segment(id): Segment) -> Result<Response, Problem> {
    let mut tx = app.store().read().await?;
    let (file, sealed) = attachments::get(&mut *tx, &id).await?.ok_or(Code::NotFound)?;
    let departments = departments_of(&mut *tx, &file).await?;
    drop(tx);
    if !departments.iter().any(|department| caller.actor.may_in(department)) {
        return Err(Code::NotFound.into());
    }
    given(&app, &file, sealed).await
}

/// The departments that a file is with: by its case, and by its conversation.
async fn departments_of(tx: &mut dyn Transaction, file: &Attachment) -> Result<Vec<String>, StoreError> {
    let mut departments = Vec::new();
    if let Some(number) = &file.case_number {
        departments.extend(cases::get(tx, number).await?.map(|case| case.department));
    }
    let owner = conversations::get(tx, &file.conversation).await?.map(|conversation| conversation.owner);
    departments.extend(owner.as_ref().and_then(Owner::place).map(|place| place.department.clone()));
    Ok(departments)
}

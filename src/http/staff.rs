//! `/staff/names`: what colleagues and programs are called, for whoever reads what they did.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::http::error::Problem;
use crate::http::people::Whole;
use crate::store::people::names;

/// What somebody who works here, or a program, is called.
#[derive(Debug, Serialize, ToSchema)]
pub struct StaffName {
    /// The account's or token's id.
    id: String,
    /// What people see.
    display_name: String,
}

/// Lists what those who work here, and their programs, are called; also those who are gone, as what they did is still read.
#[utoipa::path(
    get,
    path = "/staff/names",
    tag = "signing in",
    responses((status = 200, description = "All names, by id", body = Whole<StaffName>))
)]
pub async fn names(State(app): State<App>) -> Result<Json<Whole<StaffName>>, Problem> {
    let all = names::list(&mut *app.store().read().await?).await?;
    let view = |names::StaffName { id, display_name }| StaffName { id, display_name };
    Ok(Json(Whole::of(all.into_iter().map(view))))
}

//! `/admin/blocks`: who may not write; in force at once.

use std::net::IpAddr;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use ipnet::IpNet;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::chat::blocks::{self, BlockKind, Blocks, Target, Wanted};
use crate::clock;
use crate::http::admin::known_shape;
use crate::http::ask::check_text;
use crate::http::caller::Caller;
use crate::http::client::bucket_of;
use crate::http::error::{Code, Problem};
use crate::http::extract::{JsonBody, Segment};
use crate::http::people::Whole;
use crate::store::blocks::{self as stored, Stored};
use crate::store::error::StoreError;
use crate::text::sensitive::mask;

/// A block.
#[derive(Debug, Serialize, ToSchema)]
pub struct BlockView {
    /// Its id.
    id: String,
    /// What it looks at.
    #[schema(value_type = BlockKind)]
    kind: String,
    /// What it looks for there.
    value: String,
    /// Why, for colleagues.
    reason: String,
    /// When it ends by itself.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// The id of whoever set it.
    created_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl From<Stored> for BlockView {
    fn from(block: Stored) -> Self {
        let Stored { id, kind, value, reason, expires_at, actor, at } = block;
        Self { id, kind, value, reason, until: expires_at, created_by: actor, created_at: at }
    }
}

/// Lists the blocks that are in force.
#[utoipa::path(
    get,
    path = "/admin/blocks",
    tag = "administration",
    responses((status = 200, description = "All blocks, the newest first", body = Whole<BlockView>))
)]
pub async fn list(State(app): State<App>) -> Result<Json<Whole<BlockView>>, Problem> {
    let (all, now) = (stored::list(&mut *app.store().read().await?).await?, clock::now());
    let in_force = all.into_iter().filter(|block| block.expires_at.is_none_or(|until| now < until));
    Ok(Json(Whole::of(in_force.map(BlockView::from))))
}

/// Whom to block.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BlockRequest {
    /// What it looks at.
    kind: BlockKind,
    /// What it looks for there: an address (of IPv6 its /64 counts), a network (`203.0.113.0/24`), what the page calls its
    /// visitor, a verified subject, a conversation's id.
    #[schema(min_length = 1, max_length = 200)]
    value: String,
    /// Why, for colleagues.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
    /// When it ends by itself; never where it is not given.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
}

const LONGEST_VALUE: usize = 200;
const LONGEST_REASON: usize = 500;

/// The widest networks that can be blocked: a slip must not keep everybody out.
const WIDEST_V4: u8 = 8;
const WIDEST_V6: u8 = 16;

/// Keeps somebody from writing; what they wrote can still be read.
#[utoipa::path(
    post,
    path = "/admin/blocks",
    tag = "administration",
    request_body = BlockRequest,
    responses((status = 201, description = "In force", body = BlockView))
)]
pub async fn add(
    State(app): State<App>,
    caller: Caller,
    JsonBody(request): JsonBody<BlockRequest>,
) -> Result<(StatusCode, Json<BlockView>), Problem> {
    let BlockRequest { kind, value, reason, until } = request;
    check_text("value", &value, LONGEST_VALUE)?;
    check_text("reason", &reason, LONGEST_REASON)?;
    let now = clock::now();
    if until.is_some_and(|until| until <= now) {
        return Err(Problem::field("until", "is past already"));
    }
    let wanted = Wanted { target: target(kind, value)?, reason: mask(&reason).text, until };
    let block = match blocks::add(app.store(), &wanted, &caller.by(now)).await {
        Err(StoreError::Conflict) => return Err(Problem::new(Code::Conflict).detail("it is blocked already")),
        added => added?,
    };
    now_in_force(&app).await?;
    Ok((StatusCode::CREATED, Json(block.into())))
}

fn target(kind: BlockKind, value: String) -> Result<Target, Problem> {
    let is_no = |what: &str| Problem::field("value", format!("is no {what}"));
    Ok(match kind {
        BlockKind::Address => {
            let address: IpAddr = value.trim().parse().map_err(|_| is_no("address"))?;
            Target::Address(bucket_of(address.to_canonical()))
        }
        BlockKind::Network => {
            let network: IpNet = value.trim().parse().map_err(|_| is_no("network (\"203.0.113.0/24\")"))?;
            let widest = if matches!(network, IpNet::V4(_)) { WIDEST_V4 } else { WIDEST_V6 };
            if network.prefix_len() < widest {
                return Err(Problem::field("value", format!("is too wide: at least /{widest}")));
            }
            Target::Network(network.trunc())
        }
        // As it is kept.
        BlockKind::Visitor => Target::Visitor(mask(&value).text),
        BlockKind::Subject => Target::Subject(value),
        BlockKind::Conversation => Target::Conversation(known_shape(value).map_err(|_| is_no("conversation's id"))?),
    })
}

/// Lifts a block.
#[utoipa::path(
    delete,
    path = "/admin/blocks/{id}",
    tag = "administration",
    params(("id" = String, Path, description = "The block's id")),
    responses((status = 204, description = "Lifted"))
)]
pub async fn remove(State(app): State<App>, caller: Caller, Segment(id): Segment) -> Result<StatusCode, Problem> {
    if !blocks::remove(app.store(), &known_shape(id)?, &caller.by(clock::now())).await? {
        return Err(Code::NotFound.into());
    }
    now_in_force(&app).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Here at once; on other replicas when they next look.
async fn now_in_force(app: &App) -> Result<(), Problem> {
    let all = stored::list(&mut *app.store().read().await?).await?;
    app.set_blocks(Blocks::read(&all));
    app.wake();
    Ok(())
}

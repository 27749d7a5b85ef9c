//! The table of contents: every route, and what stands before it.

use axum::Router;
use axum::extract::Request;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower::util::option_layer;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::cors::CorsLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use utoipa_swagger_ui::SwaggerUi;

use crate::app::App;
use crate::http::access::guard;
use crate::http::client::limit_rate;
use crate::http::conversations::IDEMPOTENCY_KEY;
use crate::http::error::{Code, Problem};
use crate::http::observe::{REQUEST_ID, observe};
use crate::http::{
    admin, announcements, ask, auth, connectors, contacts, conversations, desk, editor, entries, forms, health, help,
    openapi, pages, search, second_factor, staff, status, widget,
};

/// Where the API lies.
const API: &str = "/api/v1";

/// Answers smaller than this cost more to compress than to send.
const WORTH_COMPRESSING: u64 = 860;

/// Seconds for which a browser need not ask again whether it may ask.
const PREFLIGHT_SECONDS: u64 = 3600;

fn api() -> OpenApiRouter<App> {
    stateless().merge(talking()).merge(desk()).merge(editors()).merge(signing_in()).merge(administration())
}

/// Questions, the knowledge base, the service.
fn stateless() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(ask::ask))
        .routes(routes!(search::suggest))
        .routes(routes!(search::search))
        .routes(routes!(entries::entries))
        .routes(routes!(entries::entry))
        .routes(routes!(entries::categories))
        .routes(routes!(announcements::announcements))
        .routes(routes!(status::status))
        .routes(routes!(contacts::verify_contact))
}

/// Conversations, by their tokens.
fn talking() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(conversations::create))
        .routes(routes!(conversations::post_message, conversations::events::messages))
        .routes(routes!(conversations::identity::identity))
        .routes(routes!(conversations::events::events))
        .routes(routes!(conversations::events::transcript))
        .routes(routes!(conversations::files::post_file))
        .routes(routes!(conversations::files::file))
        .routes(routes!(conversations::steps::handoff))
        .routes(routes!(conversations::steps::typing))
        .routes(routes!(conversations::steps::feedback))
        .routes(routes!(conversations::surveys::survey))
        .routes(routes!(conversations::surveys::answer))
        .routes(routes!(conversations::surveys::decline))
        .routes(routes!(conversations::steps::end))
        .routes(routes!(conversations::cases::case))
        .routes(routes!(conversations::cases::confirm))
        .routes(routes!(conversations::cases::withdraw))
        .routes(routes!(conversations::cases::append))
}

/// What agents do, and what the operator's own system reports.
fn desk() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(desk::conversations::list))
        .routes(routes!(desk::moves::next))
        .routes(routes!(desk::conversations::show))
        .routes(routes!(desk::conversations::events))
        .routes(routes!(desk::moves::claim))
        .routes(routes!(desk::moves::reply))
        .routes(routes!(desk::moves::typing))
        .routes(routes!(desk::moves::note))
        .routes(routes!(desk::moves::transfer))
        .routes(routes!(desk::moves::resolve))
        .routes(routes!(desk::moves::give_back))
        .routes(routes!(desk::agents::presence, desk::agents::set_presence))
        .routes(routes!(desk::agents::set_agent))
        .routes(routes!(desk::agents::wall))
        .routes(routes!(desk::news::news))
        .routes(routes!(desk::knowledge::search))
        .routes(routes!(desk::knowledge::propose))
        .routes(routes!(desk::choices::canned))
        .routes(routes!(desk::choices::choices))
        .routes(routes!(desk::cases::list, desk::cases::create))
        .routes(routes!(desk::cases::show, desk::steps::patch))
        .routes(routes!(desk::steps::reply))
        .routes(routes!(desk::steps::note))
        .routes(routes!(desk::steps::confirmation))
        .routes(routes!(desk::steps::escalate))
        .routes(routes!(desk::steps::show_sealed))
        .routes(routes!(desk::improvements::list, desk::improvements::create))
        .routes(routes!(desk::improvements::patch))
        .routes(routes!(desk::files::file))
        .routes(routes!(desk::feedback::list))
        .routes(routes!(connectors::report))
}

/// What content editors and publishers do.
fn editors() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(editor::content::entry, editor::content::put_entry, editor::content::delete_entry))
        .routes(routes!(editor::content::file, editor::content::put_file, editor::content::delete_file))
        .routes(routes!(editor::form::form))
        .routes(routes!(editor::overview::entries))
        .routes(routes!(editor::overview::categories))
        .routes(routes!(editor::comparison::list, editor::comparison::stop))
        .routes(routes!(editor::comparison::alarms))
        .routes(routes!(editor::misses::list))
        .routes(routes!(editor::misses::attach))
        .routes(routes!(editor::misses::dismiss))
        .routes(routes!(editor::misses::weak))
        .routes(routes!(editor::trial::preview))
        .routes(routes!(editor::trial::nearest))
        .routes(routes!(editor::trial::bench))
        .routes(routes!(editor::trial::replay))
        .routes(routes!(editor::drafts::sets, editor::drafts::begin))
        .routes(routes!(editor::drafts::discard))
        .routes(routes!(editor::drafts::keep))
        .routes(routes!(editor::drafts::revert))
        .routes(routes!(editor::drafts::draft))
        .routes(routes!(editor::drafts::check))
        .routes(routes!(editor::publishing::publish))
        .routes(routes!(editor::scheduled::list))
        .routes(routes!(editor::scheduled::withdraw))
        .routes(routes!(editor::publishing::list))
        .routes(routes!(editor::publishing::diff))
        .routes(routes!(editor::publishing::rollback))
        .routes(routes!(editor::transfer::import_file))
        .routes(routes!(editor::transfer::export_file))
        .routes(routes!(editor::questions::unanswered))
        .routes(routes!(desk::knowledge::proposals))
        .routes(routes!(desk::knowledge::settle))
        .routes(routes!(editor::feedback::summary))
        .routes(routes!(editor::surveys::list))
        .routes(routes!(editor::surveys::results))
        .routes(routes!(editor::surveys::export))
        .routes(routes!(editor::switches::switches, editor::switches::switch))
        .routes(routes!(editor::switches::put_notice, editor::switches::delete_notice))
}

/// For everybody who works here.
fn signing_in() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(auth::set_up))
        .routes(routes!(auth::join))
        .routes(routes!(auth::login))
        .routes(routes!(auth::logout))
        .routes(routes!(auth::session))
        .routes(routes!(auth::password))
        .routes(routes!(second_factor::offer, second_factor::remove))
        .routes(routes!(second_factor::confirm))
        .routes(routes!(staff::names))
}

/// For administrators and auditors.
fn administration() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(admin::users::list, admin::users::invite))
        .routes(routes!(admin::users::show, admin::users::change))
        .routes(routes!(admin::users::reset))
        .routes(routes!(admin::tokens::list, admin::tokens::create))
        .routes(routes!(admin::tokens::revoke))
        .routes(routes!(admin::blocks::list, admin::blocks::add))
        .routes(routes!(admin::blocks::remove))
        .routes(routes!(admin::webhooks::list, admin::webhooks::create))
        .routes(routes!(admin::webhooks::show, admin::webhooks::change, admin::webhooks::remove))
        .routes(routes!(admin::webhooks::rotate))
        .routes(routes!(admin::deliveries::test))
        .routes(routes!(admin::deliveries::list))
        .routes(routes!(admin::deliveries::replay))
        .routes(routes!(admin::persons::show))
        .routes(routes!(admin::persons::export))
        .routes(routes!(admin::persons::erase))
        .routes(routes!(admin::holds::list))
        .routes(routes!(admin::holds::put, admin::holds::lift))
        .routes(routes!(admin::reports::complaints))
        .routes(routes!(admin::reports::promises))
        .routes(routes!(admin::usage::usage))
        .routes(routes!(admin::audit::list))
        .routes(routes!(admin::audit::verify))
}

fn health() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(health::readyz))
}

/// Answered even when nothing else can be: no limit, no log line, no metric stands before it.
fn alive() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(health::livez))
}

/// Returns the OpenAPI document of all routes.
pub fn document() -> utoipa::openapi::OpenApi {
    let whole = OpenApiRouter::with_openapi(openapi::skeleton()).nest(API, api()).merge(health()).merge(alive());
    let (_, mut document) = whole.split_for_parts();
    openapi::add_problems(&mut document);
    document
}

/// Returns the whole service.
pub fn router(app: App) -> Router {
    let limited = Router::from(api())
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(app.clone(), guard))
        .layer(from_fn_with_state(app.clone(), limit_rate))
        .layer(option_layer(cors(&app.config().server.allowed_origins)));
    let forms = Router::new()
        .route("/forms/refund", get(forms::refund))
        .route("/forms/refund.xlsx", get(forms::refund_sheet))
        .layer(from_fn_with_state(app.clone(), limit_rate));
    let help = Router::new()
        .route("/help", get(help::home::home))
        .route("/help/search", get(help::search::search))
        .route("/help/contact", get(help::contact::contact))
        .route("/help/entries/{id}", get(help::entry::entry))
        .route("/help/{category}", get(help::category::category))
        .layer(from_fn_with_state(app.clone(), limit_rate));
    let documentation = Router::from(SwaggerUi::new("/docs").url("/openapi.json", document()))
        .layer(map_response(pages::with_docs_policy));
    let observed = Router::new()
        .nest(API, limited)
        .merge(Router::from(health()))
        .merge(documentation)
        .merge(forms)
        .merge(help)
        .route("/", get(pages::shop))
        .route("/console", get(pages::console))
        .route("/console/{name}", get(pages::beside_console))
        .route("/desk", get(pages::desk))
        .route("/desk/{name}", get(pages::beside_desk))
        .route("/static/{name}", get(pages::beside))
        .route("/shared/{name}", get(widget::beside_all))
        .route("/widget.js", get(widget::loader))
        .route("/widget", get(widget::page))
        .route("/widget/{name}", get(widget::beside))
        .route("/favicon.ico", get(pages::icon))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(compression())
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(app.clone(), observe));
    Router::from(alive()).merge(observed).with_state(app)
}

fn compression() -> CompressionLayer<impl Predicate> {
    let worth_it = SizeAbove::new(WORTH_COMPRESSING).and(NotForContentType::SSE).and(NotForContentType::IMAGES);
    CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(worth_it)
}

fn cors(origins: &[String]) -> Option<CorsLayer> {
    let origins: Vec<HeaderValue> = origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()).collect();
    if origins.is_empty() {
        return None;
    }
    let cors = CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([
            CONTENT_TYPE,
            AUTHORIZATION,
            REQUEST_ID,
            IDEMPOTENCY_KEY,
            HeaderName::from_static("traceparent"),
        ])
        .expose_headers([REQUEST_ID, RETRY_AFTER])
        .max_age(std::time::Duration::from_secs(PREFLIGHT_SECONDS));
    Some(cors)
}

async fn not_found() -> Problem {
    Code::NotFound.into()
}

async fn method_not_allowed(request: Request) -> Problem {
    Problem::new(Code::MethodNotAllowed).detail(request.method().to_string())
}

/// A fault of ours: its place is logged where it happens, and nobody is told its words.
fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    Problem::new(Code::Internal).into_response()
}

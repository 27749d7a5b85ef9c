//! Who may call what: one table, and what holds every request to it. A route that is not in it is closed to everybody.

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;

use crate::app::App;
use crate::clock;
use crate::http::caller::Caller;
use crate::http::error::{Code, Problem};
use crate::http::whence::Whence;
use crate::people::role::Permission;

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Public,
    /// Whoever has the token of the conversation that is meant, which the handler asks for.
    Conversation,
    /// The operator's own system, by a signature that the handler checks.
    Signed,
    /// Whoever has a session, whatever they may do otherwise.
    SignedIn,
    /// Whoever has a permission: people by their roles, programs by the scopes of their tokens.
    Needs(Permission),
    /// Whoever has any of some permissions.
    NeedsAny(&'static [Permission]),
}

/// A route with its rule.
pub type Rule = (Method, &'static str, Access);

/// Every route of the API document.
pub static ACCESS: &[Rule] = {
    use Access::{Conversation, Needs, NeedsAny, Public, Signed, SignedIn};
    use Permission::{
        AuditRead, ContentEdit, ContentPublish, ContentRead, ContentSwitch, DeskSupervise, DeskUse, PeopleManage,
        PersonsManage, QuestionsRead, SystemManage, VisitorsBlock,
    };
    &[
        (Method::GET, "/livez", Public),
        (Method::GET, "/readyz", Public),
        // Customers.
        (Method::POST, "/api/v1/ask", Public),
        (Method::GET, "/api/v1/suggest", Public),
        (Method::GET, "/api/v1/search", Public),
        (Method::GET, "/api/v1/entries", Public),
        (Method::GET, "/api/v1/entries/{id}", Public),
        (Method::GET, "/api/v1/categories", Public),
        (Method::GET, "/api/v1/announcements", Public),
        (Method::GET, "/api/v1/status", Public),
        (Method::POST, "/api/v1/contacts/verify", Public),
        // Whoever has a conversation's token.
        (Method::POST, "/api/v1/conversations", Public),
        (Method::POST, "/api/v1/conversations/{id}/messages", Conversation),
        (Method::POST, "/api/v1/conversations/{id}/identity", Conversation),
        (Method::GET, "/api/v1/conversations/{id}/messages", Conversation),
        (Method::GET, "/api/v1/conversations/{id}/events", Conversation),
        (Method::GET, "/api/v1/conversations/{id}/transcript", Conversation),
        (Method::POST, "/api/v1/conversations/{id}/files", Conversation),
        (Method::GET, "/api/v1/conversations/{id}/files/{file}", Conversation),
        (Method::POST, "/api/v1/conversations/{id}/handoff", Conversation),
        (Method::POST, "/api/v1/conversations/{id}/typing", Conversation),
        (Method::POST, "/api/v1/conversations/{id}/feedback", Conversation),
        (Method::GET, "/api/v1/conversations/{id}/survey", Conversation),
        (Method::POST, "/api/v1/conversations/{id}/survey/{survey}", Conversation),
        (Method::POST, "/api/v1/conversations/{id}/survey/{survey}/decline", Conversation),
        (Method::POST, "/api/v1/conversations/{id}/close", Conversation),
        (Method::GET, "/api/v1/cases/{number}", Conversation),
        (Method::POST, "/api/v1/cases/{number}/confirm", Conversation),
        (Method::POST, "/api/v1/cases/{number}/withdraw", Conversation),
        (Method::POST, "/api/v1/cases/{number}/append", Conversation),
        // The operator's own system.
        (Method::POST, "/api/v1/connectors/cases/{number}", Signed),
        // Agents.
        (Method::GET, "/api/v1/desk/conversations", Needs(DeskUse)),
        (Method::POST, "/api/v1/desk/conversations/next", Needs(DeskUse)),
        (Method::GET, "/api/v1/desk/conversations/{id}", Needs(DeskUse)),
        (Method::GET, "/api/v1/desk/conversations/{id}/events", Needs(DeskUse)),
        (Method::POST, "/api/v1/desk/conversations/{id}/claim", Needs(DeskUse)),
        (Method::POST, "/api/v1/desk/conversations/{id}/reply", Needs(DeskUse)),
        (Method::POST, "/api/v1/desk/conversations/{id}/typing", Needs(DeskUse)),
        (Method::POST, "/api/v1/desk/conversations/{id}/note", Needs(DeskUse)),
        (Method::POST, "/api/v1/desk/conversations/{id}/transfer", Needs(DeskUse)),
        (Method::POST, "/api/v1/desk/conversations/{id}/resolve", Needs(DeskUse)),
        (Method::POST, "/api/v1/desk/conversations/{id}/return", Needs(DeskUse)),
        (Method::GET, "/api/v1/desk/presence", Needs(DeskUse)),
        (Method::PUT, "/api/v1/desk/presence", Needs(DeskUse)),
        (Method::PUT, "/api/v1/desk/agents/{id}", Needs(DeskSupervise)),
        (Method::GET, "/api/v1/desk/wall", Needs(DeskSupervise)),
        (Method::GET, "/api/v1/desk/events", Needs(DeskUse)),
        (Method::GET, "/api/v1/desk/search", Needs(DeskUse)),
        (Method::POST, "/api/v1/desk/proposals", Needs(DeskUse)),
        (Method::GET, "/api/v1/desk/canned", Needs(DeskUse)),
        (Method::GET, "/api/v1/desk/choices", Needs(DeskUse)),
        (Method::GET, "/api/v1/desk/cases", Needs(DeskUse)),
        (Method::POST, "/api/v1/desk/cases", Needs(DeskUse)),
        (Method::GET, "/api/v1/desk/cases/{number}", Needs(DeskUse)),
        (Method::PATCH, "/api/v1/desk/cases/{number}", Needs(DeskUse)),
        (Method::POST, "/api/v1/desk/cases/{number}/reply", Needs(DeskUse)),
        (Method::POST, "/api/v1/desk/cases/{number}/note", Needs(DeskUse)),
        (Method::POST, "/api/v1/desk/cases/{number}/confirmation", Needs(DeskUse)),
        (Method::POST, "/api/v1/desk/cases/{number}/escalate", Needs(DeskUse)),
        (Method::POST, "/api/v1/desk/cases/{number}/reveal", Needs(DeskUse)),
        (Method::GET, "/api/v1/desk/files/{id}", Needs(DeskUse)),
        (Method::GET, "/api/v1/desk/improvements", Needs(DeskUse)),
        (Method::POST, "/api/v1/desk/improvements", Needs(DeskSupervise)),
        (Method::PATCH, "/api/v1/desk/improvements/{id}", Needs(DeskSupervise)),
        (Method::GET, "/api/v1/desk/feedback", Needs(QuestionsRead)),
        // Everybody who works here.
        (Method::POST, "/api/v1/auth/setup", Public),
        (Method::POST, "/api/v1/auth/join", Public),
        (Method::POST, "/api/v1/auth/login", Public),
        (Method::POST, "/api/v1/auth/logout", SignedIn),
        (Method::GET, "/api/v1/auth/session", SignedIn),
        (Method::POST, "/api/v1/auth/password", SignedIn),
        (Method::POST, "/api/v1/auth/totp", SignedIn),
        (Method::DELETE, "/api/v1/auth/totp", SignedIn),
        (Method::POST, "/api/v1/auth/totp/confirm", SignedIn),
        (Method::GET, "/api/v1/staff/names", NeedsAny(&[ContentRead, DeskUse, AuditRead])),
        // Editors and publishers.
        (Method::GET, "/api/v1/editor/entries/{id}", Needs(ContentRead)),
        (Method::PUT, "/api/v1/editor/entries/{id}", Needs(ContentEdit)),
        (Method::DELETE, "/api/v1/editor/entries/{id}", Needs(ContentEdit)),
        (Method::GET, "/api/v1/editor/entries", Needs(ContentRead)),
        (Method::GET, "/api/v1/editor/categories", Needs(ContentRead)),
        (Method::GET, "/api/v1/editor/comparison", Needs(ContentRead)),
        (Method::DELETE, "/api/v1/editor/comparison", Needs(ContentPublish)),
        (Method::GET, "/api/v1/editor/alarms", Needs(QuestionsRead)),
        (Method::GET, "/api/v1/editor/misses", Needs(QuestionsRead)),
        (Method::POST, "/api/v1/editor/misses/attach", Needs(ContentEdit)),
        (Method::POST, "/api/v1/editor/misses/dismiss", Needs(ContentEdit)),
        (Method::GET, "/api/v1/editor/weak", Needs(QuestionsRead)),
        (Method::POST, "/api/v1/editor/preview", Needs(ContentRead)),
        (Method::POST, "/api/v1/editor/nearest", Needs(ContentRead)),
        (Method::POST, "/api/v1/editor/bench", Needs(ContentRead)),
        (Method::POST, "/api/v1/editor/replay", Needs(ContentRead)),
        (Method::GET, "/api/v1/editor/files", Needs(ContentRead)),
        (Method::PUT, "/api/v1/editor/files", Needs(ContentEdit)),
        (Method::DELETE, "/api/v1/editor/files", Needs(ContentEdit)),
        (Method::POST, "/api/v1/editor/form", Needs(ContentRead)),
        (Method::GET, "/api/v1/editor/sets", Needs(ContentRead)),
        (Method::POST, "/api/v1/editor/sets", Needs(ContentEdit)),
        (Method::DELETE, "/api/v1/editor/sets/{id}", Needs(ContentEdit)),
        (Method::POST, "/api/v1/editor/sets/{id}/keep", Needs(ContentEdit)),
        (Method::POST, "/api/v1/editor/sets/{id}/revert", Needs(ContentEdit)),
        (Method::GET, "/api/v1/editor/draft", Needs(ContentRead)),
        (Method::GET, "/api/v1/editor/check", Needs(ContentRead)),
        (Method::POST, "/api/v1/editor/publish", Needs(ContentPublish)),
        (Method::GET, "/api/v1/editor/scheduled", Needs(ContentRead)),
        (Method::DELETE, "/api/v1/editor/scheduled/{id}", Needs(ContentPublish)),
        (Method::GET, "/api/v1/editor/revisions", Needs(ContentRead)),
        (Method::GET, "/api/v1/editor/diff", Needs(ContentRead)),
        (Method::POST, "/api/v1/editor/rollback", Needs(ContentPublish)),
        (Method::POST, "/api/v1/editor/import", Needs(ContentEdit)),
        (Method::GET, "/api/v1/editor/export", Needs(ContentRead)),
        (Method::GET, "/api/v1/editor/unanswered", Needs(QuestionsRead)),
        (Method::GET, "/api/v1/editor/proposals", Needs(QuestionsRead)),
        (Method::POST, "/api/v1/editor/proposals/{id}/settle", Needs(ContentEdit)),
        (Method::GET, "/api/v1/editor/feedback/summary", Needs(QuestionsRead)),
        (Method::GET, "/api/v1/editor/surveys", Needs(QuestionsRead)),
        (Method::GET, "/api/v1/editor/surveys/{id}/results", Needs(QuestionsRead)),
        (Method::GET, "/api/v1/editor/surveys/{id}/export", Needs(QuestionsRead)),
        (Method::GET, "/api/v1/editor/switches", Needs(ContentSwitch)),
        (Method::POST, "/api/v1/editor/switches", Needs(ContentSwitch)),
        (Method::PUT, "/api/v1/editor/notices/{id}", Needs(ContentSwitch)),
        (Method::DELETE, "/api/v1/editor/notices/{id}", Needs(ContentSwitch)),
        // Administrators.
        (Method::GET, "/api/v1/admin/users", Needs(PeopleManage)),
        (Method::POST, "/api/v1/admin/users", Needs(PeopleManage)),
        (Method::GET, "/api/v1/admin/users/{id}", Needs(PeopleManage)),
        (Method::PATCH, "/api/v1/admin/users/{id}", Needs(PeopleManage)),
        (Method::POST, "/api/v1/admin/users/{id}/reset", Needs(PeopleManage)),
        (Method::GET, "/api/v1/admin/tokens", Needs(PeopleManage)),
        (Method::POST, "/api/v1/admin/tokens", Needs(PeopleManage)),
        (Method::DELETE, "/api/v1/admin/tokens/{id}", Needs(PeopleManage)),
        (Method::GET, "/api/v1/admin/persons", Needs(PersonsManage)),
        (Method::POST, "/api/v1/admin/persons/export", Needs(PersonsManage)),
        (Method::POST, "/api/v1/admin/persons/erase", Needs(PersonsManage)),
        (Method::GET, "/api/v1/admin/persons/holds", Needs(PersonsManage)),
        (Method::PUT, "/api/v1/admin/persons/holds/{case}", Needs(PersonsManage)),
        (Method::DELETE, "/api/v1/admin/persons/holds/{case}", Needs(PersonsManage)),
        // Supervisors.
        (Method::GET, "/api/v1/admin/blocks", Needs(VisitorsBlock)),
        (Method::POST, "/api/v1/admin/blocks", Needs(VisitorsBlock)),
        (Method::DELETE, "/api/v1/admin/blocks/{id}", Needs(VisitorsBlock)),
        (Method::GET, "/api/v1/admin/webhooks", Needs(SystemManage)),
        (Method::POST, "/api/v1/admin/webhooks", Needs(SystemManage)),
        (Method::GET, "/api/v1/admin/webhooks/{id}", Needs(SystemManage)),
        (Method::PATCH, "/api/v1/admin/webhooks/{id}", Needs(SystemManage)),
        (Method::DELETE, "/api/v1/admin/webhooks/{id}", Needs(SystemManage)),
        (Method::POST, "/api/v1/admin/webhooks/{id}/secret", Needs(SystemManage)),
        (Method::POST, "/api/v1/admin/webhooks/{id}/test", Needs(SystemManage)),
        (Method::GET, "/api/v1/admin/webhooks/{id}/deliveries", Needs(SystemManage)),
        (Method::POST, "/api/v1/admin/webhooks/deliveries/{delivery}/replay", Needs(SystemManage)),
        (Method::GET, "/api/v1/admin/reports/complaints", Needs(DeskSupervise)),
        (Method::GET, "/api/v1/admin/reports/promises", Needs(DeskSupervise)),
        (Method::GET, "/api/v1/admin/reports/usage", Needs(DeskSupervise)),
        // Auditors.
        (Method::GET, "/api/v1/admin/audit", Needs(AuditRead)),
        (Method::GET, "/api/v1/admin/audit/verify", Needs(AuditRead)),
    ]
};

/// Returns who may call a route; a problem where the table does not know it.
pub fn rule(method: &Method, path: &str) -> Result<Access, Code> {
    // Whoever may read may also ask only for the head.
    let method = if method == Method::HEAD { &Method::GET } else { method };
    let of_path = || ACCESS.iter().filter(|(_, known, _)| *known == path);
    match of_path().find(|(known, _, _)| known == method) {
        Some((_, _, access)) => Ok(*access),
        None if of_path().next().is_some() => Err(Code::MethodNotAllowed),
        None => Err(Code::NotFound),
    }
}

/// Lets through who may, with what is known of them.
pub async fn guard(State(app): State<App>, request: Request, next: Next) -> Result<Response, Problem> {
    let path = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned()).unwrap_or_default();
    let access = rule(request.method(), &path).map_err(|code| match code {
        Code::MethodNotAllowed => Problem::new(code).detail(request.method().to_string()),
        code => code.into(),
    })?;
    if access == Access::Public && !path.starts_with(AUTH) {
        return Ok(next.run(request).await);
    }
    let answered = match access {
        Access::Public | Access::Conversation | Access::Signed => Ok(next.run(request).await),
        Access::SignedIn | Access::Needs(_) | Access::NeedsAny(_) => as_caller(&app, access, request, next).await,
    };
    answered.map(|mut response| {
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    })
}

/// What lies below answers with secrets or about people, and is kept nowhere on the way.
const AUTH: &str = "/api/v1/auth/";

async fn as_caller(app: &App, access: Access, mut request: Request, next: Next) -> Result<Response, Problem> {
    let whence = Whence::of(app, request.extensions(), request.headers());
    let caller = Caller::identify(app, request.method(), request.headers(), whence, clock::now()).await?;
    let may = match access {
        Access::Public | Access::Conversation | Access::Signed => true,
        Access::SignedIn => caller.session.is_some(),
        Access::Needs(permission) => caller.actor.may(permission),
        Access::NeedsAny(permissions) => permissions.iter().any(|permission| caller.actor.may(*permission)),
    };
    if !may {
        return Err(not_allowed(access));
    }
    request.extensions_mut().insert(caller);
    Ok(next.run(request).await)
}

fn not_allowed(access: Access) -> Problem {
    let needed = match access {
        Access::Needs(permission) => format!("this needs {permission}"),
        Access::NeedsAny(permissions) => {
            let names: Vec<&str> = permissions.iter().map(|permission| permission.name()).collect();
            format!("this needs {}", names.join(" or "))
        }
        Access::SignedIn | Access::Public | Access::Conversation | Access::Signed => {
            "this needs a person's session".to_owned()
        }
    };
    Problem::new(Code::NotAllowed).detail(needed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_table_does_not_know_is_closed() {
        assert_eq!(rule(&Method::POST, "/api/v1/ask"), Ok(Access::Public));
        assert_eq!(rule(&Method::HEAD, "/api/v1/status"), Ok(Access::Public));
        assert_eq!(rule(&Method::GET, "/api/v1/admin/audit"), Ok(Access::Needs(Permission::AuditRead)));
        assert_eq!(rule(&Method::PUT, "/api/v1/ask"), Err(Code::MethodNotAllowed));
        assert_eq!(rule(&Method::GET, "/api/v1/nothing"), Err(Code::NotFound));
        assert_eq!(rule(&Method::GET, ""), Err(Code::NotFound));
    }

    #[test]
    fn each_route_is_in_the_table_once() {
        for (n, (method, path, _)) in ACCESS.iter().enumerate() {
            let before = &ACCESS[..n];
            assert!(!before.iter().any(|(m, p, _)| m == method && p == path), "{method} {path}");
        }
    }
}

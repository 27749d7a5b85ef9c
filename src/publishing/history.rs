//! What has been live, as people look at it.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::store::revisions::{Publication, Revision};

/// A revision.
#[derive(Debug, Serialize, ToSchema)]
pub struct RevisionSummary {
    /// The hash of its content.
    pub id: String,
    /// When it was stored first.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it went live last.
    #[schema(value_type = String, format = DateTime)]
    pub published_at: Timestamp,
    /// Whether it is live.
    pub live: bool,
    /// How it went live last: `publish`, `rollback`, `engine`.
    pub kind: &'static str,
    /// Who did it.
    pub actor: String,
    /// What they said about it.
    pub note: String,
    /// Whether the gate had said no.
    pub forced: bool,
    /// The engine that judged it.
    pub engine: String,
    /// Its entries.
    pub n_entries: i64,
}

impl RevisionSummary {
    /// Sums a revision up.
    pub fn of(revision: &Revision, live: &Publication) -> Self {
        let publication = &revision.publication;
        Self {
            id: revision.id.clone(),
            created_at: revision.created_at,
            published_at: publication.at,
            live: publication.seq == live.seq,
            kind: publication.kind.name(),
            actor: publication.actor.clone(),
            note: publication.note.clone(),
            forced: publication.forced,
            engine: publication.engine.clone(),
            n_entries: revision.n_entries,
        }
    }
}

//! The steps that bring the tables up to date, one folder per database.

use std::borrow::Cow;

use sqlx::SqlSafeStr;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};

use crate::store::error::{StoreError, Unavailable};

/// Steps in their order: name, for SQLite, for PostgreSQL.
const STEPS: [(&str, &str, &str); 14] = [
    (
        "foundation",
        include_str!("../../migrations/sqlite/0001_foundation.sql"),
        include_str!("../../migrations/postgres/0001_foundation.sql"),
    ),
    (
        "conversations",
        include_str!("../../migrations/sqlite/0002_conversations.sql"),
        include_str!("../../migrations/postgres/0002_conversations.sql"),
    ),
    (
        "cases",
        include_str!("../../migrations/sqlite/0003_cases.sql"),
        include_str!("../../migrations/postgres/0003_cases.sql"),
    ),
    (
        "visitors",
        include_str!("../../migrations/sqlite/0004_visitors.sql"),
        include_str!("../../migrations/postgres/0004_visitors.sql"),
    ),
    (
        "webhooks",
        include_str!("../../migrations/sqlite/0005_webhooks.sql"),
        include_str!("../../migrations/postgres/0005_webhooks.sql"),
    ),
    (
        "improvements",
        include_str!("../../migrations/sqlite/0006_improvements.sql"),
        include_str!("../../migrations/postgres/0006_improvements.sql"),
    ),
    (
        "holds",
        include_str!("../../migrations/sqlite/0007_holds.sql"),
        include_str!("../../migrations/postgres/0007_holds.sql"),
    ),
    (
        "feedback",
        include_str!("../../migrations/sqlite/0008_feedback.sql"),
        include_str!("../../migrations/postgres/0008_feedback.sql"),
    ),
    (
        "owners",
        include_str!("../../migrations/sqlite/0009_owners.sql"),
        include_str!("../../migrations/postgres/0009_owners.sql"),
    ),
    (
        "attachments",
        include_str!("../../migrations/sqlite/0010_attachments.sql"),
        include_str!("../../migrations/postgres/0010_attachments.sql"),
    ),
    (
        "desk",
        include_str!("../../migrations/sqlite/0011_desk.sql"),
        include_str!("../../migrations/postgres/0011_desk.sql"),
    ),
    (
        "misses",
        include_str!("../../migrations/sqlite/0012_misses.sql"),
        include_str!("../../migrations/postgres/0012_misses.sql"),
    ),
    (
        "comparisons",
        include_str!("../../migrations/sqlite/0013_comparisons.sql"),
        include_str!("../../migrations/postgres/0013_comparisons.sql"),
    ),
    (
        "timed_publications",
        include_str!("../../migrations/sqlite/0014_timed_publications.sql"),
        include_str!("../../migrations/postgres/0014_timed_publications.sql"),
    ),
];

/// Returns the steps for SQLite.
pub fn sqlite() -> Migrator {
    migrator(|(name, sql, _)| (name, sql))
}

/// Returns the steps for PostgreSQL.
pub fn postgres() -> Migrator {
    migrator(|(name, _, sql)| (name, sql))
}

type Step = (&'static str, &'static str, &'static str);

fn migrator(choose: impl Fn(Step) -> (&'static str, &'static str)) -> Migrator {
    let migration = |(at, step): (usize, Step)| {
        let (name, sql) = choose(step);
        Migration::new(at as i64 + 1, Cow::Borrowed(name), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(STEPS.into_iter().enumerate().map(migration).collect())
}

/// Says what kept the tables from being brought up to date.
pub fn explain(error: MigrateError, of_database: impl Fn(sqlx::Error) -> StoreError) -> StoreError {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => of_database(error),
        MigrateError::VersionMissing(_) => {
            StoreError::unavailable(Unavailable::Failed, "a newer version of yingda has changed its tables")
        }
        other => StoreError::unavailable(Unavailable::Failed, other),
    }
}

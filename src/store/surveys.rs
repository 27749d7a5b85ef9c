//! Who was shown which survey, and what was answered. Visitors stand here by a digest; answers name nobody.

use jiff::Timestamp;

use crate::desk::surveys::SurveyAnswers;
use crate::store::database::{Row, Transaction};
use crate::store::error::{StoreError, Unavailable};
use crate::store::{millis, time};

/// That somebody was shown a survey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The survey.
    pub survey: String,
    /// Who, by a digest.
    pub visitor: String,
    /// When they were shown it last.
    pub shown_at: Timestamp,
    /// When they answered that time.
    pub answered_at: Option<Timestamp>,
}

/// Returns what somebody was shown, whichever of two names they had then; the newest first.
///
/// # Errors
/// Fails when the database does.
pub async fn shown_to(tx: &mut dyn Transaction, visitors: [&str; 2]) -> Result<Vec<Shown>, StoreError> {
    let sql = "SELECT survey, visitor, shown_at, answered_at FROM survey_shown WHERE visitor IN ($1, $2) \
               ORDER BY shown_at DESC, visitor, survey";
    let shown = |row: &Row| {
        Ok(Shown {
            survey: row.text(0)?,
            visitor: row.text(1)?,
            shown_at: time(row.integer(2)?)?,
            answered_at: row.optional_integer(3)?.map(time).transpose()?,
        })
    };
    tx.rows(sql, &visitors.map(Into::into)).await?.iter().map(shown).collect()
}

/// Notes that a survey is shown to somebody who was not shown it since `again`, or never; false when they were.
///
/// # Errors
/// Fails when the database does.
pub async fn show(
    tx: &mut dyn Transaction,
    survey: &str,
    visitor: &str,
    again: Option<Timestamp>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "INSERT INTO survey_shown (survey, visitor, n, n_declined, shown_at) VALUES ($1, $2, 1, 0, $3) \
               ON CONFLICT (survey, visitor) DO UPDATE SET n = survey_shown.n + 1, shown_at = excluded.shown_at, \
               answered_at = NULL, declined_at = NULL WHERE survey_shown.shown_at <= $4";
    let again = again.map_or(i64::MIN, millis);
    let values = [survey.into(), visitor.into(), millis(now).into(), again.into()];
    Ok(tx.execute(sql, &values).await? == 1)
}

/// What somebody answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// Who, by a digest.
    pub visitor: String,
    /// When.
    pub at: Timestamp,
    /// The content's revision, whose questions they saw.
    pub revision: String,
    /// The language that they saw them in.
    pub language: String,
    /// What, by question.
    pub answers: SurveyAnswers,
}

/// Keeps what somebody answered, once for each time that they are shown the survey; false when they have answered already.
///
/// # Errors
/// Fails when the database does.
pub async fn answer(tx: &mut dyn Transaction, survey: &str, answered: &Answered) -> Result<bool, StoreError> {
    let Answered { visitor, at, revision, language, answers } = answered;
    // Who answers without having asked for it was shown it elsewhere.
    let sql = "INSERT INTO survey_shown (survey, visitor, n, n_declined, shown_at, answered_at) \
               VALUES ($1, $2, 1, 0, $3, $3) ON CONFLICT (survey, visitor) DO UPDATE SET answered_at = $3 \
               WHERE survey_shown.answered_at IS NULL";
    if tx.execute(sql, &[survey.into(), visitor.as_str().into(), millis(*at).into()]).await? == 0 {
        return Ok(false);
    }
    let answers = serde_json::to_string(answers).map_err(corrupt)?;
    let sql = "INSERT INTO survey_answers (survey, visitor, at, revision, language, answers) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    let values = [
        survey.into(),
        visitor.as_str().into(),
        millis(*at).into(),
        revision.as_str().into(),
        language.as_str().into(),
        answers.into(),
    ];
    tx.execute(sql, &values).await?;
    Ok(true)
}

fn corrupt(error: serde_json::Error) -> StoreError {
    StoreError::unavailable(Unavailable::Corrupt, error)
}

/// Notes that somebody does not want to answer, once for each time that they are shown the survey.
///
/// # Errors
/// Fails when the database does.
pub async fn decline(tx: &mut dyn Transaction, survey: &str, visitor: &str, now: Timestamp) -> Result<(), StoreError> {
    let sql = "INSERT INTO survey_shown (survey, visitor, n, n_declined, shown_at, declined_at) \
               VALUES ($1, $2, 1, 1, $3, $3) ON CONFLICT (survey, visitor) DO UPDATE SET declined_at = $3, \
               n_declined = survey_shown.n_declined + 1 \
               WHERE survey_shown.answered_at IS NULL AND survey_shown.declined_at IS NULL";
    tx.execute(sql, &[survey.into(), visitor.into(), millis(now).into()]).await.map(drop)
}

/// How often a survey was shown, answered and declined.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// The survey.
    pub survey: String,
    /// How often it was shown.
    pub n_shown: i64,
    /// How often it was answered.
    pub n_answered: i64,
    /// How often it was declined.
    pub n_declined: i64,
}

/// Counts for all surveys that were ever shown and are kept.
///
/// # Errors
/// Fails when the database does.
pub async fn counts(tx: &mut dyn Transaction) -> Result<Vec<Counts>, StoreError> {
    let sql = "SELECT survey, CAST(SUM(n) AS BIGINT), CAST(SUM(n_declined) AS BIGINT), \
               (SELECT COUNT(*) FROM survey_answers WHERE survey_answers.survey = survey_shown.survey) \
               FROM survey_shown GROUP BY survey ORDER BY survey";
    let count = |row: &Row| {
        Ok(Counts {
            survey: row.text(0)?,
            n_shown: row.integer(1)?,
            n_declined: row.integer(2)?,
            n_answered: row.integer(3)?,
        })
    };
    tx.rows(sql, &[]).await?.iter().map(count).collect()
}

/// Returns what was answered, the newest first, from after one of the answers on.
///
/// # Errors
/// Fails when the database does.
pub async fn answers(
    tx: &mut dyn Transaction,
    survey: &str,
    after: Option<&Answered>,
    limit: i64,
) -> Result<Vec<Answered>, StoreError> {
    let sql = "SELECT visitor, at, revision, language, answers FROM survey_answers \
               WHERE survey = $1 AND (at, visitor) < ($2, $3) ORDER BY at DESC, visitor DESC LIMIT $4";
    let (at, visitor) = after.map_or((i64::MAX, ""), |last| (millis(last.at), last.visitor.as_str()));
    let answered = |row: &Row| {
        Ok(Answered {
            visitor: row.text(0)?,
            at: time(row.integer(1)?)?,
            revision: row.text(2)?,
            language: row.text(3)?,
            answers: serde_json::from_str(&row.text(4)?).map_err(corrupt)?,
        })
    };
    tx.rows(sql, &[survey.into(), at.into(), visitor.into(), limit.into()]).await?.iter().map(answered).collect()
}

/// Returns what somebody answered, whichever of two names they had then: the survey, when, and the answers as JSON text.
///
/// # Errors
/// Fails when the database does.
pub async fn answers_of(
    tx: &mut dyn Transaction,
    visitors: [&str; 2],
) -> Result<Vec<(String, Timestamp, String)>, StoreError> {
    let sql = "SELECT survey, at, answers FROM survey_answers WHERE visitor IN ($1, $2) ORDER BY at, survey";
    let answered = |row: &Row| Ok((row.text(0)?, time(row.integer(1)?)?, row.text(2)?));
    tx.rows(sql, &visitors.map(Into::into)).await?.iter().map(answered).collect()
}

/// Erases what somebody answered and was shown, whichever of two names they had then.
///
/// # Errors
/// Fails when the database does.
pub async fn erase(tx: &mut dyn Transaction, visitors: [&str; 2]) -> Result<(), StoreError> {
    for table in ["survey_answers", "survey_shown"] {
        tx.execute(&format!("DELETE FROM {table} WHERE visitor IN ($1, $2)"), &visitors.map(Into::into)).await?;
    }
    Ok(())
}

/// Forgets what was answered before an instant, and who was last shown something before it.
///
/// # Errors
/// Fails when the database does.
pub async fn forget(tx: &mut dyn Transaction, before: Timestamp) -> Result<u64, StoreError> {
    let values = [millis(before).into()];
    tx.execute("DELETE FROM survey_shown WHERE shown_at < $1", &values).await?;
    tx.execute("DELETE FROM survey_answers WHERE at < $1", &values).await
}

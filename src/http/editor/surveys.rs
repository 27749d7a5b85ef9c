//! `/editor/surveys`: which surveys there are, and what came of each; nobody is named.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::assistant::turn::rounded;
use crate::desk::survey_results::{QuestionTally, Tally, cell};
use crate::dialogue::languages::pick;
use crate::exchange::csv_of;
use crate::http::error::{Code, Problem};
use crate::http::extract::Segment;
use crate::knowledge::content::Localised;
use crate::knowledge::entry::{Audience, Validity};
use crate::knowledge::operator::{Survey, SurveyQuestion, SurveyQuestionKind};
use crate::store::database::Transaction;
use crate::store::error::StoreError;
use crate::store::surveys::{self, Answered, Counts};
use crate::text::language::LanguageTag;

/// A survey, for those who hold it.
#[derive(Serialize, ToSchema)]
pub struct SurveySummary {
    /// Its id.
    id: String,
    /// Its title; empty where it is no longer held.
    title: String,
    /// Whom it is for; empty for everybody.
    audience: Vec<Audience>,
    /// When it is held; null where it is no longer in the live revision.
    valid: Option<Validity>,
    /// How often it was shown.
    n_shown: i64,
    /// How often it was answered.
    n_answered: i64,
    /// How often it was declined.
    n_declined: i64,
}

/// All surveys.
#[derive(Serialize, ToSchema)]
pub struct SurveyList {
    /// By their ids.
    data: Vec<SurveySummary>,
    /// Always null: they are all here.
    next_cursor: Option<String>,
}

/// What came of a survey.
#[derive(Serialize, ToSchema)]
pub struct SurveyResults {
    /// The survey.
    #[serde(flatten)]
    survey: SurveySummary,
    /// Question by question, as they stand in it; at last those that are no longer asked.
    questions: Vec<QuestionResults>,
}

/// What was answered to one question.
#[derive(Serialize, ToSchema)]
pub struct QuestionResults {
    /// Its name in answers.
    id: String,
    /// How it is answered; null where it is no longer asked.
    kind: Option<SurveyQuestionKind>,
    /// What is asked.
    text: String,
    /// How many answered it.
    n: u64,
    /// How many chose each option.
    options: Vec<OptionResults>,
    /// The mean of the points, 1 to 5; null where nobody gave any.
    mean: Option<f64>,
    /// How many gave 1, 2, 3, 4 and 5 points; empty where the question asks for none.
    distribution: Vec<u64>,
    /// What was said in words, masked, the newest first; at most 200.
    texts: Vec<String>,
}

/// How many chose an option.
#[derive(Serialize, ToSchema)]
pub struct OptionResults {
    /// The option.
    value: String,
    /// What it says; empty where it can no longer be chosen.
    label: String,
    /// How many.
    n: u64,
}

/// Lists all surveys of the live revision, and those before of which something is kept.
#[utoipa::path(
    get,
    path = "/editor/surveys",
    tag = "editors",
    responses((status = 200, description = "All surveys", body = SurveyList))
)]
pub async fn list(State(app): State<App>) -> Result<Json<SurveyList>, Problem> {
    let counts = surveys::counts(&mut *app.store().read().await?).await?;
    let snapshot = app.live().current();
    let live = &snapshot.assistant.content().surveys;
    let ids: BTreeSet<&String> =
        live.iter().map(|survey| &survey.id).chain(counts.iter().map(|counts| &counts.survey)).collect();
    let summary = |id: &String| {
        let counts = counts.iter().find(|counts| counts.survey == *id);
        summary(id, live.iter().find(|survey| survey.id == *id), counts.cloned().unwrap_or_default())
    };
    Ok(Json(SurveyList { data: ids.into_iter().map(summary).collect(), next_cursor: None }))
}

fn summary(id: &str, survey: Option<&Survey>, counts: Counts) -> SurveySummary {
    let Counts { survey: _, n_shown, n_answered, n_declined } = counts;
    SurveySummary {
        id: id.to_owned(),
        title: survey.map(|survey| chinese(&survey.title)).unwrap_or_default(),
        audience: survey.map(|survey| survey.audience.clone()).unwrap_or_default(),
        valid: survey.map(|survey| survey.valid),
        n_shown,
        n_answered,
        n_declined,
    }
}

fn chinese(texts: &Localised) -> String {
    pick(texts, &LanguageTag::zh_cn()).0.cloned().unwrap_or_default()
}

/// A survey that is or was held, with its counts.
async fn known(app: &App, tx: &mut dyn Transaction, id: &str) -> Result<(SurveySummary, Vec<SurveyQuestion>), Problem> {
    let counts = surveys::counts(tx).await?.into_iter().find(|counts| counts.survey == id);
    let snapshot = app.live().current();
    let survey = snapshot.assistant.content().surveys.iter().find(|survey| survey.id == id);
    if survey.is_none() && counts.is_none() {
        return Err(Code::NotFound.into());
    }
    let questions = survey.map(|survey| survey.questions.clone()).unwrap_or_default();
    Ok((summary(id, survey, counts.unwrap_or_default()), questions))
}

/// Texts of a question that are shown; a file of all has the rest.
const MOST_TEXTS: usize = 200;

/// Answers that are read at once.
const BATCH: i64 = 1_000;

/// Shows what was answered to a survey.
#[utoipa::path(
    get,
    path = "/editor/surveys/{id}/results",
    tag = "editors",
    params(("id" = String, Path, description = "The survey's id")),
    responses((status = 200, description = "Question by question", body = SurveyResults))
)]
pub async fn results(State(app): State<App>, Segment(id): Segment) -> Result<Json<SurveyResults>, Problem> {
    let mut tx = app.store().read().await?;
    let (survey, asked) = known(&app, &mut *tx, &id).await?;
    let mut tally = Tally { most_texts: MOST_TEXTS, ..Tally::default() };
    each(&mut *tx, &id, |answered| tally.add(answered.answers)).await?;
    let mut tallies = tally.questions;
    let mut questions: Vec<QuestionResults> =
        asked.iter().map(|question| of_question(question, tallies.remove(&question.id).unwrap_or_default())).collect();
    questions.extend(tallies.into_iter().map(|(id, tally)| of_tally(id, tally)));
    Ok(Json(SurveyResults { survey, questions }))
}

/// Reads all answers to a survey, the newest first.
async fn each(tx: &mut dyn Transaction, id: &str, mut take: impl FnMut(Answered)) -> Result<(), StoreError> {
    let mut last: Option<Answered> = None;
    loop {
        let batch = surveys::answers(tx, id, last.as_ref(), BATCH).await?;
        let Some(end) = batch.last().cloned() else { return Ok(()) };
        last = Some(end);
        batch.into_iter().for_each(&mut take);
    }
}

fn of_question(question: &SurveyQuestion, mut tally: QuestionTally) -> QuestionResults {
    let options = question.options.iter().map(|(value, label)| OptionResults {
        value: value.clone(),
        label: chinese(label),
        n: tally.options.remove(value).unwrap_or_default(),
    });
    let options: Vec<OptionResults> = options.collect();
    let mut results = of_tally(question.id.clone(), tally);
    results.options.splice(0..0, options);
    let is_scale = question.kind == SurveyQuestionKind::Scale;
    if is_scale && results.distribution.is_empty() {
        results.distribution = QuestionTally::default().distribution();
    }
    QuestionResults { kind: Some(question.kind), text: chinese(&question.text), ..results }
}

/// What was answered to a question, and options that it does not offer any more.
fn of_tally(id: String, tally: QuestionTally) -> QuestionResults {
    let (mean, distribution) = (tally.mean().map(rounded), tally.distribution());
    let options = tally.options.into_iter().map(|(value, n)| OptionResults { value, label: String::new(), n });
    QuestionResults {
        id,
        kind: None,
        text: String::new(),
        n: tally.n,
        options: options.collect(),
        mean,
        distribution: if tally.points.is_empty() { Vec::new() } else { distribution },
        texts: tally.texts,
    }
}

/// Writes all answers to a survey into a table: one customer a row, one question a column, options one a line.
#[utoipa::path(
    get,
    path = "/editor/surveys/{id}/export",
    tag = "editors",
    params(("id" = String, Path, description = "The survey's id")),
    responses((status = 200, description = "The table", body = Vec<u8>, content_type = "text/csv"))
)]
pub async fn export(State(app): State<App>, Segment(id): Segment) -> Result<impl IntoResponse, Problem> {
    let mut tx = app.store().read().await?;
    let (_, asked) = known(&app, &mut *tx, &id).await?;
    let mut all = Vec::new();
    each(&mut *tx, &id, |answered| all.push(answered)).await?;
    let mut columns: Vec<String> = asked.into_iter().map(|question| question.id).collect();
    let answered: BTreeSet<&String> = all.iter().flat_map(|answered| answered.answers.keys()).collect();
    let gone: Vec<String> = answered.into_iter().filter(|id| !columns.contains(id)).cloned().collect();
    columns.extend(gone);
    let header: Vec<String> =
        ["answered_at", "language", "revision"].map(str::to_owned).into_iter().chain(columns.iter().cloned()).collect();
    let rows = all.iter().map(|answered| row(answered, &columns));
    let bytes = csv_of(&header, rows).map_err(anyhow::Error::from)?;
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"survey.csv\"")),
    ];
    Ok((headers, bytes))
}

fn row(answered: &Answered, columns: &[String]) -> Vec<String> {
    let Answered { visitor: _, at, revision, language, answers } = answered;
    let cells = columns.iter().map(|column| answers.get(column).map(cell).unwrap_or_default());
    [at.to_string(), language.clone(), revision.clone()].into_iter().chain(cells).collect()
}

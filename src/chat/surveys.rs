//! Surveys in a conversation: which one its customer is shown, what they answer, that they do not want to.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::app::App;
use crate::chat::identifying::role_of;
use crate::chat::messages::{NotTaken, broken};
use crate::chat::notices::language;
use crate::desk::surveys::{AnswerFault, due, is_for, read_answers, shown_again};
use crate::dialogue::compose::Composer;
use crate::dialogue::state::DialogueState;
use crate::dialogue::switches::Switches;
use crate::knowledge::operator::{Survey, SurveyQuestionKind};
use crate::people::identity::CustomerRole;
use crate::people::secret::Digest;
use crate::store::conversations::Conversation;
use crate::store::database::Transaction;
use crate::store::error::StoreError;
use crate::store::surveys::{self, Answered, Shown};
use crate::text::language::LanguageTag;

/// A survey as its customer sees it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Survey)]
pub struct SurveyView {
    /// Its id.
    id: String,
    /// Its title.
    title: String,
    /// The language that it is in, as far as it is written in it.
    language: String,
    /// What is asked.
    questions: Vec<SurveyQuestionView>,
}

/// One question of a survey.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SurveyQuestion)]
pub struct SurveyQuestionView {
    /// Its name in answers.
    id: String,
    /// How it is answered.
    kind: SurveyQuestionKind,
    /// What is asked.
    text: String,
    /// What can be chosen.
    options: Vec<SurveyOptionView>,
}

/// Something that can be chosen.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SurveyOption)]
pub struct SurveyOptionView {
    /// Its name in answers.
    value: String,
    /// What it says.
    label: String,
}

/// Why a survey was not answered.
#[derive(Debug, thiserror::Error)]
pub enum NotAnswered {
    /// There is none, or none for this customer.
    #[error("there is no such survey")]
    Unknown,
    /// Nothing is answered.
    #[error("answer at least one question")]
    Nothing,
    /// Answers that cannot be.
    #[error("answers that cannot be")]
    Faults(Vec<AnswerFault>),
    /// They have answered it.
    #[error("it is answered already")]
    Again,
    /// The store or we cannot.
    #[error(transparent)]
    NotTaken(#[from] NotTaken),
}

impl From<StoreError> for NotAnswered {
    fn from(error: StoreError) -> Self {
        Self::NotTaken(error.into())
    }
}

/// What the digests of visitors are derived for.
const DOMAIN: &str = "yingda survey";

/// A customer in the store's words: by the shop's name of them where it is verified, and by the conversation.
struct Visitor {
    known_as: Digest,
    conversation: Digest,
}

impl Visitor {
    fn of(conversation: &Conversation) -> Self {
        let by_conversation = Digest::of(DOMAIN, &format!("conversation {}", conversation.id));
        let subject = conversation.subject.as_ref();
        let known_as = subject.map(|subject| Digest::of(DOMAIN, &format!("subject {subject}")));
        Self { known_as: known_as.unwrap_or_else(|| by_conversation.clone()), conversation: by_conversation }
    }

    async fn shown(&self, tx: &mut dyn Transaction) -> Result<Vec<Shown>, StoreError> {
        surveys::shown_to(tx, [self.known_as.as_str(), self.conversation.as_str()]).await
    }
}

/// Returns the names under which a conversation's customer is known to surveys: digests.
pub fn names_of(conversation: &Conversation) -> [String; 2] {
    let Visitor { known_as, conversation } = Visitor::of(conversation);
    [known_as.as_str().to_owned(), conversation.as_str().to_owned()]
}

/// Returns the survey that a conversation's customer should be shown now; asking counts as shown.
///
/// # Errors
/// Fails when the store does.
pub async fn ask(app: &App, conversation: &Conversation, now: Timestamp) -> Result<Option<SurveyView>, NotTaken> {
    let snapshot = app.live().current();
    let content = snapshot.assistant.content();
    let customer = role_of(conversation).map(CustomerRole::audience);
    if !content.surveys.iter().any(|survey| is_for(survey, customer, now)) {
        return Ok(None);
    }
    let visitor = Visitor::of(conversation);
    let shown = visitor.shown(&mut *app.store().read().await?).await?;
    let last_shown = |id: &str| shown.iter().find(|shown| shown.survey == id).map(|shown| shown.shown_at);
    let Some(survey) = due(&content.surveys, customer, last_shown, now) else { return Ok(None) };
    let mut tx = app.store().write().await?;
    let again = shown_again(survey, now);
    if !surveys::show(&mut *tx, &survey.id, visitor.known_as.as_str(), again, now).await? {
        // Somebody has asked for the same at the same time.
        return Ok(None);
    }
    tx.commit().await?;
    let language = language_of(conversation)?;
    let switches = Switches::default();
    Ok(Some(view(survey, &language, &Composer::new(content, &language, now, &switches))))
}

fn language_of(conversation: &Conversation) -> Result<LanguageTag, NotTaken> {
    let state: DialogueState = serde_json::from_str(&conversation.state).map_err(broken)?;
    Ok(language(conversation, &state))
}

fn view(survey: &Survey, language: &LanguageTag, composer: &Composer<'_>) -> SurveyView {
    let questions = survey.questions.iter().map(|question| SurveyQuestionView {
        id: question.id.clone(),
        kind: question.kind,
        text: composer.title(&question.text),
        options: question
            .options
            .iter()
            .map(|(value, label)| SurveyOptionView { value: value.clone(), label: composer.title(label) })
            .collect(),
    });
    SurveyView {
        id: survey.id.clone(),
        title: composer.title(&survey.title),
        language: language.to_string(),
        questions: questions.collect(),
    }
}

/// Keeps what a customer answers to a survey, once for each time that they are shown it.
///
/// # Errors
/// Fails as [`NotAnswered`] says; nothing is kept then.
pub async fn answer(
    app: &App,
    conversation: &Conversation,
    id: &str,
    given: &Map<String, Value>,
    now: Timestamp,
) -> Result<(), NotAnswered> {
    let snapshot = app.live().current();
    let survey = snapshot.assistant.content().surveys.iter().find(|survey| survey.id == id);
    let survey = survey.ok_or(NotAnswered::Unknown)?;
    let mut tx = app.store().write().await?;
    let (visitor, shown) = asked(&mut *tx, conversation, survey, now).await?;
    let answers = read_answers(survey, given).map_err(NotAnswered::Faults)?;
    if answers.is_empty() {
        return Err(NotAnswered::Nothing);
    }
    if shown.is_some_and(|shown| shown.answered_at.is_some()) {
        return Err(NotAnswered::Again);
    }
    let answered = Answered {
        visitor,
        at: now,
        revision: snapshot.assistant.revision().to_owned(),
        language: language_of(conversation)?.to_string(),
        answers,
    };
    if !surveys::answer(&mut *tx, id, &answered).await? {
        return Err(NotAnswered::Again);
    }
    Ok(tx.commit().await?)
}

/// Notes that a customer does not want to answer a survey.
///
/// # Errors
/// Fails as [`NotAnswered`] says.
pub async fn decline(app: &App, conversation: &Conversation, id: &str, now: Timestamp) -> Result<(), NotAnswered> {
    let snapshot = app.live().current();
    let survey = snapshot.assistant.content().surveys.iter().find(|survey| survey.id == id);
    let mut tx = app.store().write().await?;
    let (visitor, _) = asked(&mut *tx, conversation, survey.ok_or(NotAnswered::Unknown)?, now).await?;
    surveys::decline(&mut *tx, id, &visitor, now).await?;
    Ok(tx.commit().await?)
}

/// Under which digest a customer was shown a survey last, and when; whoever was not is known by their present one, where the
/// survey is for them.
async fn asked(
    tx: &mut dyn Transaction,
    conversation: &Conversation,
    survey: &Survey,
    now: Timestamp,
) -> Result<(String, Option<Shown>), NotAnswered> {
    let visitor = Visitor::of(conversation);
    let shown = visitor.shown(tx).await?.into_iter().find(|shown| shown.survey == survey.id);
    match shown {
        // Also a survey that ended meanwhile.
        Some(shown) => Ok((shown.visitor.clone(), Some(shown))),
        None if is_for(survey, role_of(conversation).map(CustomerRole::audience), now) => {
            Ok((visitor.known_as.as_str().to_owned(), None))
        }
        None => Err(NotAnswered::Unknown),
    }
}

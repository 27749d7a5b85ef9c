//! Which customer is meant, and what is kept of them.

use crate::desk::case::Case;
use crate::people::secret::Digest;
use crate::store::cases;
use crate::store::conversations::{self, Conversation};
use crate::store::database::Transaction;
use crate::store::error::StoreError;

/// By what a customer is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PersonKey {
    /// The shop's own name of them.
    Subject(String),
    /// One of their conversations.
    Conversation(String),
    /// One of their cases.
    Case(String),
}

/// What the digests of subjects in the audit are derived for.
const DOMAIN: &str = "yingda person";

/// Hexadecimal digits that tell customers apart.
const DIGITS: usize = 16;

impl PersonKey {
    /// Returns what the audit calls them: it outlasts an erasure, so of a subject it keeps a digest alone, by which one can tell
    /// whether a certain customer was erased.
    pub fn audited(&self) -> String {
        match self {
            PersonKey::Subject(subject) => {
                format!("subject:{}", &Digest::of(DOMAIN, subject).as_str()[..DIGITS])
            }
            PersonKey::Conversation(id) => id.clone(),
            PersonKey::Case(number) => number.clone(),
        }
    }
}

/// What is kept of a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The shop's own name of them, where it vouches for one.
    pub subject: Option<String>,
    /// Their conversations: of somebody whom nobody vouches for, one.
    pub conversations: Vec<Conversation>,
    /// Their cases.
    pub cases: Vec<Case>,
}

/// Finds a customer; who is known by a subject is found with all of it, whatever they are named by.
///
/// # Errors
/// Fails when the database does.
pub async fn find(tx: &mut dyn Transaction, key: &PersonKey) -> Result<Option<Person>, StoreError> {
    let person = match key {
        PersonKey::Subject(subject) => of_subject(tx, subject).await?,
        PersonKey::Conversation(id) => of_conversation(tx, id).await?,
        PersonKey::Case(number) => match cases::get(tx, number).await? {
            None => return Ok(None),
            Some(Case { subject: Some(subject), .. }) => of_subject(tx, &subject).await?,
            // Opened by hand, or its customer was erased: the case is all there is.
            Some(case) if case.conversation.is_empty() => {
                Person { subject: None, conversations: Vec::new(), cases: vec![case] }
            }
            Some(case) => of_conversation(tx, &case.conversation).await?,
        },
    };
    Ok(Some(person).filter(|person| !person.conversations.is_empty() || !person.cases.is_empty()))
}

/// Returns the cases of a customer as they are now.
///
/// # Errors
/// Fails when the database does.
pub(super) async fn cases_now(tx: &mut dyn Transaction, person: &Person) -> Result<Vec<Case>, StoreError> {
    let mut found = match &person.subject {
        Some(subject) => cases::of_subject(tx, subject).await?,
        None => Vec::new(),
    };
    for Conversation { id, .. } in &person.conversations {
        found.extend(cases::of_conversation(tx, id).await?);
    }
    for case in &person.cases {
        found.extend(cases::get(tx, &case.number).await?);
    }
    found.sort_by(|a, b| (a.opened_at, &a.number).cmp(&(b.opened_at, &b.number)));
    found.dedup_by(|a, b| a.number == b.number);
    Ok(found)
}

async fn of_subject(tx: &mut dyn Transaction, subject: &str) -> Result<Person, StoreError> {
    let conversations = conversations::of_subject(tx, subject).await?;
    Ok(Person { subject: Some(subject.to_owned()), conversations, cases: cases::of_subject(tx, subject).await? })
}

async fn of_conversation(tx: &mut dyn Transaction, id: &str) -> Result<Person, StoreError> {
    let conversation = conversations::get(tx, id).await?;
    let cases = cases::of_conversation(tx, id).await?;
    match vouched(conversation.as_ref(), &cases) {
        Some(subject) => of_subject(tx, &subject).await,
        None => Ok(Person { subject: None, conversations: conversation.into_iter().collect(), cases }),
    }
}

fn vouched(conversation: Option<&Conversation>, cases: &[Case]) -> Option<String> {
    let subjects = conversation.into_iter().map(|known| &known.subject).chain(cases.iter().map(|case| &case.subject));
    subjects.flatten().next().cloned()
}

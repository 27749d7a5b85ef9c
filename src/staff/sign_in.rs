//! Signing in and out. Unknown names, wrong passwords, wrong codes and shut accounts are one answer after the same work.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::config::PeopleConfig;
use crate::ids::secret_bytes;
use crate::people::account::Account;
use crate::people::account_name::fold;
use crate::people::audit::Action;
use crate::people::by::By;
use crate::people::credential::KeptSession;
use crate::people::password::Password;
use crate::people::secret::{Digest, SessionToken};
use crate::staff::failure::Failure;
use crate::staff::hashing::Hashing;
use crate::staff::proof::{Code, Counted, Origin, note_failure, use_code};
use crate::store::database::Transaction;
use crate::store::people::{accounts, sessions};
use crate::store::{Store, audit};

/// What somebody types to sign in.
#[derive(Clone)]
pub struct Typed {
    /// The name.
    pub name: String,
    /// The password.
    pub password: Password,
    /// The authenticator's code, or one of those on paper.
    pub code: Option<String>,
}

/// Without what people type: a password may stand in the wrong field.
impl fmt::Debug for Typed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Typed(hidden)")
    }
}

/// How far somebody has come who typed nothing wrong.
#[derive(Debug)]
pub enum Step {
    /// They are in.
    SignedIn(Box<SignedIn>),
    /// The authenticator's code is still needed.
    CodeNeeded,
}

/// A new session.
#[derive(Debug)]
pub struct SignedIn {
    /// Whose.
    pub account: Account,
    /// Its secret.
    pub token: SessionToken,
    /// What is kept of it.
    pub session: KeptSession,
}

/// Signs somebody in, with a new session.
///
/// # Errors
/// Fails when anything typed is wrong, too many attempts have failed, too many are checked at once, or the store does.
pub async fn sign_in(
    store: &Store,
    hashing: &Hashing,
    people: &PeopleConfig,
    typed: &Typed,
    origin: &Origin<'_>,
) -> Result<Step, Failure> {
    let counted = Counted::begin(store, &typed.name, origin).await?;
    let folded = fold(&typed.name);
    let known = accounts::by_name(&mut *store.read().await?, &folded).await?;
    let kept = known.as_ref().and_then(|account| account.password_hash.as_ref());
    let is_right = counted.verify(store, hashing, &typed.password, kept).await?;

    let mut tx = store.write().await?;
    accounts::turn(&mut *tx).await?;
    // As it is now: it may have been shut, or its password changed, while this one was checked.
    let account = accounts::by_name(&mut *tx, &folded).await?;
    match judge(account.as_ref(), is_right, known.as_ref(), typed, origin.now) {
        Judgement::Right { account, code } => {
            counted.succeed(&mut *tx).await?;
            let signed_in = begin_session(&mut *tx, &account, code, people, origin).await?;
            tx.commit().await?;
            Ok(Step::SignedIn(Box::new(signed_in)))
        }
        Judgement::CodeNeeded => {
            counted.take_back(&mut *tx).await?;
            tx.commit().await?;
            Ok(Step::CodeNeeded)
        }
        Judgement::Wrong(reason) => {
            note_failure(&mut *tx, account.as_ref(), &typed.name, reason, origin).await?;
            tx.commit().await?;
            Err(Failure::WrongProof)
        }
    }
}

enum Judgement {
    Right { account: Box<Account>, code: Option<Code> },
    CodeNeeded,
    Wrong(&'static str),
}

fn judge(
    account: Option<&Account>,
    is_right: bool,
    checked: Option<&Account>,
    typed: &Typed,
    now: Timestamp,
) -> Judgement {
    let Some(account) = account else { return Judgement::Wrong("unknown_name") };
    let is_same = checked.is_some_and(|checked| checked.password_hash == account.password_hash);
    if !is_right || !is_same {
        return Judgement::Wrong("wrong_password");
    }
    if account.disabled {
        return Judgement::Wrong("disabled");
    }
    let mut account = Box::new(account.clone());
    let Some(factor) = &mut account.totp else { return Judgement::Right { account, code: None } };
    let Some(code) = typed.code.as_deref().filter(|code| !code.trim().is_empty()) else { return Judgement::CodeNeeded };
    match use_code(factor, code, now) {
        Some(code) => Judgement::Right { account, code: Some(code) },
        None => Judgement::Wrong("wrong_code"),
    }
}

async fn begin_session(
    tx: &mut dyn Transaction,
    account: &Account,
    code: Option<Code>,
    people: &PeopleConfig,
    origin: &Origin<'_>,
) -> Result<SignedIn, Failure> {
    let now = origin.now;
    let session = KeptSession {
        account: account.id.clone(),
        created_at: now,
        seen_at: now,
        expires_at: now + SignedDuration::from_hours(people.session_hours.into()),
        totp_offered: None,
    };
    let token = SessionToken::new(secret_bytes()?);
    sessions::add(tx, &token.digest(), &session).await?;
    let actor = account.actor();
    let by = By { actor: &actor, address: Some(origin.address), now };
    if code.is_some() {
        accounts::put_secrets(tx, account).await?;
    }
    if code == Some(Code::Recovery) {
        let left = account.totp.as_ref().map_or(0, |factor| factor.recovery_codes.len());
        let event = by.event(Action::SecondFactorChanged, &account.id.0);
        audit::add(tx, event.after(json!({ "codes_on_paper_left": left }))).await?;
    }
    audit::add(tx, by.event(Action::SessionLogin, &account.id.0)).await?;
    Ok(SignedIn { account: account.clone(), token, session })
}

/// Ends a session.
///
/// # Errors
/// Fails when the store does.
pub async fn sign_out(store: &Store, account: &Account, session: &Digest, by: &By<'_>) -> Result<(), Failure> {
    let mut tx = store.write().await?;
    if sessions::end(&mut *tx, session).await? {
        audit::add(&mut *tx, by.event(Action::SessionEnded, &account.id.0)).await?;
    }
    Ok(tx.commit().await?)
}

//! What is kept of what somebody comes in with: sessions, API tokens, one-time links; and until when each counts.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::people::account::AccountId;
use crate::people::actor::Actor;
use crate::people::named::named;
use crate::people::role::Permission;
use crate::people::totp::TotpSecret;

/// A browser's session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptSession {
    /// Whose it is.
    pub account: AccountId,
    /// When its holder signed in.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub seen_at: Timestamp,
    /// When it ends whatever is done with it.
    pub expires_at: Timestamp,
    /// The secret of an authenticator that was shown in it and is not confirmed yet.
    pub totp_offered: Option<TotpSecret>,
}

/// How exactly it is known when a session or a token was last used: noting every use would cost a commit each.
const SEEN_TO: SignedDuration = SignedDuration::from_mins(1);

impl KeptSession {
    /// Says whether it has ended: its time is up, or nobody has used it for so long.
    pub fn is_over(&self, now: Timestamp, longest_idle: SignedDuration) -> bool {
        now >= self.expires_at || now.duration_since(self.seen_at) >= longest_idle
    }

    /// Says whether its use is to be noted.
    pub fn is_to_be_noted(&self, now: Timestamp) -> bool {
        now.duration_since(self.seen_at) >= SEEN_TO
    }
}

/// A program's access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptToken {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What it may do.
    pub scopes: BTreeSet<Permission>,
    /// The departments whose customers and cases it sees; empty for all.
    pub departments: BTreeSet<String>,
    /// The id of whoever made it.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// When somebody ended it.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub used_at: Option<Timestamp>,
}

impl KeptToken {
    /// Says whether it has ended.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.revoked_at.is_some() || self.expires_at.is_some_and(|end| now >= end)
    }

    /// Says whether its use is to be noted.
    pub fn is_to_be_noted(&self, now: Timestamp) -> bool {
        self.used_at.is_none_or(|used| now.duration_since(used) >= SEEN_TO)
    }

    /// Returns the program behind it as an actor.
    pub fn actor(&self) -> Actor {
        Actor::token(&self.id, &self.name, self.scopes.clone(), self.departments.clone())
    }
}

named! {
    /// What a one-time link is good for.
    pub enum LinkPurpose {
        /// Makes the first account, an administrator's.
        FirstAdmin = "first_admin",
        /// Sets the first password of an account.
        Invitation = "invitation",
        /// Sets another password.
        Reset = "reset",
    }
}

/// A one-time link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptLink {
    /// What it is good for.
    pub purpose: LinkPurpose,
    /// For whom; nobody's for the first account.
    pub account: Option<AccountId>,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_session_ends_when_its_time_is_up_or_nobody_uses_it() {
        let idle = SignedDuration::from_secs(3600);
        for (seen, now, over, noted) in [
            (0, 0, false, false),
            (0, 59, false, false),
            (0, 60, false, true),
            (0, 3599, false, true),
            (0, 3600, true, true),
            (43_100, 43_199, false, true),
            (43_199, 43_200, true, false),
            (100, 0, false, false), // the clock was set back
        ] {
            let session = KeptSession {
                account: AccountId("user_1".to_owned()),
                created_at: at(0),
                seen_at: at(seen),
                expires_at: at(43_200),
                totp_offered: None,
            };
            let found = (session.is_over(at(now), idle), session.is_to_be_noted(at(now)));
            assert_eq!(found, (over, noted), "seen at {seen}, now {now}");
        }
    }

    #[test]
    fn a_token_ends_at_its_time_or_when_it_is_revoked() {
        let token = KeptToken {
            id: "token_1".to_owned(),
            name: "商城".to_owned(),
            scopes: BTreeSet::from([Permission::Ask]),
            departments: BTreeSet::new(),
            created_by: "user_1".to_owned(),
            created_at: at(0),
            expires_at: None,
            revoked_at: None,
            used_at: None,
        };
        assert!(!token.is_over(at(1_000_000)) && token.is_to_be_noted(at(0)));
        let ending = KeptToken { expires_at: Some(at(10)), used_at: Some(at(5)), ..token.clone() };
        assert!(!ending.is_over(at(9)) && ending.is_over(at(10)));
        assert!(!ending.is_to_be_noted(at(64)) && ending.is_to_be_noted(at(65)));
        assert!(KeptToken { revoked_at: Some(at(0)), ..token.clone() }.is_over(at(0)));
        assert!(token.actor().may(Permission::Ask) && !token.actor().may(Permission::PeopleManage));
    }
}

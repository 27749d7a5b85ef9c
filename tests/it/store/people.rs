//! People in the store: accounts under versions and one turn, sessions, tokens, links that are good once, attempts that are
//! all counted.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::SignedDuration;
use yingda::people::account::{Account, AccountId, SecondFactor};
use yingda::people::account_name::AccountName;
use yingda::people::actor::Actor;
use yingda::people::audit::{Action, AuditEvent};
use yingda::people::credential::{KeptLink, KeptSession, KeptToken, LinkPurpose};
use yingda::people::lockout::{Attempts, failed};
use yingda::people::password::PasswordHash;
use yingda::people::role::{Permission, Role};
use yingda::people::secret::Digest;
use yingda::people::totp::TotpSecret;
use yingda::store::audit::{self, Filter};
use yingda::store::error::StoreError;
use yingda::store::people::{accounts, attempts, links, names, sessions, tokens};
use yingda::store::{Store, backup};

use super::{Place, at, on_both};

fn account(name: &str) -> Account {
    Account {
        id: AccountId(format!("user_{name}")),
        name: AccountName::parse(name).unwrap(),
        display_name: "李小龙 O'Brien 😀".to_owned(),
        roles: BTreeSet::from([Role::Agent, Role::Senior]),
        departments: BTreeSet::from(["risk".to_owned(), "退款".to_owned()]),
        password_hash: None,
        totp: None,
        disabled: false,
        created_at: at(0),
        version: 1,
    }
}

fn digest(of: &str) -> Digest {
    Digest::of("test", of)
}

async fn added(store: &Store, accounts_to_add: &[Account]) {
    let mut tx = store.write().await.unwrap();
    for account in accounts_to_add {
        accounts::add(&mut *tx, account).await.unwrap();
    }
    tx.commit().await.unwrap();
}

#[test]
fn an_account_comes_back_as_it_went_in_and_has_one_name() {
    on_both(|place| async move {
        let store = place.open().await;
        assert!(!accounts::any(&mut *store.read().await.unwrap()).await.unwrap());
        let (ann, bob) = (account("ann"), account("bob"));
        added(&store, &[bob.clone(), ann.clone()]).await;
        let mut tx = store.read().await.unwrap();
        assert_eq!(accounts::get(&mut *tx, &ann.id).await.unwrap(), Some(ann.clone()));
        assert_eq!(accounts::by_name(&mut *tx, "bob").await.unwrap(), Some(bob.clone()));
        for nobody in ["", "carl", "a\0b", "ann' OR 1=1 --"] {
            assert_eq!(accounts::by_name(&mut *tx, nobody).await.unwrap(), None, "{nobody:?}");
        }
        assert_eq!(accounts::list(&mut *tx).await.unwrap(), [ann, bob]);
        assert!(accounts::any(&mut *tx).await.unwrap());
        drop(tx);
        let mut tx = store.write().await.unwrap();
        let taken = Account { id: AccountId("user_other".to_owned()), ..account("ann") };
        assert!(matches!(accounts::add(&mut *tx, &taken).await, Err(StoreError::Conflict)));
    });
}

#[test]
fn a_change_of_an_older_version_is_refused() {
    on_both(|place| async move {
        let store = place.open().await;
        let ann = account("ann");
        added(&store, &[ann.clone(), account("bob")]).await;
        let mut tx = store.write().await.unwrap();
        let changed = Account { roles: BTreeSet::from([Role::Admin]), disabled: true, ..ann.clone() };
        assert_eq!(accounts::change(&mut *tx, &changed).await.unwrap(), 2);
        assert!(matches!(accounts::change(&mut *tx, &changed).await, Err(StoreError::Conflict)));
        let stored = accounts::get(&mut *tx, &ann.id).await.unwrap().unwrap();
        assert_eq!(stored, Account { version: 2, ..changed });
        // Secrets come and go without a new version.
        let totp = SecondFactor {
            secret: TotpSecret::new(*b"moss on forty steps."),
            last_step: Some(59_000_000),
            recovery_codes: vec![digest("1"), digest("2")],
        };
        let hash = PasswordHash::from_stored("$argon2id$moss".to_owned());
        let with_secrets = Account { password_hash: Some(hash), totp: Some(totp), ..stored.clone() };
        accounts::put_secrets(&mut *tx, &with_secrets).await.unwrap();
        assert_eq!(accounts::get(&mut *tx, &ann.id).await.unwrap(), Some(with_secrets));
        accounts::put_secrets(&mut *tx, &stored).await.unwrap();
        assert_eq!(accounts::get(&mut *tx, &ann.id).await.unwrap(), Some(stored));
        let unknown = account("carl");
        assert!(matches!(accounts::change(&mut *tx, &unknown).await, Err(StoreError::Conflict)));
    });
}

#[test]
fn of_two_who_would_shut_one_another_out_the_second_sees_what_the_first_did() {
    on_both(|place| async move {
        let store = Arc::new(place.open().await);
        let admins: Vec<Account> = ["ann", "bob"]
            .map(|name| Account {
                roles: BTreeSet::from([Role::Admin]),
                password_hash: Some(PasswordHash::from_stored("$argon2id$moss".to_owned())),
                ..account(name)
            })
            .into();
        added(&store, &admins).await;
        let shut = |victim: Account| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let mut tx = store.write().await.unwrap();
                accounts::turn(&mut *tx).await.unwrap();
                let all = accounts::list(&mut *tx).await.unwrap();
                let changed = Account { disabled: true, ..victim };
                if yingda::people::account::check_change(&all, &changed).is_err() {
                    return false;
                }
                accounts::change(&mut *tx, &changed).await.unwrap();
                tx.commit().await.unwrap();
                true
            })
        };
        let (one, other) = (shut(admins[0].clone()), shut(admins[1].clone()));
        assert_ne!(one.await.unwrap(), other.await.unwrap(), "one of them stays");
    });
}

#[test]
fn a_session_is_found_with_its_account_as_that_is_now() {
    on_both(|place| async move {
        let store = place.open().await;
        let ann = account("ann");
        added(&store, &[ann.clone(), account("bob")]).await;
        let session = |account: &Account| KeptSession {
            account: account.id.clone(),
            created_at: at(0),
            seen_at: at(0),
            expires_at: at(43_200),
            totp_offered: None,
        };
        let mut tx = store.write().await.unwrap();
        for (secret, whose) in [("a1", &ann), ("a2", &ann), ("a3", &ann), ("b1", &account("bob"))] {
            sessions::add(&mut *tx, &digest(secret), &session(whose)).await.unwrap();
        }
        let changed = Account { roles: BTreeSet::from([Role::Viewer]), ..ann.clone() };
        accounts::change(&mut *tx, &changed).await.unwrap();
        sessions::note_use(&mut *tx, &digest("a1"), at(90)).await.unwrap();
        sessions::note_use(&mut *tx, &digest("a1"), at(80)).await.unwrap();
        let secret = TotpSecret::new(*b"moss on forty steps.");
        sessions::offer_totp(&mut *tx, &digest("a1"), Some(&secret)).await.unwrap();
        let (kept, account) = sessions::find(&mut *tx, &digest("a1")).await.unwrap().unwrap();
        assert_eq!((kept.seen_at, kept.totp_offered.clone()), (at(90), Some(secret)));
        assert_eq!(account, Account { version: 2, ..changed });
        sessions::offer_totp(&mut *tx, &digest("a1"), None).await.unwrap();
        assert!(sessions::find(&mut *tx, &digest("a9")).await.unwrap().is_none());

        assert!(sessions::end(&mut *tx, &digest("a2")).await.unwrap());
        assert!(!sessions::end(&mut *tx, &digest("a2")).await.unwrap());
        assert_eq!(sessions::end_others(&mut *tx, &ann.id, &digest("a1")).await.unwrap(), 1);
        assert!(sessions::find(&mut *tx, &digest("a1")).await.unwrap().is_some());
        assert_eq!(sessions::end_all(&mut *tx, &ann.id).await.unwrap(), 1);
        assert!(sessions::find(&mut *tx, &digest("b1")).await.unwrap().is_some(), "other people's stay");
    });
}

#[test]
fn a_token_is_found_by_its_secret_and_revoked_once() {
    on_both(|place| async move {
        let store = place.open().await;
        let token = |id: &str, seconds: i64| KeptToken {
            id: id.to_owned(),
            name: "商城".to_owned(),
            scopes: BTreeSet::from([Permission::Ask, Permission::ContentRead]),
            departments: BTreeSet::from(["risk".to_owned()]),
            created_by: "user_ann".to_owned(),
            created_at: at(seconds),
            expires_at: (seconds > 0).then(|| at(1_000)),
            revoked_at: None,
            used_at: None,
        };
        let mut tx = store.write().await.unwrap();
        tokens::add(&mut *tx, &digest("one"), &token("token_1", 0)).await.unwrap();
        tokens::add(&mut *tx, &digest("two"), &token("token_2", 1)).await.unwrap();
        assert_eq!(tokens::find(&mut *tx, &digest("one")).await.unwrap(), Some(token("token_1", 0)));
        assert_eq!(tokens::get(&mut *tx, "token_2").await.unwrap(), Some(token("token_2", 1)));
        assert_eq!(tokens::find(&mut *tx, &digest("three")).await.unwrap(), None);
        assert_eq!(tokens::get(&mut *tx, "token\0").await.unwrap(), None);
        tokens::note_use(&mut *tx, "token_1", at(60)).await.unwrap();
        tokens::note_use(&mut *tx, "token_1", at(50)).await.unwrap();
        assert!(tokens::revoke(&mut *tx, "token_1", at(70)).await.unwrap());
        assert!(!tokens::revoke(&mut *tx, "token_1", at(80)).await.unwrap());
        assert!(!tokens::revoke(&mut *tx, "token_9", at(80)).await.unwrap());
        let ended = KeptToken { used_at: Some(at(60)), revoked_at: Some(at(70)), ..token("token_1", 0) };
        assert_eq!(tokens::list(&mut *tx).await.unwrap(), [token("token_2", 1), ended]);
        let closed = Account { disabled: true, ..account("bob") };
        accounts::add(&mut *tx, &closed).await.unwrap();
        let named = names::list(&mut *tx).await.unwrap();
        let named: Vec<(&str, &str)> = named.iter().map(|of| (of.id.as_str(), of.display_name.as_str())).collect();
        let called = "李小龙 O'Brien 😀";
        assert_eq!(
            named,
            [("token_1", "商城"), ("token_2", "商城"), ("user_bob", called)],
            "also those that have ended"
        );
    });
}

#[test]
fn a_link_is_good_once_and_until_the_next_one() {
    on_both(|place| async move {
        let store = Arc::new(place.open().await);
        added(&store, &[account("ann"), account("bob")]).await;
        let link = |purpose: LinkPurpose, account: Option<&str>| KeptLink {
            purpose,
            account: account.map(|name| AccountId(format!("user_{name}"))),
            expires_at: at(100),
        };
        let mut tx = store.write().await.unwrap();
        for (secret, one) in [
            ("first", link(LinkPurpose::FirstAdmin, None)),
            ("second", link(LinkPurpose::FirstAdmin, None)),
            ("ann", link(LinkPurpose::Invitation, Some("ann"))),
            ("ann again", link(LinkPurpose::Reset, Some("ann"))),
            ("bob", link(LinkPurpose::Reset, Some("bob"))),
        ] {
            links::replace(&mut *tx, &digest(secret), &one).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut tx = store.write().await.unwrap();
        for dead in ["first", "ann", "never"] {
            assert_eq!(links::take(&mut *tx, &digest(dead), at(0)).await.unwrap(), None, "{dead}");
        }
        assert_eq!(links::take(&mut *tx, &digest("bob"), at(100)).await.unwrap(), None, "it has ended");
        let found = links::find(&mut *tx, &digest("second"), at(99)).await.unwrap();
        assert_eq!(found, Some(link(LinkPurpose::FirstAdmin, None)));
        links::end_all(&mut *tx, &AccountId("user_bob".to_owned())).await.unwrap();
        assert_eq!(links::find(&mut *tx, &digest("bob"), at(0)).await.unwrap(), None);
        tx.commit().await.unwrap();
        // Ten at once with the same link: one gets it.
        let attempts: Vec<_> = (0..10)
            .map(|_| {
                let store = Arc::clone(&store);
                tokio::spawn(async move {
                    let mut tx = store.write().await.unwrap();
                    let taken = links::take(&mut *tx, &digest("ann again"), at(0)).await.unwrap();
                    tx.commit().await.unwrap();
                    taken
                })
            })
            .collect();
        let mut taken = Vec::new();
        for attempt in attempts {
            taken.extend(attempt.await.unwrap());
        }
        assert_eq!(taken, [link(LinkPurpose::Reset, Some("ann"))]);
    });
}

#[test]
fn attempts_at_the_same_time_are_all_counted() {
    on_both(|place| async move {
        let store = Arc::new(place.open().await);
        let tries: Vec<_> = (0..40)
            .map(|_| {
                let store = Arc::clone(&store);
                tokio::spawn(async move {
                    let mut tx = store.write().await.unwrap();
                    let so_far = attempts::hold(&mut *tx, "name:x").await.unwrap();
                    attempts::put(&mut *tx, "name:x", &failed(so_far, at(5))).await.unwrap();
                    tx.commit().await.unwrap();
                })
            })
            .collect();
        for one in tries {
            one.await.unwrap();
        }
        let mut tx = store.write().await.unwrap();
        assert_eq!(attempts::hold(&mut *tx, "name:x").await.unwrap(), Attempts { n: 40, last: at(5) });
        attempts::take_back(&mut *tx, "name:x").await.unwrap();
        assert_eq!(attempts::hold(&mut *tx, "name:x").await.unwrap().n, 39);
        assert_eq!(attempts::hold(&mut *tx, "name:y").await.unwrap().n, 0);
        attempts::take_back(&mut *tx, "name:y").await.unwrap();
        assert_eq!(attempts::hold(&mut *tx, "name:y").await.unwrap().n, 0);
        attempts::forget(&mut *tx, "name:x").await.unwrap();
        assert_eq!(attempts::hold(&mut *tx, "name:x").await.unwrap().n, 0);
        assert_eq!(attempts::forget_before(&mut *tx, at(0) + SignedDuration::from_hours(1)).await.unwrap(), 2);
    });
}

#[test]
fn the_audit_is_searched_and_verified() {
    on_both(|place| async move {
        let store = place.open().await;
        let mut tx = store.write().await.unwrap();
        assert_eq!(audit::verify_all(&mut *tx).await.unwrap().unwrap().seq, 0);
        for number in 0..2_500 {
            let actor = Actor::command_line(if number % 2 == 0 { "ann" } else { "bob" });
            let action = if number % 5 == 0 { Action::UserChanged } else { Action::EntryEdited };
            let event = AuditEvent::new(at(number), &actor, action, &format!("subject-{}", number % 10));
            audit::add(&mut *tx, event).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut tx = store.write().await.unwrap();
        let head = audit::verify_all(&mut *tx).await.unwrap().unwrap();
        assert_eq!((head.seq, head), (2_500, audit::head(&mut *tx).await.unwrap()));
        let filter = Filter {
            actor: Some("ann".to_owned()),
            action: Some(Action::UserChanged),
            subject: Some("subject-0".to_owned()),
            from: Some(at(100)),
            until: Some(at(141)),
        };
        let found = audit::find(&mut *tx, &filter, None, 10).await.unwrap();
        assert_eq!(found.iter().map(|record| record.seq).collect::<Vec<_>>(), [141, 131, 121, 111, 101]);
        let before = audit::find(&mut *tx, &filter, Some(121), 1).await.unwrap();
        assert_eq!(before.iter().map(|record| record.seq).collect::<Vec<_>>(), [111]);
        let injected = Filter { actor: Some("' OR '1'='1".to_owned()), ..Filter::default() };
        assert!(audit::find(&mut *tx, &injected, None, 10).await.unwrap().is_empty());
        assert_eq!(audit::find(&mut *tx, &Filter::default(), None, 3).await.unwrap().len(), 3);
        // Whoever leaves the newest lines out does not change what was written down of the last one.
        let sql = "UPDATE audit_head SET seq = seq + 1, hash = 'x' WHERE id = 1";
        tx.execute(sql, &[]).await.unwrap();
        assert_eq!(audit::verify_all(&mut *tx).await.unwrap().unwrap_err().seq, 2_501);
    });
}

#[test]
fn a_backup_brings_people_back_and_leaves_their_sessions_behind() {
    on_both(|place| async move {
        let store = place.open().await;
        let ann =
            Account { password_hash: Some(PasswordHash::from_stored("$argon2id$moss".to_owned())), ..account("ann") };
        added(&store, &[ann.clone(), account("bob")]).await;
        let mut tx = store.write().await.unwrap();
        let session = KeptSession {
            account: ann.id.clone(),
            created_at: at(0),
            seen_at: at(0),
            expires_at: at(10),
            totp_offered: None,
        };
        sessions::add(&mut *tx, &digest("a"), &session).await.unwrap();
        tx.commit().await.unwrap();
        let mut bytes = Vec::new();
        backup::write(&store, &mut bytes).await.unwrap();
        let other = Place::embedded();
        let restored = other.open().await;
        backup::restore(&restored, bytes.as_slice()).await.unwrap();
        let mut tx = restored.write().await.unwrap();
        accounts::turn(&mut *tx).await.unwrap();
        assert_eq!(accounts::list(&mut *tx).await.unwrap(), [ann, account("bob")]);
        assert!(sessions::find(&mut *tx, &digest("a")).await.unwrap().is_none());
    });
}

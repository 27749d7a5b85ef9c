//! Was the audit changed afterwards? Each line holds the hash of the one before it, so that none can be altered, taken
//! out or put between without all later ones giving it away.
//!
//! Whoever can write every line can also compute a chain anew, or leave the newest lines out: against that, the head is
//! to be kept elsewhere from time to time and handed to `verify`.

use serde_json::Value;
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::people::audit::AuditEvent;

/// A line of the audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRecord {
    /// Its number; without gaps, from 1.
    pub seq: u64,
    /// What happened.
    pub event: AuditEvent,
    /// The hash of the line before it.
    pub previous_hash: String,
    /// The hash of this line.
    pub hash: String,
}

/// Where a chain ends, or a page of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The number of the last line; 0 before the first.
    pub seq: u64,
    /// Its hash.
    pub hash: String,
}

/// The chain does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the audit does not hold from line {seq} on: it or a line before it was changed, taken out or put in")]
pub struct Broken {
    /// The first line that does not follow from the one before it.
    pub seq: u64,
}

impl Head {
    /// Returns the head of a chain without lines.
    pub fn start() -> Self {
        Self { seq: 0, hash: "0".repeat(64) }
    }

    /// Returns the next line of the chain.
    pub fn append(&self, event: AuditEvent) -> AuditRecord {
        let seq = self.seq.saturating_add(1);
        let hash = chain(&self.hash, seq, &event);
        AuditRecord { seq, event, previous_hash: self.hash.clone(), hash }
    }
}

impl From<&AuditRecord> for Head {
    fn from(record: &AuditRecord) -> Self {
        Self { seq: record.seq, hash: record.hash.clone() }
    }
}

/// Verifies lines that follow a head, in order, and returns the head after them: pages are verified one by one.
pub fn verify<'a>(from: Head, records: impl IntoIterator<Item = &'a AuditRecord>) -> Result<Head, Broken> {
    records.into_iter().try_fold(from, |head, record| {
        let follows = head.seq.checked_add(1) == Some(record.seq) && record.previous_hash == head.hash;
        let holds = follows && record.hash == chain(&head.hash, record.seq, &record.event);
        if holds { Ok(Head::from(record)) } else { Err(Broken { seq: record.seq }) }
    })
}

/// Returns the hash of a line: SHA-256 over the hash before it, its number and every field, each with its length.
pub fn chain(previous_hash: &str, seq: u64, event: &AuditEvent) -> String {
    // All fields are named here, so that a new one cannot be left out of the hash.
    let AuditEvent { at, actor, actor_kind, action, subject, before, after, address } = event;
    let mut line = Line(Sha256::new());
    line.text("yingda audit 1");
    line.text(previous_hash);
    line.bytes(&seq.to_be_bytes());
    line.bytes(&at.as_millisecond().to_be_bytes());
    line.text(actor);
    line.text(actor_kind.name());
    line.text(action.name());
    line.text(subject);
    line.optional(before.as_ref(), |line, value| line.json(value.as_value()));
    line.optional(after.as_ref(), |line, value| line.json(value.as_value()));
    line.optional(address.as_ref(), |line, address| line.text(address));
    line.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A serialisation that only one event has: lengths before contents, marks before what may be missing, keys in order.
struct Line(Sha256);

impl Line {
    fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.0.update(bytes);
    }

    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    fn count(&mut self, n: usize) {
        self.0.update((n as u64).to_be_bytes());
    }

    fn mark(&mut self, mark: u8) {
        self.0.update([mark]);
    }

    fn optional<T>(&mut self, part: Option<&T>, write: impl Fn(&mut Self, &T)) {
        self.mark(u8::from(part.is_some()));
        if let Some(part) = part {
            write(self, part);
        }
    }

    fn json(&mut self, value: &Value) {
        match value {
            Value::Null => self.mark(b'n'),
            Value::Bool(false) => self.mark(b'f'),
            Value::Bool(true) => self.mark(b't'),
            Value::Number(number) => {
                self.mark(b'#');
                self.text(&number.to_string());
            }
            Value::String(text) => {
                self.mark(b'"');
                self.text(text);
            }
            Value::Array(items) => {
                self.mark(b'[');
                self.count(items.len());
                items.iter().for_each(|item| self.json(item));
            }
            Value::Object(fields) => {
                self.mark(b'{');
                self.count(fields.len());
                // Stores and readers may keep keys in another order.
                let mut sorted: Vec<(&String, &Value)> = fields.iter().collect();
                sorted.sort_by_key(|(key, _)| *key);
                for (key, value) in sorted {
                    self.text(key);
                    self.json(value);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::people::actor::{Actor, ActorKind};
    use crate::people::audit::Action;
    use crate::people::redacted::Redacted;

    fn event(subject: &str) -> AuditEvent {
        let at = Timestamp::from_second(1_800_000_000).unwrap();
        AuditEvent::new(at, &Actor::command_line("root"), Action::EntryEdited, subject)
    }

    fn chain_of(events: impl IntoIterator<Item = AuditEvent>) -> Vec<AuditRecord> {
        let mut head = Head::start();
        let append = |event| {
            let record = head.append(event);
            head = Head::from(&record);
            record
        };
        events.into_iter().map(append).collect()
    }

    fn verify_all(records: &[AuditRecord]) -> Result<Head, Broken> {
        verify(Head::start(), records)
    }

    #[test]
    fn every_field_is_in_the_hash() {
        let full = event("account-register").before(json!({"a": 1})).after(json!({"a": 2})).at_address("203.0.113.9");
        let changed = [
            AuditEvent { at: Timestamp::from_millisecond(1_800_000_000_001).unwrap(), ..full.clone() },
            AuditEvent { actor: "roo".to_owned(), ..full.clone() },
            AuditEvent { actor_kind: ActorKind::User, ..full.clone() },
            AuditEvent { action: Action::EntryDeleted, ..full.clone() },
            AuditEvent { subject: "account-verify".to_owned(), ..full.clone() },
            AuditEvent { before: None, ..full.clone() },
            AuditEvent { after: full.before.clone(), ..full.clone() },
            AuditEvent { before: full.after.clone(), after: full.before.clone(), ..full.clone() },
            AuditEvent { before: None, after: full.before.clone(), ..full.clone() },
            AuditEvent { address: None, ..full.clone() },
            AuditEvent { address: Some(String::new()), ..full.clone() },
        ];
        let hash = chain("0", 1, &full);
        assert!(changed.iter().all(|event| chain("0", 1, event) != hash));
        assert_ne!(chain("1", 1, &full), hash);
        assert_ne!(chain("0", 2, &full), hash);
    }

    #[test]
    fn values_that_look_alike_have_hashes_of_their_own() {
        let values = [
            json!(null),
            json!(false),
            json!(0),
            json!(""),
            json!("0"),
            json!([]),
            json!([[]]),
            json!({}),
            json!([1, 2]),
            json!([12]),
            json!(["1", "2"]),
            json!(["12", ""]),
            json!({"a": "b"}),
            json!(["a", "b"]),
            json!({"ab": ""}),
            json!({"a": {"b": 1}, "c": 2}),
            json!({"a": {"b": 1, "c": 2}}),
        ];
        let hashes: Vec<String> = values.iter().map(|value| chain("", 1, &event("x").after(value.clone()))).collect();
        for (n, hash) in hashes.iter().enumerate() {
            assert!(!hashes[..n].contains(hash), "{}", values[n]);
        }
        assert!(!hashes.contains(&chain("", 1, &event("x"))), "null is there, nothing is not");
    }

    #[test]
    fn a_chain_holds_until_somebody_touches_it() {
        let whole = chain_of((0..6).map(|n| event(&format!("entry-{n}"))));
        assert_eq!(verify_all(&whole), Ok(Head::from(&whole[5])));
        assert_eq!(verify_all(&[]), Ok(Head::start()));

        let mut changed = whole.clone();
        changed[2].event.subject = "another".to_owned();
        assert_eq!(verify_all(&changed), Err(Broken { seq: 3 }));

        changed[2].hash = chain(&changed[2].previous_hash, 3, &changed[2].event);
        assert_eq!(verify_all(&changed), Err(Broken { seq: 4 }), "the next line gives it away");

        let mut unlinked = whole.clone();
        unlinked[3].previous_hash = whole[1].hash.clone();
        assert_eq!(verify_all(&unlinked), Err(Broken { seq: 4 }));

        let mut shorter = whole.clone();
        shorter.remove(1);
        assert_eq!(verify_all(&shorter), Err(Broken { seq: 3 }));

        let mut swapped = whole.clone();
        swapped.swap(1, 2);
        assert_eq!(verify_all(&swapped), Err(Broken { seq: 3 }));

        assert_eq!(verify_all(&whole[1..]), Err(Broken { seq: 2 }));
    }

    #[test]
    fn pages_are_verified_one_after_the_other() {
        let whole = chain_of((0..6).map(|n| event(&format!("entry-{n}"))));
        let middle = verify_all(&whole[..3]).unwrap();
        assert_eq!(verify(middle, &whole[3..]), Ok(Head::from(&whole[5])));
    }

    proptest! {
        #[test]
        fn a_byte_moved_between_fields_changes_the_hash(parts in prop::array::uniform4("[a0\"\u{e9}\u{5b57}]{0,4}"), n in 1_usize..4, from_front in any::<bool>()) {
            let hash_of = |parts: &[String; 4]| {
                let mut event = event(&parts[1]).after(json!({ parts[2].as_str(): parts[3] }));
                event.actor.clone_from(&parts[0]);
                event.address = Some("a".to_owned());
                chain("", 1, &event)
            };
            let mut moved = parts.clone();
            let (left, right) = moved.split_at_mut(n);
            let (left, right) = (&mut left[n - 1], &mut right[0]);
            if from_front && !right.is_empty() {
                left.push(right.remove(0));
            } else if let Some(c) = left.pop() {
                right.insert(0, c);
            }
            prop_assert_eq!(hash_of(&moved) == hash_of(&parts), moved == parts);
        }

        #[test]
        fn the_hash_survives_being_stored_as_json(key in "\\PC{0,6}", text in "\\PC{0,10}", whole in any::<i64>(), number in any::<f64>()) {
            let event = event("x").before(json!({ key: [text, whole, number, null, true] }));
            let stored = serde_json::to_string(&event).unwrap();
            let read: AuditEvent = serde_json::from_str(&stored).unwrap();
            prop_assert_eq!(chain("", 1, &read), chain("", 1, &event));
        }

        #[test]
        fn any_line_that_is_altered_is_found(subjects in prop::collection::vec("[a-c]{0,3}", 1..8), at in any::<prop::sample::Index>(), now in "[a-c]{0,3}") {
            let mut records = chain_of(subjects.iter().map(|subject| event(subject)));
            let at = at.index(records.len());
            let was = std::mem::replace(&mut records[at].event.subject, now.clone());
            let found = verify_all(&records);
            prop_assert_eq!(found.is_ok(), was == now);
            if let Err(broken) = found {
                prop_assert_eq!(broken.seq, at as u64 + 1);
            }
        }
    }

    #[test]
    fn keys_may_be_kept_in_any_order() {
        let one: Redacted = serde_json::from_str(r#"{"a": 1, "b": 2}"#).unwrap();
        let other: Redacted = serde_json::from_str(r#"{"b": 2, "a": 1}"#).unwrap();
        let hash_of = |value: Redacted| chain("", 1, &AuditEvent { after: Some(value), ..event("x") });
        assert_eq!(hash_of(one), hash_of(other));
    }
}

//! A conversation that nobody keeps: for the terminal, labelled dialogues and tests. The same core; orders are those of the sample
//! table, cases live as long as the conversation.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::assistant::converse::{ConversationTurn, Conversed};
use crate::assistant::turn::Message;
use crate::desk::case::promise_about;
use crate::desk::case_number::case_number;
use crate::desk::transactions::look_up;
use crate::dialogue::effects::{Act, CaseDraft, CaseLookup, CaseStatus, Effect, Inquiry, Known};
use crate::dialogue::state::DialogueState;
use crate::knowledge::intent::CaseKind;
use crate::snapshot::Snapshot;

/// A conversation with its cases.
#[derive(Debug, Default)]
pub struct Rehearsal {
    /// What is remembered.
    pub state: DialogueState,
    cases: BTreeMap<String, CaseDraft>,
    counts: BTreeMap<CaseKind, u64>,
}

impl Rehearsal {
    /// Takes a message.
    pub fn say(&mut self, snapshot: &Snapshot, message: &Message<'_>, now: Timestamp) -> Box<ConversationTurn> {
        let mut known = Known::default();
        loop {
            match snapshot.converse(&self.state, message, &hidden, &known, now) {
                Conversed::Needs(effect) => self.find_out(snapshot, effect, &mut known, now),
                Conversed::Turn(turn) => {
                    self.state = turn.state.clone();
                    for act in &turn.acts {
                        if let Act::Open { number, draft } = act {
                            self.cases.insert(number.clone(), draft.clone());
                        }
                    }
                    return turn;
                }
            }
        }
    }

    fn find_out(&mut self, snapshot: &Snapshot, effect: Effect, known: &mut Known, now: Timestamp) {
        let content = snapshot.assistant.content();
        let zone = TimeZone::get(&content.calendar.timezone).unwrap_or(TimeZone::UTC);
        match effect {
            Effect::Transaction { order_number, amount, time } => {
                known.transaction =
                    Some(look_up(&content.sample_transactions, &order_number, &amount, time.as_deref(), &zone));
            }
            Effect::Case { key } => {
                let is_of = |draft: &CaseDraft| draft.slots.get("order_number").is_some_and(|held| held.value == key);
                let found = self.cases.iter().find(|(number, draft)| **number == key || is_of(draft));
                known.case = Some(match found {
                    Some((number, _)) => CaseLookup::Found { number: number.clone(), status: CaseStatus::Open },
                    None => CaseLookup::NotFound,
                });
            }
            Effect::OpenCase { kind, order_number } => {
                let is_same = |draft: &CaseDraft| {
                    let order = draft.slots.get("order_number").map(|held| &held.value);
                    draft.kind == kind && (order_number.is_none() || order == order_number.as_ref())
                };
                let same = self.cases.iter().find(|(_, draft)| is_same(draft));
                known.open_case = Some(same.map(|(number, _)| number.clone()));
            }
            // Nobody is known here.
            Effect::LastOrders => known.last_orders = Some(Vec::new()),
            Effect::Operate(_) => known.operated = Some(false),
            Effect::Open(draft) => known.opened = Some(self.number(draft.kind, now, zone)),
            Effect::Inquiry => {
                let open = self.cases.iter().find(|(_, draft)| draft.kind == CaseKind::Inquiry);
                known.inquiry = Some(match open {
                    Some((number, draft)) => {
                        let first_reply = promise_about(draft, content, now).first_reply;
                        Inquiry::Open { number: number.clone(), first_reply }
                    }
                    None => Inquiry::New(self.number(CaseKind::Inquiry, now, zone)),
                });
            }
            Effect::Append { case_number } => known.appended = Some(self.cases.contains_key(&case_number)),
        }
    }

    fn number(&mut self, kind: CaseKind, now: Timestamp, zone: TimeZone) -> String {
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        case_number(kind, now.to_zoned(zone).date(), *count)
    }
}

/// Nobody reads what was sealed here.
fn hidden(_: &str) -> String {
    String::new()
}

//! What a customer is told without having asked: written in the conversation, in its language, in the words of editors or of the
//! agent who says it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use crate::chat::announce;
use crate::chat::messages::{MessageView, NotTaken, escaped, to_json};
use crate::dialogue::compose::{Composer, Reply};
use crate::dialogue::conversing::Said;
use crate::dialogue::decide::{Decision, Reason};
use crate::dialogue::state::{Awaiting, DialogueState};
use crate::dialogue::switches::Switches;
use crate::knowledge::content::Content;
use crate::knowledge::texts::TextName;
use crate::store::conversations::{self, Change, Conversation};
use crate::store::database::Transaction;
use crate::text::language::LanguageTag;

/// Something that a customer is told.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Told {
    /// A sentence of the editors.
    Text(TextName),
    /// A question of the editors, with its buttons; the next yes or no answers it for a case.
    Question {
        /// The question.
        text: TextName,
        /// The case.
        number: String,
    },
    /// What an agent says.
    Agent {
        /// Their account.
        account: String,
        /// What they are called.
        name: String,
        /// What, masked.
        text: String,
    },
}

/// What sentences are made of.
pub(super) struct Saying<'s> {
    /// What editors wrote.
    pub content: &'s Content,
    /// The values of their sentences.
    pub facts: &'s BTreeMap<String, String>,
    /// When it is said.
    pub now: Timestamp,
}

impl Saying<'_> {
    /// Returns the events of what is told, from the conversation's next number on.
    pub(super) fn messages(
        &self,
        conversation: &Conversation,
        state: &DialogueState,
        told: &[Told],
    ) -> Result<Vec<(&'static str, String)>, NotTaken> {
        let views = self.views(conversation, state, conversation.last_seq + 1, told);
        views.iter().map(|view| Ok(("message", to_json(view)?))).collect()
    }

    /// Returns the messages of what is told, numbered from `first` on.
    pub(super) fn views(
        &self,
        conversation: &Conversation,
        state: &DialogueState,
        first: i64,
        told: &[Told],
    ) -> Vec<MessageView> {
        let language = language(conversation, state);
        let switches = Switches::default();
        let composer = Composer { facts: self.facts, ..Composer::new(self.content, &language, self.now, &switches) };
        (first..).zip(told).map(|(seq, told)| message(seq, told, &composer, self.now)).collect()
    }

    /// Writes into a conversation what is told, and the event that it belongs to, in the caller's transaction; one that is no
    /// longer kept is told nothing.
    pub(super) async fn push(
        &self,
        tx: &mut dyn Transaction,
        id: &str,
        told: &[Told],
        event: (&'static str, Value),
    ) -> Result<(), NotTaken> {
        let Some(conversation) = conversations::get(tx, id).await? else { return Ok(()) };
        // What this version cannot read stays as it is: the customer is told all the same.
        let known = serde_json::from_str::<DialogueState>(&conversation.state)
            .inspect_err(|error| tracing::warn!(id, %error, "what a conversation remembers cannot be read"));
        let mut state = known.as_ref().cloned().unwrap_or_default();
        let mut events = self.messages(&conversation, &state, told)?;
        events.push((event.0, event.1.to_string()));
        for told in told {
            // A flow that is under way keeps its own question.
            if let (Told::Question { number, .. }, None) = (told, &state.task) {
                state.awaiting = Some(Awaiting::Case(number.clone()));
            }
        }
        let state = if known.is_ok() { to_json(&state)? } else { conversation.state.clone() };
        let Conversation { version, owner, .. } = &conversation;
        let change = Change { version: *version, owner, state: &state, now: self.now };
        Ok(announce::append(tx, id, &change, &events).await?)
    }
}

/// The language of a conversation: what was asked for, else that of its last reply.
pub(super) fn language(conversation: &Conversation, state: &DialogueState) -> LanguageTag {
    let asked_for = conversation.language.as_deref().and_then(LanguageTag::parse);
    asked_for.or_else(|| state.language.clone()).unwrap_or_else(LanguageTag::zh_cn)
}

fn message(seq: i64, told: &Told, composer: &Composer<'_>, now: Timestamp) -> MessageView {
    let (author, agent, reply) = match told {
        Told::Text(name) => ("system", None, say(composer, Said::Text(*name))),
        Told::Question { text, .. } => ("system", None, say(composer, Said::ConfirmOrNot(*text))),
        Told::Agent { account, name, text } => {
            let reply = Reply { text: text.clone(), html: escaped(text), ..Reply::default() };
            ("agent", Some((account.clone(), name.clone())), reply)
        }
    };
    let (agent, author_name) = agent.unzip();
    let Reply { text, html, quick_replies, links, .. } = reply;
    let kind = if matches!(told, Told::Question { .. }) { "question" } else { "notice" };
    let kind = if author == "agent" { "text" } else { kind };
    MessageView { author_name, agent, html, quick_replies, links, ..MessageView::new(seq, author, &text, now, kind) }
}

fn say(composer: &Composer<'_>, said: Said) -> Reply {
    composer.say(&[said], (&Decision::Fallback, &Reason::Dialogue))
}

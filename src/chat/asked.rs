//! What customers ask in conversations, and what became of it: noted for editors, who see what the bot misses.

use serde_json::Value;

use crate::app::App;
use crate::assistant::converse::ConversationTurn;
use crate::assistant::turn::DecisionKind;
use crate::chat::notices::language;
use crate::dialogue::decide::HUMAN;
use crate::dialogue::state::DialogueState;
use crate::questions::{Became, Question};
use crate::store::conversations::{self, Conversation};
use crate::store::error::StoreError;

/// Notes what was said about a message that is a question of its own: no small talk, no word to what the bot has asked.
pub(super) fn note_turn(app: &App, conversation: &Conversation, turn: &ConversationTurn) {
    let before: DialogueState = serde_json::from_str(&conversation.state).unwrap_or_default();
    let is_part = before.task.is_some() || before.awaiting.is_some() || before.walkthrough.is_some();
    let asks_for_person = turn.turn.intent.as_ref().is_some_and(|intent| intent.0 == HUMAN);
    if is_part || asks_for_person || turn.turn.decision == DecisionKind::Smalltalk {
        return;
    }
    app.note_question(|| Question {
        text: turn.masked.clone(),
        language: language(conversation, &turn.state).to_string(),
        channel: conversation.channel.clone(),
        became: Became::Said(turn.turn.outcome()),
    });
}

/// Messages that are looked through for the question that something is about.
const LATEST: i64 = 50;

/// Notes what became of the last question before a number of the conversation. What is only counted keeps nothing from being
/// acknowledged that is committed.
pub(super) async fn note_before(app: &App, conversation: &Conversation, seq: i64, became: Became) {
    let asked = match asked_before(app, &conversation.id, seq).await {
        Ok(Some(asked)) => asked,
        Ok(None) => return,
        Err(error) => {
            tracing::debug!(%error, "what became of a question is not counted");
            return;
        }
    };
    let state: DialogueState = serde_json::from_str(&conversation.state).unwrap_or_default();
    app.note_question(|| Question {
        text: asked,
        language: language(conversation, &state).to_string(),
        channel: conversation.channel.clone(),
        became,
    });
}

async fn asked_before(app: &App, id: &str, seq: i64) -> Result<Option<String>, StoreError> {
    let latest = conversations::latest_messages(&mut *app.store().read().await?, id, LATEST).await?;
    Ok(latest.iter().filter(|event| event.seq < seq).find_map(|event| {
        let data: Value = serde_json::from_str(&event.data).ok()?;
        let is_asked = data["author"] == "visitor" && data["kind"] == "text";
        data["text"].as_str().filter(|_| is_asked).map(str::to_owned)
    }))
}

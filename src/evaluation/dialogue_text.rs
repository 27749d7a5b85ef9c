//! Labelled dialogues as people write them: a title, what the customer types behind `>`, and below it, indented, what is expected.
//!
//! ```text
//! == A refund, one fact at a time
//! > 我要退款
//!   outcome intent:refund.request
//!   slot order_number
//! > CG20261101000001
//!   slot order_number = CG20261101000001
//!   says 金额
//!   never says RF-
//! ```
//!
//! `@ 2026-11-23T10:00:00+08:00` sets the clock; a line that begins with `#` is a comment.

use jiff::Timestamp;

use crate::evaluation::dialogues::{LabelledDialogue, LabelledTurn};

/// Reads dialogues.
///
/// # Errors
/// Fails at the first line that means nothing, and names it.
pub fn parse(text: &str) -> Result<Vec<LabelledDialogue>, String> {
    let mut dialogues: Vec<LabelledDialogue> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let fault = |what: &str| format!("line {}: {what}: {line}", at + 1);
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(title) = line.strip_prefix("==") {
            let id = title.trim().to_owned();
            if id.is_empty() || dialogues.iter().any(|known| known.id == id) {
                return Err(fault("a title is missing, or stands twice"));
            }
            dialogues.push(LabelledDialogue { id, lang: None, at: None, turns: Vec::new() });
            continue;
        }
        let dialogue = dialogues.last_mut().ok_or_else(|| fault("a title comes first"))?;
        if let Some(time) = line.strip_prefix('@') {
            dialogue.at = Some(time.trim().parse::<Timestamp>().map_err(|_| fault("this is no time"))?);
        } else if let Some(user) = line.strip_prefix('>') {
            let user = user.strip_prefix(' ').unwrap_or(user).to_owned();
            dialogue.turns.push(LabelledTurn { user, expect: Default::default() });
        } else if let Some(turn) = dialogue.turns.last_mut().filter(|_| line.starts_with(' ')) {
            expect(turn, line.trim()).ok_or_else(|| fault("this expects nothing"))?;
        } else {
            return Err(fault("this means nothing"));
        }
    }
    Ok(dialogues)
}

fn expect(turn: &mut LabelledTurn, line: &str) -> Option<()> {
    let (what, rest) = line.split_once(' ')?;
    let (expect, rest) = (&mut turn.expect, rest.trim());
    match what {
        "outcome" => expect.accept = Some(rest.split('|').map(|outcome| outcome.trim().to_owned()).collect()),
        "slot" => match rest.split_once('=') {
            Some((slot, value)) => drop(expect.holds.insert(slot.trim().to_owned(), value.trim().to_owned())),
            None => expect.slots.push(rest.to_owned()),
        },
        "says" => expect.reply_contains.push(rest.to_owned()),
        "never" => expect.reply_contains_none.push(rest.strip_prefix("says ")?.trim().to_owned()),
        _ => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialogue_is_read_as_it_is_written() {
        let text = "# one\n== A\n@ 2026-11-23T10:00:00+08:00\n> 我要退款\n  outcome a | b\n  slot order_number\n  slot amount = 1 CNY\n  says 订单\n  never says RF-\n> 好\n";
        let read = parse(text).unwrap();
        assert_eq!((read.len(), read[0].turns.len()), (1, 2));
        let expect = &read[0].turns[0].expect;
        assert_eq!(expect.accept.as_ref().unwrap().len(), 2);
        assert_eq!(expect.holds["amount"], "1 CNY");
        assert_eq!((expect.slots.len(), expect.reply_contains.len(), expect.reply_contains_none.len()), (1, 1, 1));
        for (broken, why) in [
            ("> a", "a title comes first"),
            ("== A\n== A", "twice"),
            ("== A\n> a\n  hopes b", "expects nothing"),
            ("== A\n> a\nb", "means nothing"),
            ("== A\n@ soon", "no time"),
        ] {
            assert!(parse(broken).unwrap_err().contains(why), "{broken}");
        }
    }
}

//! `yingda chat`: a conversation in the terminal, by the code that serves. Orders are those of the sample table, cases live as long
//! as the conversation.

use std::io::{BufRead, IsTerminal, Write};

use clap::Args;

use crate::assistant::turn::{Message, Turn};
use crate::chat::rehearsal::Rehearsal;
use crate::cli::ask::parse_language;
use crate::cli::{Common, Outcome, compile, show};
use crate::config::Config;
use crate::text::language::LanguageTag;

/// Arguments of `chat`.
#[derive(Args, Clone, Debug)]
pub struct ChatArguments {
    /// The replies' language (BCP 47); each question's own where it is not given.
    #[arg(long, value_name = "L", value_parser = parse_language)]
    language: Option<LanguageTag>,
    /// Says why after every answer.
    #[arg(long)]
    explain: bool,
}

/// Runs `chat` until the input ends or `/quit`.
///
/// # Errors
/// Fails when the content has errors or the terminal is gone.
pub fn run(chat: &ChatArguments, common: &Common, config: &Config) -> anyhow::Result<Outcome> {
    let engine = compile(common, config)?;
    let talking = std::io::stdin().is_terminal() && !common.json;
    if talking {
        let content = engine.snapshot.assistant.content();
        say!(
            "{} entries, {} intents, revision {}.",
            content.entries.len(),
            content.intents.len(),
            engine.snapshot.assistant.revision()
        );
        say!("Type a question; a number picks a choice; /why explains the last answer; /quit ends.");
    }
    let mut conversation = Rehearsal::default();
    let mut last: Option<(String, Turn)> = None;
    let mut input = std::io::stdin().lock();
    loop {
        if talking {
            let mut prompt = std::io::stdout().lock();
            write!(prompt, "> ")?;
            prompt.flush()?;
        }
        // Bytes, not a string: what is typed need not be UTF-8.
        let mut line = Vec::new();
        if input.read_until(b'\n', &mut line)? == 0 {
            return Ok(Outcome::Done);
        }
        let line = String::from_utf8_lossy(&line).trim().to_owned();
        let about = |text, explain| Message {
            language: chat.language.as_ref(),
            limit: config.answers.limit,
            explain,
            ..Message::new(text)
        };
        let now = crate::clock::now();
        let (text, turn) = match (line.as_str(), &last) {
            ("", _) => continue,
            ("/quit" | "/exit", _) => return Ok(Outcome::Done),
            // What the last message leads to by itself: asking for it says nothing more.
            ("/why", Some((text, _))) => (text.clone(), engine.answer(&about(text, true), now)),
            (line, last) => {
                let text = last.as_ref().and_then(|(_, turn)| picked(line, turn)).unwrap_or(line).to_owned();
                engine.hear(&text);
                let turn = conversation.say(&engine.snapshot, &about(&text, chat.explain), now);
                (text, turn.turn)
            }
        };
        if common.json {
            say!("{}", serde_json::to_string(&turn)?);
        } else {
            say!("{}", show::turn(&turn));
        }
        last = Some((text, turn));
    }
}

fn picked<'t>(line: &str, turn: &'t Turn) -> Option<&'t str> {
    let number: usize = line.parse().ok()?;
    turn.reply.quick_replies.get(number.checked_sub(1)?).map(|reply| reply.send.as_str())
}

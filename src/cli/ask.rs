//! `yingda ask`: one question against the folders, without a server; prints what the API's `/ask` answers.

use clap::Args;

use crate::assistant::turn::Message;
use crate::cli::{Common, Outcome, compile, show};
use crate::config::Config;
use crate::text::language::LanguageTag;

/// Arguments of `ask`.
#[derive(Args, Clone, Debug)]
pub struct AskArguments {
    /// The question.
    text: String,
    /// The reply's language (BCP 47); the question's own where it is not given.
    #[arg(long, value_name = "L", value_parser = parse_language)]
    language: Option<LanguageTag>,
    /// The way in: web, email …
    #[arg(long, default_value = "web")]
    channel: String,
    /// Says why.
    #[arg(long)]
    explain: bool,
}

pub(crate) fn parse_language(text: &str) -> Result<LanguageTag, String> {
    LanguageTag::parse(text).ok_or_else(|| format!("{text:?} is no language tag; examples: zh-CN, zh-TW, en"))
}

/// Runs `ask`.
///
/// # Errors
/// Fails when the content cannot be read or has errors.
pub fn run(ask: &AskArguments, common: &Common, config: &Config) -> anyhow::Result<Outcome> {
    let engine = compile(common, config)?;
    let message = Message {
        language: ask.language.as_ref(),
        channel: &ask.channel,
        limit: config.answers.limit,
        explain: ask.explain,
        ..Message::new(&ask.text)
    };
    let turn = engine.answer(&message, crate::clock::now());
    if common.json {
        say!("{}", serde_json::to_string_pretty(&turn)?);
    } else {
        say!("{}", show::turn(&turn).trim_end());
    }
    Ok(Outcome::Done)
}

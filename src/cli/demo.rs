//! `yingda demo`: fills an empty store with a day at the desk.

use crate::app::App;
use crate::chat::seal::Sealer;
use crate::cli::on_store::{base, operator};
use crate::cli::serve::begin;
use crate::cli::{Common, Outcome, wait};
use crate::clock;
use crate::config::Config;
use crate::demonstration::{Played, play};
use crate::people::by::By;
use crate::publishing::Publisher;

/// Runs `demo`.
///
/// # Errors
/// Fails where somebody has talked in the store already, and when the store does.
pub fn run(common: &Common, config: &Config) -> anyhow::Result<Outcome> {
    wait(async {
        let publisher = Publisher::open(config.clone(), &common.data).await?;
        let Some(live) = begin(&publisher).await? else { return Ok(Outcome::No) };
        let sealer = Sealer::open(&publisher.config().store.seal_key, &common.data)?;
        // The operator's own system is not asked about customers whom it does not know.
        let app = App::new(publisher, live, sealer, None);
        let actor = operator();
        let by = By { actor: &actor, address: None, now: clock::now() };
        app.keep_questions();
        let played = play(&app, &by).await;
        app.flush_questions().await;
        app.store().close().await;
        let played = played?;
        if common.json {
            say!("{}", serde_json::to_string_pretty(&played)?);
            return Ok(Outcome::Done);
        }
        let Played { day, n_conversations, people, password } = played;
        say!("{n_conversations} conversations of {day} are in {}", common.data.display());
        say!("sign in at {}/desk as {}", base(config), people.join(", "));
        say!("with the password {password}");
        Ok(Outcome::Done)
    })
}

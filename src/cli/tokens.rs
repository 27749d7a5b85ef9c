//! `yingda token …`: API tokens, on the machine itself.

use std::collections::BTreeSet;

use clap::{Args, Subcommand};
use jiff::SignedDuration;

use crate::cli::on_store::{on_store, operator};
use crate::cli::{Common, Outcome};
use crate::clock;
use crate::config::Config;
use crate::http::admin::tokens::{NewTokenView, TokenView};
use crate::people::by::By;
use crate::people::role::Permission;
use crate::staff::tokens::{self, Wanted};
use crate::store::Store;
use crate::store::people::tokens as stored;

/// What to do with API tokens.
#[derive(Clone, Debug, Subcommand)]
pub enum TokenCommand {
    /// Lists all tokens.
    List,
    /// Makes a token and prints its secret, this once.
    Add(AddArguments),
    /// Ends a token, at once.
    Revoke {
        /// Its id.
        id: String,
    },
}

/// Which token is wanted.
#[derive(Args, Clone, Debug)]
pub struct AddArguments {
    /// What people call it.
    name: String,
    /// What it may do; several times for several scopes.
    #[arg(long = "scope", value_name = "SCOPE", required = true)]
    scopes: Vec<Permission>,
    /// The departments whose customers and cases it sees; all where none is given.
    #[arg(long = "department", value_name = "KEY")]
    departments: Vec<String>,
    /// Days after which it ends by itself; never where it is not given.
    #[arg(long, value_name = "DAYS")]
    expires: Option<u16>,
}

/// Runs `token`.
///
/// # Errors
/// Fails where the store does, and when there is no such token.
pub fn run(command: &TokenCommand, common: &Common, config: &Config) -> anyhow::Result<Outcome> {
    on_store(common, config, |store| async move {
        let actor = operator();
        let by = By { actor: &actor, address: None, now: clock::now() };
        match command {
            TokenCommand::List => list(&store, common).await?,
            TokenCommand::Add(arguments) => add(&store, arguments, &by, common).await?,
            TokenCommand::Revoke { id } => {
                tokens::revoke(&store, id, &by).await?;
                if common.json {
                    say!("{}", serde_json::json!({ "revoked": id }));
                } else {
                    say!("{id} is revoked");
                }
            }
        }
        store.close().await;
        Ok(Outcome::Done)
    })
}

async fn list(store: &Store, common: &Common) -> anyhow::Result<()> {
    let tokens = stored::list(&mut *store.read().await?).await?;
    if common.json {
        let views: Vec<TokenView> = tokens.into_iter().map(TokenView::from).collect();
        say!("{}", serde_json::to_string_pretty(&views)?);
        return Ok(());
    }
    for token in tokens {
        let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope.name()).collect();
        let state = if token.is_over(clock::now()) { "  ended" } else { "" };
        say!("{}  {}  ({}){state}", token.id, token.name, scopes.join(", "));
    }
    Ok(())
}

async fn add(store: &Store, arguments: &AddArguments, by: &By<'_>, common: &Common) -> anyhow::Result<()> {
    let AddArguments { name, scopes, departments, expires } = arguments.clone();
    let lasts = |days: u16| by.now + SignedDuration::from_hours(24 * i64::from(days));
    let wanted = Wanted {
        name,
        scopes: BTreeSet::from_iter(scopes),
        departments: BTreeSet::from_iter(departments),
        expires_at: expires.map(lasts),
    };
    let (token, secret) = tokens::create(store, &wanted, by).await?;
    if common.json {
        say!("{}", serde_json::to_string_pretty(&NewTokenView::of(token, &secret))?);
        return Ok(());
    }
    say!("{} is made; its secret is shown this once:\n  {}", token.id, secret.expose());
    Ok(())
}

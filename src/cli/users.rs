//! `yingda user …`: accounts, on the machine itself.

use std::collections::BTreeSet;

use anyhow::Context;
use clap::{Args, Subcommand};
use jiff::SignedDuration;

use crate::cli::on_store::{base, on_store, operator};
use crate::cli::{Common, Outcome};
use crate::clock;
use crate::config::Config;
use crate::http::people::{AccountView, LinkView};
use crate::people::account::{Account, AccountId};
use crate::people::account_name::{AccountName, fold};
use crate::people::by::By;
use crate::people::role::Role;
use crate::staff::accounts::{self, Change, Expected, Invitation, Taking};
use crate::staff::links::HandedOut;
use crate::store::Store;
use crate::store::people::accounts as stored;

/// What to do with accounts.
#[derive(Clone, Debug, Subcommand)]
pub enum UserCommand {
    /// Lists all accounts.
    List,
    /// Invites somebody, and prints the one-time link by which they set a password.
    Add(AddArguments),
    /// Shuts an account; its sessions end at once.
    Disable(Named),
    /// Opens an account again.
    Enable(Named),
    /// Prints a one-time link by which somebody sets another password.
    Reset(ResetArguments),
}

/// Who is to join.
#[derive(Args, Clone, Debug)]
pub struct AddArguments {
    /// The name to sign in with.
    name: AccountName,
    /// What they are to be; several times for several roles.
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<Role>,
    /// The departments whose customers and cases they see; all where none is given.
    #[arg(long = "department", value_name = "KEY")]
    departments: Vec<String>,
    /// What people see.
    #[arg(long, value_name = "NAME")]
    display_name: Option<String>,
}

/// Whose account.
#[derive(Args, Clone, Debug)]
pub struct Named {
    /// The name to sign in with.
    name: String,
}

/// What is reset.
#[derive(Args, Clone, Debug)]
pub struct ResetArguments {
    /// The name to sign in with.
    name: String,
    /// Takes the authenticator away too, where it was lost with the codes on paper.
    #[arg(long)]
    second_factor: bool,
}

/// Runs `user`.
///
/// # Errors
/// Fails where the store does, there is no such account, or the accounts must not become so.
pub fn run(command: &UserCommand, common: &Common, config: &Config) -> anyhow::Result<Outcome> {
    on_store(common, config, |store| async move {
        let actor = operator();
        let by = By { actor: &actor, address: None, now: clock::now() };
        match command {
            UserCommand::List => list(&store, common).await?,
            UserCommand::Add(arguments) => {
                let AddArguments { name, roles, departments, display_name } = arguments.clone();
                let (roles, departments) = (BTreeSet::from_iter(roles), BTreeSet::from_iter(departments));
                let invitation = Invitation { name, display_name, roles, departments };
                let good_for = SignedDuration::from_hours(config.people.invitation_hours.into());
                let (account, link) = accounts::invite(&store, &invitation, good_for, &by).await?;
                show_link(&account, &link, common, config)?;
            }
            UserCommand::Disable(Named { name }) => switch(&store, name, true, &by, common).await?,
            UserCommand::Enable(Named { name }) => switch(&store, name, false, &by, common).await?,
            UserCommand::Reset(ResetArguments { name, second_factor }) => {
                let taking = if *second_factor { Taking::SecondFactor } else { Taking::Nothing };
                let id = id_of(&store, name).await?;
                let (account, link) = accounts::reset(&store, &id, taking, &by).await?;
                show_link(&account, &link, common, config)?;
            }
        }
        store.close().await;
        Ok(Outcome::Done)
    })
}

async fn id_of(store: &Store, name: &str) -> anyhow::Result<AccountId> {
    let account = stored::by_name(&mut *store.read().await?, &fold(name)).await?;
    Ok(account.with_context(|| format!("there is no account {name:?}; `yingda user list` shows all"))?.id)
}

async fn list(store: &Store, common: &Common) -> anyhow::Result<()> {
    let accounts = stored::list(&mut *store.read().await?).await?;
    if common.json {
        let views: Vec<AccountView> = accounts.iter().map(AccountView::from).collect();
        say!("{}", serde_json::to_string_pretty(&views)?);
        return Ok(());
    }
    for account in &accounts {
        let roles: Vec<&str> = account.roles.iter().map(|role| role.name()).collect();
        let state = match account {
            Account { disabled: true, .. } => "  disabled",
            Account { password_hash: None, .. } => "  invited",
            _ => "",
        };
        say!("{:<24} {}  ({}){state}", account.name.as_str(), account.display_name, roles.join(", "));
    }
    Ok(())
}

async fn switch(store: &Store, name: &str, disabled: bool, by: &By<'_>, common: &Common) -> anyhow::Result<()> {
    let id = id_of(store, name).await?;
    let change = Change { disabled: Some(disabled), ..Change::default() };
    let account = accounts::change(store, &id, Expected::Any, &change, by).await?;
    if common.json {
        say!("{}", serde_json::to_string_pretty(&AccountView::from(&account))?);
        return Ok(());
    }
    say!("{} is {}", account.name, if disabled { "disabled; their sessions have ended" } else { "enabled" });
    Ok(())
}

fn show_link(account: &Account, link: &HandedOut, common: &Common, config: &Config) -> anyhow::Result<()> {
    let base = base(config);
    if common.json {
        let view = serde_json::json!({ "account": AccountView::from(account), "link": LinkView::of(&base, link) });
        say!("{}", serde_json::to_string_pretty(&view)?);
        return Ok(());
    }
    say!("{} sets a password here, once, until {}:\n  {base}{}", account.name, link.expires_at, link.path());
    Ok(())
}

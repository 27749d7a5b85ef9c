//! The commands: arguments in, results to stdout, errors to stderr, an exit code. The only place that prints.

/// Prints a line of a result; fails where stdout does, for instance when its reader has gone.
macro_rules! say {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        writeln!(std::io::stdout().lock(), $($text)*)?;
    }};
}

pub mod ask;
pub mod backup;
pub mod chat;
pub mod check;
pub mod demo;
pub mod diff;
pub mod doctor;
pub mod eval;
pub mod export;
mod figures;
pub mod import;
mod on_store;
pub mod openapi;
pub mod policy;
mod progress;
pub mod publish;
pub mod retention;
pub mod revisions;
pub mod rollback;
pub mod schema;
pub mod serve;
mod show;
pub mod tokens;
pub mod users;
pub mod vectors;

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use jiff::Timestamp;
use serde::de::DeserializeOwned;

use crate::artefacts;
use crate::assistant::turn::{Message, Turn};
use crate::config::{self, Config};
use crate::connectors::embeddings::Embeddings;
use crate::evaluation::draws::Domain;
use crate::knowledge::ReadOptions;
use crate::knowledge::diagnostic::Diagnostic;
use crate::publishing::senses::{prepare, senses};
use crate::publishing::{Loaded, Publisher, load};
use crate::snapshot::Snapshot;
use crate::telemetry::logs;

/// 应答: answers customers' questions from text that editors wrote.
#[derive(Debug, Parser)]
#[command(name = "yingda", version, about, propagate_version = true)]
pub struct Arguments {
    /// What to do; `serve` where nothing is said.
    #[command(subcommand)]
    command: Option<Command>,
    /// Where everything is.
    #[command(flatten)]
    common: Common,
}

/// What every command takes.
#[derive(Args, Clone, Debug)]
pub struct Common {
    /// The operator's configuration (default: yingda.toml here, where there is one).
    #[arg(long, global = true, value_name = "FILE", env = "YINGDA_CONFIG")]
    pub config: Option<PathBuf>,
    /// The folder for what is stored.
    #[arg(long, global = true, value_name = "DIR", default_value = "data", env = "YINGDA_DATA")]
    pub data: PathBuf,
    /// The folder of entries.
    #[arg(long, global = true, value_name = "DIR")]
    pub knowledge: Option<PathBuf>,
    /// The folder of intents.
    #[arg(long, global = true, value_name = "DIR")]
    pub intents: Option<PathBuf>,
    /// Prints results as JSON.
    #[arg(long, global = true)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the API and the pages.
    Serve(serve::ServeArguments),
    /// Checks the content and reports every fault with its place.
    Check(check::CheckArguments),
    /// Publishes the folders, or a draft, through the gate.
    Publish(publish::PublishArguments),
    /// Lists what has been live, the newest first.
    Revisions,
    /// Shows what changes between two revisions, a draft, the folders.
    Diff(diff::DiffArguments),
    /// Makes an earlier revision live again.
    Rollback(rollback::RollbackArguments),
    /// Imports entries into a draft.
    Import(import::ImportArguments),
    /// Exports what is live, or a draft.
    Export(export::ExportArguments),
    /// Writes a backup of the store, while it serves.
    Backup(backup::BackupArguments),
    /// Restores a backup into an empty store.
    Restore(backup::RestoreArguments),
    /// Fills an empty store with a day at the desk.
    Demo,
    /// Forgets what has been kept long enough.
    Retention,
    /// Answers one question.
    Ask(ask::AskArguments),
    /// Answers questions typed one after another.
    Chat(chat::ChatArguments),
    /// Measures the engine on labelled questions.
    Eval(eval::EvalArguments),
    /// Prints the fitted weights and bars of the content.
    Policy(policy::PolicyArguments),
    /// Makes tables of word vectors.
    Vectors(vectors::VectorsArguments),
    /// Accounts: lists, invites, disables, enables, resets.
    #[command(subcommand)]
    User(users::UserCommand),
    /// API tokens: lists, makes, revokes.
    #[command(subcommand)]
    Token(tokens::TokenCommand),
    /// Prints the OpenAPI document of the HTTP API.
    Openapi,
    /// Prints, lists or writes the JSON schemas of the files that editors write.
    Schema(schema::SchemaArguments),
    /// Prints the documented default configuration.
    DefaultConfig,
    /// Checks the installation: content, samples still in use, overdue reviews.
    Doctor,
}

/// How a command ended: 0 done, 1 the answer is no; 2 is for errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// What was asked for was done.
    Done,
    /// What was asked about does not hold.
    No,
}

/// Runs a command line.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    match dispatch(&arguments) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::No) => ExitCode::from(1),
        // Who reads has read enough (`yingda policy | head`).
        Err(error) if error.downcast_ref::<io::Error>().is_some_and(|io| io.kind() == io::ErrorKind::BrokenPipe) => {
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("yingda: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn dispatch(arguments: &Arguments) -> anyhow::Result<Outcome> {
    let common = &arguments.common;
    let serve = Command::Serve(serve::ServeArguments::default());
    let command = arguments.command.as_ref().unwrap_or(&serve);
    if matches!(command, Command::DefaultConfig) {
        say!("{}", config::DEFAULT.trim_end());
        return Ok(Outcome::Done);
    }
    if let Command::Schema(schema) = command {
        return schema::run(schema, common);
    }
    let mut config = config::load(common.config.as_deref())?;
    for (asked, setting) in
        [(&common.knowledge, &mut config.content.knowledge), (&common.intents, &mut config.content.intents)]
    {
        if let Some(folder) = asked {
            anyhow::ensure!(folder.is_dir(), "{}: there is no such folder", folder.display());
            setting.clone_from(folder);
        }
    }
    if let Command::Serve(serve) = command {
        return serve::run(serve, common, config);
    }
    let _log = logs::start(&config.log, "warn")?;
    match command {
        Command::Check(check) => check::run(check, common, &config),
        Command::Publish(publish) => publish::run(publish, common, &config),
        Command::Revisions => revisions::run(common, &config),
        Command::Diff(diff) => diff::run(diff, common, &config),
        Command::Rollback(rollback) => rollback::run(rollback, common, &config),
        Command::Import(import) => import::run(import, common, &config),
        Command::Export(export) => export::run(export, common, &config),
        Command::Backup(backup) => backup::back_up(backup, common, &config),
        Command::Restore(restore) => backup::restore(restore, common, &config),
        Command::Demo => demo::run(common, &config),
        Command::Retention => retention::run(common, &config),
        Command::Ask(ask) => ask::run(ask, common, &config),
        Command::Chat(chat) => chat::run(chat, common, &config),
        Command::Eval(eval) => eval::run(eval, common, &config),
        Command::Policy(policy) => policy::run(policy, common, &config),
        Command::Vectors(vectors) => vectors::run(vectors, common, &config),
        Command::User(user) => users::run(user, common, &config),
        Command::Token(token) => tokens::run(token, common, &config),
        Command::Openapi => openapi::run(),
        Command::Serve(_) | Command::DefaultConfig | Command::Schema(_) => Ok(Outcome::Done),
        Command::Doctor => doctor::run(common, &config),
    }
}

/// Opens what publishes, has a command done on it, and closes the store.
pub(crate) fn with_publisher(
    common: &Common,
    config: &Config,
    run: impl AsyncFnOnce(&Publisher) -> anyhow::Result<Outcome>,
) -> anyhow::Result<Outcome> {
    wait(async {
        let publisher = Publisher::open(config.clone(), &common.data).await?;
        let outcome = run(&publisher).await;
        publisher.store().close().await;
        outcome
    })
}

/// Runs what waits for others on a runtime of its own.
pub(crate) fn wait<T>(future: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(THREADS).enable_all().build()?.block_on(future)
}

/// Threads on which a command waits for the store; what takes long runs on its own.
const THREADS: usize = 2;

/// Compiles the content, with what a server trained on it before; refuses one with errors, and prints these.
pub(crate) fn compile(common: &Common, config: &Config) -> anyhow::Result<Engine> {
    artefacts::read_ahead();
    let loaded = load_without_errors(config)?;
    let embeddings = Embeddings::new(&config.embeddings, &common.data)?;
    let snapshot = progress::while_running("compiling the content", || {
        let senses = senses(config, embeddings.as_ref(), &loaded.content);
        artefacts::compile_read_only(loaded.content, loaded.revision, &common.data, senses)
    })?;
    Ok(Engine { snapshot, embeddings })
}

/// A snapshot with the model that it was compiled with.
pub(crate) struct Engine {
    pub(crate) snapshot: Snapshot,
    pub(crate) embeddings: Option<Embeddings>,
}

impl Engine {
    /// Asks the model, where there is one, about texts that will be asked.
    pub(crate) fn prepare<'q>(&self, texts: impl Iterator<Item = &'q str>) -> anyhow::Result<()> {
        self.embeddings.as_ref().map_or(Ok(()), |embeddings| prepare(embeddings, texts))
    }

    /// Answers a message; without the model where it does not answer.
    pub(crate) fn answer(&self, message: &Message<'_>, now: Timestamp) -> Turn {
        self.hear(message.text);
        self.snapshot.answer(message, now)
    }

    /// Asks the model about a text, where there is one; without its answer matching goes on.
    pub(crate) fn hear(&self, text: &str) {
        if let Err(error) = self.prepare(std::iter::once(text)) {
            tracing::warn!(error = format!("{error:#}"), "the embeddings server does not answer");
        }
    }
}

fn load_without_errors(config: &Config) -> anyhow::Result<Loaded> {
    let loaded = load(&config.content, &ReadOptions::default())?;
    let errors: Vec<&Diagnostic> = loaded.errors().collect();
    for error in errors.iter().take(show::MAX_ERRORS) {
        eprintln!("{}", error.render());
    }
    anyhow::ensure!(errors.is_empty(), "the content has {} error(s); `yingda check` shows all", errors.len());
    Ok(loaded)
}

/// Reads a file with one JSON value a line.
pub(crate) fn json_lines<T: DeserializeOwned>(file: &Path) -> anyhow::Result<Vec<T>> {
    let lines = read_lines(file)?;
    let parse = |(number, line): (usize, &str)| {
        serde_json::from_str(line).with_context(|| format!("{}:{}", file.display(), number + 1))
    };
    lines.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(parse).collect()
}

/// Reads a text file.
pub(crate) fn read_lines(file: &Path) -> anyhow::Result<String> {
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    String::from_utf8(bytes).with_context(|| format!("{} is not UTF-8", file.display()))
}

/// Reads the groups of each file of a folder, in the order of the names.
pub(crate) fn read_domains(folder: &Path) -> anyhow::Result<Vec<Domain>> {
    let listed = std::fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    let mut files: Vec<PathBuf> = listed.map(|file| Ok(file?.path())).collect::<anyhow::Result<_>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "jsonl"));
    files.sort();
    files.iter().map(|file| json_lines(file)).collect()
}

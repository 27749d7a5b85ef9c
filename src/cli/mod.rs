//! The commands: arguments in, results to stdout, errors to stderr, an exit code. The only place that prints.

/// Prints a line of a result; fails where stdout does, for instance when its reader has gone.
macro_rules! say {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        writeln!(std::io::stdout().lock(), $($text)*)?;
    }};
}

pub mod ask;
pub mod chat;
pub mod check;
pub mod doctor;
pub mod eval;
pub mod policy;
mod progress;
mod show;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::artefacts;
use crate::config::{self, Config};
use crate::files::{self, Origin};
use crate::knowledge::content::Content;
use crate::knowledge::diagnostic::{Diagnostic, Severity};
use crate::knowledge::{ReadOptions, read};
use crate::snapshot::{Snapshot, revision_of};

/// 应答: answers customers' questions from text that editors wrote.
#[derive(Debug, Parser)]
#[command(name = "yingda", version, about, propagate_version = true)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    command: Command,
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
    /// Checks the content and reports every fault with its place.
    Check(check::CheckArguments),
    /// Answers one question.
    Ask(ask::AskArguments),
    /// Answers questions typed one after another.
    Chat(chat::ChatArguments),
    /// Measures the engine on labelled questions.
    Eval(eval::EvalArguments),
    /// Prints the fitted weights and bars of the content.
    Policy(policy::PolicyArguments),
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
    if matches!(arguments.command, Command::DefaultConfig) {
        say!("{}", config::DEFAULT.trim_end());
        return Ok(Outcome::Done);
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
    crate::telemetry::start(&config.log.level)?;
    match &arguments.command {
        Command::Check(check) => check::run(check, common, &config),
        Command::Ask(ask) => ask::run(ask, common, &config),
        Command::Chat(chat) => chat::run(chat, common, &config),
        Command::Eval(eval) => eval::run(eval, common, &config),
        Command::Policy(policy) => policy::run(policy, common, &config),
        Command::DefaultConfig => Ok(Outcome::Done),
        Command::Doctor => doctor::run(common, &config),
    }
}

/// The content of the folders (else the sample), with its faults and its revision.
pub(crate) struct Loaded {
    pub(crate) content: Content,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) revision: String,
    pub(crate) origin: Origin,
}

pub(crate) fn load(config: &Config, options: &ReadOptions) -> anyhow::Result<Loaded> {
    let (files, origin) = files::read(&config.content)?;
    let revision = revision_of(&files);
    let (content, diagnostics) = read(files, options);
    Ok(Loaded { content, diagnostics, revision, origin })
}

/// Compiles the content, with what a server trained on it before; refuses one with errors, and prints these.
pub(crate) fn compile(common: &Common, config: &Config) -> anyhow::Result<Snapshot> {
    artefacts::read_ahead();
    let loaded = load(config, &ReadOptions::default())?;
    let errors: Vec<&Diagnostic> =
        loaded.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).collect();
    for error in errors.iter().take(show::MAX_ERRORS) {
        eprintln!("{}", error.render());
    }
    anyhow::ensure!(errors.is_empty(), "the content has {} error(s); `yingda check` shows all", errors.len());
    progress::while_running("compiling the content", || {
        artefacts::compile_read_only(loaded.content, loaded.revision, &common.data)
    })
}

//! Starts logging: to stderr, so that results on stdout stay clean. docs/LOGGING.md says what a line may hold.

use std::io::IsTerminal;

use anyhow::Context;
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;

use crate::config::{LogConfig, LogFormat};

/// The level that hangs on the command.
const AUTO: &str = "auto";

/// Lines that wait to be written; when the reader of the log is slower than that, further lines are dropped, and customers
/// do not wait.
const WAITING_LINES: usize = 16_384;

/// Has a panic logged by its place alone: its words may quote what a customer typed.
pub fn log_panics_by_place() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "panicked");
    }));
}

/// Starts logging, at the `usual` level where the settings leave it open. Lines are written by a thread of their own until the guard is dropped.
///
/// # Errors
/// Fails on a filter that cannot be read.
pub fn start(log: &LogConfig, usual: &str) -> anyhow::Result<WorkerGuard> {
    let level = if log.level == AUTO { usual } else { &log.level };
    let filter = EnvFilter::try_new(level).with_context(|| format!("log level {:?}", log.level))?;
    let (writer, guard) =
        NonBlockingBuilder::default().lossy(true).buffered_lines_limit(WAITING_LINES).finish(std::io::stderr());
    let on_terminal = std::io::stderr().is_terminal();
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer).with_ansi(on_terminal);
    // A second start (in tests) keeps the first.
    let _ = match log.format {
        LogFormat::Auto if on_terminal => builder.try_init(),
        LogFormat::Text => builder.try_init(),
        LogFormat::Auto | LogFormat::Json => {
            builder.json().flatten_event(true).with_current_span(false).with_span_list(false).try_init()
        }
    };
    Ok(guard)
}

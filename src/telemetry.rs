//! Starts logging: to stderr, so that results on stdout stay clean. No message text is ever logged.

use anyhow::Context;
use tracing_subscriber::EnvFilter;

/// Starts logging at a level or by an `EnvFilter`.
///
/// # Errors
/// Fails on a filter that cannot be read.
pub fn start(level: &str) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(level).with_context(|| format!("log level {level:?}"))?;
    // A second start (in tests) keeps the first.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
    Ok(())
}

//! Progress on a terminal, for what takes longer than a second; silent elsewhere.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Shows a spinner while something runs; it appears only on a terminal.
pub(crate) fn while_running<T>(what: &'static str, run: impl FnOnce() -> T) -> T {
    let spinner = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    spinner.set_message(what);
    spinner.enable_steady_tick(Duration::from_millis(120));
    let done = run();
    spinner.finish_and_clear();
    done
}

/// A bar over a known number of steps.
pub(crate) fn bar(n: usize, what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(Some(n as u64), ProgressDrawTarget::stderr()).with_style(style).with_message(what)
}

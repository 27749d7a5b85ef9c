//! Progress on a terminal, for what takes longer than a second; silent elsewhere.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Shows a spinner while something runs; it appears only on a terminal.
pub(crate) fn while_running<T>(what: &'static str, run: impl FnOnce() -> T) -> T {
    let spinner = spinner(what);
    let done = run();
    spinner.finish_and_clear();
    done
}

/// Shows a spinner while something is waited for.
pub(crate) async fn while_waiting<T>(what: &'static str, future: impl Future<Output = T>) -> T {
    let spinner = spinner(what);
    let done = future.await;
    spinner.finish_and_clear();
    done
}

fn spinner(what: &'static str) -> ProgressBar {
    let spinner = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    spinner.set_message(what);
    spinner.enable_steady_tick(Duration::from_millis(120));
    spinner
}

/// A bar over a known number of steps.
pub(crate) fn bar(n: usize, what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(Some(n as u64), ProgressDrawTarget::stderr()).with_style(style).with_message(what)
}

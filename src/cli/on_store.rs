//! Commands that work on the store itself, whether a service runs or not; and who it is that runs them.

use std::future::Future;
use std::path::Path;

use crate::cli::{Common, wait};
use crate::config::Config;
use crate::people::actor::Actor;
use crate::store::Store;

/// Opens the store, works on it, and closes it.
pub(crate) fn on_store<T, F: Future<Output = anyhow::Result<T>>>(
    common: &Common,
    config: &Config,
    work: impl FnOnce(Store) -> F,
) -> anyhow::Result<T> {
    wait(async { work(Store::open(&config.store.url, &common.data).await?).await })
}

/// Returns whoever runs the command.
pub(crate) fn operator() -> Actor {
    Actor::command_line(&login())
}

/// The login of this process's user; its number where no name is known. The environment could say anything.
fn login() -> String {
    let number = rustix::process::getuid().as_raw();
    let known = std::fs::read_to_string(Path::new("/etc/passwd")).unwrap_or_default();
    let of_number = |line: &str| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(number)).then(|| name.to_owned())
    };
    known.lines().find_map(of_number).unwrap_or_else(|| format!("uid {number}"))
}

/// Returns the address below which the service is reached, as far as the settings tell.
pub(crate) fn base(config: &Config) -> String {
    match config.server.public_url.as_str() {
        "" => format!("http://{}", config.server.listen),
        url => url.to_owned(),
    }
}

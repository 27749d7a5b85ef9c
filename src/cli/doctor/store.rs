//! Whether the store is fit to serve from: reached, written, whole; and what is live there.

use std::path::Path;

use crate::cli::doctor::Findings;
use crate::config::Config;
use crate::files::Origin;
use crate::people::chain::{Head, verify};
use crate::publishing::Loaded;
use crate::store::webhooks::{self, Status};
use crate::store::{self, Store, audit, deliveries, drafts, revisions};

/// Lines of the audit that are read at once.
const PAGE: i64 = 1_000;

/// Examines the store; what keeps it from being examined is a finding too.
pub(super) async fn examine(loaded: &Loaded, config: &Config, data: &Path, findings: &mut Findings) {
    let file = data.join(store::FILE);
    let is_embedded = config.store.url.is_empty();
    if is_embedded && !file.exists() {
        // Looking should leave nothing behind.
        findings.ok(format!("store: none yet; `yingda serve` makes {}", file.display()));
        return;
    }
    // The address may hold a password.
    let name = if is_embedded { file.display().to_string() } else { "a PostgreSQL server".to_owned() };
    let store = match Store::open(&config.store.url, data).await {
        Ok(store) => store,
        Err(error) => return findings.fail(format!("store: {name}: {error}")),
    };
    match store.try_writing().await {
        Ok(()) => findings.ok(format!("store: {name}, read and written")),
        Err(error) => findings.fail(format!("store: {name}: {error}")),
    }
    for examined in [live(&store, loaded, findings).await, hooks(&store, findings).await, chain(&store, findings).await]
    {
        if let Err(error) = examined {
            findings.fail(format!("store: {error:#}"));
        }
    }
    store.close().await;
}

/// What is live, what waits to be, and whether the folders hold something else.
async fn live(store: &Store, loaded: &Loaded, findings: &mut Findings) -> anyhow::Result<()> {
    let mut tx = store.read().await?;
    let Some(live) = revisions::live(&mut *tx).await? else {
        findings.warn("store: nothing has been published yet; `yingda serve` and `yingda publish` do".to_owned());
        return Ok(());
    };
    let forced = if live.forced { ", against the gate" } else { "" };
    findings.ok(format!("live: revision {} since {}, by {}{forced}", live.revision, live.at, live.actor));
    let open = drafts::open(&mut *tx).await?;
    let sets: Vec<String> = open.iter().map(|set| format!("{} ({})", set.id, set.title)).collect();
    findings.ok(match sets.len() {
        0 => "drafts: no change set is open".to_owned(),
        n => format!("drafts: {n} change set(s) open: {}", sets.join(", ")),
    });
    if loaded.origin == Origin::Folders && loaded.revision != live.revision {
        findings.warn("the folders and the live revision differ; `yingda diff live folder` shows how".to_owned());
    }
    Ok(())
}

/// Whether the operator's other systems take what they are sent.
async fn hooks(store: &Store, findings: &mut Findings) -> anyhow::Result<()> {
    let mut tx = store.read().await?;
    let (known, n_dead) = (webhooks::list(&mut *tx).await?, deliveries::n_dead(&mut *tx).await?);
    for webhook in &known {
        let (id, reason) = (&webhook.id, webhook.disabled_reason.as_deref().unwrap_or("no reason is known"));
        match (webhook.status, webhook.failing_since) {
            (Status::Disabled, _) => findings.warn(format!("webhooks: {id} is disabled: {reason}")),
            (Status::Active, Some(since)) => {
                findings.warn(format!("webhooks: every attempt for {id} has failed since {since}"));
            }
            (Status::Active, None) => {}
        }
    }
    for (id, n) in &n_dead {
        findings.warn(format!("webhooks: {n} delivery(ies) to {id} lie aside; they can be sent again"));
    }
    let n_active = known.iter().filter(|webhook| webhook.status == Status::Active).count();
    findings.ok(format!("webhooks: {n_active} active"));
    Ok(())
}

/// Whether each line of the audit follows from the one before it.
async fn chain(store: &Store, findings: &mut Findings) -> anyhow::Result<()> {
    let mut tx = store.read().await?;
    let mut head = Head::start();
    loop {
        let lines = audit::after(&mut *tx, i64::try_from(head.seq)?, PAGE).await?;
        if lines.is_empty() {
            findings.ok(format!("audit: {} line(s), each follows from the one before it", head.seq));
            return Ok(());
        }
        match verify(head, &lines) {
            Ok(next) => head = next,
            Err(broken) => {
                findings.fail(broken.to_string());
                return Ok(());
            }
        }
    }
}

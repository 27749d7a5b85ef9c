//! How a process that serves learns what is live: it looks at the store again and again. Whoever publishes in this process
//! wakes it; that only saves the wait.

use std::time::Duration;

use crate::app::App;
use crate::artefacts::ENGINE;
use crate::chat::blocks::Blocks;
use crate::clock;
use crate::live::{Beside, LiveRevision};
use crate::publishing::comparing::{self, UNFIT};
use crate::publishing::switching;
use crate::store::blocks;
use crate::store::comparisons::{self, Comparison};
use crate::store::error::StoreError;
use crate::store::replicas::{self, Replica};
use crate::store::revisions;
use crate::store::switches;

/// Looks at the store until the process ends.
pub async fn follow(app: App) {
    let mut looking = tokio::time::interval(Duration::from_millis(app.config().publishing.poll_milliseconds));
    looking.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut seen = Seen::default();
    loop {
        tokio::select! {
            _ = looking.tick() => {}
            () = app.woken() => {}
        }
        match look(&app, &mut seen).await {
            Ok(()) => app.note_store(true),
            Err(error) => {
                app.note_store(false);
                seen.log(&error);
            }
        }
    }
}

/// Looks at the store once.
///
/// # Errors
/// Fails when the store does.
pub async fn look_once(app: &App) -> anyhow::Result<()> {
    look(app, &mut Seen::default()).await
}

/// What was seen the last time.
#[derive(Default)]
struct Seen {
    switches: Option<i64>,
    blocks: Option<i64>,
    beat_at: Option<jiff::Timestamp>,
    error: Option<String>,
}

impl Seen {
    /// A fault that stays is logged once.
    fn log(&mut self, error: &anyhow::Error) {
        let error = format!("{error:#}");
        if self.error.as_ref() != Some(&error) {
            tracing::error!(error, "the store does not answer: what is live stays, nothing can be changed");
            self.error = Some(error);
        }
    }
}

/// How often a process says that it serves; this is also how it finds out whether the store can be written.
const BEAT: jiff::SignedDuration = jiff::SignedDuration::from_secs(5);

async fn look(app: &App, seen: &mut Seen) -> anyhow::Result<()> {
    let store = app.publisher().store();
    let live = {
        let mut tx = store.read().await?;
        let live = revisions::live(&mut *tx).await?;
        let serial = switches::serial(&mut *tx).await?;
        if seen.switches != Some(serial) {
            app.set_switches(switching::read(&switches::list(&mut *tx).await?)?);
            seen.switches = Some(serial);
        }
        let serial = blocks::serial(&mut *tx).await?;
        if seen.blocks != Some(serial) {
            app.set_blocks(Blocks::read(&blocks::list(&mut *tx).await?));
            seen.blocks = Some(serial);
        }
        live
    };
    if let Some(live) = live.filter(|live| live.seq > app.live().seq()) {
        let snapshot = match app.live().of_revision(&live.revision) {
            Some(snapshot) => snapshot,
            None => {
                app.make_room();
                app.publisher().compile_stored(&live.revision, Some(app.live().current())).await?
            }
        };
        app.adopt(LiveRevision { seq: live.seq, snapshot });
    }
    let now = clock::now();
    look_beside(app, now).await?;
    if seen.error.is_some() || seen.beat_at.is_none_or(|last| now.duration_since(last) >= BEAT) {
        let revision = app.live().current().assistant.revision().to_owned();
        let replica = Replica { id: app.replica().to_owned(), revision, engine: ENGINE.to_owned(), seen_at: now };
        let mut tx = store.write().await?;
        replicas::beat(&mut *tx, &replica).await?;
        tx.commit().await?;
        seen.beat_at = Some(now);
    }
    if seen.error.take().is_some() {
        tracing::info!("the store answers again");
    }
    Ok(())
}

/// Says that a process serves no more.
pub async fn leave(app: &App) {
    let left = async {
        let mut tx = app.publisher().store().write().await?;
        replicas::leave(&mut *tx, app.replica()).await?;
        tx.commit().await
    };
    if let Err(error) = left.await {
        tracing::warn!(%error, "the store was not told that this process ends");
    }
}

/// Has the revision that is compared with the live one answer here too.
async fn look_beside(app: &App, now: jiff::Timestamp) -> anyhow::Result<()> {
    let running = comparisons::running(&mut *app.store().read().await?).await?;
    let current = app.live().current();
    let Some(running) = running else {
        if app.live().comparison().is_some() {
            app.live().set_beside(None);
        }
        return Ok(());
    };
    if let Some(how) = comparing::over(&running, current.assistant.revision()) {
        app.live().set_beside(None);
        return Ok(comparing::end(app.store(), &running, how, now).await?);
    }
    if app.live().comparison().as_ref() != Some(&running.id) {
        // What only a share of the customers see must not keep the others from being served.
        match app.publisher().compile_stored(&running.revision, Some(current)).await {
            Ok(snapshot) => {
                let Comparison { revision, share, .. } = &running;
                tracing::info!(revision, share, "a revision is compared with the live one");
                app.live().set_beside(Some(Beside { comparison: running, snapshot }));
            }
            Err(error) if error.downcast_ref::<StoreError>().is_some() => return Err(error),
            Err(error) => {
                let (revision, error) = (&running.revision, format!("{error:#}"));
                tracing::error!(revision, error, "what is compared with the live revision cannot be served");
                comparing::end(app.store(), &running, UNFIT, now).await?;
            }
        }
    }
    Ok(())
}

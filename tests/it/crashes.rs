//! Commands that are killed at any moment: what was, or what should be, and nothing between; and the next command works.
//!
//! `YINGDA_CRASHES` says how many times each is killed.

use std::process::Stdio;
use std::time::{Duration, Instant};

use fastrand::Rng;
use serde_json::Value;
use yingda::people::audit::Action;
use yingda::people::chain::{Head, verify};
use yingda::store::{audit, drafts, revisions};

use crate::shop::{Ended, Shop, table};
use crate::store::places;

/// How many times where nobody says.
const CRASHES: usize = 12;

/// How much longer than a run the delays may be the next time after it was killed: some are to end, most are not.
const LONGER: f64 = 1.05;

fn n_crashes() -> usize {
    std::env::var("YINGDA_CRASHES").ok().and_then(|n| n.parse().ok()).unwrap_or(CRASHES)
}

/// Kills commands after random times, drawn from a seed.
struct Killer {
    rng: Rng,
    /// How long a run takes, as far as the last ones have shown.
    whole: Duration,
    n_killed: usize,
    n_ended: usize,
}

impl Killer {
    /// Measures an undisturbed run.
    fn of(shop: &Shop, arguments: &[&str]) -> Self {
        let started = Instant::now();
        shop.does(arguments);
        Self { rng: Rng::with_seed(20_261_126), whole: started.elapsed(), n_killed: 0, n_ended: 0 }
    }

    fn kill(&mut self, shop: &Shop, arguments: &[&str]) {
        let mut command = shop.command(arguments);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let delay = self.whole.mul_f64(self.rng.f64());
        // The delay is what is tried here.
        std::thread::sleep(delay);
        child.kill().unwrap();
        let ended = child.wait_with_output().unwrap();
        match ended.status.code() {
            None => (self.n_killed, self.whole) = (self.n_killed + 1, self.whole.mul_f64(LONGER)),
            Some(_) => (self.n_ended, self.whole) = (self.n_ended + 1, delay),
        }
        let ended = Ended::from(ended);
        assert!(matches!(ended.code, None | Some(0)), "{arguments:?}: {ended:?}");
    }

    /// Says how it went, so that a run in which nothing was killed is seen.
    fn tell(&self, what: &str) {
        let Self { whole, n_killed, n_ended, .. } = self;
        eprintln!("{what}: {n_killed} killed within {whole:?}, {n_ended} ended before");
    }
}

/// What a store holds that must fit together.
#[derive(Debug, PartialEq, Eq)]
struct State {
    n_publications: usize,
    n_sets: usize,
}

/// Checks that what is stored belongs together: publications, their revisions' files, edits and the audit of all.
fn whole(shop: &Shop, n_edits: usize) -> State {
    shop.with_store(async |store| {
        let mut tx = store.read().await.unwrap();
        let publications = revisions::publications(&mut *tx, 0).await.unwrap();
        for (publication, seq) in publications.iter().zip(1..) {
            assert_eq!(publication.seq, seq);
            assert!(
                revisions::files(&mut *tx, &publication.revision).await.unwrap().is_some_and(|files| files.len() > 3)
            );
        }
        let sets = drafts::open(&mut *tx).await.unwrap();
        for set in &sets {
            assert_eq!(drafts::changes(&mut *tx, &set.id).await.unwrap().len(), n_edits, "{}", set.id);
        }
        let lines = audit::after(&mut *tx, 0, i64::MAX).await.unwrap();
        let head = verify(Head::start(), &lines).unwrap();
        assert_eq!(head, audit::head(&mut *tx).await.unwrap());
        let told = |actions: &[Action]| lines.iter().filter(|line| actions.contains(&line.event.action)).count();
        let state = State { n_publications: publications.len(), n_sets: sets.len() };
        assert_eq!(told(&[Action::RevisionPublished, Action::RevisionRolledBack]), state.n_publications);
        assert_eq!(told(&[Action::ContentImported]), state.n_sets);
        state
    })
}

/// The version that both entries answer with; they never differ.
fn version(shop: &Shop) -> String {
    let answers = shop.answers();
    assert!(answers.len() == 2 && answers[0] == answers[1], "{answers:?}");
    answers[0].clone()
}

fn on_each(case: impl Fn(Shop)) {
    for place in places() {
        case(Shop::at(place));
    }
}

#[test]
fn publish_is_done_or_not() {
    on_each(|shop| {
        shop.does(&["publish"]);
        shop.write_versions("a");
        let mut killer = Killer::of(&shop, &["publish"]);
        for number in 0..n_crashes() {
            let before = (whole(&shop, 0).n_publications, version(&shop));
            let next = format!("第 {number} 版。");
            shop.write_versions(&number.to_string());
            killer.kill(&shop, &["publish"]);
            let after = (whole(&shop, 0).n_publications, version(&shop));
            assert!(after == before || after == (before.0 + 1, next.clone()), "{before:?} {after:?}");
            shop.does(&["publish"]);
            assert_eq!((whole(&shop, 0).n_publications, version(&shop)), (before.0 + 1, next));
        }
        shop.does(&["doctor"]);
        killer.tell("publish");
    });
}

#[test]
fn rollback_is_done_or_not() {
    on_each(|shop| {
        shop.does(&["publish"]);
        let mut pair = (shop.live(), String::new());
        shop.write_versions("1");
        shop.does(&["publish"]);
        pair.1 = shop.live();
        let mut killer = Killer::of(&shop, &["rollback", &pair.0]);
        for _ in 0..n_crashes() {
            let live = shop.live();
            let other = if live == pair.0 { &pair.1 } else { &pair.0 };
            let before = whole(&shop, 0).n_publications;
            killer.kill(&shop, &["rollback", other]);
            let after = (whole(&shop, 0).n_publications, shop.live());
            assert!(after == (before, live) || after == (before + 1, other.clone()), "{before} {after:?}");
            shop.does(&["rollback", other]);
            assert_eq!(&shop.live(), other);
            assert_eq!(version(&shop), if *other == pair.0 { "第 0 版。" } else { "第 1 版。" });
        }
        shop.does(&["doctor"]);
        killer.tell("rollback");
    });
}

#[test]
fn import_is_done_or_not() {
    on_each(|shop| {
        shop.does(&["publish"]);
        let rows: Vec<[String; 5]> = (0..40)
            .map(|number| {
                [
                    format!("pay-{number}"),
                    "pay".into(),
                    "".into(),
                    format!("怎么付第 {number} 笔"),
                    format!("点 {number}。"),
                ]
            })
            .collect();
        let rows: Vec<[&str; 5]> = rows.iter().map(|row| row.each_ref().map(String::as_str)).collect();
        shop.write("rows.csv", &table(&rows));
        let arguments = ["import", "rows.csv", "--format", "csv"];
        let mut killer = Killer::of(&shop, &arguments);
        for _ in 0..n_crashes() {
            let before = whole(&shop, rows.len()).n_sets;
            killer.kill(&shop, &arguments);
            let after = whole(&shop, rows.len()).n_sets;
            assert!(after == before || after == before + 1, "{before} {after}");
            shop.does(&arguments);
            assert_eq!(whole(&shop, rows.len()).n_sets, after + 1);
        }
        shop.does(&["doctor"]);
        killer.tell("import");
    });
}

#[test]
fn restore_is_done_or_not() {
    let shop = Shop::published();
    shop.does(&["backup", "all.backup"]);
    let file = shop.path("all.backup");
    let arguments = ["restore", file.to_str().unwrap()];
    let mut killer = Killer::of(&Shop::new(), &arguments);
    for _ in 0..n_crashes() {
        let empty = Shop::new();
        killer.kill(&empty, &arguments);
        let again = empty.run(&arguments);
        assert!(again.code == Some(0) || again.err.contains("not empty"), "{again:?}");
        assert_eq!((empty.live(), whole(&empty, 0)), (shop.live(), whole(&shop, 0)));
    }
    killer.tell("restore");
}

#[test]
fn a_backup_is_there_whole_or_not_at_all() {
    on_each(|shop| {
        shop.does(&["publish"]);
        let mut killer = Killer::of(&shop, &["backup", "first.backup"]);
        for number in 0..n_crashes() {
            let name = format!("{number}.backup");
            killer.kill(&shop, &["backup", &name]);
            let file = shop.path(&name);
            if file.exists() {
                let empty = Shop::new();
                let restored: Value = empty.json(&["restore", file.to_str().unwrap()]);
                assert!(restored["n_rows"].as_u64().unwrap() > 10);
                assert_eq!(empty.live(), shop.live());
            }
            shop.does(&["backup", &format!("{number}.next")]);
        }
        whole(&shop, 0);
        killer.tell("backup");
    });
}

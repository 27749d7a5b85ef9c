//! A disk that is full: a clear error, nothing lost, and everything goes on when there is room again.
//!
//! The disk is a small file system in memory, which takes a namespace of one's own; where the system allows none, the test says
//! so and passes.

use std::path::Path;
use std::process::Command;

use crate::shop::{Ended, Shop, time};

/// Where the small disk is, for the test within the test.
const DISK: &str = "YINGDA_TEST_SMALL_DISK";

/// Publications after which the disk must be full.
const MOST: usize = 200;

#[test]
fn a_full_disk_is_an_error_that_loses_nothing() {
    if let Some(disk) = std::env::var_os(DISK) {
        return fill(Path::new(&disk));
    }
    let disk = tempfile::tempdir().unwrap();
    let unshare = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["-rm", "sh", "-c", script, "sh"]).arg(disk.path());
        command
    };
    let mount = "mount -t tmpfs -o size=12m none \"$1\"";
    if !unshare(mount).output().is_ok_and(|tried| tried.status.success()) {
        eprintln!("the system allows no namespace of one's own: not tried on a full disk");
        return;
    }
    let name = concat!(module_path!(), "::a_full_disk_is_an_error_that_loses_nothing");
    let (_, name) = name.split_once("::").unwrap();
    let script = format!("{mount} && shift && exec \"$@\"");
    let within = unshare(&script)
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(DISK, disk.path())
        .output()
        .unwrap();
    let within = Ended { code: within.status.code(), out: text(&within.stdout), err: text(&within.stderr) };
    assert_eq!(within.code, Some(0), "{}\n{}", within.out, within.err);
    assert!(within.out.contains("1 passed"), "{within:?}");
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Runs a command of a shop whose store lies on the small disk.
fn run(shop: &Shop, disk: &Path, arguments: &[&str]) -> Ended {
    let mut command = shop.command(arguments);
    command.env("YINGDA_DATA", disk.join("data")).output().unwrap().into()
}

fn fill(disk: &Path) {
    let spare = disk.join("spare");
    std::fs::write(&spare, vec![0; 3 << 20]).unwrap();
    let shop = Shop::new();
    let first = run(&shop, disk, &["publish"]);
    assert_eq!(first.code, Some(0), "{first:?}");
    // Nothing that is packed makes it small: a backup must not fit either.
    let mut rng = fastrand::Rng::with_seed(7);
    let long: String = (0..80_000).map(|_| rng.char('一'..='龥')).collect();
    let version = |number: usize| time(&format!("{number} {long}"));
    let mut last = 0;
    let full = (1..MOST)
        .find_map(|number| {
            shop.write("knowledge-base/refund/refund-time.md", &version(number));
            let ended = run(&shop, disk, &["publish"]);
            if ended.code == Some(0) {
                last = number;
                return None;
            }
            Some(ended)
        })
        .unwrap();
    eprintln!("full after {last} publications: {}", full.err);
    assert_eq!(full.code, Some(2), "{full:?}");
    assert!(full.err.contains("no room"), "{full:?}");
    assert!(last > 2);
    let answers = |number: usize| {
        let out = shop.path("out.jsonl");
        let exported = run(&shop, disk, &["export", "--format", "jsonl", "--out", out.to_str().unwrap()]);
        assert_eq!(exported.code, Some(0), "{exported:?}");
        let text = std::fs::read_to_string(out).unwrap();
        assert!(text.contains(&format!("第 {number} ")), "{}", text.chars().take(200).collect::<String>());
    };
    answers(last);
    let backup = disk.join("all.backup");
    let refused = run(&shop, disk, &["backup", backup.to_str().unwrap()]);
    assert_eq!((refused.code, backup.exists()), (Some(2), false), "{refused:?}");
    std::fs::remove_file(spare).unwrap();
    answers(last);
    let doctor = run(&shop, disk, &["doctor"]);
    assert_eq!(doctor.code, Some(0), "{doctor:?}");
    let next = run(&shop, disk, &["publish"]);
    assert_eq!(next.code, Some(0), "{next:?}");
    answers(last + 1);
}

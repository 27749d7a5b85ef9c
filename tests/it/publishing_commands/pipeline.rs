//! The commands of docs/PIPELINE.md in their order, as a pipeline runs them: 0 goes on, 1 is for the author, 2 for the operator.

use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::shop::{Ended, Shop, how, time};

/// The commands that the page shows first, as lines of a shell.
fn documented() -> Vec<String> {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/PIPELINE.md")).unwrap();
    let block = page.split("```sh\n").nth(1).unwrap().split("```").next().unwrap();
    block.lines().map(str::to_owned).collect()
}

/// Runs a line in a shell that finds the binary, in the shop's folder.
fn run(shop: &Shop, line: &str) -> Ended {
    let binary = shop.command(&[]);
    let folder = Path::new(binary.get_program()).parent().unwrap();
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    let mut shell = Command::new("sh");
    shell.args(["-c", line]).current_dir(shop.folder()).env("PATH", path);
    for (name, value) in binary.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell.output().unwrap().into()
}

#[test]
fn the_documented_commands_end_with_0_on_good_content_and_1_on_broken() {
    let (shop, lines) = (Shop::new(), documented());
    assert_eq!(lines.len(), 4, "{lines:?}");
    for line in &lines {
        let ended = run(&shop, line);
        assert_eq!(ended.code, Some(0), "{line}: {ended:?}");
    }
    let live = shop.live();
    assert_eq!(shop.read("knowledge-base/.yingda-base").trim(), live);

    shop.write("knowledge-base/refund/refund-how.md", "---\nquestion: 怎么申请退款\nsimlar: [x]\n---\n坏的。\n");
    let codes: Vec<Option<i32>> = lines.iter().map(|line| run(&shop, line).code).collect();
    assert_eq!(codes, [Some(1), Some(2), Some(1), Some(1)], "eval cannot ask content with errors");
    assert_eq!(shop.live(), live);

    for wrong in [
        "yingda check --knowledge nowhere",
        "yingda eval questions nowhere.jsonl --floor 0.9",
        "yingda publish --dryrun",
    ] {
        assert_eq!(run(&shop, wrong).code, Some(2), "{wrong}");
    }
}

#[test]
fn a_floor_that_is_not_reached_or_harm_ends_with_1() {
    let shop = Shop::new();
    let line = |id: &str, never: &str| {
        json!({"id": id, "text": "退款几天到", "lang": "zh-CN", "accept": ["refund-time"], "never": [never]})
            .to_string()
    };
    let wrong = json!({"id": "w", "text": "退款几天到", "accept": ["refund-how"]}).to_string();
    shop.write("half.jsonl", &format!("{}\n{wrong}\n", line("a", "refund-how")));
    let eval = |file: &str, floor: &[&str]| shop.run(&[&["eval", "questions", file, "--json"][..], floor].concat());
    assert_eq!(eval("half.jsonl", &["--floor", "0.5"]).code, Some(0));
    let below = eval("half.jsonl", &["--floor", "0.6"]);
    assert_eq!(
        (below.code, &below.json()["accept_rate"]),
        (Some(1), &json!(0.5)),
        "the figures are printed all the same"
    );
    assert_eq!(eval("half.jsonl", &[]).code, Some(0));
    assert_eq!(eval("half.jsonl", &["--floor", "60"]).code, Some(2));
    shop.write(
        "harm.jsonl",
        &line("a", "refund-time").replace("\"accept\":[\"refund-time\"]", "\"accept\":[\"fallback\"]"),
    );
    assert_eq!(eval("harm.jsonl", &["--floor", "0"]).code, Some(1), "an outcome that does harm");

    let talk = "{\"id\":\"d\",\"lang\":\"zh-CN\",\"turns\":[{\"user\":\"退款几天到\",\"expect\":{\"accept\":[\"refund-how\"]}}]}\n";
    shop.write("talk.jsonl", talk);
    assert_eq!(shop.run(&["eval", "dialogues", "talk.jsonl"]).code, Some(0));
    assert_eq!(shop.run(&["eval", "dialogues", "talk.jsonl", "--floor", "1"]).code, Some(1));
}

#[test]
fn a_checkout_takes_over_what_was_published_elsewhere() {
    let (shop, checkout) = (Shop::published(), tempfile::tempdir().unwrap());
    let git = |arguments: &[&str]| {
        let identity = ["-c", "user.name=editor", "-c", "user.email=editor@localhost", "-c", "init.defaultBranch=main"];
        let output = Command::new("git").args(identity).args(arguments).current_dir(checkout.path()).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
    };
    let yingda =
        |arguments: &[&str]| -> Ended { shop.command(arguments).current_dir(checkout.path()).output().unwrap().into() };
    assert_eq!(yingda(&["export", "--format", "folder", "--out", "."]).code, Some(0));
    git(&["init", "--quiet"]);
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "--message", "first"]);
    // Somebody publishes one edit elsewhere, while another is made here.
    shop.write("knowledge-base/refund/refund-time.md", &time("1"));
    shop.does(&["publish"]);
    std::fs::write(checkout.path().join("knowledge-base/refund/refund-how.md"), how("2")).unwrap();
    git(&["commit", "--quiet", "--all", "--message", "ours"]);
    let refused = yingda(&["publish", "--dry-run", "--json"]);
    assert_eq!((refused.code, &refused.json()["outcome"]), (Some(1), &json!("diverged")), "{refused:?}");

    git(&["switch", "--quiet", "--create", "elsewhere", "HEAD~1"]);
    let exported = yingda(&["export", "--format", "folder", "--out", "."]);
    assert_eq!(exported.code, Some(0), "{exported:?}");
    git(&["add", "--all", "knowledge-base", "intents"]);
    git(&["commit", "--quiet", "--message", "What was published elsewhere"]);
    git(&["merge", "--quiet", "--no-edit", "main"]);
    let published = yingda(&["publish", "--json"]);
    assert_eq!((published.code, &published.json()["outcome"]), (Some(0), &json!("published")), "{published:?}");
    assert_eq!(shop.answers(), ["第 2 版。", "第 1 版。"], "both edits are live");
}

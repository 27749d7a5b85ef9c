//! A small shop's content in a folder of its own, and the commands on it, as its operator runs them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use yingda::store::Store;

use crate::store::{Place, runtime};

/// A folder with content and a store.
pub struct Shop {
    place: Place,
}

/// How a command ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ended {
    /// What it printed, as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }
}

impl Shop {
    /// Two entries, an intent and a labelled question, in the folder only.
    pub fn new() -> Self {
        Self::at(Place::embedded())
    }

    /// The same, with a store at a place that is empty.
    pub fn at(place: Place) -> Self {
        let shop = Self { place };
        shop.write("knowledge-base/refund/_category.yaml", "title: {zh-CN: 退款, en: Refunds}\n");
        shop.write_versions("0");
        shop.write(
            "knowledge-base/refund/refund-time.en.md",
            "---\nquestion: When does my refund arrive?\n---\nSoon.\n",
        );
        shop.write("intents/smalltalk.greet.yaml", "examples: {zh-CN: [你好]}\ndoes: {reply: {zh-CN: 您好。}}\n");
        shop.write(
            "knowledge-base/questions/own.jsonl",
            "{\"id\":\"own-1\",\"text\":\"退款几天到\",\"lang\":\"zh-CN\",\"accept\":[\"refund-time\"]}\n",
        );
        shop
    }

    /// The same, and published.
    pub fn published() -> Self {
        let shop = Self::new();
        shop.does(&["publish"]);
        shop
    }

    /// Has both entries answer with a version.
    pub fn write_versions(&self, version: &str) {
        self.write("knowledge-base/refund/refund-time.md", &time(version));
        self.write("knowledge-base/refund/refund-how.md", &how(version));
    }

    pub fn folder(&self) -> &Path {
        self.place.folder()
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.folder().join(path)
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path(path)).unwrap()
    }

    /// A command that has not begun.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = binary();
        command.args(arguments).current_dir(self.folder()).env("YINGDA_DATA", self.folder());
        command.env("YINGDA_STORE_URL", self.place.url());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ended {
        self.command(arguments).output().unwrap().into()
    }

    /// Runs what must end well.
    pub fn does(&self, arguments: &[&str]) -> Ended {
        let ended = self.run(arguments);
        assert_eq!(ended.code, Some(0), "{arguments:?}: {ended:?}");
        ended
    }

    /// Runs what must end well and print JSON.
    pub fn json(&self, arguments: &[&str]) -> Value {
        self.does(&[arguments, &["--json"]].concat()).json()
    }

    /// The revision that is live.
    pub fn live(&self) -> String {
        let all = self.json(&["revisions"]);
        let live = all.as_array().unwrap().iter().find(|revision| revision["live"] == true);
        live.map(|revision| revision["id"].as_str().unwrap().to_owned()).unwrap_or_default()
    }

    /// The answers of the entries that are live.
    pub fn answers(&self) -> Vec<String> {
        self.does(&["export", "--format", "jsonl", "--out", "answers.jsonl"]);
        let lines = self.read("answers.jsonl");
        let answer = |line: &str| -> String {
            let entry: Value = serde_json::from_str(line).unwrap();
            entry["texts"]["zh-CN"]["body"].as_str().unwrap().to_owned()
        };
        lines.lines().map(answer).collect()
    }

    /// Does something with the store itself.
    pub fn with_store<T>(&self, work: impl AsyncFnOnce(&Store) -> T) -> T {
        runtime().block_on(async {
            let store = self.place.open().await;
            let done = work(&store).await;
            store.close().await;
            done
        })
    }
}

/// The binary, without the settings that are meant for the tests.
pub fn binary() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_yingda"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("YINGDA_") {
            command.env_remove(name);
        }
    }
    command
}

/// An entry that says when money comes back.
pub fn time(version: &str) -> String {
    format!("---\nquestion: 退款多久到账\nsimilar: [退款几天到]\n---\n第 {version} 版。\n")
}

/// An entry that says how to get it back.
pub fn how(version: &str) -> String {
    format!("---\nquestion: 怎么申请退款\n---\n第 {version} 版。\n")
}

/// A table of ours with some rows: id, category, language, question, answer.
pub fn table(rows: &[[&str; 5]]) -> String {
    let mut table = "id,category,language,question,answer\n".to_owned();
    for row in rows {
        table.push_str(&row.join(","));
        table.push('\n');
    }
    table
}

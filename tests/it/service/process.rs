//! The program as its operator runs it: addresses, signals, log lines, folders that are watched.

use std::io::{BufRead, BufReader, Lines, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::Receiver;
use std::time::Instant;

use super::{PATIENCE, Reply, connect};
use crate::shop::{Shop, binary, table};

/// `yingda serve` in a folder, on a port of its own, with a store there; what is trained is shared between tests.
pub struct Process {
    child: Child,
    address: SocketAddr,
    said: String,
    saying: Lines<BufReader<ChildStdout>>,
    log: Receiver<String>,
}

/// On a port of its own.
const SERVE: [&str; 3] = ["serve", "--listen", "127.0.0.1:0"];

impl Process {
    pub fn start(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = binary();
        command.args(SERVE).args(arguments).args(["--data".as_ref(), data_in(folder).as_os_str()]);
        Self::of(command.envs(environment.iter().copied()).current_dir(folder))
    }

    /// The same on a shop's content and store.
    pub fn of_shop(shop: &Shop, arguments: &[&str]) -> Self {
        Self::of(shop.command(&SERVE).args(arguments))
    }

    fn of(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut said = String::new();
        let address = loop {
            let line = lines.next().expect("it says where it serves").unwrap();
            said.push_str(&line);
            if let Some((_, rest)) = line.split_once("http://") {
                break rest.trim_end_matches('/').parse().unwrap();
            }
        };
        let (line, log) = std::sync::mpsc::channel();
        let logged = BufReader::new(child.stderr.take().unwrap()).lines();
        std::thread::spawn(move || logged.map_while(Result::ok).all(|logged| line.send(logged).is_ok()));
        Self { child, address, said, saying: lines, log }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn request(&self, request: &str) -> Reply {
        let mut stream = connect(self.address);
        stream.write_all(request.as_bytes()).unwrap();
        Reply::read(&mut stream)
    }

    fn get(&self, path: &str) -> Reply {
        self.request(&format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"))
    }

    pub fn ask(&self, question: &str) -> Reply {
        let body = serde_json::json!({ "question": question }).to_string();
        self.request(&format!(
            "POST /api/v1/ask HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        ))
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    /// Waits for a line on its standard output.
    pub fn says(&mut self, part: &str) -> String {
        let line = self.saying.by_ref().map_while(Result::ok).find(|line| line.contains(part));
        line.unwrap_or_else(|| panic!("{part} is not said"))
    }

    /// Ends it and returns all that it said.
    pub fn end_and_hear(mut self) -> String {
        self.signal("TERM");
        let rest: Vec<String> = self.saying.by_ref().map_while(Result::ok).collect();
        format!("{}\n{}", self.said, rest.join("\n"))
    }

    /// Ends it as a service manager does; returns its exit code and what it logged.
    pub fn end(mut self) -> (Option<i32>, String) {
        self.signal("TERM");
        let logged: Vec<String> = self.log.iter().collect();
        (self.child.wait().unwrap().code(), logged.join("\n"))
    }

    /// Ends it as no warning does.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for a line of the log.
    fn logs(&self, part: &str) -> String {
        loop {
            let line = self.log.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("{part} is not logged"));
            if line.contains(part) {
                return line;
            }
        }
    }
}

pub fn data_in(folder: &Path) -> PathBuf {
    let (data, shared) = (folder.join("data"), Path::new(env!("CARGO_TARGET_TMPDIR")).join("artefacts"));
    std::fs::create_dir_all(&data).unwrap();
    std::fs::create_dir_all(&shared).unwrap();
    // It is there when a service is started a second time.
    let _ = std::os::unix::fs::symlink(shared, data.join("artefacts"));
    data
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn it_serves_the_sample_without_any_folder_and_ends_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let process = Process::start(folder.path(), &["--metrics", "off"], &[]);
    assert!(process.said.contains("87 entries"), "{}", process.said);
    assert_eq!(process.ask("退款多久到账？").json()["entry"], "refund-arrival-time");
    let (code, logged) = process.end();
    assert_eq!(code, Some(0), "{logged}");
}

#[test]
fn a_taken_address_is_an_error_and_a_taken_one_for_metrics_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let refused =
        binary().args(["serve", "--metrics", "off", "--listen", &address]).current_dir(folder.path()).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains(&address));
    let process = Process::start(folder.path(), &["--metrics", &address], &[]);
    assert_eq!(process.get("/readyz").status, 200);
    let (_, logged) = process.end();
    assert!(logged.contains("WARN") && logged.contains(&address), "{logged}");
}

#[test]
fn settings_come_from_the_file_and_the_environment() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("yingda.toml"), "[limits]\nquestion_chars = 3\n[server]\nmetrics = \"off\"\n")
        .unwrap();
    let process = Process::start(folder.path(), &[], &[("YINGDA_ANSWERS_LIMIT", "2")]);
    assert_eq!(process.ask("退款多久").status, 422);
    assert_eq!(process.ask("退款").json()["candidates"].as_array().unwrap().len(), 2);
}

/// Whatever the level: what customers type is in no line of the log.
#[test]
fn no_message_text_is_logged_at_any_level() {
    let folder = tempfile::tempdir().unwrap();
    let process = Process::start(folder.path(), &["--metrics", "off"], &[("YINGDA_LOG_LEVEL", "trace")]);
    let canary = "金丝雀canary4242";
    assert_eq!(process.ask(canary).status, 200);
    assert_eq!(process.ask(&format!("{canary}{}", "长".repeat(3000))).status, 422);
    let query = "%E9%87%91%E4%B8%9D%E9%9B%80canary4242";
    assert_eq!(process.get(&format!("/api/v1/suggest?q={query}")).status, 200);
    assert_eq!(process.get(&format!("/api/v1/search?q={query}&limit=x")).status, 422);
    assert_eq!(process.get(&format!("/api/v1/entries/{query}")).status, 404);
    let broken = format!(
        "POST /api/v1/ask HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: 60\r\n\r\n{{\"question\": \"{canary}"
    );
    connect(process.address).write_all(broken.as_bytes()).unwrap();
    let (_, logged) = process.end();
    assert!(logged.contains("\"route\":\"/api/v1/ask\"") && logged.contains("\"status\":422"), "{logged}");
    for line in logged.lines() {
        assert!(!line.contains("canary") && !line.contains("金丝雀"), "{line}");
        let parsed: Result<serde_json::Value, _> = serde_json::from_str(line);
        assert!(parsed.is_ok(), "a line that is no JSON: {line}");
    }
}

#[test]
fn watched_folders_are_published_when_they_change() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("knowledge-base/refund/_category.yaml", "title: {zh-CN: 退款}\n");
    write("knowledge-base/refund/refund-time.md", "---\nquestion: 退款多久到账\n---\n三天。\n");
    write("intents/greet.yaml", "examples: {zh-CN: [你好]}\ndoes: {reply: {zh-CN: 您好。}}\n");
    let process = Process::start(folder.path(), &["--metrics", "off", "--watch"], &[]);
    let answers = |text: &str| {
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            if process.ask("退款多久到账").json()["reply"]["text"] == text {
                return true;
            }
            std::thread::yield_now();
        }
        false
    };
    assert!(answers("三天。"));
    write("knowledge-base/refund/refund-time.md", "---\nquestion: 退款多久到账\n---\n五天。\n");
    assert!(answers("五天。"), "a change is seen");
    write("knowledge-base/refund/refund-time.md", "---\nquestion: 退款多久到账\nsimlar: [x]\n---\n坏的。\n");
    let logged = process.logs("unknown-key");
    assert!(logged.contains("refund-time.md") && logged.contains("\"line\":3"), "{logged}");
    assert!(answers("五天。"), "the broken edit changes nothing");
    write("knowledge-base/refund/refund-time.md", "---\nquestion: 退款多久到账\n---\n七天。\n");
    assert!(answers("七天。"), "and mended it goes live");
}

#[test]
fn watched_folders_do_not_publish_over_what_editors_have_under_way() {
    let shop = Shop::published();
    let process = Process::of_shop(&shop, &["--metrics", "off", "--watch"]);
    shop.write("rows.csv", &table(&[["refund-how", "refund", "", "怎么申请退款", "点退款。"]]));
    shop.does(&["import", "rows.csv", "--format", "csv"]);
    shop.write_versions("1");
    process.logs("1 change set(s) of the console are open");
    assert_eq!(process.ask("退款多久到账").json()["reply"]["text"], "第 0 版。");
    process.end();
    let ended = shop.run(&["serve", "--listen", "127.0.0.1:0", "--metrics", "off", "--watch"]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.err.contains("--watch would publish over 1 open change set(s)"), "{ended:?}");
}

#[test]
fn a_hang_up_signal_publishes_the_folders() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("knowledge-base/refund")).unwrap();
    std::fs::create_dir_all(folder.path().join("intents")).unwrap();
    let write = |answer: &str| {
        let entry = folder.path().join("knowledge-base/refund/refund-time.md");
        std::fs::write(entry, format!("---\nquestion: 退款多久到账\n---\n{answer}\n")).unwrap();
    };
    write("三天。");
    let process = Process::start(folder.path(), &["--metrics", "off"], &[]);
    write("五天。");
    assert_eq!(process.ask("退款多久到账").json()["reply"]["text"], "三天。", "nobody watches");
    process.signal("HUP");
    process.logs("\"published\"");
    assert_eq!(process.ask("退款多久到账").json()["reply"]["text"], "五天。");
}

#[test]
fn a_service_manager_is_told_when_it_is_ready_and_when_it_ends() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let socket = std::os::unix::net::UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let told = || {
        let mut buffer = [0; 256];
        let n = socket.recv(&mut buffer).unwrap();
        String::from_utf8_lossy(&buffer[..n]).into_owned()
    };
    let process = Process::start(folder.path(), &["--metrics", "off"], &[("NOTIFY_SOCKET", path.to_str().unwrap())]);
    assert!(told().contains("READY=1"));
    process.end();
    assert!(told().contains("STOPPING=1"));
}

#[test]
fn what_was_kept_long_enough_is_forgotten_while_it_serves() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("knowledge-base/refund")).unwrap();
    std::fs::create_dir_all(folder.path().join("intents")).unwrap();
    for answer in ["三天。", "五天。", "七天。"] {
        let entry = folder.path().join("knowledge-base/refund/refund-time.md");
        std::fs::write(entry, format!("---\nquestion: 退款多久到账\n---\n{answer}\n")).unwrap();
        let mut publish = binary();
        publish.arg("publish").arg("--data").arg(data_in(folder.path())).current_dir(folder.path());
        assert!(publish.output().unwrap().status.success());
    }
    let short = [
        ("YINGDA_RETENTION_REVISIONS_DAYS", "0"),
        ("YINGDA_RETENTION_REVISIONS", "1"),
        ("YINGDA_LOG_LEVEL", "yingda=debug"),
    ];
    let process = Process::start(folder.path(), &["--metrics", "off"], &short);
    let logged = process.logs("forgotten what has been kept long enough");
    assert!(logged.contains("revisions: 2"), "{logged}");
    assert_eq!(process.ask("退款多久到账").json()["reply"]["text"], "七天。");
}

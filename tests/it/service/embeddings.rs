//! The service with a model behind it: heard when it answers in time, missed by nobody when it does not.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::{TestApp, settings};
use serde_json::{Value, json};

const GOOD: u8 = 0;
const SLOW: u8 = 1;
const OF_ANOTHER_SIZE: u8 = 2;
const NOT_FINITE: u8 = 3;
const NO_JSON: u8 = 4;
const BROKEN: u8 = 5;
const TOO_FEW: u8 = 6;

/// Numbers of a vector of the stand-in.
const DIMENSIONS: usize = 8;

/// A server with OpenAI's `/v1/embeddings`: a text's vector counts its characters, and 取回 means what 退款 does.
struct StandIn {
    url: String,
    mood: Arc<AtomicU8>,
    n_texts: Arc<AtomicUsize>,
}

impl StandIn {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let (mood, n_texts) = (Arc::new(AtomicU8::new(GOOD)), Arc::new(AtomicUsize::new(0)));
        let (told, counted) = (Arc::clone(&mood), Arc::clone(&n_texts));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (told, counted) = (Arc::clone(&told), Arc::clone(&counted));
                thread::spawn(move || serve(stream, &told, &counted));
            }
        });
        Self { url, mood, n_texts }
    }

    fn be(&self, mood: u8) {
        self.mood.store(mood, Ordering::SeqCst);
    }
}

fn serve(stream: TcpStream, mood: &AtomicU8, n_texts: &AtomicUsize) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut stream = stream;
    while let Some(texts) = read_request(&mut reader) {
        n_texts.fetch_add(texts.len(), Ordering::SeqCst);
        let mood = mood.load(Ordering::SeqCst);
        let mut items: Vec<Value> = texts
            .iter()
            .enumerate()
            .map(|(index, text)| {
                let mut vector = vector(text);
                if mood == OF_ANOTHER_SIZE {
                    vector.push(1.0);
                }
                json!({ "object": "embedding", "index": index, "embedding": vector })
            })
            .rev()
            .collect();
        if mood == TOO_FEW {
            items.pop();
        }
        let mut body = json!({ "object": "list", "data": items }).to_string();
        match mood {
            SLOW => thread::sleep(Duration::from_secs(2)),
            NOT_FINITE => body = body.replacen("0.0", "1e999", 1).replacen("[", "[1e999,", 2),
            NO_JSON => body = "<html>".to_owned(),
            _ => {}
        }
        let status = if mood == BROKEN { "500 Internal Server Error" } else { "200 OK" };
        let head =
            format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
        if stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).is_err() {
            return;
        }
    }
}

fn read_request(reader: &mut BufReader<TcpStream>) -> Option<Vec<String>> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let request: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(request["model"], "stand-in");
    Some(serde_json::from_value(request["input"].clone()).unwrap())
}

fn vector(text: &str) -> Vec<f32> {
    let mut vector = vec![0.0; DIMENSIONS];
    for c in text.replace("取回", "退款").chars() {
        vector[c as usize % DIMENSIONS] += 1.0;
    }
    vector
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in [
        ("knowledge-base/refund/_category.yaml", "title: 退款\norder: 1\n"),
        ("knowledge-base/refund/refund-time.md", "---\nquestion: 退款多久到账\n---\n\n三天。\n"),
        ("knowledge-base/refund/refund-apply.md", "---\nquestion: 怎么申请退款\n---\n\n点退款。\n"),
        ("knowledge-base/refund/pay-failed.md", "---\nquestion: 付款失败怎么办\n---\n\n再试一次。\n"),
    ] {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    std::fs::create_dir_all(folder.path().join("intents")).unwrap();
    folder
}

/// A service with the folder's content and the model at the address; what the model said is kept in the folder.
fn service(url: &str, folder: &Path) -> TestApp {
    let mut config = settings();
    config.content.knowledge = folder.join("knowledge-base");
    config.content.intents = folder.join("intents");
    config.embeddings.url = url.to_owned();
    config.embeddings.model = "stand-in".to_owned();
    TestApp::of_folders(config, &folder.join("data"))
}

fn ask(app: &TestApp, question: &str) -> Value {
    app.post("/api/v1/ask", &json!({ "question": question, "explain": true })).json()
}

const QUESTION: &str = "取回要几天";

#[test]
fn a_model_that_answers_is_heard_and_asked_once_about_each_stored_text() {
    let (stand_in, folder) = (StandIn::start(), folder());
    let app = service(&stand_in.url, folder.path());
    let n_stored = stand_in.n_texts.load(Ordering::SeqCst);
    assert!(n_stored >= 3);
    let turn = ask(&app, QUESTION);
    assert_eq!(turn["explanation"]["meaning_by"], "model");
    assert_eq!(stand_in.n_texts.load(Ordering::SeqCst), n_stored + 1, "one text for the question");
    drop(app);
    let again = service(&stand_in.url, folder.path());
    assert_eq!(stand_in.n_texts.load(Ordering::SeqCst), n_stored + 1, "the file remembers");
    assert_eq!(ask(&again, QUESTION), turn);
}

#[test]
fn a_model_that_is_down_slow_or_lying_keeps_nobody_waiting() {
    let (stand_in, folder) = (StandIn::start(), folder());
    let without = service("", folder.path());
    let mut lexical = ask(&without, QUESTION);
    assert_eq!(lexical["explanation"]["meaning_by"], "words");
    lexical["explanation"]["meaning_by"] = json!("words, no model in time");
    for mood in [SLOW, OF_ANOTHER_SIZE, NOT_FINITE, NO_JSON, BROKEN, TOO_FEW] {
        stand_in.be(GOOD);
        let app = service(&stand_in.url, folder.path());
        stand_in.be(mood);
        let began = Instant::now();
        for _ in 0..10 {
            assert_eq!(ask(&app, QUESTION), lexical, "mood {mood}");
        }
        // Five questions wait for the budget, then the circuit is open.
        assert!(began.elapsed() < Duration::from_secs(2), "mood {mood}: {:?}", began.elapsed());
    }
    // Nobody listens at all, not even when the content is compiled.
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let app = service(&format!("http://{nobody}/v1"), folder.path());
    lexical["explanation"]["meaning_by"] = json!("words");
    assert_eq!(ask(&app, QUESTION), lexical);
}

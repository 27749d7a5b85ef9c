//! Systems of the operator that this service calls: what they get, and how they answer.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver as Channel, Sender, channel};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

use jiff::Timestamp;
use serde_json::Value;
use yingda::people::signature::{Signed, SigningSecret};

/// What a receiver got.
#[derive(Clone, Debug)]
pub struct Request {
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Request {
    /// Reads a request; `None` where nothing comes.
    pub fn read(stream: &TcpStream) -> Option<Self> {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut first = String::new();
        reader.read_line(&mut first).ok().filter(|n_bytes| *n_bytes > 0)?;
        let path = first.strip_prefix("POST ").and_then(|rest| rest.split(' ').next()).expect("a POST").to_owned();
        let mut headers = BTreeMap::new();
        for line in reader.by_ref().lines().map_while(Result::ok).take_while(|line| !line.is_empty()) {
            let (name, value) = line.split_once(": ").unwrap();
            headers.insert(name.to_ascii_lowercase(), value.to_owned());
        }
        let mut body = vec![0; headers["content-length"].parse().unwrap()];
        reader.read_exact(&mut body).unwrap();
        Some(Self { path, headers, body: String::from_utf8(body).unwrap() })
    }

    pub fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub fn is_signed_with(&self, secret: &str, at: Timestamp) -> bool {
        let signed = Signed {
            id: self.id(),
            timestamp: &self.headers["webhook-timestamp"],
            signatures: &self.headers["webhook-signature"],
        };
        SigningSecret::parse(secret).unwrap().verifies(signed, self.body.as_bytes(), at)
    }
}

/// How a receiver answers: a status line with further headers; where it is empty, nothing until that changes.
type Answer = Arc<(Mutex<&'static str>, Condvar)>;

pub const OK: &str = "200 OK";
pub const BROKEN: &str = "500 Internal Server Error";
pub const SILENT: &str = "";

/// One of the operator's other systems.
pub struct Receiver {
    pub address: SocketAddr,
    answer: Answer,
    pub got: Channel<Request>,
}

impl Receiver {
    pub fn start(answer: &'static str) -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").unwrap(), answer)
    }

    pub fn on(listener: TcpListener, answer: &'static str) -> Self {
        let (address, answer) = (listener.local_addr().unwrap(), Arc::new((Mutex::new(answer), Condvar::new())));
        let (sender, got) = channel();
        let told = Arc::clone(&answer);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (told, sender) = (Arc::clone(&told), sender.clone());
                thread::spawn(move || receive(stream, &told, &sender));
            }
        });
        Self { address, answer, got }
    }

    pub fn answer(&self, answer: &'static str) {
        *self.answer.0.lock().unwrap() = answer;
        self.answer.1.notify_all();
    }

    pub fn url(&self) -> String {
        format!("http://{}/hooks?key=moss", self.address)
    }

    pub fn all(&self) -> Vec<Request> {
        self.got.try_iter().collect()
    }
}

fn receive(mut stream: TcpStream, answer: &Answer, got: &Sender<Request>) {
    let Some(request) = Request::read(&stream) else { return };
    let (answer, changed) = &**answer;
    let silent = answer.lock().unwrap();
    if got.send(request).is_ok() {
        let answer = *changed.wait_while(silent, |answer| *answer == SILENT).unwrap();
        let _ = write!(stream, "HTTP/1.1 {answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    }
}

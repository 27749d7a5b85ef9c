//! Forty editors at once: no edit is lost, nobody waits long, and no customer sees a draft.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use yingda::people::role::Role;

use super::access::{Browser, account, add};
use super::editors::{begin, put, shop};

const EDITORS: usize = 40;
const EDITS: usize = 5;

/// Adds a phrasing to an entry in a change set; where somebody was first, looks again. Returns how long each request took.
fn add_phrasing(browser: &Browser<'_>, path: &str, phrasing: &str) -> Vec<Duration> {
    let mut took = Vec::new();
    loop {
        let began = Instant::now();
        let seen = browser.get(path);
        took.push(began.elapsed());
        let tag = seen.header("etag").unwrap().to_owned();
        let mut entry = seen.json()["entry"].clone();
        let similar = entry["texts"]["zh-CN"]["similar"].as_array_mut();
        match similar {
            Some(similar) => similar.push(phrasing.into()),
            None => entry["texts"]["zh-CN"]["similar"] = json!([phrasing]),
        }
        let began = Instant::now();
        let reply = put(browser, path, &format!("if-match: {tag}"), &entry);
        took.push(began.elapsed());
        match reply.status {
            200 => return took,
            412 => {}
            status => panic!("{status}: {}", reply.text()),
        }
    }
}

#[test]
fn forty_editors_lose_no_edit_and_no_customer_sees_a_draft() {
    let (_folder, app) = shop();
    let names: Vec<String> = (0..EDITORS).map(|number| format!("editor{number}")).collect();
    let accounts: Vec<_> = names.iter().map(|name| account(name, &[Role::Editor])).collect();
    add(&app, &accounts);
    let li = Browser::sign_in(&app, "li");
    let shared = begin(&li, "大家一起改");
    let browsers: Vec<Browser<'_>> = names.iter().map(|name| Browser::sign_in(&app, name)).collect();
    let is_over = AtomicBool::new(false);
    let (mut took, n_asked) = std::thread::scope(|scope| {
        let asking = scope.spawn(|| {
            let mut n_asked = 0;
            while !is_over.load(Ordering::Relaxed) {
                let said = app.ask("退款几天到");
                assert_eq!(said["reply"]["text"], "三天。", "drafts are not answered from: {said}");
                assert_ne!(app.ask("编辑0改法0")["entry"], "refund-time");
                n_asked += 2;
            }
            n_asked
        });
        // Half of them share a change set and an entry; each of the others has a change set of its own.
        let editing: Vec<_> = browsers
            .iter()
            .enumerate()
            .map(|(number, browser)| {
                let shared = &shared;
                scope.spawn(move || {
                    let own = (number % 2 == 1).then(|| begin(browser, "自己的"));
                    let set = own.as_ref().unwrap_or(shared);
                    let path = format!("/api/v1/editor/entries/refund-time?set={set}");
                    let edits =
                        (0..EDITS).flat_map(|edit| add_phrasing(browser, &path, &format!("编辑{number}改法{edit}")));
                    (set.clone(), edits.collect::<Vec<Duration>>())
                })
            })
            .collect();
        let edited: Vec<(String, Vec<Duration>)> = editing.into_iter().map(|editing| editing.join().unwrap()).collect();
        is_over.store(true, Ordering::Relaxed);
        for (number, (set, _)) in edited.iter().enumerate() {
            let entry = li.get(&format!("/api/v1/editor/entries/refund-time?set={set}")).json();
            let similar = entry["entry"]["texts"]["zh-CN"]["similar"].as_array().unwrap().clone();
            for edit in 0..EDITS {
                assert!(
                    similar.contains(&Value::from(format!("编辑{number}改法{edit}"))),
                    "{number}, {edit}: {similar:?}"
                );
            }
            let n_wanted = if *set == shared { EDITORS / 2 * EDITS } else { EDITS };
            assert_eq!(similar.len(), n_wanted + 1, "each once, beside the one that was there");
        }
        (edited.into_iter().flat_map(|(_, took)| took).collect::<Vec<_>>(), asking.join().unwrap())
    });
    took.sort();
    let p99 = took[took.len() * 99 / 100];
    eprintln!("{} requests of editors, 99 of 100 within {p99:?}; {n_asked} questions meanwhile", took.len());
    assert!(
        p99 < Duration::from_secs(3),
        "a build that is not optimised, on a machine that does other things too: {p99:?}"
    );
}

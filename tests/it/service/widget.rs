//! The chat widget's files: who may show them in a frame, and that a browser which has them asks only whether they are new.

use super::{TestApp, settings};

#[test]
fn only_listed_origins_may_show_the_widget() {
    let mut config = settings();
    let ancestors = |app: &TestApp| {
        let policy = app.get("/widget").header("content-security-policy").unwrap().to_owned();
        assert!(!policy.contains("unsafe"), "{policy}");
        policy.split_once("frame-ancestors ").unwrap().1.to_owned()
    };
    assert_eq!(ancestors(&TestApp::with(config.clone())), "'self'");
    config.widget.origins = vec!["https://shop.example".to_owned(), "http://127.0.0.1:8000".to_owned()];
    let app = TestApp::with(config);
    assert_eq!(ancestors(&app), "'self' https://shop.example http://127.0.0.1:8000");
    let page = app.get("/widget").text();
    assert!(
        page.contains("content=\"https://shop.example http://127.0.0.1:8000\""),
        "the page knows whom to listen to"
    );
    assert!(!page.contains("{{"), "{page}");
    let loader = app.get("/widget.js");
    assert_eq!(loader.header("cross-origin-resource-policy"), Some("cross-origin"));
    assert!(loader.header("content-security-policy").unwrap().contains("frame-ancestors 'none'"));
}

#[test]
fn the_widget_loads_what_lies_beside_it_and_once() {
    let app = TestApp::start();
    let page = app.get("/widget").text();
    let named: Vec<&str> =
        page.split('"').filter(|part| part.starts_with("/widget/") || part.starts_with("/shared/")).collect();
    assert!(named.len() > 15, "{named:?}");
    for path in named.iter().chain(&["/widget", "/widget.js"]) {
        let first = app.get(path);
        assert_eq!((first.status, first.header("cache-control")), (200, Some("no-cache")), "{path}");
        let tag = first.header("etag").unwrap().to_owned();
        let again = app.get_with(path, &format!("if-none-match: {tag}\r\n"));
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
        assert!(again.header("content-security-policy").is_some(), "{path}");
        assert_eq!(app.get_with(path, "if-none-match: \"other\"\r\n").status, 200, "{path}");
    }
    for path in
        ["/widget/types.js", "/widget/..%2fshared%2fdom.js", "/widget/index.html", "/shared/page.js", "/widget/"]
    {
        assert_eq!(app.get(path).status, 404, "{path}");
    }
}

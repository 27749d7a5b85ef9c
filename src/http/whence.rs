//! Where a request comes from, and whether others on the way can read it: passwords and sessions travel by https, or not at
//! all beyond this machine.

use std::net::{IpAddr, Ipv4Addr};

use axum::extract::FromRequestParts;
use axum::http::header::{COOKIE, FORWARDED, HOST};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};
use jiff::Timestamp;

use crate::app::App;
use crate::http::client::{Peer, bucket_of};
use crate::http::error::{Code, Problem};
use crate::staff::proof::Origin;

/// How a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// By https, from the browser to the first proxy at least.
    Https,
    /// In the clear, from this machine to itself.
    Loopback,
    /// In the clear.
    Plain,
}

/// Where a request comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whence {
    /// The client's address.
    pub address: String,
    /// What counts as one client.
    client: IpAddr,
    /// How it came.
    pub transport: Transport,
}

const FORWARDED_FOR: &str = "x-forwarded-for";
const FORWARDED_PROTO: &str = "x-forwarded-proto";

/// The session's cookie by https. Browsers take this prefix only from https, for this very host and all of its paths.
const SECURE_COOKIE: &str = "__Host-yingda";

/// The session's cookie on this machine, where the prefix would keep it from being taken.
const LOCAL_COOKIE: &str = "yingda-local";

impl Whence {
    /// Returns where a request comes from.
    pub fn of(app: &App, extensions: &Extensions, headers: &HeaderMap) -> Self {
        let peer =
            extensions.get::<Peer>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip().to_canonical());
        let address = app.clients().address(peer, headers);
        let is_trusted = app.clients().trusts(peer);
        let transport = transport(&app.config().server.public_url, peer, is_trusted, headers);
        Self { address: address.to_string(), client: bucket_of(address), transport }
    }

    /// Returns it as an attempt's origin.
    pub fn origin(&self, now: Timestamp) -> Origin<'_> {
        Origin { address: &self.address, client: self.client, now }
    }

    /// Returns the name of the cookie that may hold a session, and what browsers must heed about it.
    fn cookie(&self) -> Option<(&'static str, &'static str)> {
        match self.transport {
            Transport::Https => Some((SECURE_COOKIE, "; Secure")),
            Transport::Loopback => Some((LOCAL_COOKIE, "")),
            Transport::Plain => None,
        }
    }

    /// Returns the session's secret as its cookie holds it.
    pub fn session_cookie<'h>(&self, headers: &'h HeaderMap) -> Option<&'h str> {
        let (name, _) = self.cookie()?;
        let values = headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
        let mut pairs = values.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(known, _)| *known == name).map(|(_, secret)| secret)
    }

    /// Returns what sets the session's cookie for so long; zero seconds take it away.
    ///
    /// # Errors
    /// Fails where no cookie may travel.
    pub fn set_cookie(&self, secret: &str, seconds: i64) -> Result<String, Problem> {
        let (name, secure) = self.cookie().ok_or_else(https_required)?;
        Ok(format!("{name}={secret}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"))
    }
}

fn transport(public_url: &str, peer: IpAddr, is_trusted: bool, headers: &HeaderMap) -> Transport {
    if public_url.starts_with("https://") {
        return Transport::Https;
    }
    // Of several, the last one is the trusted proxy's own.
    let of_proxy = headers.get_all(FORWARDED_PROTO).into_iter().next_back().and_then(|value| value.to_str().ok());
    let of_proxy = of_proxy.and_then(|value| value.rsplit(',').next()).map(str::trim);
    if is_trusted && of_proxy.is_some_and(|scheme| scheme.eq_ignore_ascii_case("https")) {
        return Transport::Https;
    }
    let is_forwarded = of_proxy.is_some() || headers.contains_key(FORWARDED_FOR) || headers.contains_key(FORWARDED);
    let is_here = peer.is_loopback() && !is_forwarded && is_loopback_host(headers);
    if is_here { Transport::Loopback } else { Transport::Plain }
}

/// A proxy on this machine that says nothing of itself passes on the name under which browsers know it.
fn is_loopback_host(headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn https_required() -> Problem {
    Problem::new(Code::HttpsRequired).detail(
        "passwords do not travel in the clear: put a reverse proxy with a certificate in front and set [server] public_url \
         to its https:// address, or sign in on the machine itself at http://127.0.0.1",
    )
}

/// Browsers say (Fetch Metadata) which site the page is of that sends a request; other programs say nothing.
pub fn refuse_other_sites(headers: &HeaderMap) -> Result<(), Problem> {
    let site = headers.get("sec-fetch-site").and_then(|site| site.to_str().ok());
    match site {
        None | Some("same-origin" | "none") => Ok(()),
        Some(_) => Err(Problem::new(Code::Csrf).detail("the request comes from a page of another site")),
    }
}

/// Where somebody comes from who has not signed in and is about to show a password or a link; refuses what others could
/// read, and pages of other sites.
#[derive(Debug)]
pub struct Door(pub Whence);

impl FromRequestParts<App> for Door {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        refuse_other_sites(&parts.headers)?;
        let whence = Whence::of(app, &parts.extensions, &parts.headers);
        if whence.cookie().is_none() {
            return Err(https_required());
        }
        Ok(Self(whence))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn only_https_and_this_machine_keep_a_secret() {
        use Transport::{Https, Loopback, Plain};
        for (public_url, peer, is_trusted, given, expected) in [
            ("", "127.0.0.1", false, &[("host", "127.0.0.1:8080")][..], Loopback),
            ("", "::1", false, &[("host", "[::1]:8080")], Loopback),
            ("", "127.0.0.1", false, &[("host", "LOCALHOST")], Loopback),
            ("", "127.0.0.1", false, &[("host", "shop.example")], Plain),
            ("", "127.0.0.1", false, &[("host", "localhost.shop.example")], Plain),
            ("", "127.0.0.1", false, &[], Plain),
            ("", "127.0.0.1", false, &[("host", "localhost"), ("x-forwarded-for", "198.51.100.1")], Plain),
            ("", "127.0.0.1", false, &[("host", "localhost"), ("x-forwarded-proto", "https")], Plain),
            ("", "127.0.0.1", true, &[("host", "localhost"), ("x-forwarded-proto", "https")], Https),
            ("", "127.0.0.1", true, &[("host", "localhost"), ("x-forwarded-proto", "http")], Plain),
            ("", "127.0.0.1", true, &[("host", "localhost"), ("x-forwarded-proto", "https, http")], Plain),
            ("", "127.0.0.1", true, &[("host", "localhost")], Loopback),
            ("", "10.0.0.1", false, &[("host", "localhost"), ("x-forwarded-proto", "https")], Plain),
            ("", "10.0.0.1", true, &[("x-forwarded-proto", "HTTPS")], Https),
            ("http://shop.example", "10.0.0.1", false, &[], Plain),
            ("https://shop.example", "10.0.0.1", false, &[], Https),
        ] {
            let found = transport(public_url, peer.parse().unwrap(), is_trusted, &headers(given));
            assert_eq!(found, expected, "{public_url} {peer} {is_trusted} {given:?}");
        }
    }

    #[test]
    fn a_cookie_of_the_other_transport_is_not_read() {
        let whence =
            |transport| Whence { address: "203.0.113.9".to_owned(), client: "203.0.113.9".parse().unwrap(), transport };
        let sent = headers(&[("cookie", "a=b; yingda-local=one"), ("cookie", "__Host-yingda=two")]);
        assert_eq!(whence(Transport::Https).session_cookie(&sent), Some("two"));
        assert_eq!(whence(Transport::Loopback).session_cookie(&sent), Some("one"));
        assert_eq!(whence(Transport::Plain).session_cookie(&sent), None);
        assert!(whence(Transport::Plain).set_cookie("x", 1).is_err());
        assert_eq!(
            whence(Transport::Https).set_cookie("x", 60).unwrap(),
            "__Host-yingda=x; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure"
        );
    }
}

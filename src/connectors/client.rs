//! The one client by which this service calls others: no redirects, bounded times and answers, and no address of the
//! operator's own network unless the operator has named it.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Certificate, Url};
use webpki_root_certs::TLS_SERVER_ROOT_CERTS;

use crate::config::outbound::AllowedHost;
use crate::connectors::addresses::is_public;

/// How long a connection may take to be there.
const CONNECT_TIME: Duration = Duration::from_secs(10);

/// How long a connection is kept that nobody uses.
const IDLE_TIME: Duration = Duration::from_secs(30);

/// Characters of an address.
const LONGEST_URL: usize = 2_000;

/// The hosts that may be called although they lie in the operator's own network.
#[derive(Clone, Debug, Default)]
pub struct Allowed(Vec<AllowedHost>);

impl Allowed {
    /// Takes what the settings name.
    pub fn of(hosts: &[AllowedHost]) -> Self {
        Self(hosts.to_vec())
    }

    /// Allows the host of an address that stands in the settings: whoever wrote it there has named it.
    pub fn host_of(url: &str) -> Self {
        let host = Url::parse(url).ok().and_then(|url| url.host_str().map(AllowedHost::of));
        Self(host.into_iter().collect())
    }

    fn has_name(&self, host: &str) -> bool {
        let host = AllowedHost::of(host);
        self.0.contains(&host)
    }

    fn has_address(&self, address: IpAddr) -> bool {
        self.0.iter().any(|known| matches!(known, AllowedHost::Network(network) if network.contains(&address)))
    }

    fn may_call(&self, address: IpAddr) -> bool {
        is_public(address) || self.has_address(address)
    }

    /// Reads an address that somebody enters; says what is wrong with it. What a name leads to is looked at on each call.
    ///
    /// # Errors
    /// Fails on anything but https, or http to an allowed host; on private addresses; and on names and passwords in it.
    pub fn check_entered(&self, text: &str) -> Result<(), String> {
        if text.len() > LONGEST_URL {
            return Err(format!("at most {LONGEST_URL} characters"));
        }
        let url = self.checked(text)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err("without a name and a password".to_owned());
        }
        let host = url.host_str().unwrap_or_default();
        let is_named = self.has_name(host) || literal(host).is_some_and(|address| self.has_address(address));
        if url.scheme() == "https" || is_named { Ok(()) } else { Err("it must begin with https://".to_owned()) }
    }

    /// Reads an address; fails where nobody may be called there, as far as the address itself tells.
    fn checked(&self, text: &str) -> Result<Url, String> {
        let url = Url::parse(text).map_err(|error| format!("no address: {error}"))?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err("it must begin with https://".to_owned());
        }
        let host = url.host_str().ok_or("it names no host")?;
        match literal(host) {
            Some(address) if !self.may_call(address) => Err(refused(&address.to_string())),
            _ => Ok(url),
        }
    }
}

/// Returns the host that an address names, with its port where it names one; empty for none.
pub fn host(url: &str) -> String {
    let Some((host, port)) = Url::parse(url).ok().and_then(|url| Some((url.host_str()?.to_owned(), url.port()))) else {
        return String::new();
    };
    port.map_or_else(|| host.clone(), |port| format!("{host}:{port}"))
}

/// An address in the place of a name, as the parser of addresses writes it (`0x7f.1` is `127.0.0.1` by then).
fn literal(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

fn refused(what: &str) -> String {
    format!("{what} is no public address; [connectors] allowed_hosts can allow it")
}

/// Looks names up, and leaves out what may not be called. The connection is made to what was looked at, so a name that
/// leads elsewhere a moment later gains nothing.
struct GuardedResolver(Allowed);

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = self.0.clone();
        Box::pin(async move {
            let name = name.as_str();
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name, 0)).await?.collect();
            let is_named = allowed.has_name(name);
            let may = |address: &&SocketAddr| is_named || allowed.may_call(address.ip());
            let callable: Vec<SocketAddr> = found.iter().filter(may).copied().collect();
            match (callable.is_empty(), found.first()) {
                (true, Some(address)) => Err(refused(&format!("{name} ({})", address.ip())).into()),
                _ => Ok(Box::new(callable.into_iter()) as Addrs),
            }
        })
    }
}

/// A call.
#[derive(Clone, Copy, Debug)]
pub struct Call<'c> {
    /// Where.
    pub url: &'c str,
    /// Names and values, besides the content type, which is JSON.
    pub headers: &'c [(&'static str, &'c str)],
    /// What is sent.
    pub body: &'c str,
    /// How long all of it may take.
    pub time: Duration,
    /// Bytes of the answer's body that are read at most; at 0 it is not read at all.
    pub most_bytes: usize,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// When it may be tried again, where it says so: seconds, or a date.
    pub retry_after: Option<String>,
    /// Its body.
    pub body: Vec<u8>,
}

impl Answer {
    /// Says whether what was asked was done.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// The client of a connector; clones share its connections.
#[derive(Clone, Debug)]
pub struct Outbound {
    client: reqwest::Client,
    allowed: Allowed,
}

impl Outbound {
    /// Makes a client. Nobody is called yet.
    ///
    /// # Errors
    /// Fails when the client cannot be made.
    pub fn new(allowed: Allowed) -> anyhow::Result<Self> {
        // It fails where it is installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = || {
            reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                // A proxy would look names up by itself, past the guard.
                .no_proxy()
                .dns_resolver(Arc::new(GuardedResolver(allowed.clone())))
                .connect_timeout(CONNECT_TIME)
                .pool_idle_timeout(IDLE_TIME)
                .user_agent(concat!("yingda/", env!("CARGO_PKG_VERSION")))
        };
        // Whom the system trusts; where it has no list (in an image with the binary alone), whom browsers trust.
        let client = builder().build().or_else(|_| {
            let known = TLS_SERVER_ROOT_CERTS.iter().filter_map(|der| Certificate::from_der(der).ok());
            builder().tls_certs_only(known).build()
        });
        Ok(Self { client: client.context("the outbound client")?, allowed })
    }

    /// Sends JSON.
    ///
    /// # Errors
    /// Fails without an answer in time, on an address that may not be called, and on an answer that is too long.
    pub async fn post(&self, call: Call<'_>) -> anyhow::Result<Answer> {
        let url = self.allowed.checked(call.url).map_err(anyhow::Error::msg)?;
        match tokio::time::timeout(call.time, self.answered(url, call)).await {
            Ok(answered) => answered,
            Err(_) => anyhow::bail!("no answer within {} ms", call.time.as_millis()),
        }
    }

    async fn answered(&self, url: Url, call: Call<'_>) -> anyhow::Result<Answer> {
        let mut request = self.client.post(url).header("content-type", "application/json").body(call.body.to_owned());
        for (name, value) in call.headers {
            request = request.header(*name, *value);
        }
        let mut response = request.send().await.map_err(innermost)?;
        let status = response.status().as_u16();
        let retry_after =
            response.headers().get("retry-after").and_then(|value| value.to_str().ok()).map(str::to_owned);
        let mut body = Vec::new();
        if call.most_bytes == 0 {
            return Ok(Answer { status, retry_after, body });
        }
        while let Some(chunk) = response.chunk().await.map_err(innermost)? {
            anyhow::ensure!(body.len() + chunk.len() <= call.most_bytes, "more than {} bytes", call.most_bytes);
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, retry_after, body })
    }
}

/// What lies at the bottom of a failure. The address stays out of it, as a key may be part of it.
fn innermost(error: reqwest::Error) -> anyhow::Error {
    let error = error.without_url();
    let mut inner: &dyn std::error::Error = &error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    anyhow::Error::msg(inner.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(hosts: &[&str]) -> Allowed {
        Allowed(hosts.iter().map(|host| AllowedHost::of(host)).collect())
    }

    #[test]
    fn an_address_that_somebody_enters_leads_into_the_open() {
        let none = allowed(&[]);
        for good in ["https://hooks.example/x?y=1", "https://1.1.1.1/", "https://[2606:4700::1111]:8443/x"] {
            assert_eq!(none.check_entered(good), Ok(()), "{good}");
        }
        for bad in [
            "http://hooks.example/",
            "ftp://hooks.example/",
            "file:///etc/passwd",
            "hooks.example",
            "https://",
            "https://ann:moss@hooks.example/",
            "https://127.0.0.1/",
            "https://127.1/",
            "https://0x7f000001/",
            "https://2130706433/",
            "https://0177.0.0.1/",
            "https://127.0.0.1./",
            "https://１２７.0.0.1/",
            "https://169.254.169.254/latest/meta-data/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:7f00:1]/",
            "https://[fd00::1]/",
            "https://[fe80::1]/",
            "https://0.0.0.0/",
            "https://10.0.0.1/",
        ] {
            assert!(none.check_entered(bad).is_err(), "{bad}");
        }
        assert!(none.check_entered(&format!("https://a.example/{}", "x".repeat(LONGEST_URL))).is_err());
    }

    #[test]
    fn what_the_operator_names_may_be_called_in_the_clear() {
        let some = allowed(&["Desk.internal", "10.0.0.0/8", "::1"]);
        for good in ["http://desk.internal:8080/", "http://10.1.2.3/", "http://[::1]:99/", "https://desk.internal./x"] {
            assert_eq!(some.check_entered(good), Ok(()), "{good}");
        }
        for bad in ["http://other.internal/", "http://192.168.1.1/", "https://127.0.0.1/", "http://[::ffff:10.0.0.1]/"]
        {
            assert!(some.check_entered(bad).is_err(), "{bad}");
        }
        assert!(Allowed::host_of("http://127.0.0.1:8000/v1").checked("http://127.0.0.1:9/").is_ok());
        assert!(Allowed::host_of("http://127.0.0.1:8000/v1").checked("http://127.0.0.2/").is_err());
    }
}

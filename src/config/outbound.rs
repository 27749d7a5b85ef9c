//! The settings of what this service calls: the operator's own system, and which hosts of their network may be called.

use std::net::IpAddr;

use ipnet::IpNet;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::config::base_url;
use crate::people::signature::SigningSecret;

/// The operator's own system: it knows orders and accounts, and reports how cases go on.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperatorConfig {
    /// Its address; empty for none, and orders are those of the sample table.
    #[serde(deserialize_with = "base_url")]
    pub url: String,
    /// The secret that requests are signed with both ways; empty for none, and nothing is asked or taken.
    #[serde(deserialize_with = "signing_secret")]
    pub secret: Option<SigningSecret>,
    /// Milliseconds that one answer may take.
    pub timeout_ms: u64,
    /// How often it is asked at most.
    pub tries: u32,
}

/// Without the address: a key may be part of it.
impl std::fmt::Debug for OperatorConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OperatorConfig").finish_non_exhaustive()
    }
}

/// Whom this service may call.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConnectorsConfig {
    /// Hosts that may be called although they lie in the operator's own network.
    #[serde(deserialize_with = "allowed_hosts")]
    pub allowed_hosts: Vec<AllowedHost>,
    /// Seconds that an endpoint of a webhook may take to answer.
    pub webhook_seconds: u64,
}

/// A host that the operator names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AllowedHost {
    /// By its name, whatever addresses that leads to; in lower case, without a dot at the end.
    Name(String),
    /// By its address, or all of a network.
    Network(IpNet),
}

impl AllowedHost {
    /// Reads an address (that of IPv6 also in brackets), a network, or else a name.
    pub fn of(text: &str) -> Self {
        let bare = text.trim_start_matches('[').trim_end_matches(']');
        let address = || bare.parse::<IpAddr>().ok().map(IpNet::from);
        match bare.parse::<IpNet>().ok().or_else(address) {
            Some(network) => Self::Network(network),
            None => Self::Name(text.trim_end_matches('.').to_ascii_lowercase()),
        }
    }
}

/// A secret that two programs share, or nothing.
fn signing_secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SigningSecret>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() {
        return Ok(None);
    }
    // It is not shown, whatever it is.
    let secret = SigningSecret::parse(&text);
    secret.map(Some).ok_or_else(|| D::Error::custom("no secret (\"whsec_\" and 24 to 64 bytes as base64)"))
}

/// Names of hosts, addresses, networks.
fn allowed_hosts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<AllowedHost>, D::Error> {
    let parse = |text: String| match AllowedHost::of(&text) {
        AllowedHost::Name(name) if name.is_empty() || name.contains(['/', ':', '*', ' ']) => Err(D::Error::custom(
            format!("{text:?} is no host (\"desk.internal\"), address or network (\"10.0.0.0/8\")"),
        )),
        host => Ok(host),
    };
    Vec::<String>::deserialize(deserializer)?.into_iter().map(parse).collect()
}

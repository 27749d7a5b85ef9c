//! The operator's settings: defaults, then `yingda.toml`, then the environment. The only place that reads these.

pub mod outbound;
pub mod visitors;

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::Context;
use ipnet::IpNet;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::config::outbound::{ConnectorsConfig, OperatorConfig};
use crate::config::visitors::{AttachmentsConfig, ConversationsConfig, IdentityConfig, WidgetConfig};

/// The documented defaults, as `default-config` prints them.
pub const DEFAULT: &str = include_str!("../yingda.toml");

/// All settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where content is.
    pub content: ContentConfig,
    /// Where the service is reached, and by whom.
    pub server: ServerConfig,
    /// How much of anything a client may ask for.
    pub limits: LimitsConfig,
    /// How answers are given.
    pub answers: AnswersConfig,
    /// The model that knows what texts mean.
    pub embeddings: EmbeddingsConfig,
    /// The operator's own system.
    pub operator: OperatorConfig,
    /// Whom this service may call.
    pub connectors: ConnectorsConfig,
    /// Where what must not be lost is kept.
    pub store: StoreConfig,
    /// What a revision must hold to go live.
    pub publishing: PublishingConfig,
    /// What is forgotten, and when.
    pub retention: RetentionConfig,
    /// How people sign in.
    pub people: PeopleConfig,
    /// How customers are known.
    pub identity: IdentityConfig,
    /// When silent conversations end.
    pub conversations: ConversationsConfig,
    /// Files that customers send.
    pub attachments: AttachmentsConfig,
    /// Where customers talk.
    pub widget: WidgetConfig,
    /// What is logged.
    pub log: LogConfig,
}

/// Where what must not be lost is kept.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreConfig {
    /// The address of a PostgreSQL server; empty for a file below the folder for data.
    #[serde(deserialize_with = "store_url")]
    pub url: String,
    /// The key that seals what nobody may read in it (32 bytes as base64); empty for one in the folder for data.
    pub seal_key: String,
}

/// Without the password in the address.
impl std::fmt::Debug for StoreConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoreConfig").finish_non_exhaustive()
    }
}

/// What a revision must hold to go live.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishingConfig {
    /// The share of labelled questions that must be right, 0 to 1.
    pub floor: f64,
    /// Whether whoever wrote something may not publish it.
    pub second_person: bool,
    /// Milliseconds between two looks at what is live.
    pub poll_milliseconds: u64,
}

/// What is forgotten, and when.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionConfig {
    /// Days for which customers' questions are kept, masked and counted; 0 for not at all.
    pub questions_days: u32,
    /// Days for which revisions are kept …
    pub revisions_days: u32,
    /// … but at least so many.
    pub revisions: u32,
    /// Days for which change sets are kept that were published or thrown away.
    pub change_sets_days: u32,
    /// Days for which conversations without an open case are kept.
    pub conversations_days: u32,
    /// Days for which cases are kept that have ended.
    pub cases_days: u32,
    /// Days for which it is kept what became of deliveries to webhooks.
    pub deliveries_days: u32,
    /// Days for which it is kept what customers think, and what they answered to surveys.
    pub feedback_days: u32,
}

/// How people sign in.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeopleConfig {
    /// Hours after which a session ends whatever is done with it.
    pub session_hours: u32,
    /// Minutes after which a session ends that nobody uses.
    pub idle_minutes: u32,
    /// Hours for which an invitation is good.
    pub invitation_hours: u32,
}

/// Where content is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContentConfig {
    /// The folder of entries.
    pub knowledge: PathBuf,
    /// The folder of intents.
    pub intents: PathBuf,
}

/// Where the service is reached, and by whom.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerConfig {
    /// The address of the API and the pages.
    pub listen: SocketAddr,
    /// The address of the metrics.
    pub metrics: MetricsAddress,
    /// The address under which browsers reach the service, scheme and host; empty where that is `listen` itself.
    #[serde(deserialize_with = "public_url")]
    pub public_url: String,
    /// Peers whose word about the client's address is believed.
    #[serde(deserialize_with = "networks")]
    pub trusted_proxies: Vec<IpNet>,
    /// Origins of pages that may call the API.
    #[serde(deserialize_with = "origins")]
    pub allowed_origins: Vec<String>,
    /// How long requests under way get at the end, in seconds.
    pub shutdown_seconds: u64,
}

/// Where the metrics are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum MetricsAddress {
    /// Nowhere.
    Off,
    /// On a listener of their own.
    At(SocketAddr),
}

impl FromStr for MetricsAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "off" {
            return Ok(Self::Off);
        }
        text.parse().map(Self::At).map_err(|_| format!("{text:?} is neither an address with a port nor \"off\""))
    }
}

impl TryFrom<String> for MetricsAddress {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

/// How much of anything a client may ask for.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitsConfig {
    /// Open connections.
    pub max_connections: usize,
    /// Requests answered at the same time.
    pub max_requests: usize,
    /// Seconds for a request's head.
    pub header_seconds: u64,
    /// Seconds for a request's body.
    pub body_seconds: u64,
    /// Seconds without a byte of an answer taken.
    pub write_seconds: u64,
    /// Bytes of a body.
    pub body_bytes: usize,
    /// Bytes of a file that an editor imports.
    pub file_bytes: usize,
    /// Seconds for such a file.
    pub file_seconds: u64,
    /// Characters of a question.
    pub question_chars: usize,
    /// Nesting of JSON.
    pub json_depth: usize,
    /// Requests a second and client; 0 for any number.
    pub requests_per_second: u32,
    /// Requests a client may make at once.
    pub burst: u32,
    /// Conversations a client may begin in an hour; 0 for any number.
    pub conversations_per_hour: u32,
    /// Messages a minute in a conversation; 0 for any number.
    pub messages_per_minute: u32,
    /// Open streams of a conversation; 0 for any number.
    pub streams_per_conversation: u32,
}

/// How answers are given.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswersConfig {
    /// Candidates that are listed.
    pub limit: usize,
    /// Whether the table of word vectors is used.
    pub word_vectors: bool,
}

/// The model that knows what texts mean.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmbeddingsConfig {
    /// The server's address up to `/v1`; empty for none.
    #[serde(deserialize_with = "base_url")]
    pub url: String,
    /// The model's name there.
    pub model: String,
    /// The server's key; empty for none.
    pub key: String,
    /// What is put before a question …
    pub query_prefix: String,
    /// … and before what is stored.
    pub passage_prefix: String,
    /// Milliseconds that a question waits for its vector.
    pub budget_ms: u64,
    /// Texts that are asked about at once when content is compiled.
    pub batch: usize,
}

/// Without the key.
impl std::fmt::Debug for EmbeddingsConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EmbeddingsConfig").field("url", &self.url).field("model", &self.model).finish_non_exhaustive()
    }
}

/// What is logged.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogConfig {
    /// A filter of tracing's `EnvFilter`.
    pub level: String,
    /// How lines look.
    pub format: LogFormat,
}

/// How lines of the log look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Text on a terminal, else JSON.
    Auto,
    /// For people.
    Text,
    /// One object a line.
    Json,
}

const ENVIRONMENT_PREFIX: &str = "YINGDA_";

/// Variables that say where the settings and the data are; the command line reads them.
const NO_SETTINGS: [&str; 2] = ["CONFIG", "DATA"];

/// `YINGDA_…_FILE` names a file that holds the value.
const FROM_FILE: &str = "_FILE";

/// Loads the settings; `file` must exist when it is named.
///
/// # Errors
/// Fails on a file that cannot be read, an unknown setting or a value of the wrong type, naming it.
pub fn load(file: Option<&Path>) -> anyhow::Result<Config> {
    let local = Path::new("yingda.toml");
    let file = file.or_else(|| local.is_file().then_some(local));
    let text = match file {
        Some(file) => Some(std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?),
        None => None,
    };
    let named = file.map(|file| file.display().to_string()).unwrap_or_default();
    settings(text.as_deref().map(|text| (named.as_str(), text)), std::env::vars())
}

/// Lays the file (its name and text) over the defaults, and the environment over both.
fn settings(file: Option<(&str, &str)>, environment: impl Iterator<Item = (String, String)>) -> anyhow::Result<Config> {
    let mut settings: toml::Table = DEFAULT.parse().context("the built-in defaults")?;
    if let Some((name, text)) = file {
        let overrides: toml::Table = text.parse().with_context(|| name.to_owned())?;
        merge(&mut settings, overrides);
        // Faults of the file are named as such, before the environment is laid over it.
        Config::deserialize(settings.clone()).with_context(|| name.to_owned())?;
    }
    for (variable, value) in environment {
        let Some(name) = variable.strip_prefix(ENVIRONMENT_PREFIX).filter(|name| !NO_SETTINGS.contains(name)) else {
            continue;
        };
        set_from_environment(&mut settings, name, &value).with_context(|| variable.clone())?;
        Config::deserialize(settings.clone()).with_context(|| variable.clone())?;
    }
    Ok(Config::deserialize(settings)?)
}

fn merge(settings: &mut toml::Table, overrides: toml::Table) {
    for (key, value) in overrides {
        match (settings.get_mut(&key), value) {
            (Some(toml::Value::Table(section)), toml::Value::Table(of_section)) => merge(section, of_section),
            (_, value) => {
                settings.insert(key, value);
            }
        }
    }
}

/// Sets what `SECTION_KEY=value` or `SECTION_KEY_FILE=path` says, of the type that the default has.
fn set_from_environment(settings: &mut toml::Table, name: &str, value: &str) -> anyhow::Result<()> {
    let lower = name.to_ascii_lowercase();
    if let Some(known) = setting(settings, &lower) {
        return set(known, value);
    }
    let of_file = lower.strip_suffix(&FROM_FILE.to_ascii_lowercase()).and_then(|name| setting(settings, name));
    let known = of_file.context("there is no such setting; `yingda default-config` lists all")?;
    let text = std::fs::read_to_string(value).with_context(|| format!("cannot read {value}"))?;
    set(known, text.trim_end_matches(['\r', '\n']))
}

fn setting<'s>(settings: &'s mut toml::Table, name: &str) -> Option<&'s mut toml::Value> {
    settings.iter_mut().find_map(|(section, keys)| {
        let key = name.strip_prefix(section.as_str())?.strip_prefix('_')?;
        keys.as_table_mut()?.get_mut(key)
    })
}

fn set(known: &mut toml::Value, value: &str) -> anyhow::Result<()> {
    *known = match known {
        toml::Value::Integer(_) => {
            toml::Value::Integer(value.parse().with_context(|| format!("{value:?} is no whole number"))?)
        }
        toml::Value::Boolean(_) => {
            toml::Value::Boolean(value.parse().with_context(|| format!("{value:?} is neither true nor false"))?)
        }
        toml::Value::Array(_) => {
            let items = value.split([',', '\n']).map(str::trim).filter(|item| !item.is_empty());
            toml::Value::Array(items.map(|item| toml::Value::String(item.to_owned())).collect())
        }
        _ => toml::Value::String(value.to_owned()),
    };
    Ok(())
}

/// Networks, or single addresses.
fn networks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    let parse = |text: String| {
        let address = || text.parse::<IpAddr>().ok().map(IpNet::from);
        text.parse::<IpNet>()
            .ok()
            .or_else(address)
            .ok_or_else(|| D::Error::custom(format!("{text:?} is neither an address nor a network (\"10.0.0.0/8\")")))
    };
    Vec::<String>::deserialize(deserializer)?.into_iter().map(parse).collect()
}

/// A server's address, or nothing.
fn base_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
    let is_one = text.is_empty() || !host.is_empty() && !host.starts_with('/') && !host.contains(char::is_whitespace);
    if is_one {
        Ok(text)
    } else {
        Err(D::Error::custom(format!("{text:?} is no address (\"http://127.0.0.1:8000/v1\")")))
    }
}

/// The address of a PostgreSQL server, or nothing.
fn store_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    let is_one = text.is_empty() || text.starts_with("postgres://") || text.starts_with("postgresql://");
    // It may hold a password, so it is not shown.
    if is_one { Ok(text) } else { Err(D::Error::custom("no address of a PostgreSQL server (\"postgres://…\")")) }
}

/// Origins as browsers send them: scheme and host, no path.
fn origins<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Vec::<String>::deserialize(deserializer)?.into_iter().map(origin).collect()
}

fn origin<E: Error>(text: String) -> Result<String, E> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
    let fits = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || "-.:[]".contains(c));
    if fits { Ok(text) } else { Err(E::custom(format!("{text:?} is no origin (\"https://shop.example\")"))) }
}

/// An origin, or nothing.
fn public_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() { Ok(text) } else { origin(text.trim_end_matches('/').to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(file: &str, environment: &[(&str, &str)]) -> Result<Config, String> {
        let variables = environment.iter().map(|&(name, value)| (name.to_owned(), value.to_owned()));
        settings(Some(("own.toml", file)), variables).map_err(|error| format!("{error:#}"))
    }

    #[test]
    fn the_environment_stands_above_the_file_and_the_file_above_the_defaults() {
        let secret = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(secret.path(), "from-a-file\n").unwrap();
        let keys = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(keys.path(), format!("old:{}\nnew:{}\n", "o".repeat(32), "n".repeat(32))).unwrap();
        let config = with(
            "[answers]\nlimit = 3\n[server]\nlisten = \"0.0.0.0:80\"\ntrusted_proxies = [\"10.0.0.0/8\", \"::1\"]\n",
            &[
                ("YINGDA_ANSWERS_LIMIT", "7"),
                ("YINGDA_SERVER_METRICS", "off"),
                ("YINGDA_SERVER_PUBLIC_URL", "https://help.shop.example/"),
                ("YINGDA_SERVER_ALLOWED_ORIGINS", "https://a.example, https://b.example:8443"),
                ("YINGDA_CONTENT_KNOWLEDGE_FILE", secret.path().to_str().unwrap()),
                ("YINGDA_IDENTITY_KEYS_FILE", keys.path().to_str().unwrap()),
                ("YINGDA_CONFIG", "own.toml"),
                ("YINGDA_DATA", "/var/lib/yingda"),
                ("PATH", "/bin"),
            ],
        )
        .unwrap();
        assert_eq!((config.answers.limit, config.server.listen.port()), (7, 80));
        assert_eq!(config.server.metrics, MetricsAddress::Off);
        assert_eq!(config.server.trusted_proxies.len(), 2);
        assert_eq!(config.server.public_url, "https://help.shop.example");
        assert_eq!(config.server.allowed_origins, ["https://a.example", "https://b.example:8443"]);
        assert_eq!(config.content.knowledge, PathBuf::from("from-a-file"));
        assert_eq!(config.content.intents, PathBuf::from("intents"), "the default");
        assert_eq!(config.identity.keys.iter().map(|key| key.id()).collect::<Vec<_>>(), ["old", "new"]);
        assert!(!format!("{config:?}").contains("nnnn"), "no secret is shown");
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (file, environment, says) in [
            ("[answers]\nlimt = 3\n", ("PATH", ""), ["own.toml", "limt"]),
            ("[server]\nlisten = \"here\"\n", ("PATH", ""), ["own.toml", "listen"]),
            ("[server]\ntrusted_proxies = [\"10.0.0.0/33\"]\n", ("PATH", ""), ["own.toml", "10.0.0.0/33"]),
            ("[server]\nallowed_origins = [\"*\"]\n", ("PATH", ""), ["own.toml", "no origin"]),
            ("[server]\npublic_url = \"shop.example\"\n", ("PATH", ""), ["own.toml", "no origin"]),
            ("[widget]\norigins = [\"shop.example; *\"]\n", ("PATH", ""), ["own.toml", "no origin"]),
            ("", ("YINGDA_ANSWERS_LIMIT", "many"), ["YINGDA_ANSWERS_LIMIT", "many"]),
            ("", ("YINGDA_NONSENSE", "1"), ["YINGDA_NONSENSE", "no such setting"]),
            ("[embeddings]\nurl = \"127.0.0.1:8000\"\n", ("PATH", ""), ["own.toml", "no address"]),
            ("[connectors]\nallowed_hosts = [\"http://a\"]\n", ("PATH", ""), ["own.toml", "no host"]),
            ("", ("YINGDA_ANSWERS_WORD_VECTORS", "maybe"), ["YINGDA_ANSWERS_WORD_VECTORS", "maybe"]),
            ("", ("YINGDA_LOG_FORMAT", "xml"), ["YINGDA_LOG_FORMAT", "xml"]),
            ("[identity]\nkeys = [\"a:short\"]\n", ("PATH", ""), ["own.toml", "32 bytes"]),
            ("", ("YINGDA_IDENTITY_KEYS", "short"), ["YINGDA_IDENTITY_KEYS", "key 1"]),
            ("", ("YINGDA_LOG_LEVEL_FILE", "/nowhere"), ["YINGDA_LOG_LEVEL_FILE", "/nowhere"]),
        ] {
            let error = with(file, &[environment]).unwrap_err();
            assert!(says.iter().all(|said| error.contains(said)), "{error}");
        }
    }
}

//! The operator's settings: defaults, then `yingda.toml`, then the environment. The only place that reads these.

use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::Deserialize;

/// The documented defaults, as `default-config` prints them.
pub const DEFAULT: &str = include_str!("../yingda.toml");

/// All settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where content is.
    pub content: ContentConfig,
    /// How answers are given.
    pub answers: AnswersConfig,
    /// What is logged.
    pub log: LogConfig,
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

/// How answers are given.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswersConfig {
    /// Candidates that are listed.
    pub limit: usize,
}

/// What is logged.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogConfig {
    /// A filter of tracing's `EnvFilter`.
    pub level: String,
}

const ENVIRONMENT_PREFIX: &str = "YINGDA_";

/// Loads the settings; `file` must exist when it is named.
///
/// # Errors
/// Fails on a file that cannot be read, an unknown setting or a value of the wrong type, naming it.
pub fn load(file: Option<&Path>) -> anyhow::Result<Config> {
    let mut settings: toml::Table = DEFAULT.parse().context("the built-in defaults")?;
    let local = Path::new("yingda.toml");
    let file = file.or_else(|| local.is_file().then_some(local));
    if let Some(file) = file {
        let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        let overrides: toml::Table = text.parse().with_context(|| file.display().to_string())?;
        merge(&mut settings, overrides);
    }
    for (name, value) in std::env::vars() {
        if let Some(name) = name.strip_prefix(ENVIRONMENT_PREFIX) {
            set_from_environment(&mut settings, name, &value)?;
        }
    }
    settings.try_into().with_context(|| file.map_or_else(|| "settings".to_owned(), |file| file.display().to_string()))
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

/// `YINGDA_SECTION_KEY=value`: numbers and booleans where the default is one, else text.
fn set_from_environment(settings: &mut toml::Table, name: &str, value: &str) -> anyhow::Result<()> {
    let lower = name.to_ascii_lowercase();
    for (section, keys) in settings.iter_mut() {
        let Some(key) = lower.strip_prefix(section.as_str()).and_then(|rest| rest.strip_prefix('_')) else { continue };
        let Some(known) = keys.get_mut(key) else { continue };
        *known = match known {
            toml::Value::Integer(_) => {
                toml::Value::Integer(value.parse().with_context(|| format!("{ENVIRONMENT_PREFIX}{name}={value}"))?)
            }
            toml::Value::Boolean(_) => {
                toml::Value::Boolean(value.parse().with_context(|| format!("{ENVIRONMENT_PREFIX}{name}={value}"))?)
            }
            _ => toml::Value::String(value.to_owned()),
        };
        return Ok(());
    }
    anyhow::bail!("{ENVIRONMENT_PREFIX}{name}: there is no such setting; `yingda default-config` lists all")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_overrides_and_unknown_settings_are_named() {
        let mut settings: toml::Table = DEFAULT.parse().unwrap();
        set_from_environment(&mut settings, "ANSWERS_LIMIT", "7").unwrap();
        set_from_environment(&mut settings, "CONTENT_KNOWLEDGE", "elsewhere").unwrap();
        let config: Config = settings.clone().try_into().unwrap();
        assert_eq!((config.answers.limit, config.content.knowledge), (7, PathBuf::from("elsewhere")));
        assert!(set_from_environment(&mut settings, "ANSWERS_LIMIT", "many").is_err());
        assert!(
            set_from_environment(&mut settings, "NONSENSE", "1").unwrap_err().to_string().contains("YINGDA_NONSENSE")
        );
    }
}

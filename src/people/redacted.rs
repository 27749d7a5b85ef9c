//! What a line of the audit may hold of a value: no password, secret, token or hash, whoever writes the line.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::people::secret::is_secret;

/// JSON without secrets. There is no other way to make one than to take the secrets out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Value")]
pub struct Redacted(Value);

/// Parts of keys whose values are never written down, with case, `_` and `-` folded.
const SECRET_KEYS: [&str; 15] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "hash",
    "digest",
    "salt",
    "otp",
    "recovery",
    "cookie",
    "authorization",
    "credential",
    "apikey",
    "privatekey",
];

const HIDDEN: &str = "[redacted]";

impl Redacted {
    /// Takes the secrets out of a value: by the names of keys, and texts that are secrets by their shape.
    ///
    /// Fractions become text, as not every reader of JSON reads the same number back, and the chain hangs on each digit.
    pub fn new(value: Value) -> Self {
        Self(redact(value))
    }

    /// Returns the JSON.
    pub fn as_value(&self) -> &Value {
        &self.0
    }
}

impl From<Value> for Redacted {
    fn from(value: Value) -> Self {
        Self::new(value)
    }
}

fn redact(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields.into_iter().map(|(key, value)| {
                let value = if is_secret_key(&key) { hide(value) } else { redact(value) };
                (key, value)
            });
            Value::Object(fields.collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(redact).collect()),
        Value::String(text) if looks_secret(&text) => Value::String(HIDDEN.to_owned()),
        Value::Number(number) if !number.is_i64() && !number.is_u64() => Value::String(number.to_string()),
        other => other,
    }
}

// Whether there is one may be told: that a password was set is what the audit is for.
fn hide(value: Value) -> Value {
    match value {
        Value::Null | Value::Bool(_) => value,
        Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => Value::String(HIDDEN.to_owned()),
    }
}

fn is_secret_key(key: &str) -> bool {
    let folded: String = key.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect();
    SECRET_KEYS.iter().any(|part| folded.contains(part)) || key.contains("密码") || key.contains("口令")
}

fn looks_secret(text: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-');
    text.contains("$argon2") || text.contains("otpauth://") || words.any(is_secret)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::people::secret::ApiToken;

    #[test]
    fn secrets_are_taken_out_wherever_they_stand() {
        let token = ApiToken::new([3; 32]).expose().to_owned();
        for (value, expected) in [
            (json!({"name": "li.wei", "roles": ["agent"]}), json!({"name": "li.wei", "roles": ["agent"]})),
            (json!({"password": "moss"}), json!({"password": "[redacted]"})),
            (
                json!({"passwordHash": "x", "TOTP-Secret": [1, 2]}),
                json!({"passwordHash": "[redacted]", "TOTP-Secret": "[redacted]"}),
            ),
            (json!([{"api_key": {"id": 1}}]), json!([{"api_key": "[redacted]"}])),
            (json!({"password": null, "totp": true}), json!({"password": null, "totp": true})),
            (json!({"登录密码": "moss"}), json!({"登录密码": "[redacted]"})),
            (json!(format!("see {token}.")), json!("[redacted]")),
            (json!(["$argon2id$v=19$m=19456,t=2,p=1$AAAA$AAAA"]), json!(["[redacted]"])),
            (json!("otpauth://totp/yingda:li?secret=A"), json!("[redacted]")),
            (json!({"share": 0.25, "n": 3}), json!({"share": "0.25", "n": 3})),
        ] {
            assert_eq!(Redacted::new(value.clone()).as_value(), &expected, "{value}");
        }
    }

    #[test]
    fn reading_redacts_too() {
        let read: Redacted = serde_json::from_str(r#"{"secret": "moss"}"#).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), r#"{"secret":"[redacted]"}"#);
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back_the_same(key in "\\PC{0,8}|password", text in "\\PC{0,20}", number in any::<f64>()) {
            let once = Redacted::new(json!({ key: [text, number] }));
            let written = serde_json::to_string(&once).unwrap();
            prop_assert_eq!(serde_json::from_str::<Redacted>(&written).unwrap(), once);
        }
    }
}

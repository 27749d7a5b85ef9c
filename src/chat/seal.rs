//! What nobody may read in the store: a telephone number that a customer leaves is sealed with a key from outside it.

use std::fs;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::Aead;
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};

use crate::ids::secret_bytes;

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;

/// The key's file in the folder for data, where no key is configured.
const FILE: &str = "seal.key";

/// Seals and opens (XChaCha20-Poly1305: the nonce is drawn anew each time).
#[derive(Clone)]
pub struct Sealer(XChaCha20Poly1305);

impl Sealer {
    /// Takes the key that is configured (32 bytes as base64), else that in the folder for data; the first time it is made there.
    ///
    /// # Errors
    /// Fails on what is no key, and where none can be read or made.
    pub fn open(configured: &str, data: &Path) -> anyhow::Result<Self> {
        let encoded = if configured.is_empty() { kept_key(&data.join(FILE))? } else { configured.to_owned() };
        let key = STANDARD.decode(encoded.trim()).ok().filter(|key| key.len() == KEY_BYTES);
        let key = key.context("the key that seals secrets is no 32 bytes in base64")?;
        Ok(Self(XChaCha20Poly1305::new_from_slice(&key).context("a key of 32 bytes")?))
    }

    /// Seals a value; `None` where the system gives no randomness.
    pub fn seal(&self, value: &str) -> Option<String> {
        Some(STANDARD.encode(self.seal_bytes(value.as_bytes())?))
    }

    /// Opens a sealed value; `None` where it was sealed with another key, or changed.
    pub fn unseal(&self, sealed: &str) -> Option<String> {
        String::from_utf8(self.unseal_bytes(&STANDARD.decode(sealed).ok()?)?).ok()
    }

    /// Seals bytes; `None` where the system gives no randomness.
    pub fn seal_bytes(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let nonce = secret_bytes::<NONCE_BYTES>().ok()?;
        let sealed = self.0.encrypt(&XNonce::from(nonce), bytes).ok()?;
        Some([nonce.as_slice(), &sealed].concat())
    }

    /// Opens sealed bytes; `None` where they were sealed with another key, or changed.
    pub fn unseal_bytes(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = bytes.split_at_checked(NONCE_BYTES)?;
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().ok()?;
        self.0.decrypt(&XNonce::from(nonce), sealed).ok()
    }
}

fn kept_key(path: &Path) -> anyhow::Result<String> {
    let cannot = || format!("cannot make {}", path.display());
    match fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        kept => return kept.with_context(|| format!("cannot read {}", path.display())),
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(cannot)?;
    }
    let key = STANDARD.encode(secret_bytes::<KEY_BYTES>()?);
    match fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(mut file) => {
            file.write_all(key.as_bytes()).and_then(|()| file.sync_all()).with_context(cannot)?;
            Ok(key)
        }
        // Another process was first.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => fs::read_to_string(path).with_context(cannot),
        Err(error) => Err(error).with_context(cannot),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_key_opens_what_is_sealed() {
        let folder = tempfile::tempdir().unwrap();
        let sealer = Sealer::open("", folder.path()).unwrap();
        let sealed = sealer.seal("13800138000").unwrap();
        assert!(!sealed.contains("138") && sealer.seal("13800138000").unwrap() != sealed);
        let again = Sealer::open("", folder.path()).unwrap();
        assert_eq!(again.unseal(&sealed).as_deref(), Some("13800138000"));
        let other = Sealer::open(&STANDARD.encode([7; KEY_BYTES]), folder.path()).unwrap();
        assert_eq!(other.unseal(&sealed), None);
        for broken in ["", "x", &sealed[4..], &sealed.replace('A', "B")] {
            assert!(again.unseal(broken).is_none() || broken == sealed, "{broken}");
        }
        assert!(Sealer::open("short", folder.path()).is_err());
    }
}

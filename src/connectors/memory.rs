//! What a model said of texts before, in a file: it is asked about each text once. Derived: the file may be deleted at any
//! time.
//!
//! The file: one line of JSON that says which model and how many numbers, then a key (16 bytes of a hash of the prefix and
//! the text) and the numbers for each text. What a write left behind that was cut short is ignored.

use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A text with its prefix, hashed.
pub(super) type Key = [u8; 16];

const FOLDER: &str = "embeddings";

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Head {
    model: String,
    dimensions: usize,
}

/// Vectors that are known, by their texts.
#[derive(Debug, Default)]
pub(super) struct Memory {
    path: PathBuf,
    model: String,
    /// Numbers of a vector; 0 while none is known.
    dimensions: usize,
    places: FxHashMap<Key, u32>,
    numbers: Vec<f32>,
    /// Whether the file knows more than this.
    is_forgotten: bool,
}

/// Returns the key of a text.
pub(super) fn key_of(prefix: &str, text: &str) -> Key {
    let mut hasher = Sha256::new();
    hasher.update((prefix.len() as u64).to_le_bytes());
    hasher.update(prefix);
    hasher.update(text);
    let mut key = [0; 16];
    key.copy_from_slice(&hasher.finalize()[..16]);
    key
}

impl Memory {
    /// Reads what is known of a model; nothing where there is no file, or a broken one.
    pub(super) fn open(data: &Path, model: &str) -> Self {
        let name: String = key_of("", model).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        let path = data.join(FOLDER).join(format!("{name}.vectors"));
        Self::at(path, model.to_owned())
    }

    fn at(path: PathBuf, model: String) -> Self {
        let mut memory = Self { path, model, ..Self::default() };
        match memory.read() {
            Ok(()) => {}
            Err(error) if is_missing(&error) => {}
            Err(error) => {
                tracing::warn!(path = %memory.path.display(), error = format!("{error:#}"), "ignoring remembered vectors");
                memory = Self { path: memory.path, model: memory.model, ..Self::default() };
            }
        }
        memory
    }

    fn read(&mut self) -> anyhow::Result<()> {
        let mut bytes = Vec::new();
        File::open(&self.path)?.read_to_end(&mut bytes)?;
        let end = bytes.iter().position(|&b| b == b'\n').context("it has no first line")?;
        let head: Head = serde_json::from_slice(&bytes[..end])?;
        anyhow::ensure!(head.model == self.model && head.dimensions > 0, "it belongs to another model");
        self.dimensions = head.dimensions;
        for record in bytes[end + 1..].chunks_exact(size_of::<Key>() + head.dimensions * size_of::<f32>()) {
            let (key, numbers) = record.split_at(size_of::<Key>());
            let (numbers, _) = numbers.as_chunks::<4>();
            let vector: Vec<f32> = numbers.iter().map(|&number| f32::from_le_bytes(number)).collect();
            self.insert(key.try_into()?, &vector);
        }
        Ok(())
    }

    fn insert(&mut self, key: Key, vector: &[f32]) {
        let place = self.places.len() as u32;
        if self.places.insert(key, place).is_none() {
            self.numbers.extend_from_slice(vector);
        }
    }

    /// Returns how many numbers a vector has; 0 while none is known.
    pub(super) fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// Returns a text's vector.
    pub(super) fn get(&self, key: &Key) -> Option<&[f32]> {
        let place = *self.places.get(key)? as usize;
        self.numbers.get(place * self.dimensions..(place + 1) * self.dimensions)
    }

    /// Keeps vectors, here and in the file.
    pub(super) fn add(&mut self, vectors: Vec<(Key, Vec<f32>)>) {
        let Some((_, first)) = vectors.first() else { return };
        if self.dimensions != first.len() {
            // The model has changed behind its name.
            self.dimensions = first.len();
            self.places.clear();
            self.numbers.clear();
        }
        let whole = self.places.is_empty();
        if let Err(error) = self.write(&vectors, whole) {
            tracing::warn!(path = %self.path.display(), error = format!("{error:#}"), "could not keep vectors");
        }
        for (key, vector) in vectors {
            self.insert(key, &vector);
        }
    }

    fn write(&self, vectors: &[(Key, Vec<f32>)], whole: bool) -> anyhow::Result<()> {
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        let record = size_of::<Key>() + self.dimensions * size_of::<f32>();
        let head = [serde_json::to_vec(&Head { model: self.model.clone(), dimensions: self.dimensions })?, vec![b'\n']]
            .concat();
        let file = OpenOptions::new().create(true).truncate(whole).write(true).open(&self.path)?;
        // Whole records only: what is behind them was cut short.
        let n_records = if whole { 0 } else { self.places.len() };
        file.set_len((head.len() + n_records * record) as u64)?;
        let mut file = BufWriter::new(file);
        file.write_all(&head)?;
        std::io::Seek::seek(&mut file, std::io::SeekFrom::End(0))?;
        for (key, vector) in vectors {
            file.write_all(key)?;
            for number in vector {
                file.write_all(&number.to_le_bytes())?;
            }
        }
        file.flush()?;
        Ok(())
    }

    /// Lets go of the vectors, which stay in the file; how many numbers they have stays known.
    pub(super) fn forget(&mut self) {
        self.places = FxHashMap::default();
        self.numbers = Vec::new();
        self.is_forgotten = true;
    }

    /// Reads the file again where the vectors were let go of.
    pub(super) fn reopen(&mut self) {
        if self.is_forgotten {
            let (path, model) = (std::mem::take(&mut self.path), std::mem::take(&mut self.model));
            *self = Self::at(path, model);
        }
    }
}

fn is_missing(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_are_remembered_and_what_is_broken_is_not() {
        let data = tempfile::tempdir().unwrap();
        let (one, two) = (key_of("query: ", "退款"), key_of("passage: ", "退款"));
        assert_ne!(one, two);
        let mut memory = Memory::open(data.path(), "a model");
        assert_eq!(memory.dimensions(), 0);
        memory.add(vec![(one, vec![1.0, 2.0])]);
        memory.add(vec![(two, vec![3.0, 4.0])]);
        let again = Memory::open(data.path(), "a model");
        assert_eq!((again.get(&one), again.get(&two)), (Some(&[1.0, 2.0][..]), Some(&[3.0, 4.0][..])));
        assert_eq!(Memory::open(data.path(), "another").get(&one), None);
        // A write that was cut short.
        let bytes = fs::read(&memory.path).unwrap();
        fs::write(&memory.path, &bytes[..bytes.len() - 3]).unwrap();
        let mut cut = Memory::open(data.path(), "a model");
        assert_eq!((cut.get(&one), cut.get(&two)), (Some(&[1.0, 2.0][..]), None));
        cut.add(vec![(two, vec![3.0, 4.0])]);
        assert_eq!(fs::read(&memory.path).unwrap(), bytes);
        fs::write(&memory.path, "nonsense").unwrap();
        assert_eq!(Memory::open(data.path(), "a model").get(&one), None);
    }

    #[test]
    fn a_model_of_another_size_begins_anew() {
        let data = tempfile::tempdir().unwrap();
        let mut memory = Memory::open(data.path(), "a model");
        memory.add(vec![(key_of("", "a"), vec![1.0, 2.0])]);
        memory.add(vec![(key_of("", "b"), vec![1.0, 2.0, 3.0])]);
        let again = Memory::open(data.path(), "a model");
        assert_eq!((again.dimensions(), again.get(&key_of("", "a"))), (3, None));
        assert_eq!(again.get(&key_of("", "b")), Some(&[1.0, 2.0, 3.0][..]));
    }
}

//! One document a line, as JSON.

use std::collections::BTreeMap;

use crate::exchange::document::EntryDocument;
use crate::exchange::{ExportError, Fault, Format, Imported};
use crate::knowledge::entry::EntryId;

/// Writes one line a document.
pub(crate) fn write(documents: &[EntryDocument]) -> Result<Vec<u8>, ExportError> {
    let mut out = Vec::new();
    for document in documents {
        serde_json::to_writer(&mut out, document).map_err(|error| ExportError::writing(Format::Jsonl, error))?;
        out.push(b'\n');
    }
    Ok(out)
}

/// Reads every line that is not blank.
pub(crate) fn read(bytes: &[u8]) -> Imported {
    let bytes = bytes.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(bytes);
    let mut imported = Imported::default();
    let mut first_of: BTreeMap<EntryId, usize> = BTreeMap::new();
    for (at, line) in bytes.split(|&b| b == b'\n').enumerate() {
        let number = at + 1;
        match parse(line) {
            Ok(None) => {}
            Err((field, message)) => imported.faults.push(Fault::new(number, field, message)),
            Ok(Some(document)) => match first_of.get(&document.id) {
                Some(first) => {
                    let message = format!("the id \"{}\" stands in line {first} already", document.id);
                    imported.faults.push(Fault::new(number, "id", message));
                }
                None => {
                    first_of.insert(document.id.clone(), number);
                    imported.take(document, number, BTreeMap::new());
                }
            },
        }
    }
    imported
}

/// Parses a line; what is wrong comes with the path of its field.
fn parse(line: &[u8]) -> Result<Option<EntryDocument>, (String, String)> {
    let Ok(line) = std::str::from_utf8(line) else {
        return Err((String::new(), "the line is not UTF-8".to_owned()));
    };
    if line.trim().is_empty() {
        return Ok(None);
    }
    let mut reader = serde_json::Deserializer::from_str(line);
    let document = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        (if path == "." { String::new() } else { path }, message(error.inner()))
    })?;
    reader.end().map_err(|error| (String::new(), message(&error)))?;
    Ok(Some(document))
}

/// Returns what serde says, without the line.
pub(crate) fn message(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(message, _)| message.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::exchange::drawn;

    proptest! {
        #[test]
        fn what_goes_out_comes_in_unchanged(documents in drawn::documents()) {
            let imported = read(&write(&documents).unwrap());
            prop_assert_eq!(&imported.faults, &[]);
            let back: Vec<EntryDocument> = imported.documents.into_iter().map(|placed| placed.document).collect();
            prop_assert_eq!(back, documents);
        }
    }

    #[test]
    fn each_line_has_its_own_fault() {
        let good = r#"{"id":"a","category":"refund","texts":{"zh-CN":{"question":"问","body":"答"}}}"#;
        let lines = [
            good.to_owned(),
            String::new(),
            good.replace("\"a\"", "\"../a\""),
            good.replace("\"id\"", "\"name\""),
            good.replace("zh-CN", "中文"),
            good.replace("zh-CN", "en").replace("\"a\"", "\"b\""),
            good.replace("\"答\"", "5"),
            good.replace("\"答\"", "\" \"").replace("\"a\"", "\"c\""),
            good.to_owned(),
            format!("{good} x"),
            "[".to_owned(),
        ];
        let bytes = [lines.join("\r\n").as_bytes(), b"\n\xFF".as_slice()].concat();
        let imported = read(&bytes);
        let faults: Vec<(usize, &str)> =
            imported.faults.iter().map(|fault| (fault.row, fault.column.as_str())).collect();
        assert_eq!(
            faults,
            [
                (3, "id"),
                (4, "name"),
                (5, "texts.中文"),
                (6, "language"),
                (7, "texts.zh-CN.body"),
                (8, "answer"),
                (9, "id"),
                (10, ""),
                (11, ""),
                (12, "")
            ]
        );
        assert_eq!(imported.documents.len(), 1);
        assert!(imported.faults.iter().all(|fault| !fault.message.contains(" at line ")), "{:?}", imported.faults);
    }
}

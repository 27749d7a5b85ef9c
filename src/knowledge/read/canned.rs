//! `intents/canned.yaml`: what agents send often.

use crate::knowledge::content::{CannedReply, Content};
use crate::knowledge::reader::Reader;
use crate::knowledge::yaml::Node;

pub(super) fn canned(reader: &mut Reader, content: &mut Content, file: usize) -> Option<()> {
    let text = reader.sources[file].text.clone();
    let node = reader.yaml(file, &text, 1)?;
    for item in reader.items(&node).to_vec() {
        if let Some(reply) = reply(reader, &content.canned, &item) {
            content.canned.push(reply);
        }
    }
    Some(())
}

/// Reads `{id, title, text}`; the id is typed after a slash, so it has no spaces and nothing to be shifted for.
fn reply(reader: &mut Reader, known: &[CannedReply], node: &Node) -> Option<CannedReply> {
    let fields = reader.fields(node, &["id", "title", "text"], &["id", "title", "text"]);
    let title = fields.get("title").map(|node| reader.localised(node, false, false)).unwrap_or_default();
    let text = fields.get("text").map(|node| reader.localised(node, false, true)).unwrap_or_default();
    let id_node = fields.get("id")?;
    let id = reader.text(id_node)?.to_owned();
    if id.is_empty() || !id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
        let hint = Some("lower-case letters, digits and -".to_owned());
        reader.report("bad-value", id_node.place, format!("\"{id}\" cannot be typed after a slash"), hint);
        return None;
    }
    if known.iter().any(|known| known.id == id) {
        reader.report("duplicate-id", id_node.place, format!("the canned reply \"{id}\" stands twice"), None);
        return None;
    }
    Some(CannedReply { id, title, text })
}

//! The document that describes what goes over NATS, in AsyncAPI 3.0.

use serde_json::{Value, json};
use utoipa::OpenApi;

use super::wire::{
    AboutMessage, BorderMessage, IncidentMessage, PictureMessage, RecordMessage, WarningMessage,
};

#[derive(OpenApi)]
#[openapi(components(schemas(
    PictureMessage,
    RecordMessage<WarningMessage>,
    RecordMessage<IncidentMessage>,
    RecordMessage<AboutMessage>,
    BorderMessage
)))]
struct Schemas;

/// Channel, address, whether a site sends it, message, what it is.
const CHANNELS: [(&str, &str, &str, &str); 6] = [
    (
        "picture",
        "mantlet.site.{site}.picture",
        "PictureMessage",
        "Everything that the site knows: when it connects, every ten seconds, and when the \
         region asks. Core NATS: one that is lost is made good by the next.",
    ),
    (
        "delta",
        "mantlet.site.{site}.delta",
        "PictureMessage",
        "What changed since the picture or delta before, twice a second; whoever misses a \
         number waits for a whole picture.",
    ),
    (
        "warning",
        "mantlet.site.{site}.warning",
        "RecordMessage_WarningMessage",
        "A warning as it is issued, with its CAP 1.2 document. JetStream, at least once, in \
         the order of issue; Nats-Msg-Id is SITE-EPOCH-NUMBER.",
    ),
    (
        "incident",
        "mantlet.site.{site}.incident",
        "RecordMessage_IncidentMessage",
        "A raid that is over, as it went into the site's ledger. JetStream, as warnings.",
    ),
    (
        "about",
        "mantlet.site.{site}.about",
        "RecordMessage_AboutMessage",
        "The site itself: its place, zones and policy. JetStream, as warnings.",
    ),
    (
        "border",
        "mantlet.border.{site}",
        "BorderMessage",
        "Impacts that may reach the site's zones and that it does not see itself, twice a \
         second while there are any. Core NATS, sent by the region.",
    ),
];

/// The document, as JSON.
pub fn asyncapi() -> Vec<u8> {
    let schemas = Schemas::openapi().components.map(|c| json!(c.schemas)).unwrap_or_default();
    let text = schemas.to_string();
    let schemas: Value = serde_json::from_str(&text).unwrap_or_default();
    let (mut channels, mut operations, mut messages) = (json!({}), json!({}), json!({}));
    for (name, address, schema, summary) in CHANNELS {
        let site = json!({"description": "The site's name: small letters, digits, hyphens."});
        channels[name] = json!({
            "address": address,
            "description": summary,
            "parameters": {"site": site},
            "messages": {name: {"$ref": format!("#/components/messages/{name}")}},
        });
        messages[name] = json!({
            "name": name,
            "contentType": "application/json",
            "payload": {"$ref": format!("#/components/schemas/{schema}")},
        });
        let channel = json!({"$ref": format!("#/channels/{name}")});
        let of = json!([{"$ref": format!("#/channels/{name}/messages/{name}")}]);
        let says = if name == "border" { "receive" } else { "send" };
        operations[format!("site_{says}s_{name}")] =
            json!({"action": says, "channel": channel, "messages": of, "summary": summary});
    }
    let document = json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Mantlet over NATS",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "What goes between sites and their region. Times are Unix seconds; \
                keys carry their units. Operations are those of a site.",
            "license": {"name": "MIT OR Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {"nats": {"host": "nats.example:4222", "protocol": "nats"}},
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": schemas},
    });
    let mut text = serde_json::to_vec_pretty(&document).expect("JSON");
    text.push(b'\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every `$ref` of the document leads somewhere.
    fn follow(value: &Value, root: &Value, seen: &mut usize) {
        match value {
            Value::Object(map) => {
                if let Some(Value::String(to)) = map.get("$ref") {
                    let pointer = to.strip_prefix('#').expect("within the document");
                    assert!(root.pointer(pointer).is_some(), "{to} leads nowhere");
                    *seen += 1;
                }
                map.values().for_each(|v| follow(v, root, seen));
            }
            Value::Array(all) => all.iter().for_each(|v| follow(v, root, seen)),
            _ => {}
        }
    }

    #[test]
    fn the_committed_document_is_the_one_that_is_served() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/asyncapi.json");
        let made = String::from_utf8(asyncapi()).unwrap();
        if std::env::var_os("MANTLET_WRITE_DOCS").is_some() {
            std::fs::write(path, &made).unwrap();
        }
        let committed = std::fs::read_to_string(path).unwrap();
        assert!(committed == made, "docs/asyncapi.json is old: MANTLET_WRITE_DOCS=1 renews it");
        let root: Value = serde_json::from_str(&made).unwrap();
        let mut seen = 0;
        follow(&root, &root, &mut seen);
        assert!(seen > 20, "{seen}");
    }
}

//! Warnings for everybody else: CAP 1.2 documents and an Atom feed of them (RFC 4287), as
//! CAP aggregators poll.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use mantlet::exchange::cap::CapTime;
use mantlet::time::Timestamp;
use quick_xml::Writer;
use quick_xml::events::BytesText;

use crate::store::{self, Listed};

use super::App;
use super::guard::{ErrorView, Refusal};

fn broken(e: impl std::fmt::Display) -> Refusal {
    Refusal::Broken(e.to_string())
}

/// The latest warnings, newest first.
#[utoipa::path(get, path = "/cap/feed.atom",
    responses((status = 200, content_type = "application/atom+xml", body = String)))]
pub async fn feed(State(app): State<Arc<App>>) -> Result<Response, Refusal> {
    let path = app.warnings.clone();
    let listed = tokio::task::spawn_blocking(move || store::latest(&path)).await.map_err(broken)?;
    let xml = atom(&app.sender, &listed.map_err(broken)?).map_err(broken)?;
    Ok(([(header::CONTENT_TYPE, "application/atom+xml; charset=utf-8")], xml).into_response())
}

/// A CAP 1.2 document.
#[utoipa::path(get, path = "/cap/{document}", params(("document" = String, Path)),
    responses((status = 200, content_type = "application/cap+xml", body = String),
        (status = 404, body = ErrorView)))]
pub async fn document(
    State(app): State<Arc<App>>,
    Path(document): Path<String>,
) -> Result<Response, Refusal> {
    let missing = || Refusal::Missing(format!("there is no document \"{document}\""));
    let id = document.strip_suffix(".xml").ok_or_else(missing)?.to_owned();
    let path = app.warnings.clone();
    let found = tokio::task::spawn_blocking(move || store::document(&path, &id));
    let xml = found.await.map_err(broken)?.map_err(broken)?.ok_or_else(missing)?;
    Ok(([(header::CONTENT_TYPE, "application/cap+xml; charset=utf-8")], xml).into_response())
}

fn atom(sender: &str, listed: &[Listed]) -> std::io::Result<Vec<u8>> {
    let time = |ns: i64| CapTime::utc(Timestamp::from_nanos(ns)).to_string();
    let updated = listed.first().map_or(0, |l| l.time_ns);
    let mut writer = Writer::new(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_vec());
    let feed =
        writer.create_element("feed").with_attribute(("xmlns", "http://www.w3.org/2005/Atom"));
    feed.write_inner_content(|w| {
        let text = |w: &mut Writer<Vec<u8>>, name: &str, value: &str| {
            w.create_element(name).write_text_content(BytesText::new(value)).map(|_| ())
        };
        text(w, "id", &format!("urn:mantlet:{sender}"))?;
        text(w, "title", &format!("Warnings of {sender}"))?;
        text(w, "updated", &time(updated))?;
        w.create_element("author").write_inner_content(|w| text(w, "name", sender))?;
        w.create_element("link")
            .with_attributes([("rel", "self"), ("href", "/cap/feed.atom")])
            .write_empty()?;
        for entry in listed {
            let href = format!("/cap/{}.xml", entry.cap_id.replace('%', "%25"));
            w.create_element("entry").write_inner_content(|w| {
                text(w, "id", &format!("urn:mantlet:{sender}:{}", entry.cap_id))?;
                text(w, "title", &format!("{}: {}", entry.action, entry.zone_id))?;
                text(w, "updated", &time(entry.time_ns))?;
                w.create_element("link")
                    .with_attributes([
                        ("rel", "alternate"),
                        ("type", "application/cap+xml"),
                        ("href", href.as_str()),
                    ])
                    .write_empty()
                    .map(|_| ())
            })?;
        }
        Ok(())
    })?;
    Ok(writer.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_feed_names_its_documents_and_escapes() {
        let listed = Listed {
            cap_id: "a%26b.001".into(),
            action: "warn".into(),
            zone_id: "a&b".into(),
            time_ns: 1_740_000_000_000_000_000,
        };
        let xml = String::from_utf8(atom("site.invalid", &[listed]).unwrap()).unwrap();
        assert!(xml.contains("<title>warn: a&amp;b</title>"), "{xml}");
        assert!(xml.contains("href=\"/cap/a%2526b.001.xml\""), "{xml}");
        assert!(xml.contains("<updated>2025-02-19T21:20:00"), "{xml}");
    }
}

//! The page: files of `web/dist`, embedded in the binary.

use axum::body::Body;
use axum::http::{StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use rust_embed::Embed;

#[derive(Embed)]
#[folder = "web/dist"]
struct Page;

/// Shown when the page was not built into this binary.
const MISSING: &str = "<!doctype html><html lang=en><meta charset=utf-8><title>Mantlet</title>\
<h1>Mantlet is running</h1><p>This binary was built without its page: run <code>make page</code> \
and build it again. The picture is at <a href=/api/v1/picture>/api/v1/picture</a>, the API is \
described at <a href=/openapi.json>/openapi.json</a>.</html>";

/// Serves a file of the page; `/` is its index.
pub async fn page(uri: Uri) -> Response {
    let path = match uri.path().trim_start_matches('/') {
        "" => "index.html",
        path => path,
    };
    match Page::get(path) {
        Some(file) => {
            // Vite names what it builds by its content: only those names never change.
            let lasting = path.starts_with("assets/");
            let cache = if lasting { "public, max-age=31536000, immutable" } else { "no-cache" };
            let head = [(header::CONTENT_TYPE, content_type(path)), (header::CACHE_CONTROL, cache)];
            (head, Body::from(file.data.into_owned())).into_response()
        }
        None if path == "index.html" => Html(MISSING).into_response(),
        None => (StatusCode::NOT_FOUND, "not found\n").into_response(),
    }
}

pub fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("webp") => "image/webp",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("wav") => "audio/wav",
        Some("mp3") => "audio/mpeg",
        Some("webmanifest") => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

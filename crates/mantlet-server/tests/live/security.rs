//! Who may do what.

use serde_json::Value;

use crate::rig::{How, Rig, Site, ask, is_warned};

const PASSWORD: &str = "a long password";

/// Sets the service up; cookie and CSRF token of the first admin.
fn set_up(rig: &Rig) -> (String, String) {
    let link = rig.running.as_ref().and_then(|r| r.set_up.clone()).expect("a link");
    let token = link.rsplit_once('=').expect("a secret").1;
    let body = format!(r#"{{"token":"{token}","name":"rana","password":"{PASSWORD}"}}"#);
    let (status, cookie, session) = ask("POST", &format!("{}/api/v1/setup", rig.url), &[], &body);
    assert_eq!(status, 200, "{session}");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let (status, ..) = ask("POST", &format!("{}/api/v1/setup", rig.url), &[], &body);
    assert_eq!(status, 403, "the link works once");
    (first(&cookie), session["csrf"].as_str().expect("a token").into())
}

/// What a browser sends back of a cookie.
fn first(cookie: &str) -> String {
    cookie.split(';').next().unwrap_or_default().into()
}

fn login(rig: &Rig, name: &str, password: &str) -> (u16, String, String) {
    let body = format!(r#"{{"name":"{name}","password":"{password}"}}"#);
    let (status, cookie, session) = ask("POST", &format!("{}/api/v1/login", rig.url), &[], &body);
    let csrf = session["csrf"].as_str().unwrap_or_default().into();
    (status, first(&cookie), csrf)
}

#[test]
fn no_route_that_changes_anything_is_open() {
    let rig = Rig::new();
    let (_, text) = rig.get("/openapi.json");
    let document: Value = serde_json::from_str(&text).unwrap();
    let mut tried = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys().filter(|m| *m != "get") {
            if ["/api/v1/login", "/api/v1/logout", "/api/v1/setup"].contains(&path.as_str()) {
                continue;
            }
            let url =
                format!("{}{}", rig.url, path.replace("{alert_id}", "a-1").replace(['{', '}'], ""));
            let (status, _, answer) = ask(&method.to_uppercase(), &url, &[], "{}");
            assert_eq!(status, 401, "{method} {path}: {answer}");
            let stolen = [("cookie", "mantlet_session=0"), ("authorization", "Bearer 0")];
            let (status, ..) = ask(&method.to_uppercase(), &url, &stolen, "{}");
            assert_eq!(status, 401, "{method} {path}");
            tried += 1;
        }
    }
    assert!(tried >= 6, "{tried}");
}

#[test]
fn an_operator_acknowledges_and_cancels_a_viewer_does_not_and_the_log_knows() {
    let rig = Rig::new();
    let (cookie, csrf) = set_up(&rig);
    let admin = [("cookie", cookie.as_str()), ("x-csrf-token", csrf.as_str())];
    let api = |path: &str| format!("{}/api/v1{path}", rig.url);
    for (name, role) in [("sami", "operator"), ("vera", "viewer")] {
        let body = format!(r#"{{"name":"{name}","role":"{role}","password":"{PASSWORD}"}}"#);
        assert_eq!(ask("POST", &api("/users"), &admin[..1], &body).0, 403, "no CSRF token");
        assert_eq!(ask("POST", &api("/users"), &admin, &body).0, 204);
    }
    let (status, cookie, csrf) = login(&rig, "sami", PASSWORD);
    assert_eq!(status, 200);
    let operator = [("cookie", cookie.as_str()), ("x-csrf-token", csrf.as_str())];
    let (_, cookie, csrf) = login(&rig, "vera", PASSWORD);
    let viewer = [("cookie", cookie.as_str()), ("x-csrf-token", csrf.as_str())];
    assert_eq!(ask("GET", &api("/audit"), &operator, "").0, 403);

    let radars = rig.radars(How::default());
    let picture = rig.wait("a warning", is_warned);
    let warnings = picture["warnings"].as_array().unwrap();
    let alert = warnings.iter().find(|w| w["zone_id"] == "compound").unwrap();
    let id = alert["alert_id"].as_str().unwrap();
    let acknowledge = api(&format!("/warnings/{id}/acknowledge"));
    assert_eq!(ask("POST", &acknowledge, &viewer, "").0, 403);
    assert_eq!(ask("POST", &acknowledge, &operator, "").0, 204);
    let by_sami = |p: &Value| {
        let all = p["warnings"].as_array().unwrap();
        all.iter().any(|w| w["alert_id"] == id && w["acknowledged_by"] == "sami")
    };
    rig.wait("acknowledged by sami", by_sami);
    drop(radars);
    let cancel = api(&format!("/warnings/{id}/cancel"));
    assert_eq!(ask("POST", &cancel, &operator, r#"{"reason":" "}"#).0, 400);
    assert_eq!(ask("POST", &cancel, &operator, r#"{"reason":"a test"}"#).0, 204);
    assert_eq!(ask("POST", &cancel, &operator, r#"{"reason":"a test"}"#).0, 404);
    let (_, _, log) = ask("GET", &api("/audit"), &admin, "");
    let has = |who: &str, action: &str, detail: &str| {
        log.as_array()
            .unwrap()
            .iter()
            .any(|d| d["who"] == who && d["action"] == action && d["detail"] == detail)
    };
    assert!(has("sami", "acknowledge", "") && has("sami", "cancel", "a test"), "{log:#}");

    // A machine with a token; a user that is removed is out at once.
    let (status, _, made) =
        ask("POST", &api("/tokens"), &admin, r#"{"name":"board","role":"viewer"}"#);
    assert_eq!(status, 200);
    let bearer = format!("Bearer {}", made["token"].as_str().unwrap());
    let machine = [("authorization", bearer.as_str())];
    assert_eq!(ask("GET", &api("/picture"), &machine, "").0, 200);
    assert_eq!(ask("POST", &acknowledge, &machine, "").0, 403);
    assert_eq!(ask("DELETE", &api("/users/sami"), &admin, "").0, 204);
    assert_eq!(ask("POST", &acknowledge, &operator, "").0, 401);
    assert_eq!(ask("POST", &api("/logout"), &viewer, "").0, 200);
    assert_eq!(ask("POST", &acknowledge, &viewer, "").0, 401);
}

#[test]
fn the_sixth_wrong_password_is_not_looked_at() {
    let rig = Rig::new();
    set_up(&rig);
    for _ in 0..5 {
        assert_eq!(login(&rig, "rana", "a wrong password").0, 401);
    }
    assert_eq!(login(&rig, "rana", PASSWORD).0, 429);
}

#[test]
fn who_comes_by_a_proxy_or_another_name_has_to_log_in_to_read() {
    let rig = Rig::new();
    let url = format!("{}/api/v1/picture", rig.url);
    assert_eq!(ask("GET", &url, &[], "").0, 200);
    assert_eq!(ask("GET", &url, &[("x-forwarded-for", "10.0.0.9")], "").0, 401);
    assert_eq!(ask("GET", &url, &[("host", "evil.example")], "").0, 401);
    let session = format!("{}/api/v1/session", rig.url);
    let (status, _, view) = ask("GET", &session, &[("x-forwarded-for", "10.0.0.9")], "");
    assert_eq!((status, &view["user"], &view["setup_needed"]), (200, &Value::Null, &true.into()));
}

#[test]
fn over_tls_the_cookie_is_for_tls_only() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    let made = std::process::Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"])
        .args(["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-days", "2"])
        .arg("-keyout")
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .output();
    if !made.is_ok_and(|m| m.status.success()) {
        eprintln!("skipped: there is no openssl to make a certificate");
        return;
    }
    let rig = Rig::with(folder, Site { tls: Some((certificate, key)), ..Site::default() });
    assert!(rig.url.starts_with("https://"));
    let link = rig.running.as_ref().and_then(|r| r.set_up.clone()).unwrap();
    let (page, token) = link.split_once("/#setup=").unwrap();
    assert_eq!(page, rig.url);
    let body = format!(r#"{{"token":"{token}","name":"rana","password":"{PASSWORD}"}}"#);
    let (status, cookie, _) = ask("POST", &format!("{}/api/v1/setup", rig.url), &[], &body);
    assert_eq!(status, 200);
    assert!(cookie.ends_with("; Secure"), "{cookie}");
}

//! The NATS server goes under a site that is at work: what its operator sees, and what
//! becomes of the warnings.

use mantlet_server::region::Nats;

use crate::live::{How, Rig, Site, Stream, has_fault, is_warned};
use crate::rig::{Region, Server, await_that, fault, nats_is_here};

/// Alerts and actions of a warnings.csv, in its order.
fn said(table: &str) -> Vec<(String, String)> {
    let columns = |line: &str| {
        let all: Vec<&str> = line.split(',').collect();
        (all[1].to_owned(), all[3].to_owned())
    };
    table.lines().skip(1).map(columns).collect()
}

#[test]
fn without_the_nats_server_a_site_says_so_warns_all_the_same_and_catches_up_in_order() {
    if !nats_is_here() {
        return;
    }
    let mut server = Server::start(None);
    let nats = Nats { urls: server.url(None), password: None };
    let region = Region::start(&nats.urls, &["cedar-compound"]);
    let site = Site { nats: Some(nats), ..Site::default() };
    let site = Rig::with(tempfile::tempdir().expect("a folder"), site);
    let radars = site.radars(How::default());
    let own = || said(&site.get("/api/v1/warnings.csv").1);
    let passed = || said(&region.text("/api/v1/warnings.csv"));
    await_that("a warning at the region", || (!passed().is_empty()).then_some(()));
    server.kill();
    // What both operators see.
    let seen = site.wait("the site's fault", |p| has_fault(p, "region"));
    let text = fault(&seen, "region").expect("it stands");
    assert!(text.starts_with("The region is not reached (no connection to the NATS"), "{text}");
    assert!(text.ends_with("messages wait for it on disk"), "{text}");
    assert!(!site.get("/metrics").1.contains("\nmantlet_faults 0\n"));
    await_that("the region's fault", || fault(&region.get("/api/v1/picture"), "nats"));
    // The next raid is warned of as ever, and the service is ready.
    let mut stream = Stream::open(&site.url, None);
    while stream.next_of("warning").data["action"] != "warn" {}
    site.wait("a warning in force", is_warned);
    assert_eq!(site.get("/ready").0, 200);
    await_that("messages that wait", || {
        let seen = fault(&site.picture(), "region")?;
        let count: u32 = seen.split(' ').find_map(|word| word.parse().ok())?;
        (count > 0).then_some(())
    });
    server.again();
    site.wait("reached again", |p| !has_fault(p, "region"));
    drop(radars);
    site.wait("all clear", |p| !is_warned(p));
    let at_home: Vec<_> =
        own().into_iter().map(|(id, action)| (format!("cedar-compound/{id}"), action)).collect();
    // What the region said in the site's place meanwhile is its own, and ended.
    let there = await_that("all of it at the region", || {
        let (stood_in, there): (Vec<_>, Vec<_>) =
            passed().into_iter().partition(|(id, _)| id.starts_with("cedar-compound/region/"));
        let count = |of: &str| stood_in.iter().filter(|(_, action)| action == of).count();
        (there.len() >= at_home.len() && count("warn") == count("clear")).then_some(there)
    });
    assert_eq!(there, at_home, "lost, doubled or out of order");
}

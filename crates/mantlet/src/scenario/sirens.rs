//! Reading `[[siren]]` of site.toml: who is told of warnings, and how.
//!
//! In: its tables and the zones. Out: [`SirenPlan`]s. Nothing is connected here, and
//! no secret is read: a secret stands in a file of its own, because site.toml is
//! copied into results.

use std::path::PathBuf;

use crate::warning::Zone;

use super::fields::Table;
use super::load::beside;

/// Something that is told of warnings: a siren, a message board, a gateway.
#[derive(Clone, Debug, PartialEq)]
pub struct SirenPlan {
    /// Name in files and on the page.
    pub id: String,
    /// Zones that it serves, by index; all of them when it names none.
    pub zones: Vec<usize>,
    /// How it is reached.
    pub way: SirenWay,
    /// A message that is not confirmed within this time is shown, s.
    pub confirm_s: f64,
}

/// How a siren is reached.
#[derive(Clone, Debug, PartialEq)]
pub enum SirenWay {
    /// A signed HTTP POST for each message.
    Webhook {
        /// Where to.
        url: String,
        /// File with the key that signs.
        secret_file: PathBuf,
    },
    /// MQTT 5: a retained message for each zone.
    Mqtt {
        /// The broker's host.
        host: String,
        /// Its port.
        port: u16,
        /// Topics begin with it.
        topic: String,
        /// User, and the file with the password.
        login: Option<(String, PathBuf)>,
        /// The devices confirm themselves, not the broker alone.
        confirms: bool,
    },
}

/// Longest secret or password, and shortest secret, in bytes: RFC 2104, section 3,
/// discourages keys shorter than the hash.
pub const SECRET_BYTES: std::ops::RangeInclusive<usize> = 32..=1024;

pub(super) fn read_sirens(root: &Table<'_>, zones: &[Zone]) -> Vec<SirenPlan> {
    let mut sirens: Vec<SirenPlan> = Vec::new();
    for table in root.tables("siren") {
        let siren = siren(&table, zones);
        if sirens.iter().any(|s| s.id == siren.id) {
            table.wrong("id", "an id that no other siren has");
        }
        sirens.push(siren);
        table.finish();
    }
    sirens
}

fn siren(table: &Table<'_>, zones: &[Zone]) -> SirenPlan {
    let file = |name: String| beside(table.document().path(), &name);
    let mut served = Vec::new();
    for name in table.maybe_texts("zones") {
        match zones.iter().position(|z| z.id == name) {
            Some(zone) => served.push(zone),
            None => {
                let ids: Vec<&str> = zones.iter().map(|z| z.id.as_str()).collect();
                table.wrong("zones", &format!("ids of zones: {}", ids.join(", ")));
            }
        }
    }
    if served.is_empty() {
        served.extend(0..zones.len());
    }
    let (webhook, broker) = (table.maybe_text("webhook"), table.maybe_text("mqtt"));
    let way = match (webhook, broker) {
        (Some(url), None) => {
            if !(url.starts_with("http://") || url.starts_with("https://")) {
                table.wrong("webhook", "an address that begins with http:// or https://");
            }
            SirenWay::Webhook { url, secret_file: file(table.text("secret_file")) }
        }
        (None, Some(broker)) => {
            let address = broker.strip_prefix("mqtt://").unwrap_or_default();
            let (host, port) = address.rsplit_once(':').unwrap_or((address, "1883"));
            let port = port.parse().ok().filter(|p| *p > 0);
            if host.is_empty() || host.contains('/') || port.is_none() {
                table.wrong("mqtt", "an address like mqtt://HOST:1883");
            }
            let topic = table.text("topic");
            if topic.contains(['+', '#']) || topic.starts_with(['/', '$']) || topic.ends_with('/') {
                table.wrong("topic", "a topic without + and #, and without / at its ends");
            }
            let login = table.maybe_text("user").map(|user| {
                let password = table.text("password_file");
                (user, file(password))
            });
            SirenWay::Mqtt {
                host: host.into(),
                port: port.unwrap_or(1883),
                topic,
                login,
                confirms: table.maybe_flag("confirms").unwrap_or(false),
            }
        }
        _ => {
            table.wrong("webhook", "either webhook = \"https://...\" or mqtt = \"mqtt://...\"");
            SirenWay::Webhook { url: String::new(), secret_file: PathBuf::new() }
        }
    };
    SirenPlan {
        id: table.text("id"),
        zones: served,
        way,
        confirm_s: table.number_or("confirm_s", 5.0, 0.5..=600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::super::load_site;
    use super::*;

    fn site(sirens: &str) -> Result<Vec<SirenPlan>, String> {
        let cedar = concat!(env!("CARGO_MANIFEST_DIR"), "/../../sites");
        let folder = tempfile::tempdir().unwrap();
        for name in ["cedar.toml", "cedar-zones.geojson"] {
            std::fs::copy(format!("{cedar}/{name}"), folder.path().join(name)).unwrap();
        }
        let path = folder.path().join("cedar.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, format!("{text}\n{sirens}")).unwrap();
        let loaded = load_site(&path).map_err(|e| e.to_string());
        loaded.map(|site| {
            let mut sirens = site.sirens;
            for siren in &mut sirens {
                if let SirenWay::Webhook { secret_file, .. } = &mut siren.way {
                    *secret_file = secret_file.file_name().unwrap().into();
                }
            }
            sirens
        })
    }

    #[test]
    fn a_webhook_and_a_broker_are_read_with_their_zones() {
        let sirens = site(
            "[[siren]]\nid = \"horn\"\nzones = [\"compound\"]\nwebhook = \"http://10.0.0.5/warn\"\n\
             secret_file = \"horn.key\"\n[[siren]]\nid = \"boards\"\nmqtt = \"mqtt://10.0.0.6\"\n\
             topic = \"cedar\"\nconfirms = true\nconfirm_s = 2.0\n",
        )
        .unwrap();
        assert_eq!((sirens[0].zones.len(), sirens[1].zones.len()), (1, 5));
        let way = SirenWay::Webhook {
            url: "http://10.0.0.5/warn".into(),
            secret_file: "horn.key".into(),
        };
        assert_eq!((&sirens[0].way, sirens[0].confirm_s), (&way, 5.0));
        let SirenWay::Mqtt { host, port, confirms, login, .. } = &sirens[1].way else { panic!() };
        assert_eq!((host.as_str(), *port, *confirms, login), ("10.0.0.6", 1883, true, &None));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        for (text, said) in [
            ("id = \"a\"", "siren[0].webhook: missing: expected either webhook"),
            ("id = \"a\"\nwebhook = \"ftp://x\"\nsecret_file = \"k\"", "begins with http://"),
            ("id = \"a\"\nwebhook = \"http://x\"", "siren[0].secret_file: missing"),
            ("id = \"a\"\nmqtt = \"10.0.0.6\"\ntopic = \"t\"", "like mqtt://HOST:1883"),
            ("id = \"a\"\nmqtt = \"mqtt://h\"\ntopic = \"t/#\"", "without + and #"),
            (
                "id = \"a\"\nzones = [\"north\"]\nwebhook = \"http://x\"\nsecret_file = \"k\"",
                "ids of zones: compound, residential",
            ),
            ("id = \"a\"\nwebhok = \"http://x\"", "did you mean \"webhook\"?"),
        ] {
            let error = site(&format!("[[siren]]\n{text}\n")).unwrap_err();
            assert!(error.contains(said), "{text}: {error}");
        }
    }
}

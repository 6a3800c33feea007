//! `mantlet serve`: the live service and its page.

use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use mantlet::scenario::{Scenario, load_region, load_scenario, load_site};
use mantlet_server::region::{Nats, nats_config};
use mantlet_server::{Options, ServiceError, Subject, rerun, start};

use crate::failure::{Done, Failure};

/// Shown under `--help`.
pub const EXAMPLE: &str = "Examples:\n  mantlet serve --demo\n  \
mantlet serve /etc/mantlet/site.toml --data /var/lib/mantlet\n  \
mantlet serve site.toml --listen 0.0.0.0:8443 --tls-cert cert.pem --tls-key key.pem\n  \
mantlet serve site.toml --rerun /var/lib/mantlet/recordings > warnings.csv\n  \
mantlet serve site.toml --nats nats://region.example:4222 --nats-password site.password\n  \
mantlet serve --region coast.toml --nats nats://127.0.0.1:4222 --nats-password region.password";

/// The demo's files: what `mantlet serve --demo` plays wherever it is started.
const DEMO: [(&str, &str); 3] = [
    ("scenarios/eight-rockets.toml", include_str!("../../../scenarios/eight-rockets.toml")),
    ("sites/cedar.toml", include_str!("../../../sites/cedar.toml")),
    ("sites/cedar-zones.geojson", include_str!("../../../sites/cedar-zones.geojson")),
];

/// Arguments of `mantlet serve`.
#[derive(clap::Args)]
pub struct Args {
    /// The site, whose sensors name their feeds
    #[arg(
        value_name = "SITE.toml",
        required_unless_present_any = ["demo", "region"],
        conflicts_with_all = ["demo", "region"]
    )]
    site: Option<PathBuf>,
    /// Play the eight-rockets raid over and over; everything is marked EXERCISE
    #[arg(long, conflicts_with = "region")]
    demo: bool,
    #[command(flatten)]
    many: Many,
    #[command(flatten)]
    listen: Listen,
    /// Folder for what must outlive the service: warnings, users, recordings [default:
    /// mantlet-data; of the demo nothing is kept without it]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Run the recording of the latest start again and print the warnings that it brings
    #[arg(long, value_name = "DIR", requires = "site")]
    rerun: Option<PathBuf>,
    /// Tell only what is wrong, and the set-up link
    #[arg(long)]
    quiet: bool,
}

/// Many sites and their region.
#[derive(clap::Args)]
struct Many {
    /// Hear many sites over NATS and show one picture of them
    #[arg(long, value_name = "REGION.toml", help_heading = "Many sites")]
    region: Option<PathBuf>,
    /// NATS server between sites and their region: nats://[user:password@]host:port
    #[arg(long, value_name = "URL", help_heading = "Many sites")]
    nats: Option<String>,
    /// File with the password there; the user is the site's name in subjects, or "region"
    #[arg(long, value_name = "FILE", requires = "nats", help_heading = "Many sites")]
    nats_password: Option<PathBuf>,
    /// Print a configuration of nats-server in which each site speaks for itself only
    #[arg(long, requires = "region", help_heading = "Many sites")]
    print_nats_config: bool,
}

impl Many {
    fn nats(&self) -> Option<Nats> {
        let urls = self.nats.clone()?;
        Some(Nats { urls, password: self.nats_password.clone() })
    }
}

/// Where the service answers.
#[derive(clap::Args)]
pub struct Listen {
    /// Address and port of the page and the API; beyond this machine reading needs a user
    #[arg(
        long,
        value_name = "ADDRESS:PORT",
        default_value = "127.0.0.1:8642",
        help_heading = "Page"
    )]
    pub listen: SocketAddr,
    /// Certificate chain, PEM
    #[arg(long, value_name = "FILE", requires = "tls_key", help_heading = "Page")]
    pub tls_cert: Option<PathBuf>,
    /// Its private key, PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert", help_heading = "Page")]
    pub tls_key: Option<PathBuf>,
}

/// Runs it.
///
/// # Errors
///
/// Input error when the site is wrong; failure when a port or a folder is refused.
pub fn run(args: &Args) -> Done {
    let nats = args.many.nats();
    let data = args.data.as_deref().unwrap_or(Path::new("mantlet-data"));
    if let Some(path) = &args.many.region {
        let region = load_region(path)?;
        if args.many.print_nats_config {
            std::io::stdout().lock().write_all(nats_config(&region).as_bytes())?;
            return Ok(());
        }
        let subject = Subject::Region(Box::new(region));
        return serve(subject, &args.listen, data, nats, args.quiet);
    }
    if args.demo {
        let folder = Scratch::new()?;
        for (name, text) in DEMO {
            folder.write(name, text)?;
        }
        let scenario = load_scenario(&folder.0.join(DEMO[0].0))?;
        return match &args.data {
            Some(data) => {
                serve(Subject::Demo(Box::new(scenario)), &args.listen, data, nats, args.quiet)
            }
            None => play(scenario, &args.listen, nats, args.quiet),
        };
    }
    let Some(path) = &args.site else { return Ok(()) };
    let site = load_site(path)?;
    if let Some(folder) = &args.rerun {
        let mut out = std::io::stdout().lock();
        return rerun(folder, Arc::new(site), &mut out).map_err(|e| Failure::Input(e.to_string()));
    }
    serve(Subject::Site(Box::new(site)), &args.listen, data, nats, args.quiet)
}

/// Plays a scenario as a live feed, with a folder that is gone afterwards.
///
/// # Errors
///
/// As [`run`].
pub fn play(scenario: Scenario, listen: &Listen, nats: Option<Nats>, quiet: bool) -> Done {
    let folder = Scratch::new()?;
    serve(Subject::Demo(Box::new(scenario)), listen, &folder.0.join("data"), nats, quiet)
}

fn serve(subject: Subject, listen: &Listen, data: &Path, nats: Option<Nats>, quiet: bool) -> Done {
    let least = if quiet { tracing::Level::WARN } else { tracing::Level::INFO };
    let logs = tracing_subscriber::fmt().with_writer(std::io::stderr).with_target(false);
    logs.with_max_level(least).with_ansi(std::io::stderr().is_terminal()).init();
    let tls = listen.tls_cert.clone().zip(listen.tls_key.clone());
    let scheme = if tls.is_some() { "https" } else { "http" };
    let options = Options { subject, listen: listen.listen, data: data.into(), tls, nats };
    let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
    runtime.block_on(async {
        let mut running = start(options).await.map_err(|e| match e {
            ServiceError::Feed(_)
            | ServiceError::Input(_)
            | ServiceError::Nats(_)
            | ServiceError::NoNats => Failure::Input(e.to_string()),
            // Its sentence names the cause already.
            e => Failure::Work(anyhow::anyhow!("{e}")),
        })?;
        if !quiet {
            eprintln!("The page: {scheme}://{}/", running.address);
        }
        if let Some(link) = &running.set_up {
            eprintln!("Set up the first admin, once: {link}");
        }
        for (name, address) in &running.feeds {
            tracing::info!("listening for radars on {name} ({address})");
        }
        let failed = tokio::select! {
            signal = stop_signal() => signal.err(),
            error = running.failed() => Some(error),
        };
        running.stop().await;
        failed.map_or(Ok(()), |e| Err(e.into()))
    })
}

/// Ctrl-C, or a service manager's request to end.
async fn stop_signal() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            done = tokio::signal::ctrl_c() => done,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}

/// A folder that is gone when it is dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Done<Self> {
        let name = format!("mantlet-demo-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(Self(folder))
    }

    fn write(&self, name: &str, text: &str) -> Done {
        let path = self.0.join(name);
        let parent = path.parent().unwrap_or(Path::new("/"));
        std::fs::create_dir_all(parent)
            .and_then(|()| std::fs::write(&path, text))
            .with_context(|| format!("cannot write {}", path.display()))?;
        Ok(())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Nothing better to do with a failure here: the system clears its own folder.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

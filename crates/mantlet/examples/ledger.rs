//! A million incidents: how long an import, a filtered list and an answer about a lull
//! take.
//!
//! `cargo run --release --example ledger -- [INCIDENTS] [SEED]`

use std::io::Write;
use std::time::Instant;

use mantlet::ledger::{Day, Filter, ImportOptions, Kind, Ledger, LullQuestion, Setting, Stamp};
use mantlet::time::Timestamp;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

const KINDS: [&str; 5] = ["rocket", "mortar", "drone", "roadside_bomb", "small_arms"];

#[expect(clippy::disallowed_methods, clippy::print_stdout, reason = "a benchmark")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let incidents: u64 = args.next().map_or(Ok(1_000_000), |a| a.parse())?;
    let seed: u64 = args.next().map_or(Ok(1), |a| a.parse())?;
    let folder = tempfile::tempdir()?;
    let csv = folder.path().join("made-up.csv");
    let mut out = std::io::BufWriter::new(std::fs::File::create(&csv)?);
    writeln!(
        out,
        "id,source,date_local,kind,in_zone,n_low,n_high,killed_low,killed_high,lat_deg,lon_deg"
    )?;
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let start = Day::from_civil(2000, 1, 1).ok_or("a day")?;
    for id in 0..incidents {
        let bits = random.next_u64();
        // Twenty years; in the second half the first kind is half as frequent.
        let at = (bits % 7305) as i64;
        let kind = (bits >> 16) % 5;
        let kind = if at > 3652 && kind == 0 && bits & (1 << 40) == 0 { 1 } else { kind };
        let zone = ["yes", "adjacent", "no"][((bits >> 24) % 3) as usize];
        let (low, killed) = (1 + (bits >> 32) % 4, (bits >> 44) % 3);
        let (lat, lon) = (33.0 + (bits >> 48) as f64 * 1e-6, 44.0 + (bits >> 52) as f64 * 1e-5);
        writeln!(
            out,
            "B-{id},made up {},{},{},{zone},{low},{},{killed},{killed},{lat:.6},{lon:.6}",
            bits % 7,
            start + at,
            KINDS[kind as usize],
            low + 1,
        )?;
    }
    out.flush()?;
    drop(out);
    let stamp = Stamp { who: "bench".into(), at: Timestamp::default() };
    let mut ledger = Ledger::open(&folder.path().join("ledger.db"))?;
    let clock = Instant::now();
    let done = ledger.import(&stamp, &csv, &ImportOptions::default(), &mut |_| {})?;
    println!("import of {} incidents: {:.1} s", done.new, clock.elapsed().as_secs_f64());
    let clock = Instant::now();
    let again = ledger.import(&stamp, &csv, &ImportOptions::default(), &mut |_| {})?;
    println!(
        "the same again, {} there already: {:.1} s",
        again.same,
        clock.elapsed().as_secs_f64()
    );
    let filters = [
        (
            "kind and year",
            Filter {
                kind: Some(Kind::Rocket),
                from: Day::from_civil(2010, 1, 1),
                to: Day::from_civil(2010, 12, 31),
                ..Filter::default()
            },
        ),
        (
            "kind and place",
            Filter { kind: Some(Kind::Drone), settings: vec![Setting::In], ..Filter::default() },
        ),
        ("place", Filter { settings: vec![Setting::Beside], ..Filter::default() }),
        (
            "ten years",
            Filter {
                from: Day::from_civil(2005, 1, 1),
                to: Day::from_civil(2014, 12, 31),
                ..Filter::default()
            },
        ),
        ("conflict", Filter { conflict: true, ..Filter::default() }),
        ("none", Filter::default()),
        ("source", Filter { source: Some("made up 3".into()), ..Filter::default() }),
    ];
    for (name, filter) in filters {
        let clock = Instant::now();
        let (shown, total) = ledger.list(&filter, 50)?;
        let ms = 1e3 * clock.elapsed().as_secs_f64();
        println!("list by {name}: {} of {total}: {ms:.0} ms", shown.len());
    }
    for (name, kind, since) in [
        ("rockets since a date", Some(Kind::Rocket), Day::from_civil(2010, 1, 1)),
        ("rockets at any date", Some(Kind::Rocket), None),
        ("all kinds since a date", None, Day::from_civil(2010, 1, 1)),
        ("all kinds at any date", None, None),
    ] {
        let settings = Setting::ALL.to_vec();
        let question = LullQuestion { kind, since, settings, ..LullQuestion::default() };
        let clock = Instant::now();
        let lull = ledger.lull(&question)?;
        let s = clock.elapsed().as_secs_f64();
        println!("lull, {name}: {s:.2} s: {}", lull.verdict.sentence);
    }
    Ok(())
}

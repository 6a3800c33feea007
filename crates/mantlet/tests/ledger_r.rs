//! The exact tests against R's own, where R is installed; made-up counts.

use std::process::Command;

use mantlet::ledger::{Count, compare, rate_interval};

fn count(number: u64, exposure: f64) -> Count {
    Count { number, exposure }
}

/// What R prints, one number a line; `None`, said loudly, where there is no R.
fn r(script: &str) -> Option<Vec<f64>> {
    match Command::new("Rscript").args(["--vanilla", "-e", script]).output() {
        Ok(done) => {
            let text = String::from_utf8_lossy(&done.stdout).into_owned();
            let said = String::from_utf8_lossy(&done.stderr).into_owned();
            Some(
                text.split_whitespace()
                    .map(|w| w.parse().unwrap_or_else(|_| panic!("R said {text} {said}")))
                    .collect(),
            )
        }
        Err(e) => {
            eprintln!("SKIPPED: no Rscript ({e}): the exact tests were not compared with R");
            None
        }
    }
}

fn near(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-6 * b.abs().max(1e-300), "{a} is not {b}");
}

#[test]
fn two_rates_compare_as_in_r() {
    for (n2, t2, n1, t1) in [(2, 135.0, 19, 283.0), (0, 50.0, 7, 365.0), (31, 200.0, 12, 210.0)] {
        let script = format!(
            "t <- poisson.test(c({n2},{n1}), c({t2},{t1})); \
             l <- poisson.test(c({n2},{n1}), c({t2},{t1}), alternative='less'); \
             cat(sprintf('%.15g', c(t$estimate, t$conf.int, t$p.value, l$p.value)))"
        );
        let Some(theirs) = r(&script) else { return };
        let ours = compare(count(n2, t2), count(n1, t1)).expect("watched");
        near(ours.ratio.expect("some before"), theirs[0]);
        near(ours.interval_95[0].expect("a bound"), theirs[1]);
        near(ours.interval_95[1].expect("a bound"), theirs[2]);
        near(ours.p_minimum_likelihood, theirs[3]);
        near(ours.p_lower, theirs[4]);
    }
}

#[test]
fn a_rate_has_its_interval_as_in_r() {
    for (n, t) in [(0, 10.0), (3, 283.0), (137, 24.198_93)] {
        let script = format!("cat(sprintf('%.15g', poisson.test({n}, {t})$conf.int))");
        let Some(theirs) = r(&script) else { return };
        let ours = rate_interval(count(n, t));
        near(ours[0], theirs[0]);
        near(ours[1], theirs[1]);
    }
}

//! `mantlet predict`, as a user calls it.

mod common;

use common::{demo, printed, refused};

const SITE: &str = "sites/cedar.toml";
const HEADER: &str = "id,time_s,e_m,n_m,u_m,ve_mps,vn_mps,vu_mps,area_per_mass_m2kg,drag_curve";

/// The cells of the answer by id.
fn answer(text: &str) -> Vec<Vec<String>> {
    text.lines().skip(1).map(|l| l.split(',').map(String::from).collect()).collect()
}

#[test]
fn a_drop_without_air_falls_as_galileo_has_it_and_the_order_is_kept() {
    let folder = demo();
    let at = folder.path();
    let rows = format!("{HEADER}\nb,10,0,0,490.3,0,0,0,0,constant\na,0,0,0,0.1,0,0,0,0,g7\n");
    std::fs::write(at.join("s.csv"), rows).expect("written");
    let rows = answer(&printed(at, &["predict", "--site", SITE, "s.csv"]));
    assert_eq!((rows[0][0].as_str(), rows[1][0].as_str()), ("b", "a"));
    let time_s: f64 = rows[0][1].parse().expect("a number");
    // sqrt(2 h / g) with g = 9.7957 m/s² at 33 degrees north.
    assert!((time_s - 10.0 - (2.0f64 * 490.3 / 9.7957).sqrt()).abs() < 2e-3, "{time_s}");
    let dive_deg: f64 = rows[0][9].parse().expect("a number");
    assert!(dive_deg > 89.9);
}

#[test]
fn a_covariance_in_gives_a_covariance_out() {
    let folder = demo();
    let at = folder.path();
    let rows = format!(
        "{HEADER},p_ee,p_nn,p_uu,p_veve\n1,0,-3000,0,2000,150,0,-50,4e-4,rocket,100,400,25,4\n\
         2,0,-3000,0,2000,150,0,-50,4e-4,rocket,,,,\n"
    );
    std::fs::write(at.join("s.csv"), rows).expect("written");
    let text = printed(at, &["predict", "--site", SITE, "s.csv"]);
    assert!(
        text.lines().next().expect("a header").ends_with("impact_c_ee,impact_c_en,impact_c_nn")
    );
    let rows = answer(&text);
    let number = |row: usize, cell: usize| rows[row][cell].parse::<f64>().expect("a number");
    assert!((number(0, 13) - 400.0).abs() < 4.0, "{text}");
    assert!(number(0, 11) > 100.0 && number(1, 11).abs() < 1e-3, "{text}");
    assert_eq!(rows[0][1..10], rows[1][1..10]);
}

#[test]
fn bad_states_are_refused_with_their_place_and_nothing_is_written() {
    let folder = demo();
    let at = folder.path();
    for (row, said) in [
        ("1,0,0,0,nan,0,0,0,1e-4,g1", "s.csv:3: u_m: nan: expected a finite number"),
        ("1,0,0,0,9,0,0,inf,1e-4,g1", "s.csv:3: vu_mps: inf"),
        ("1,0,0,0,9,0,0,0,-1e-4,g1", "s.csv:3: area_per_mass_m2kg: -1e-4: expected zero or more"),
        ("1,0,0,0,9,0,0,0,1e-4,g9", "s.csv:3: drag_curve: g9: expected one of g1, g7, sphere"),
        ("1,0,0,0,9,0,2e4,0,1e-4,g1", "s.csv:3: vn_mps: 2e4: expected a speed up to 10 km/s"),
        ("1,0,0,0", "s.csv:3: row"),
    ] {
        std::fs::write(at.join("s.csv"), format!("{HEADER}\n1,0,0,0,9,0,0,0,1e-4,g1\n{row}\n"))
            .expect("written");
        let done = common::mantlet(at, &["predict", "--site", SITE, "s.csv"]);
        assert!(done.stdout.is_empty());
        let error = refused(at, &["predict", "--site", SITE, "s.csv"], 2);
        assert!(error.contains(said), "{error}");
    }
    std::fs::write(at.join("s.csv"), "id,e_m\n").expect("written");
    assert!(refused(at, &["predict", "--site", SITE, "s.csv"], 2).contains("no such column"));
}

#[test]
fn standard_input_is_checked_to_its_end_before_anything_is_written() {
    let folder = demo();
    let at = folder.path();
    let good = format!("{HEADER}\n\"a,b\",0,0,0,900,0,0,0,1e-4,g1\n");
    let whole = common::mantlet_fed(at, &["predict", "--site", SITE, "-"], good.as_bytes());
    let text = String::from_utf8(whole.stdout).expect("text");
    assert!(text.lines().nth(1).expect("a row").starts_with("\"a,b\",1"), "{text}");
    let many = good.replace("0,1e-4", "0,2e-4").lines().nth(1).expect("a row").to_string() + "\n";
    let bad = format!("{good}{}z,0,0,0,x,0,0,0,1e-4,g1\n", many.repeat(40_000));
    let done = common::mantlet_fed(at, &["predict", "--site", SITE, "-"], bad.as_bytes());
    assert_eq!(done.status.code(), Some(2));
    assert!(done.stdout.is_empty());
    let error = String::from_utf8(done.stderr).expect("text");
    assert!(error.contains("-:40003: u_m: x: expected a finite number"), "{error}");
}

#[test]
fn doubt_of_the_air_widens_the_impact() {
    let folder = demo();
    let at = folder.path();
    let rows = format!(
        "{HEADER},wind_sigma_mps,density_rel_sigma,drag_shape_rel_sigma\n\
         1,0,-3000,0,2000,150,0,-50,4e-4,rocket,2,0,0\n\
         2,0,-3000,0,2000,150,0,-50,4e-4,rocket,2,0.02,0\n\
         3,0,-3000,0,2000,150,0,-50,4e-4,rocket,2,0.02,0.05\n"
    );
    std::fs::write(at.join("s.csv"), rows).expect("written");
    let rows = answer(&printed(at, &["predict", "--site", SITE, "s.csv"]));
    let east = |row: usize| rows[row][11].parse::<f64>().expect("a number");
    assert!(0.0 < east(0) && east(0) < east(1) && east(1) < east(2), "{rows:?}");
}

#[test]
fn a_tumbling_fragment_lands_between_the_ends_of_its_range_of_drag() {
    let folder = demo();
    let at = folder.path();
    let rows = format!(
        "{HEADER},drag_low,drag_high\n\
         f,0,0,0,600,200,0,50,2e-2,fragment,,\n\
         g,0,0,0,600,200,0,50,2e-2,fragment,0.9,1.1\n\
         h,0,0,0,600,200,0,50,1e-3,g7,,\n"
    );
    std::fs::write(at.join("s.csv"), rows).expect("written");
    let text = printed(at, &["predict", "--site", SITE, "s.csv"]);
    assert!(text.lines().next().expect("a header").ends_with("high_drag_e_m,high_drag_n_m"));
    let rows = answer(&text);
    let east = |row: usize, cell: usize| rows[row][cell].parse::<f64>().expect("a number");
    // Less drag carries it further; the wider range reaches further both ways.
    for row in 0..2 {
        assert!(east(row, 14) < east(row, 5) && east(row, 5) < east(row, 11), "{text}");
    }
    assert!(east(0, 11) > east(1, 11) + 10.0 && east(0, 14) < east(1, 14) - 10.0, "{text}");
    // A standard projectile is its own definition: no range.
    assert!((east(2, 11) - east(2, 5)).abs() < 1e-3, "{text}");
    let bad = format!("{HEADER},drag_low\n1,0,0,0,9,0,0,0,1e-4,fragment,1.2\n");
    std::fs::write(at.join("s.csv"), bad).expect("written");
    let error = refused(at, &["predict", "--site", SITE, "s.csv"], 2);
    assert!(
        error.contains("s.csv:2: drag_low: 1.2: expected a factor above 0, up to 1"),
        "{error}"
    );
}

//! Numbers and words as people read them.

/// A number with a fixed count of decimals, a true minus sign and thin spaces
/// between thousands.
pub fn number(value: f64, decimals: usize) -> String {
    let plain = format!("{:.*}", decimals, value.abs());
    let (whole, rest) = plain.split_at(plain.find('.').unwrap_or(plain.len()));
    let mut grouped = String::new();
    for (i, c) in whole.chars().enumerate() {
        // Four digits read well unbroken.
        if i > 0 && whole.len() > 4 && (whole.len() - i).is_multiple_of(3) {
            grouped.push('\u{a0}');
        }
        grouped.push(c);
    }
    let zero = plain.chars().all(|c| c == '0' || c == '.');
    format!("{}{grouped}{rest}", if value < 0.0 && !zero { "\u{2212}" } else { "" })
}

/// Seconds with one decimal and the unit.
pub fn seconds(value_s: f64) -> String {
    format!("{}\u{a0}s", number(value_s, 1))
}

/// A length: metres below two kilometres, then kilometres.
pub fn length(value_m: f64) -> String {
    if value_m < 2000.0 {
        format!("{}\u{a0}m", number(value_m, 0))
    } else {
        format!("{}\u{a0}km", number(value_m / 1000.0, 1))
    }
}

/// A length on a scale: whole metres, or kilometres without needless decimals.
pub fn tick(value_m: f64) -> String {
    if value_m < 1000.0 {
        return length(value_m);
    }
    let km = value_m / 1000.0;
    format!("{}\u{a0}km", number(km, usize::from(km.fract() > 1e-9)))
}

/// Expected casualties: enough digits to tell small ones apart.
pub fn casualties(value: f64) -> String {
    match value {
        v if v <= 0.0 => "0".into(),
        v if v < 0.001 => "<\u{a0}0.001".into(),
        v if v < 0.1 => number(v, 3),
        v => number(v, 2),
    }
}

/// A chance in per cent.
pub fn percent(chance: f64) -> String {
    match 100.0 * chance {
        p if p <= 0.0 => "0\u{a0}%".into(),
        p if p < 0.1 => "<\u{a0}0.1\u{a0}%".into(),
        p if p < 10.0 => format!("{}\u{a0}%", number(p, 1)),
        p => format!("{}\u{a0}%", number(p, 0)),
    }
}

/// Small counts as words.
pub fn count(n: usize) -> String {
    const WORDS: [&str; 13] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve",
    ];
    WORDS.get(n).map_or_else(|| n.to_string(), ToString::to_string)
}

/// A noun with its count, in words where the count is small.
pub fn counted(n: usize, noun: &str) -> String {
    format!("{} {}", count(n), plural(n, noun))
}

/// A noun in the plural unless there is one.
pub fn plural(n: usize, noun: &str) -> String {
    match (n, noun) {
        (1, _) | (_, "aircraft") => noun.into(),
        (_, "person") => "people".into(),
        _ => format!("{noun}s"),
    }
}

/// The first letter made large.
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

/// "a, b and c".
pub fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart_and_minus_is_a_minus() {
        assert_eq!(number(12_345.6, 1), "12\u{a0}345.6");
        assert_eq!(number(1234.0, 0), "1234");
        assert_eq!(number(-2.04, 1), "\u{2212}2.0");
        assert_eq!(number(-0.01, 1), "0.0");
    }

    #[test]
    fn lists_end_in_and() {
        assert_eq!(list(&["a".into(), "b".into(), "c".into()]), "a, b and c");
        assert_eq!(counted(1, "round") + " " + &counted(20, "round"), "one round 20 rounds");
    }
}

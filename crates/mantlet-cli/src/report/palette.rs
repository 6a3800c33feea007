//! The colours, in light and in dark.
//!
//! Hues are those of Okabe and Ito, "Color Universal Design" (2008), which people
//! with any common colour blindness tell apart; `-ink` ones are darkened (in
//! light) or lightened (in dark) until text in them has a contrast of 4.5 to 1.

/// Name, light, dark.
pub const COLOURS: [(&str, &str, &str); 18] = [
    ("paper", "#fdfcf9", "#14171a"),
    ("ink", "#1b1d1f", "#eceae4"),
    ("soft", "#5a6065", "#a7adb2"),
    ("rule", "#dcd8cf", "#343a40"),
    ("ground", "#f4f1e9", "#1c2024"),
    ("zone", "#e4dfd2", "#2c3237"),
    ("zone-edge", "#8f887a", "#78808a"),
    ("threat", "#d55e00", "#f07b2a"),
    ("threat-ink", "#a84600", "#f79b5c"),
    ("shot", "#0072b2", "#56b4e9"),
    ("warned", "#f8dca0", "#5c4112"),
    ("warned-edge", "#b87a00", "#e69f00"),
    ("warned-ink", "#7d5300", "#f2bd55"),
    ("good", "#009e73", "#1fb488"),
    ("good-ink", "#00694c", "#4fd0a8"),
    ("piece", "#b8588f", "#dd93bd"),
    ("traffic", "#8d9398", "#858c93"),
    ("halo", "#f9f7f1", "#181b1f"),
];

/// The style sheet's variables, in light and in dark.
pub fn variables() -> String {
    let list = |dark: bool| {
        COLOURS.iter().map(move |(name, l, d)| format!("--{name}:{};", if dark { d } else { l }))
    };
    format!(
        ":root{{color-scheme:light dark;{}}}\n@media screen and (prefers-color-scheme:dark){{:root{{{}}}}}\n",
        list(false).collect::<String>(),
        list(true).collect::<String>()
    )
}

/// A style sheet with every variable replaced by its light colour, for renderers
/// that know no variables.
pub fn resolved(css: &str) -> String {
    COLOURS.iter().fold(css.to_string(), |css, (name, light, _)| {
        css.replace(&format!("var(--{name})"), light)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance of WCAG 2.2.
    fn luminance(hex: &str) -> f64 {
        let part = |i: usize| {
            let c = f64::from(u8::from_str_radix(&hex[i..i + 2], 16).unwrap()) / 255.0;
            if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
    }

    fn colour(name: &str, dark: bool) -> f64 {
        let row = COLOURS.iter().find(|c| c.0 == name).unwrap();
        luminance(if dark { row.2 } else { row.1 })
    }

    #[test]
    fn text_can_be_read_on_paper_and_on_the_map_in_light_and_dark() {
        for dark in [false, true] {
            for ink in ["ink", "soft", "threat-ink", "good-ink", "warned-ink", "shot"] {
                for paper in ["paper", "ground"] {
                    let (a, b) = (colour(ink, dark), colour(paper, dark));
                    let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
                    assert!(contrast >= 4.5, "{ink} on {paper}, dark {dark}: {contrast:.2}");
                }
            }
        }
    }

    #[test]
    fn no_variable_is_left_in_the_style_of_the_picture() {
        assert!(!resolved(include_str!("map.css")).contains("var("));
    }
}

//! The rules of CAP 1.2 that are about text inside one element, most of which the
//! schema leaves open: names, references, polygons, circles.
//!
//! In: an element's text. Out: the value, or what was expected instead. Sections
//! of OASIS CAP 1.2: 3.2.1 (identifier, sender, references), 3.2.4 (polygon,
//! circle), 3.3.2 (times).

use super::alert::{CapTime, Circle, Point, Reference};

/// Whether an `identifier` or `sender` is free of what section 3.2.1 forbids.
pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || matches!(c, ',' | '<' | '&'))
}

/// One `sender,identifier,sent`.
pub(super) fn reference(text: &str, loose: bool) -> Option<Reference> {
    let mut parts = text.split(',');
    let (sender, identifier, sent) = (parts.next()?, parts.next()?, parts.next()?);
    let sent = CapTime::parse(sent, loose)?;
    (parts.next().is_none() && is_name(sender) && is_name(identifier)).then(|| Reference {
        sender: sender.to_owned(),
        identifier: identifier.to_owned(),
        sent,
    })
}

/// A plain decimal number: no exponent, no infinity, no NaN.
pub(super) fn decimal(text: &str) -> Option<f64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let plain = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    (plain && digits.bytes().any(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

/// A height in feet, CAP's unit of `altitude` and `ceiling`.
pub(super) fn feet(text: &str) -> Result<f64, &'static str> {
    decimal(text).ok_or("a decimal number of feet")
}

/// `lat,lon` in degrees.
pub(super) fn point(text: &str) -> Result<Point, &'static str> {
    const PAIR: &str = "pairs \"lat,lon\" in decimal degrees, a space between pairs";
    let (lat, lon) = text.split_once(',').ok_or(PAIR)?;
    let (lat_deg, lon_deg) = (decimal(lat).ok_or(PAIR)?, decimal(lon).ok_or(PAIR)?);
    if !(-90.0..=90.0).contains(&lat_deg) {
        return Err("latitude first, -90 to 90 (are latitude and longitude swapped?)");
    }
    if !(-180.0..=180.0).contains(&lon_deg) {
        return Err("longitude second, -180 to 180");
    }
    Ok(Point { lat_deg, lon_deg })
}

/// A closed ring of at least four points.
pub(super) fn polygon(text: &str) -> Result<Vec<Point>, &'static str> {
    let ring = text.split_whitespace().map(point).collect::<Result<Vec<_>, _>>()?;
    if ring.len() < 4 {
        return Err("at least four points (three corners and the first again)");
    }
    if ring.first() != ring.last() {
        return Err("a closed ring: the last point equal to the first");
    }
    Ok(ring)
}

/// `lat,lon radius` with the radius in km.
pub(super) fn circle(text: &str) -> Result<Circle, &'static str> {
    const WHAT: &str = "\"lat,lon radius\", the radius in km and not negative";
    let mut parts = text.split_whitespace();
    let centre = point(parts.next().ok_or(WHAT)?)?;
    let radius_km = parts.next().and_then(decimal).filter(|r| *r >= 0.0).ok_or(WHAT)?;
    // Half the earth's girth is 20 004 km: more is a radius in metres.
    if radius_km > 20_004.0 {
        return Err("a radius in km, at most 20004 (is it in metres?)");
    }
    parts.next().is_none().then_some(Circle { centre, radius_km }).ok_or(WHAT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_polygon_is_closed_and_has_four_points() {
        assert_eq!(polygon("1,2 3,4 5,6 1,2").unwrap().len(), 4);
        assert!(polygon("1,2 3,4 1,2").unwrap_err().contains("four points"));
        assert!(polygon("1,2 3,4 5,6 7,8").unwrap_err().contains("closed"));
        assert!(polygon("1,2, 3,4 5,6 1,2").unwrap_err().contains("pairs"));
        assert!(polygon("").is_err());
    }

    #[test]
    fn swapped_latitude_and_longitude_is_named() {
        assert!(point("144.0,33.0").unwrap_err().contains("swapped"));
        assert!(point("33.0,190").unwrap_err().contains("longitude"));
        assert_eq!(point("+41.12,-117.61").unwrap(), Point { lat_deg: 41.12, lon_deg: -117.61 });
    }

    #[test]
    fn a_circle_s_radius_is_in_kilometres() {
        assert_eq!(circle("33.0,44.0 1.5").unwrap().radius_km, 1.5);
        assert!(circle("33.0,44.0 25000").unwrap_err().contains("metres"));
        assert!(circle("33.0,44.0").is_err() && circle("33.0,44.0 -1").is_err());
    }

    #[test]
    fn numbers_are_plain_decimals() {
        assert_eq!(decimal("-3.50"), Some(-3.5));
        for bad in ["nan", "inf", "1e3", "", "-", ".", "1.2.3", "0x1"] {
            assert_eq!(decimal(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_reference_has_three_parts() {
        let good = "trinet@caltech.edu,TRI13970876.1,2003-06-11T20:30:00-07:00";
        assert_eq!(reference(good, false).unwrap().to_string(), good);
        assert!(reference("a,b", false).is_none());
        assert!(reference("a,b,2003-06-11T20:30:00Z", false).is_none());
        assert!(reference(&format!("{good},x"), false).is_none());
    }
}

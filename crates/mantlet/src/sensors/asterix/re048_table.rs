//! The reserved expansion field of ASTERIX category 048, edition 1.13.
//!
//! EUROCONTROL-SPEC-0149-4 appendix A: military modes, plot and track characteristics
//! that the category's own items have no room for.

use super::spec::{
    Layout, code, extended, fixed, item, octal, pow2, repeated, signed, spare, unsigned,
};

/// What follows the length octet of I048/RE.
pub const RE048: Layout = Layout::CompoundOctet(&[
    item(
        "MD5",
        "Mode 5 Reports",
        Layout::Compound(&[
            item(
                "SUM",
                "Mode 5 Summary",
                fixed(&[
                    code("M5", 1),
                    code("ID", 1),
                    code("DA", 1),
                    code("M1", 1),
                    code("M2", 1),
                    code("M3", 1),
                    code("MC", 1),
                    spare(1),
                ]),
            ),
            item(
                "PMN",
                "PIN/ National Origin/Mission Code",
                fixed(&[
                    spare(2),
                    code("PIN", 14),
                    spare(2),
                    code("NAV", 1),
                    code("NAT", 5),
                    spare(2),
                    code("MIS", 6),
                ]),
            ),
            item(
                "POS",
                "Mode 5 Reported Position",
                fixed(&[
                    signed("LAT", 24, 180.0 / pow2(23), "°"),
                    signed("LON", 24, 180.0 / pow2(23), "°"),
                ]),
            ),
            item(
                "GA",
                "Mode 5 GNSS-derived Altitude",
                fixed(&[spare(1), code("RES", 1), signed("GA", 14, 25.0, "ft")]),
            ),
            item(
                "EM1",
                "Extended Mode 1 Code in Octal Representation",
                fixed(&[code("V", 1), code("G", 1), code("L", 1), spare(1), octal("EM1", 12)]),
            ),
            item(
                "TOS",
                "Time Offset for POS and GA",
                fixed(&[unsigned("", 8, 1.0 / pow2(7), "s")]),
            ),
            item(
                "XP",
                "X Pulse Presence",
                fixed(&[
                    spare(2),
                    code("XP", 1),
                    code("X5", 1),
                    code("XC", 1),
                    code("X3", 1),
                    code("X2", 1),
                    code("X1", 1),
                ]),
            ),
        ]),
    ),
    item(
        "M5N",
        "Mode 5 Reports, New Format",
        Layout::Compound(&[
            item(
                "SUM",
                "Mode 5 Summary",
                fixed(&[
                    code("M5", 1),
                    code("ID", 1),
                    code("DA", 1),
                    code("M1", 1),
                    code("M2", 1),
                    code("M3", 1),
                    code("MC", 1),
                    spare(1),
                ]),
            ),
            item(
                "PMN",
                "PIN/ National Origin/Mission Code",
                fixed(&[spare(2), code("PIN", 14), spare(4), code("NOV", 1), code("NO", 11)]),
            ),
            item(
                "POS",
                "Mode 5 Reported Position",
                fixed(&[
                    signed("LAT", 24, 180.0 / pow2(23), "°"),
                    signed("LON", 24, 180.0 / pow2(23), "°"),
                ]),
            ),
            item(
                "GA",
                "Mode 5 GNSS-derived Altitude",
                fixed(&[spare(1), code("RES", 1), signed("GA", 14, 25.0, "ft")]),
            ),
            item(
                "EM1",
                "Extended Mode 1 Code in Octal Representation",
                fixed(&[code("V", 1), code("G", 1), code("L", 1), spare(1), octal("EM1", 12)]),
            ),
            item(
                "TOS",
                "Time Offset for POS and GA",
                fixed(&[unsigned("", 8, 1.0 / pow2(7), "s")]),
            ),
            item(
                "XP",
                "X Pulse Presence",
                fixed(&[
                    spare(2),
                    code("XP", 1),
                    code("X5", 1),
                    code("XC", 1),
                    code("X3", 1),
                    code("X2", 1),
                    code("X1", 1),
                ]),
            ),
            item("FOM", "Figure of Merit", fixed(&[spare(3), code("FOM", 5)])),
        ]),
    ),
    item("M4E", "Extended Mode 4 Report", extended(&[&[spare(5), code("FOEFRI", 2)]])),
    item(
        "RPC",
        "Radar Plot Characteristics",
        Layout::Compound(&[
            item("SCO", "Score", fixed(&[code("", 8)])),
            item("SRC", "Signal/Clutter Ratio", fixed(&[unsigned("", 16, 1.0 / 10.0, "dB")])),
            item("RW", "Range Width", fixed(&[unsigned("", 16, 1.0 / pow2(8), "NM")])),
            item("AR", "Ambiguous Range", fixed(&[unsigned("", 16, 1.0 / pow2(8), "NM")])),
        ]),
    ),
    item("ERR", "Extended Range Report", fixed(&[unsigned("", 24, 1.0 / pow2(8), "NM")])),
    item(
        "RTC",
        "Radar Track Characteristics",
        Layout::Compound(&[
            item(
                "PTL",
                "Plot/Track Link",
                fixed(&[
                    spare(3),
                    code("SCN", 1),
                    code("RC", 1),
                    code("AC", 1),
                    code("SSR", 1),
                    code("PSR", 1),
                    code("PLOTNR", 16),
                ]),
            ),
            item("ATL", "ADS-B/Track Link", repeated(&[code("", 16)])),
            item("TRN", "Turn State", fixed(&[unsigned("", 8, 1.0, "%")])),
            item(
                "NPP",
                "Next Predicted Position",
                fixed(&[
                    unsigned("PREDRHO", 16, 1.0 / pow2(7), "NM"),
                    unsigned("PREDTHETA", 16, 360.0 / pow2(16), "°"),
                    unsigned("EVOLRHOSTART", 16, 1.0 / pow2(7), "NM"),
                    unsigned("EVOLRHOEND", 16, 1.0 / pow2(7), "NM"),
                    unsigned("EVOLTHETASTART", 16, 360.0 / pow2(16), "°"),
                    unsigned("EVOLTHETAEND", 16, 360.0 / pow2(16), "°"),
                    unsigned("NOISERHOSTART", 16, 1.0 / pow2(7), "NM"),
                    unsigned("NOISERHOEND", 16, 1.0 / pow2(7), "NM"),
                    unsigned("NOISETHETASTART", 16, 360.0 / pow2(16), "°"),
                    unsigned("NOISETHETAEND", 16, 360.0 / pow2(16), "°"),
                    unsigned("PREDTIME", 16, 1.0 / pow2(7), "s"),
                ]),
            ),
            item(
                "DLK",
                "Data Link Characteristics",
                repeated(&[code("TYPE", 4), code("ORIGIN", 2), code("STATE", 2)]),
            ),
            item(
                "LCK",
                "Lockout Characteristics",
                fixed(&[code("LS", 1), unsigned("LOCTIM", 15, 1.0, "ms")]),
            ),
            item(
                "TC",
                "Transition Code",
                fixed(&[
                    spare(7),
                    code("TCOUNT1", 4),
                    code("TCODE1", 5),
                    code("TCOUNT2", 4),
                    octal("TCODE2", 12),
                    code("TCOUNT3", 4),
                    octal("TCODE3", 12),
                ]),
            ),
            item(
                "TLC",
                "Track Life Cycle",
                fixed(&[
                    code("ACQI", 2),
                    code("TRKUPDCTR", 14),
                    unsigned("LASTTRKUPD", 16, 1.0, "ms"),
                ]),
            ),
            item(
                "ASI",
                "Adjacent Sensor Information",
                repeated(&[
                    code("SACADJS", 8),
                    code("SICADJS", 8),
                    unsigned("TIMEOFDAYSCN", 16, 1.0 / pow2(7), "s"),
                    code("DATAUSE", 7),
                    code("DRNA", 1),
                    code("DRN", 16),
                ]),
            ),
            item("TES", "Track Extrapolation Source", fixed(&[code("", 8)])),
            item("IR", "Identity Requested", fixed(&[code("IR", 1), unsigned("M3A", 7, 1.0, "s")])),
        ]),
    ),
    item(
        "CPC",
        "Common and Plot Characteristics",
        Layout::Compound(&[
            item("PNB", "Plot Number", fixed(&[code("", 16)])),
            item("RPL", "Replies/Plot Link", repeated(&[code("TYPE", 8), code("REPLYNBR", 16)])),
            item("SNB", "Scan Number", fixed(&[code("", 8)])),
            item(
                "DATE",
                "Common and Plot Characteristics Date",
                fixed(&[
                    code("Y1", 4),
                    code("Y2", 4),
                    code("Y3", 4),
                    code("Y4", 4),
                    code("M1", 4),
                    code("M2", 4),
                    code("D1", 4),
                    code("D2", 4),
                ]),
            ),
        ]),
    ),
    item(
        "GEN48",
        "Generic Category 048 Data",
        Layout::Compound(&[
            item(
                "ALTM2",
                "Alternative Mode 2 Code",
                fixed(&[code("V", 1), code("G", 1), code("L", 1), spare(1), octal("ALTM2", 12)]),
            ),
            item(
                "ALTM3",
                "Alternative Mode 3/A",
                fixed(&[code("V", 1), code("G", 1), code("L", 1), spare(1), octal("ALTM3", 12)]),
            ),
            item(
                "ALTFL",
                "Alternative Flight Level",
                fixed(&[code("V", 1), code("G", 1), signed("ALTFL", 14, 1.0 / pow2(2), "ALTFL")]),
            ),
            item(
                "RCSDB",
                "Radar Cross Section",
                fixed(&[spare(2), signed("RCSDB", 14, 1.0 / 100.0, "dBm²")]),
            ),
            item(
                "RCSM",
                "Radar Cross Section",
                fixed(&[spare(2), unsigned("RCSM", 30, 1.0 / 1e6, "m²")]),
            ),
        ]),
    ),
]);

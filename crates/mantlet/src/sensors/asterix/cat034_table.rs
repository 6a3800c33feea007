//! ASTERIX category 034, edition 1.29: Transmission of Monoradar Service Messages.
//!
//! EUROCONTROL-SPEC-0149-2b; items in the order of the user application profile, fields
//! from the most significant bit on, LSBs as the standard writes them.

use super::spec::{Category, Layout, code, fixed, item, pow2, repeated, signed, spare, unsigned};

/// Category 034, edition 1.29: Transmission of Monoradar Service Messages.
pub const CAT034: Category = Category {
    number: 34,
    edition: "1.29",
    uap: &[
        item("010", "Data Source Identifier", fixed(&[code("SAC", 8), code("SIC", 8)])),
        item("000", "Message Type", fixed(&[code("", 8)])),
        item("030", "Time of Day", fixed(&[unsigned("", 24, 1.0 / pow2(7), "s")])),
        item("020", "Sector Number", fixed(&[unsigned("", 8, 360.0 / pow2(8), "°")])),
        item("041", "Antenna Rotation Speed", fixed(&[unsigned("", 16, 1.0 / pow2(7), "s")])),
        item(
            "050",
            "System Configuration and Status",
            Layout::Compound(&[
                item(
                    "COM",
                    "Common Part",
                    fixed(&[
                        code("NOGO", 1),
                        code("RDPC", 1),
                        code("RDPR", 1),
                        code("OVLRDP", 1),
                        code("OVLXMT", 1),
                        code("MSC", 1),
                        code("TSV", 1),
                        spare(1),
                    ]),
                ),
                None,
                None,
                item(
                    "PSR",
                    "Specific Status Information for a PSR Sensor",
                    fixed(&[
                        code("ANT", 1),
                        code("CHAB", 2),
                        code("OVL", 1),
                        code("MSC", 1),
                        spare(3),
                    ]),
                ),
                item(
                    "SSR",
                    "Specific Status Information for a SSR Sensor",
                    fixed(&[
                        code("ANT", 1),
                        code("CHAB", 2),
                        code("OVL", 1),
                        code("MSC", 1),
                        spare(3),
                    ]),
                ),
                item(
                    "MDS",
                    "Specific Status Information for a Mode S Sensor",
                    fixed(&[
                        code("ANT", 1),
                        code("CHAB", 2),
                        code("OVLSUR", 1),
                        code("MSC", 1),
                        code("SCF", 1),
                        code("DLF", 1),
                        code("OVLSCF", 1),
                        code("OVLDLF", 1),
                        spare(7),
                    ]),
                ),
            ]),
        ),
        item(
            "060",
            "System Processing Mode",
            Layout::Compound(&[
                item(
                    "COM",
                    "Common Part",
                    fixed(&[spare(1), code("REDRDP", 3), code("REDXMT", 3), spare(1)]),
                ),
                None,
                None,
                item(
                    "PSR",
                    "Specific Processing Mode Information for a PSR Sensor",
                    fixed(&[code("POL", 1), code("REDRAD", 3), code("STC", 2), spare(2)]),
                ),
                item(
                    "SSR",
                    "Specific Processing Mode Information for a SSR Sensor",
                    fixed(&[code("REDRAD", 3), spare(5)]),
                ),
                item(
                    "MDS",
                    "Specific Processing Mode Information for a Mode S Sensor",
                    fixed(&[code("REDRAD", 3), code("CLU", 1), spare(4)]),
                ),
            ]),
        ),
        item("070", "Message Count Values", repeated(&[code("TYP", 5), code("COUNT", 11)])),
        item(
            "100",
            "Generic Polar Window",
            fixed(&[
                unsigned("RHOST", 16, 1.0 / pow2(8), "NM"),
                unsigned("RHOEND", 16, 1.0 / pow2(8), "NM"),
                unsigned("THETAST", 16, 360.0 / pow2(16), "°"),
                unsigned("THETAEND", 16, 360.0 / pow2(16), "°"),
            ]),
        ),
        item("110", "Data Filter", fixed(&[code("", 8)])),
        item(
            "120",
            "3D-Position Of Data Source",
            fixed(&[
                signed("HGT", 16, 1.0, "m"),
                signed("LAT", 24, 180.0 / pow2(23), "°"),
                signed("LON", 24, 180.0 / pow2(23), "°"),
            ]),
        ),
        item(
            "090",
            "Collimation Error",
            fixed(&[
                signed("RNG", 8, 1.0 / pow2(7), "NM"),
                signed("AZM", 8, 360.0 / pow2(14), "°"),
            ]),
        ),
        item("RE", "Reserved Expansion Field", Layout::Explicit(None)),
        item("SP", "Special Purpose Field", Layout::Explicit(None)),
    ],
};

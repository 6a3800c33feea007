//! ASTERIX category 063, edition 1.7: Sensor Status Reports.
//!
//! EUROCONTROL-SPEC-0149-10; items in the order of the user application profile, fields
//! from the most significant bit on, LSBs as the standard writes them.

use super::spec::{Category, Layout, code, extended, fixed, item, pow2, signed, spare, unsigned};

/// Category 063, edition 1.7: Sensor Status Reports.
pub const CAT063: Category = Category {
    number: 63,
    edition: "1.7",
    uap: &[
        item("010", "Data Source Identifier", fixed(&[code("SAC", 8), code("SIC", 8)])),
        item("015", "Service Identification", fixed(&[code("", 8)])),
        item("030", "Time of Message", fixed(&[unsigned("", 24, 1.0 / pow2(7), "s")])),
        item("050", "Sensor Identifier", fixed(&[code("SAC", 8), code("SIC", 8)])),
        item(
            "060",
            "Sensor Configuration and Status",
            extended(&[
                &[
                    code("CON", 2),
                    code("PSR", 1),
                    code("SSR", 1),
                    code("MDS", 1),
                    code("ADS", 1),
                    code("MLT", 1),
                ],
                &[
                    code("OPS", 1),
                    code("ODP", 1),
                    code("OXT", 1),
                    code("MSC", 1),
                    code("TSV", 1),
                    code("NPW", 1),
                    spare(1),
                ],
                &[
                    code("TTF/EP", 1),
                    code("TTF/VAL", 1),
                    code("SPO/EP", 1),
                    code("SPO/VAL", 1),
                    spare(3),
                ],
            ]),
        ),
        item("070", "Time Stamping Bias", fixed(&[signed("", 16, 1.0, "ms")])),
        item(
            "080",
            "SSR / Mode S Range Gain and Bias",
            fixed(&[signed("SRG", 16, 1.0 / 100000.0, ""), signed("SRB", 16, 1.0 / pow2(7), "NM")]),
        ),
        item("081", "SSR Mode S Azimuth Bias", fixed(&[signed("", 16, 360.0 / pow2(16), "°")])),
        item(
            "090",
            "PSR Range Gain and Bias",
            fixed(&[signed("PRG", 16, 1.0 / 100000.0, ""), signed("PRB", 16, 1.0 / pow2(7), "NM")]),
        ),
        item("091", "PSR Azimuth Bias", fixed(&[signed("", 16, 360.0 / pow2(16), "°")])),
        item("092", "PSR Elevation Bias", fixed(&[signed("", 16, 360.0 / pow2(16), "°")])),
        None,
        item("RE", "Reserved Expansion Field", Layout::Explicit(None)),
        item("SP", "Special Purpose Field", Layout::Explicit(None)),
    ],
};

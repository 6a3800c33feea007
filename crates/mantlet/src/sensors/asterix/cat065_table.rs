//! ASTERIX category 065, edition 1.6: SDPS Service Status Reports.
//!
//! EUROCONTROL-SPEC-0149-15; items in the order of the user application profile, fields
//! from the most significant bit on, LSBs as the standard writes them.

use super::spec::{Category, Layout, code, fixed, item, pow2, spare, unsigned};

/// Category 065, edition 1.6: SDPS Service Status Reports.
pub const CAT065: Category = Category {
    number: 65,
    edition: "1.6",
    uap: &[
        item("010", "Data Source Identifier", fixed(&[code("SAC", 8), code("SIC", 8)])),
        item("000", "Message Type", fixed(&[code("", 8)])),
        item("015", "Service Identification", fixed(&[code("", 8)])),
        item("030", "Time of Message", fixed(&[unsigned("", 24, 1.0 / pow2(7), "s")])),
        item("020", "Batch Number", fixed(&[code("", 8)])),
        item(
            "040",
            "SDPS Configuration and Status",
            fixed(&[
                code("NOGO", 2),
                code("OVL", 1),
                code("TSV", 1),
                code("PSS", 2),
                code("STTN", 1),
                spare(1),
            ]),
        ),
        item("050", "Service Status Report", fixed(&[code("", 8)])),
        None,
        None,
        None,
        None,
        None,
        item("RE", "Reserved Expansion Field", Layout::Explicit(None)),
        item("SP", "Special Purpose Field", Layout::Explicit(None)),
    ],
};

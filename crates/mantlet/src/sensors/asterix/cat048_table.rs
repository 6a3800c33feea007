//! ASTERIX category 048, edition 1.32: Monoradar Target Reports.
//!
//! EUROCONTROL-SPEC-0149-4; items in the order of the user application profile, fields
//! from the most significant bit on, LSBs as the standard writes them.

use super::re048_table::RE048;
use super::spec::{
    Category, Layout, code, extended, fixed, icao, item, octal, pow2, repeated, repeated_fx,
    signed, spare, unsigned,
};

/// Category 048, edition 1.32: Monoradar Target Reports.
pub const CAT048: Category = Category {
    number: 48,
    edition: "1.32",
    uap: &[
        item("010", "Data Source Identifier", fixed(&[code("SAC", 8), code("SIC", 8)])),
        item("140", "Time of Day", fixed(&[unsigned("", 24, 1.0 / pow2(7), "s")])),
        item(
            "020",
            "Target Report Descriptor",
            extended(&[
                &[code("TYP", 3), code("SIM", 1), code("RDP", 1), code("SPI", 1), code("RAB", 1)],
                &[
                    code("TST", 1),
                    code("ERR", 1),
                    code("XPP", 1),
                    code("ME", 1),
                    code("MI", 1),
                    code("FOEFRI", 2),
                ],
                &[
                    code("ADSB/EP", 1),
                    code("ADSB/VAL", 1),
                    code("SCN/EP", 1),
                    code("SCN/VAL", 1),
                    code("PAI/EP", 1),
                    code("PAI/VAL", 1),
                    spare(1),
                ],
                &[
                    code("ACASXV/EP", 1),
                    code("ACASXV/VAL", 4),
                    code("POXPR/EP", 1),
                    code("POXPR/VAL", 1),
                ],
                &[
                    code("POACT/EP", 1),
                    code("POACT/VAL", 1),
                    code("DTFXPR/EP", 1),
                    code("DTFXPR/VAL", 1),
                    code("DTFACT/EP", 1),
                    code("DTFACT/VAL", 1),
                    spare(1),
                ],
                &[
                    code("IRMXPR/EP", 1),
                    code("IRMXPR/VAL", 1),
                    code("IRMACT/EP", 1),
                    code("IRMACT/VAL", 1),
                    spare(3),
                ],
            ]),
        ),
        item(
            "040",
            "Measured Position in Polar Co-ordinates",
            fixed(&[
                unsigned("RHO", 16, 1.0 / pow2(8), "NM"),
                unsigned("THETA", 16, 360.0 / pow2(16), "°"),
            ]),
        ),
        item(
            "070",
            "Mode-3/A Code in Octal Representation",
            fixed(&[code("V", 1), code("G", 1), code("L", 1), spare(1), octal("MODE3A", 12)]),
        ),
        item(
            "090",
            "Flight Level in Binary Representation",
            fixed(&[code("V", 1), code("G", 1), signed("FL", 14, 1.0 / pow2(2), "FL")]),
        ),
        item(
            "130",
            "Radar Plot Characteristics",
            Layout::Compound(&[
                item("SRL", "SSR Plot Runlength", fixed(&[unsigned("", 8, 360.0 / pow2(13), "°")])),
                item("SRR", "Number of Received Replies for (M)SSR", fixed(&[code("", 8)])),
                item("SAM", "Amplitude of (M)SSR Reply", fixed(&[signed("", 8, 1.0, "dBm")])),
                item(
                    "PRL",
                    "Primary Plot Runlength",
                    fixed(&[unsigned("", 8, 360.0 / pow2(13), "°")]),
                ),
                item("PAM", "Amplitude of Primary Plot", fixed(&[signed("", 8, 1.0, "dBm")])),
                item(
                    "RPD",
                    "Difference in Range Between PSR and SSR Plot",
                    fixed(&[signed("", 8, 1.0 / pow2(8), "NM")]),
                ),
                item(
                    "APD",
                    "Difference in Azimuth Between PSR and SSR Plot",
                    fixed(&[signed("", 8, 360.0 / pow2(14), "°")]),
                ),
            ]),
        ),
        item("220", "Aircraft Address", fixed(&[code("", 24)])),
        item("240", "Aircraft Identification", fixed(&[icao("", 48)])),
        item(
            "250",
            "BDS Register Data",
            repeated(&[code("MBDATA", 56), code("BDS1", 4), code("BDS2", 4)]),
        ),
        item("161", "Track Number", fixed(&[spare(4), code("TRN", 12)])),
        item(
            "042",
            "Calculated Position in Cartesian Co-ordinates",
            fixed(&[signed("X", 16, 1.0 / pow2(7), "NM"), signed("Y", 16, 1.0 / pow2(7), "NM")]),
        ),
        item(
            "200",
            "Calculated Track Velocity in Polar Co-ordinates",
            fixed(&[
                unsigned("GSP", 16, 1.0 / pow2(14), "NM/s"),
                unsigned("HDG", 16, 360.0 / pow2(16), "°"),
            ]),
        ),
        item(
            "170",
            "Track Status",
            extended(&[
                &[code("CNF", 1), code("RAD", 2), code("DOU", 1), code("MAH", 1), code("CDM", 2)],
                &[code("TRE", 1), code("GHO", 1), code("SUP", 1), code("TCC", 1), spare(3)],
            ]),
        ),
        item(
            "210",
            "Track Quality",
            fixed(&[
                unsigned("SIGX", 8, 1.0 / pow2(7), "NM"),
                unsigned("SIGY", 8, 1.0 / pow2(7), "NM"),
                unsigned("SIGV", 8, 1.0 / pow2(14), "NM/s"),
                unsigned("SIGH", 8, 360.0 / pow2(12), "°"),
            ]),
        ),
        item(
            "030",
            "Warning/Error Conditions and Target Classification",
            repeated_fx(&[code("", 7)]),
        ),
        item(
            "080",
            "Mode-3/A Code Confidence Indicator",
            fixed(&[
                spare(4),
                code("QA4", 1),
                code("QA2", 1),
                code("QA1", 1),
                code("QB4", 1),
                code("QB2", 1),
                code("QB1", 1),
                code("QC4", 1),
                code("QC2", 1),
                code("QC1", 1),
                code("QD4", 1),
                code("QD2", 1),
                code("QD1", 1),
            ]),
        ),
        item(
            "100",
            "Mode-C Code and Code Confidence Indicator",
            fixed(&[
                code("V", 1),
                code("G", 1),
                spare(2),
                code("MODEC", 12),
                spare(4),
                code("QC1", 1),
                code("QA1", 1),
                code("QC2", 1),
                code("QA2", 1),
                code("QC4", 1),
                code("QA4", 1),
                code("QB1", 1),
                code("QD1", 1),
                code("QB2", 1),
                code("QD2", 1),
                code("QB4", 1),
                code("QD4", 1),
            ]),
        ),
        item(
            "110",
            "Height Measured by a 3D Radar",
            fixed(&[spare(2), signed("3DH", 14, 25.0, "ft")]),
        ),
        item(
            "120",
            "Radial Doppler Speed",
            Layout::Compound(&[
                item(
                    "CAL",
                    "Calculated Doppler Speed",
                    fixed(&[code("D", 1), spare(5), signed("CAL", 10, 1.0, "m/s")]),
                ),
                item(
                    "RDS",
                    "Raw Doppler Speed",
                    repeated(&[
                        unsigned("DOP", 16, 1.0, "m/s"),
                        unsigned("AMB", 16, 1.0, "m/s"),
                        unsigned("FRQ", 16, 1.0, "MHz"),
                    ]),
                ),
            ]),
        ),
        item(
            "230",
            "Communications/ACAS Capability and Flight Status",
            fixed(&[
                code("COM", 3),
                code("STAT", 3),
                code("SI", 1),
                spare(1),
                code("MSSC", 1),
                code("ARC", 1),
                code("AIC", 1),
                code("B1A", 1),
                code("B1B", 4),
            ]),
        ),
        item("260", "ACAS Resolution Advisory Report", fixed(&[code("", 56)])),
        item(
            "055",
            "Mode-1 Code in Octal Representation",
            fixed(&[code("V", 1), code("G", 1), code("L", 1), code("MODE1", 5)]),
        ),
        item(
            "050",
            "Mode-2 Code in Octal Representation",
            fixed(&[code("V", 1), code("G", 1), code("L", 1), spare(1), octal("MODE2", 12)]),
        ),
        item(
            "065",
            "Mode-1 Code Confidence Indicator",
            fixed(&[
                spare(3),
                code("QA4", 1),
                code("QA2", 1),
                code("QA1", 1),
                code("QB2", 1),
                code("QB1", 1),
            ]),
        ),
        item(
            "060",
            "Mode-2 Code Confidence Indicator",
            fixed(&[
                spare(4),
                code("QA4", 1),
                code("QA2", 1),
                code("QA1", 1),
                code("QB4", 1),
                code("QB2", 1),
                code("QB1", 1),
                code("QC4", 1),
                code("QC2", 1),
                code("QC1", 1),
                code("QD4", 1),
                code("QD2", 1),
                code("QD1", 1),
            ]),
        ),
        item("SP", "Special Purpose Field", Layout::Explicit(None)),
        item("RE", "Reserved Expansion Field", Layout::Explicit(Some(&RE048))),
    ],
};

//! ASTERIX category 015, edition 1.2: Independent Non-Cooperative Surveillance System Target Reports.
//!
//! EUROCONTROL-SPEC-0149-30; items in the order of the user application profile, fields
//! from the most significant bit on, LSBs as the standard writes them.

use super::spec::{
    Category, Layout, code, extended, fixed, item, pow2, repeated, repeated_fx, signed, spare,
    unsigned,
};

/// Category 015, edition 1.2: Independent Non-Cooperative Surveillance System Target Reports.
pub const CAT015: Category = Category {
    number: 15,
    edition: "1.2",
    uap: &[
        item("010", "Data Source Identifier", fixed(&[code("SAC", 8), code("SIC", 8)])),
        item("000", "Message Type", fixed(&[code("MT", 7), code("RG", 1)])),
        item("015", "Service Identification", fixed(&[code("", 8)])),
        item(
            "020",
            "Target Report Descriptor",
            extended(&[&[code("MOMU", 2), code("TTAX", 2), code("SCD", 2), spare(1)]]),
        ),
        item("030", "Warning/Error Conditions", repeated_fx(&[code("", 7)])),
        item("145", "Time of Applicability", fixed(&[unsigned("", 24, 1.0 / pow2(7), "s")])),
        item("161", "Track/Plot Number", fixed(&[code("", 16)])),
        item(
            "170",
            "Track/Plot Status",
            extended(&[&[
                code("BIZ", 1),
                code("BAZ", 1),
                code("TUR", 1),
                spare(1),
                code("CSTP", 1),
                code("CSTH", 1),
                code("CNF", 1),
            ]]),
        ),
        item("050", "Update Period", fixed(&[spare(2), unsigned("UPD", 14, 1.0 / pow2(7), "s")])),
        item(
            "270",
            "Target Size & Orientation",
            Layout::Compound(&[
                item("LEN", "Target Length", fixed(&[unsigned("", 16, 1.0 / 100.0, "m")])),
                item("WDT", "Target Width", fixed(&[unsigned("", 16, 1.0 / 100.0, "m")])),
                item("HGT", "Target Height", fixed(&[unsigned("", 16, 1.0 / 100.0, "m")])),
                item(
                    "ORT",
                    "Target Orientation",
                    fixed(&[unsigned("", 16, 360.0 / pow2(16), "°")]),
                ),
            ]),
        ),
        item("300", "Object Classification", repeated(&[code("CLS", 9), code("PRB", 7)])),
        item("400", "Measurement Identifier", fixed(&[code("PID", 16), code("ON", 24)])),
        item(
            "600",
            "Horizontal Position Information",
            Layout::Compound(&[
                item(
                    "P84",
                    "Horizontal Position in WGS-84 Coordinates",
                    fixed(&[
                        signed("LATITUDE", 32, 180.0 / pow2(31), "°"),
                        signed("LONGITUDE", 32, 180.0 / pow2(31), "°"),
                    ]),
                ),
                item(
                    "HPR",
                    "Horizontal Position Resolution",
                    fixed(&[
                        unsigned("RSHPX", 16, 1.0 / 2.0, "m"),
                        unsigned("RSHPY", 16, 1.0 / 2.0, "m"),
                        signed("CORSHPXY", 8, 1.0 / pow2(7), ""),
                    ]),
                ),
                item(
                    "HPP",
                    "Horizontal Position Precision",
                    fixed(&[
                        unsigned("SDHPX", 16, 1.0 / pow2(2), "m"),
                        unsigned("SDHPY", 16, 1.0 / pow2(2), "m"),
                        signed("COSDHPXY", 8, 1.0 / pow2(7), ""),
                    ]),
                ),
            ]),
        ),
        item(
            "601",
            "Geometric Height Information",
            Layout::Compound(&[
                item("GH", "Geometric Height (WGS-84)", fixed(&[signed("", 24, 1.0 / 100.0, "m")])),
                item(
                    "RSGH",
                    "Geometric Height Resolution",
                    fixed(&[unsigned("", 24, 1.0 / 100.0, "m")]),
                ),
                item(
                    "SDGH",
                    "Geometric Height Precision",
                    fixed(&[unsigned("", 24, 1.0 / 100.0, "m")]),
                ),
                item(
                    "CI6",
                    "Confidence Interval for Geometric Height (67%)",
                    fixed(&[unsigned("UCI6", 12, 16.0, "m"), unsigned("LCI6", 12, 16.0, "m")]),
                ),
                item(
                    "CI9",
                    "Confidence Interval for Geometric Height (95%)",
                    fixed(&[unsigned("UCI9", 12, 16.0, "m"), unsigned("LCI9", 12, 16.0, "m")]),
                ),
                item(
                    "COGHHP",
                    "Correlation of Geometric Height and Horizontal Position",
                    fixed(&[signed("X", 8, 1.0 / pow2(7), ""), signed("Y", 8, 1.0 / pow2(7), "")]),
                ),
                item(
                    "COGHHV",
                    "Correlation of Geometric Height and Horizontal Velocity",
                    fixed(&[signed("X", 8, 1.0 / pow2(7), ""), signed("Y", 8, 1.0 / pow2(7), "")]),
                ),
                item(
                    "COGHHA",
                    "Correlation of Geometric Height and Horizontal Acceleration",
                    fixed(&[signed("X", 8, 1.0 / pow2(7), ""), signed("Y", 8, 1.0 / pow2(7), "")]),
                ),
            ]),
        ),
        item(
            "602",
            "Horizontal Velocity Information",
            Layout::Compound(&[
                item(
                    "HV",
                    "Horizontal Velocity Vector",
                    fixed(&[
                        signed("X", 20, 1.0 / 100.0, "m/s"),
                        signed("Y", 20, 1.0 / 100.0, "m/s"),
                    ]),
                ),
                item(
                    "RSHV",
                    "Horizontal Velocity Resolution",
                    fixed(&[
                        unsigned("X", 16, 1.0 / 100.0, "m/s"),
                        unsigned("Y", 16, 1.0 / 100.0, "m/s"),
                        signed("CORSHVXY", 8, 1.0 / pow2(7), ""),
                    ]),
                ),
                item(
                    "SDHV",
                    "Horizontal Velocity Precision",
                    fixed(&[
                        unsigned("X", 16, 1.0 / 100.0, "m/s"),
                        unsigned("Y", 16, 1.0 / 100.0, "m/s"),
                        signed("COHVXY", 8, 1.0 / pow2(7), ""),
                    ]),
                ),
                item(
                    "COHVHP",
                    "Correlation of Horizontal Velocity and Horizontal Position",
                    fixed(&[
                        signed("COHVXHPX", 8, 1.0 / pow2(7), ""),
                        signed("COHVXHPY", 8, 1.0 / pow2(7), ""),
                        signed("COHVYHPX", 8, 1.0 / pow2(7), ""),
                        signed("COHVYHPY", 8, 1.0 / pow2(7), ""),
                    ]),
                ),
            ]),
        ),
        item(
            "603",
            "Horizontal Acceleration Information",
            Layout::Compound(&[
                item(
                    "HA",
                    "Horizontal Acceleration Vector",
                    fixed(&[
                        signed("X", 12, 1.0 / pow2(4), "m/s²"),
                        signed("Y", 12, 1.0 / pow2(4), "m/s²"),
                    ]),
                ),
                item(
                    "SDHA",
                    "Horizontal Acceleration Precision",
                    fixed(&[
                        unsigned("X", 12, 1.0 / pow2(4), "m/s²"),
                        unsigned("Y", 12, 1.0 / pow2(4), "m/s²"),
                        signed("COHAXY", 8, 1.0 / pow2(7), ""),
                    ]),
                ),
                item(
                    "COHAHP",
                    "Correlation of Horizontal Acceleration and Horizontal Position",
                    fixed(&[
                        signed("COHAXHPX", 8, 1.0 / pow2(7), ""),
                        signed("COHAXHPY", 8, 1.0 / pow2(7), ""),
                        signed("COHAYHPX", 8, 1.0 / pow2(7), ""),
                        signed("COAYHPY", 8, 1.0 / pow2(7), ""),
                    ]),
                ),
                item(
                    "COHAHV",
                    "Correlation of Horizontal Acceleration and Horizontal Velocity",
                    fixed(&[
                        signed("COHAXHVX", 8, 1.0 / pow2(7), ""),
                        signed("COHAXHVY", 8, 1.0 / pow2(7), ""),
                        signed("COHAYHVX", 8, 1.0 / pow2(7), ""),
                        signed("COHAYHVY", 8, 1.0 / pow2(7), ""),
                    ]),
                ),
            ]),
        ),
        item(
            "604",
            "Vertical Velocity Information",
            Layout::Compound(&[
                item("VV", "Vertical Velocity", fixed(&[signed("", 24, 1.0 / 100.0, "m/s")])),
                item(
                    "RSVV",
                    "Vertical Velocity Resolution",
                    fixed(&[unsigned("", 16, 1.0 / 100.0, "m/s")]),
                ),
                item(
                    "SDVV",
                    "Vertical Velocity Precision",
                    fixed(&[
                        unsigned("SDVV", 16, 1.0 / 100.0, "m/s"),
                        signed("COVVGH", 8, 1.0 / pow2(7), ""),
                    ]),
                ),
                item(
                    "COVVHP",
                    "Correlation of Vertical Velocity and Horizontal Position",
                    fixed(&[signed("X", 8, 1.0 / pow2(7), ""), signed("Y", 8, 1.0 / pow2(7), "")]),
                ),
                item(
                    "COVVHV",
                    "Correlation of Vertical Velocity and Horizontal Velocity",
                    fixed(&[signed("X", 8, 1.0 / pow2(7), ""), signed("Y", 8, 1.0 / pow2(7), "")]),
                ),
                item(
                    "COVVHA",
                    "Correlation of Vertical Velocity and Horizontal Acceleration",
                    fixed(&[signed("X", 8, 1.0 / pow2(7), ""), signed("Y", 8, 1.0 / pow2(7), "")]),
                ),
            ]),
        ),
        item(
            "605",
            "Vertical Velocity Information",
            Layout::Compound(&[
                item("VA", "Vertical Acceleration", fixed(&[signed("", 16, 1.0 / 100.0, "m/s²")])),
                item(
                    "RSVA",
                    "Vertical Acceleration Precision",
                    fixed(&[
                        unsigned("SDVA", 16, 1.0 / 100.0, "m/s²"),
                        signed("COVAGH", 8, 1.0 / pow2(7), ""),
                        signed("COVAVV", 8, 1.0 / pow2(7), ""),
                    ]),
                ),
                item(
                    "COVAHP",
                    "Correlation of Vertical Acceleration and Horizontal Position",
                    fixed(&[signed("X", 8, 1.0 / pow2(7), ""), signed("Y", 8, 1.0 / pow2(7), "")]),
                ),
                item(
                    "COVAHV",
                    "Correlation of Vertical Acceleration and Horizontal Velocity",
                    fixed(&[signed("X", 8, 1.0 / pow2(7), ""), signed("Y", 8, 1.0 / pow2(7), "")]),
                ),
                item(
                    "COVAHA",
                    "Correlation of Vertical Acceleration and Horizontal Acceleration",
                    fixed(&[signed("X", 8, 1.0 / pow2(7), ""), signed("Y", 8, 1.0 / pow2(7), "")]),
                ),
            ]),
        ),
        item("480", "Associations", repeated(&[code("", 40)])),
        item(
            "625",
            "Range Information",
            Layout::Compound(&[
                item("R", "Range", fixed(&[signed("", 24, 1.0 / 10.0, "m")])),
                item("RSR", "Range Resolution", fixed(&[unsigned("", 24, 1.0 / 10.0, "m")])),
                item("SDR", "Range Precision", fixed(&[unsigned("", 24, 1.0 / 10.0, "m")])),
                item("RR", "Range Rate", fixed(&[signed("", 24, 1.0 / 10.0, "m/s")])),
                item(
                    "RSRR",
                    "Range Rate Resolution",
                    fixed(&[unsigned("", 24, 1.0 / 10.0, "m/s")]),
                ),
                item(
                    "SDRR",
                    "Range Rate Precision",
                    fixed(&[
                        unsigned("SDRR", 24, 1.0 / 10.0, "m/s"),
                        signed("CORRR", 8, 1.0 / pow2(7), ""),
                    ]),
                ),
                item("RA", "Range Acceleration", fixed(&[signed("", 16, 1.0 / pow2(6), "m/s²")])),
                item(
                    "SDRA",
                    "Range Acceleration Precision",
                    fixed(&[
                        unsigned("SDRA", 16, 1.0 / pow2(7), "m/s²"),
                        signed("CORAR", 8, 1.0 / pow2(7), ""),
                        signed("CORARR", 8, 1.0 / pow2(7), ""),
                    ]),
                ),
            ]),
        ),
        item(
            "626",
            "Doppler Information",
            Layout::Compound(&[
                item("DV", "Doppler Velocity", fixed(&[signed("", 24, 1.0 / 100.0, "m/s")])),
                item(
                    "SDDV",
                    "Precision of Doppler Velocity",
                    fixed(&[unsigned("", 16, 1.0 / pow2(6), "m/s")]),
                ),
                item("DA", "Doppler Acceleration", fixed(&[signed("", 16, 1.0 / pow2(6), "m/s²")])),
                item(
                    "SDDA",
                    "Precision of Doppler Acceleration",
                    fixed(&[
                        unsigned("SDDA", 16, 1.0 / pow2(6), "m/s²"),
                        signed("CODADV", 8, 1.0 / pow2(7), ""),
                    ]),
                ),
                item(
                    "CODVR",
                    "Correlation of Doppler Velocity and Range",
                    fixed(&[signed("", 8, 1.0 / pow2(7), "")]),
                ),
                item(
                    "CODVRR",
                    "Correlation of Doppler Velocity and Range Rate",
                    fixed(&[signed("", 8, 1.0 / pow2(7), "")]),
                ),
                item(
                    "CODVRA",
                    "Correlation of Doppler Velocity and Range Acceleration",
                    fixed(&[signed("", 8, 1.0 / pow2(7), "")]),
                ),
                item(
                    "CODAR",
                    "Correlation of Doppler Acceleration and Range",
                    fixed(&[signed("", 8, 1.0 / pow2(7), "")]),
                ),
                item(
                    "CODARR",
                    "Correlation of Doppler Acceleration and Range Rate",
                    fixed(&[signed("", 8, 1.0 / pow2(7), "")]),
                ),
                item(
                    "CODARA",
                    "Correlation of Doppler Acceleration and Range Acceleration",
                    fixed(&[signed("", 8, 1.0 / pow2(7), "")]),
                ),
            ]),
        ),
        item(
            "627",
            "Azimuth Information",
            Layout::Compound(&[
                item("AZ", "Azimuth", fixed(&[unsigned("", 16, 360.0 / pow2(16), "°")])),
                item(
                    "RSAZ",
                    "Azimuth Resolution",
                    fixed(&[unsigned("", 16, 45.0 / pow2(16), "°")]),
                ),
                item(
                    "SDASZ",
                    "Standard Deviation of Azimuth",
                    fixed(&[unsigned("", 16, 45.0 / pow2(16), "°")]),
                ),
                item("AZR", "Azimuth Rate", fixed(&[signed("", 16, 180.0 / pow2(16), "°")])),
                item(
                    "SDAZR",
                    "Standard Deviation of Azimuth Rate",
                    fixed(&[
                        unsigned("SDAZR", 16, 45.0 / pow2(16), "°"),
                        signed("COAZRAZ", 8, 1.0 / pow2(7), ""),
                    ]),
                ),
                item(
                    "AZEX",
                    "Azimuth Extent",
                    fixed(&[
                        unsigned("S", 16, 360.0 / pow2(16), "°"),
                        unsigned("E", 16, 360.0 / pow2(16), "°"),
                    ]),
                ),
            ]),
        ),
        item(
            "628",
            "Elevation Information",
            Layout::Compound(&[
                item("EL", "Elevation", fixed(&[signed("", 16, 180.0 / pow2(16), "°")])),
                item(
                    "RSEL",
                    "Elevation Resolution",
                    fixed(&[unsigned("", 16, 45.0 / pow2(16), "°")]),
                ),
                item(
                    "SDEL",
                    "Standard Deviation of Elevation",
                    fixed(&[unsigned("", 16, 45.0 / pow2(16), "°")]),
                ),
                item("ER", "Elevation Rate", fixed(&[signed("", 16, 180.0 / pow2(16), "°/s")])),
                item(
                    "SDER",
                    "Standard Deviation of Elevation Rate",
                    fixed(&[
                        unsigned("SDELR", 16, 45.0 / pow2(16), "°/s"),
                        signed("COELREL", 8, 1.0 / pow2(7), ""),
                    ]),
                ),
                item(
                    "ELEX",
                    "Elevation Extent",
                    fixed(&[
                        signed("S", 16, 180.0 / pow2(16), "°"),
                        signed("E", 16, 180.0 / pow2(16), "°"),
                    ]),
                ),
            ]),
        ),
        item(
            "630",
            "Path Quality",
            Layout::Compound(&[
                item("DPP", "Direct Path - Power", fixed(&[signed("", 8, 1.0, "dB")])),
                item(
                    "DPS",
                    "Direct Path - Signal to Noise Ratio (SNR)",
                    fixed(&[signed("", 8, 1.0, "dB")]),
                ),
                item(
                    "RPP",
                    "Reflected Path - Power",
                    fixed(&[spare(7), signed("RPP", 9, 1.0, "dB")]),
                ),
                item(
                    "RPS",
                    "Reflected Path - Signal to Noise Ratio (SNR)",
                    fixed(&[signed("", 8, 1.0, "dB")]),
                ),
            ]),
        ),
        item(
            "631",
            "Contour (Azimuth, Elevation Angle, Range Extent)",
            repeated(&[
                unsigned("AZCON", 16, 360.0 / pow2(16), "°"),
                signed("ELCON", 16, 180.0 / pow2(16), "°"),
                unsigned("RGCONSTOP", 16, 10000.0 / pow2(16), "m"),
                unsigned("RGCONSTART", 16, 10000.0 / pow2(16), "m"),
            ]),
        ),
        item("SP", "Special Purpose Field", Layout::Explicit(None)),
    ],
};

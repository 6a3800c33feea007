"""Makes the Parquet files of this folder with an encoder that is not ours.

python3 -m venv .venv && .venv/bin/pip install pyarrow==26.0.1 && .venv/bin/python make.py
"""

import pathlib

import pyarrow as pa
import pyarrow.parquet as pq

HERE = pathlib.Path(__file__).parent

# Twelve plots of two sensors; elevation as 32-bit floats, a null in it, whole-number SNR,
# a dictionary of sensors, and columns nobody asks for, one of them nested.
N = 12
TABLE = pa.table(
    {
        "colour": pa.array(["red"] * N),
        "time_s": pa.array([0.5 * i for i in range(N)], pa.float64()),
        "sensor_id": pa.array(["north" if i % 2 else "east" for i in range(N)]).dictionary_encode(),
        "range_m": pa.array([8120.4 - 110.25 * i for i in range(N)], pa.float64()),
        "azimuth_deg": pa.array([41.5 + 0.1 * i for i in range(N)], pa.float64()),
        "elevation_deg": pa.array([None if i == 3 else 12.3 for i in range(N)], pa.float32()),
        "snr_db": pa.array([10 + i for i in range(N)], pa.int16()),
        "echoes": pa.array([[1, 2], [], None] * (N // 3), pa.list_(pa.int32())),
    }
)

for codec in ["none", "snappy", "gzip", "zstd", "lz4"]:
    pq.write_table(
        TABLE,
        HERE / f"{codec}.parquet",
        compression=codec,
        row_group_size=7,
        data_page_version="2.0" if codec in ["zstd", "lz4"] else "1.0",
    )

# Times as timestamps, required columns.
STAMPS = pa.schema(
    [
        pa.field("time_s", pa.timestamp("ns", tz="UTC"), nullable=False),
        pa.field("sensor_id", pa.string(), nullable=False),
        pa.field("range_m", pa.float32(), nullable=False),
        pa.field("azimuth_deg", pa.uint16(), nullable=False),
    ]
)
ROWS = {
    "time_s": [1_740_062_457_245_512_345, 1_740_062_458_000_000_000],
    "sensor_id": ["north", "north"],
    "range_m": [900.5, 880.25],
    "azimuth_deg": [359, 0],
}
pq.write_table(pa.table(ROWS, schema=STAMPS), HERE / "required.parquet", use_dictionary=False)

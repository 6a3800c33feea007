"""Decodes files of ASTERIX blocks with the PyPI package libasterix and prints what it
finds, for tests/asterix_codec/main.rs to compare with ours.

    python3 peer.py FILE…

One line "F" for each file, "B category records" for each block ("B category -" when it does not conform),
"R" for each record, then "path bits" or "path bits value" for each field.
"""

import sys

from asterix import base, generated

CATEGORIES = {
    15: generated.Cat_015_1_2,
    34: generated.Cat_034_1_29,
    48: generated.Cat_048_1_32,
    62: generated.Cat_062_1_21,
    63: generated.Cat_063_1_7,
    65: generated.Cat_065_1_6,
}
EXPANSIONS = {48: generated.Ref_048_1_13}
out = []


def number(x):
    """Rust's {:.9e}."""
    mantissa, exponent = f"{x:.9e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def show(path, variation):
    if isinstance(variation, base.Element):
        bits = variation.as_uint()
        content = getattr(variation.cv_rule, "cv_content", None)
        if content and issubclass(content, base.ContentQuantity):
            value = variation._get_rule()._get_content()._as_quantity()
            out.append(f"{path} {bits} {number(value)}")
        else:
            out.append(f"{path} {bits}")
    elif isinstance(variation, base.Group):
        for item in variation.arg:
            if isinstance(item, base.Item):
                child(path, item.arg)
    elif isinstance(variation, base.Extended):
        for part in variation.arg:
            for item in part:
                if isinstance(item, base.Item):
                    child(path, item.arg)
    elif isinstance(variation, base.Repetitive):
        for i, one in enumerate(variation.arg):
            show(f"{path}[{i}]", one)
    elif isinstance(variation, base.Compound):
        for name in variation.cv_items_dict:
            if name in variation.arg:
                child(path, variation.arg[name])


def child(path, non_spare):
    show(f"{path}/{non_spare.cv_name}", non_spare.arg.arg)


def decode(path):
    out.append("F")
    with open(path, "rb") as file:
        data = file.read()
    blocks = base.RawDatablock.parse(base.Bits.from_bytes(data))
    if isinstance(blocks, ValueError):
        sys.exit(f"the blocks cannot be told apart: {blocks}")
    for block in blocks:
        number_ = block.get_category()
        spec = CATEGORIES[number_]
        records = spec.cv_uap.parse(block.get_raw_records())
        if isinstance(records, ValueError):
            out.append(f"B {number_} -")
            continue
        out.append(f"B {number_} {len(records)}")
        for record in records:
            out.append("R")
            # In the order of the user application profile.
            for entry in record.cv_items_list:
                non_spare = getattr(entry, "cv_non_spare", None)
                if non_spare is None or non_spare.cv_name not in record.items_regular:
                    continue
                name = non_spare.cv_name
                variation = record.items_regular[name].arg.arg
                show(name, variation)
                if name == "RE" and number_ in EXPANSIONS:
                    bits = base.Bits.from_bytes(variation.get_bytes())
                    parsed = EXPANSIONS[number_].cv_expansion.parse(bits)
                    if not isinstance(parsed, ValueError) and len(parsed[1]) == 0:
                        for sub in parsed[0].cv_items_list:
                            if sub is not None and sub.cv_name in parsed[0].arg:
                                child("RE", parsed[0].arg[sub.cv_name])


for path in sys.argv[1:]:
    decode(path)
print("\n".join(out))

"""Breeds and JSON of any kind, for properties."""

import json
from typing import Any

import msgspec
from hypothesis import strategies as st

from dlt_ingestion.records import ApiBreed, Image, Measure, Text

_FIELDS = tuple(field.name for field in msgspec.structs.fields(ApiBreed))

some_text = st.one_of(st.none(), st.sampled_from(["", " ", "6 - 13", "NaN", "12-15"]), st.text())
some_value: st.SearchStrategy[Text] = st.one_of(
    some_text, st.integers(1, 50), st.floats(0.5, 50, allow_nan=False)
)
some_pixels = st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1))
some_measure = st.one_of(st.none(), st.builds(Measure, imperial=some_value, metric=some_value))

api_breeds = st.builds(
    ApiBreed,
    id=st.one_of(st.integers(1, 3), st.sampled_from(["1", "2", "3"])),
    name=st.sampled_from(["Akita", "Beagle"]),
    weight=some_measure,
    height=some_measure,
    life_span=some_value,
    temperament=some_text,
    image=st.one_of(st.none(), st.builds(Image, width=some_pixels, height=some_pixels)),
)
"""Breeds with few ids and names, so that two of them are often alike."""

_any_characters = st.text(st.characters(), max_size=5)
_any_key = st.one_of(st.sampled_from(_FIELDS), st.text(max_size=5))
json_values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), _any_characters),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(_any_key, inner, max_size=4)
    ),
    max_leaves=8,
)
"""JSON of any shape; texts may have NUL and lone surrogates, numbers may be NaN."""

near_breeds: st.SearchStrategy[Any] = st.lists(
    st.fixed_dictionaries(
        {"id": st.one_of(st.integers(), _any_characters), "name": _any_characters},
        optional=dict.fromkeys(_FIELDS[2:], json_values),
    ),
    max_size=3,
)
"""Lists of objects that are breeds, or nearly so."""

json_bodies = st.one_of(
    st.one_of(json_values, near_breeds).map(lambda value: json.dumps(value).encode()),
    st.lists(api_breeds, max_size=3).map(msgspec.json.encode),
)
"""Answers in JSON: breeds, nearly breeds, and anything else."""

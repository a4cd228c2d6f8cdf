"""Makes breeds as The Dog API writes them since 2026: about 1 KB each, the same in every call.

How often a field is null, a range is by sex or a value is "unknown" follows the API's own list of
628 breeds (https://docs.thedogapi.com).
"""

import json
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

_SEED = 2026
_POUNDS_PER_KG = 2.20462
_INCHES_PER_CM = 0.3937
_TEMPERAMENTS = (
    "active", "adaptable", "affectionate", "agile", "alert", "aloof", "bold", "brave", "calm",
    "cheerful", "clever", "confident", "courageous", "curious", "devoted", "dignified", "docile",
    "energetic", "even-tempered", "faithful", "friendly", "gentle", "hardworking", "independent",
    "intelligent", "keen", "kind", "lively", "loving", "loyal", "merry", "obedient", "outgoing",
    "patient", "playful", "powerful", "protective", "quiet", "reserved", "self-assured",
    "sensitive", "sociable", "spirited", "stubborn", "trainable", "watchful",
)  # fmt: skip
_COUNTRIES = (
    ("Germany", "DE"), ("France", "FR"), ("Great Britain", "GB"), ("Japan", "JP"),
    ("United States", "US"), ("Afghanistan", "AF"), ("Brazil", "BR"), ("Hungary", "HU"),
    ("Norway, Sweden", "NO, SE"), ("Türkiye", "TR"), ("Italy", "IT"), ("South Africa", "ZA"),
)  # fmt: skip
_GROUPS = ("Toy", "Hound", "Terrier", "Working", "Herding", "Sporting", "Non-Sporting", "Mixed")
_KINDS = ("Hound", "Terrier", "Spaniel", "Shepherd", "Mastiff", "Spitz", "Pointer", "Pinscher")
_SYLLABLES = (
    "al", "ber", "cor", "dan", "el", "fin", "gas", "hun", "ir", "kar", "lan", "mor", "nor", "ost",
    "pol", "ré", "sal", "tor", "ü", "vel", "wes",
)  # fmt: skip
_SUBJECTS = ("This breed", "The old type", "A working line", "Its ancestor", "The modern dog")
_VERBS = ("was kept", "is known", "was bred", "is valued", "has been used", "was first shown")
_ENDS = (
    "for its steady nerve and a “soft” mouth", "by farmers of the mountain valleys",
    "to hold cattle and to guard the yard at night", "as a companion in small town houses",
    "at fairs, where buyers paid well for a dense coat", "on long hunts over rough, wet ground",
    "because it learns fast and forgives mistakes", "wherever hares and foxes did damage",
)  # fmt: skip


def breeds(count: int) -> Iterator[dict[str, Any]]:
    """``count`` breeds with ids from "1"."""
    random = Random(_SEED)
    for number in range(1, count + 1):
        yield _breed(random, number)


def encoded_pages(count: int, page_size: int) -> list[bytes]:
    """The bodies of all pages, in compact JSON."""
    pages: list[bytes] = []
    records: list[bytes] = []
    for breed in breeds(count):
        records.append(json.dumps(breed, ensure_ascii=False, separators=(",", ":")).encode())
        if len(records) == page_size:
            pages.append(_page(records))
            records.clear()
    return [*pages, _page(records)] if records else pages


def _page(records: Sequence[bytes]) -> bytes:
    return b"[" + b",".join(records) + b"]"


def _breed(random: Random, number: int) -> dict[str, Any]:
    country, code = random.choice(_COUNTRIES)
    image_id = "".join(random.choices("abcdefghijkmnopqrstuvwxyzABCDEFGHJK23456789", k=9))
    has_image = random.random() < 0.86
    unknown = random.random() < 0.003
    weight, height = _measures(random, unknown=unknown)
    low = random.randint(8, 14)
    breed: dict[str, Any] = {
        "id": str(number),
        "name": f"{_word(random).title()} {random.choice(_KINDS)}",
        "species_id": "2",
        "life_span": None if random.random() < 0.064 else f"{low}-{low + random.randint(1, 4)}",
        "temperament": _temperament(random),
        "origin": country,
        "country_codes": code,
        "country_code": code,
        "description": _prose(random),
        "bred_for": None,
        "perfect_for": None,
        "breed_group": random.choice(_GROUPS) if random.random() < 0.9 else None,
        "history": _prose(random),
        "reference_image_id": image_id if has_image else None,
        "weight": weight,
        "height": height,
    }
    if has_image:
        breed["image"] = {
            "id": image_id,
            "url": f"https://images.example.org/dogs/{image_id}.jpg",
            "width": random.randint(600, 4000),
            "height": random.randint(600, 4000),
        }
    return breed


def _measures(random: Random, *, unknown: bool) -> tuple[dict[str, str], dict[str, str]]:
    if unknown:
        return ({"imperial": "unknown", "metric": "unknown"},) * 2
    by_sex = random.random() < 2 / 3
    kg, cm = random.uniform(2, 70), random.uniform(20, 75)
    return (
        _measure(random, kg, _POUNDS_PER_KG, by_sex=by_sex),
        _measure(random, cm, _INCHES_PER_CM, by_sex=by_sex),
    )


def _measure(random: Random, metric: float, factor: float, *, by_sex: bool) -> dict[str, str]:
    high = metric * random.uniform(1.1, 1.5)
    return {
        "imperial": _range(metric * factor, high * factor, by_sex=by_sex),
        "metric": _range(metric, high, by_sex=by_sex),
    }


def _range(low: float, high: float, *, by_sex: bool) -> str:
    if not by_sex:
        return f"{_number(low)}-{_number(high)}"
    female = f"{_number(low * 0.9)}-{_number(high * 0.9)}"
    return f"Male: {_number(low)}-{_number(high)}; Female: {female}"


def _number(value: float) -> str:
    return f"{value:.1f}" if value < 10 else f"{value:.0f}"


def _temperament(random: Random) -> str:
    first, *others = random.sample(_TEMPERAMENTS, random.randint(4, 6))
    return ", ".join([first.title(), *others])


def _prose(random: Random) -> str:
    """150 to 300 characters, hardly ever the same."""
    sentences: list[str] = []
    least_length = random.randint(110, 240)
    while sum(map(len, sentences)) < least_length:
        subject, verb = random.choice(_SUBJECTS), random.choice(_VERBS)
        sentences.append(
            f"{subject} {verb} {random.choice(_ENDS)} around {_word(random).title()} since "
            f"{random.randint(1400, 1990)}."
        )
    return " ".join(sentences)


def _word(random: Random) -> str:
    return "".join(random.choices(_SYLLABLES, k=3))

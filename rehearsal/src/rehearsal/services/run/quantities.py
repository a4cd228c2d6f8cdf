"""CPU, memory and time as Cloud Run writes them: ``1000m``, ``512Mi``, ``1800s``."""

import re

_CPU = re.compile(r"(\d+(?:\.\d+)?|\.\d+)(m?)")
_MEMORY = re.compile(r"(\d+(?:\.\d+)?)(Ki|Mi|Gi|Ti|k|K|M|G|T|)")
_DURATION = re.compile(r"(\d+)(?:\.(\d{1,9}))?s")
_BYTES = {
    "": 1, "k": 10**3, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12,
    "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40,
}  # fmt: skip
_MINUTE_SECONDS = 60
_HOUR_SECONDS = 3600


def cpu(text: str) -> float | None:
    """CPUs, or None if it is no number of them."""
    found = _CPU.fullmatch(text)
    if found is None:
        return None
    return float(found[1]) / 1000 if found[2] else float(found[1])


def memory_bytes(text: str) -> int | None:
    """Bytes of a quantity as Kubernetes writes them, or None if it is none.

    https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
    """
    found = _MEMORY.fullmatch(text)
    return int(float(found[1]) * _BYTES[found[2]]) if found else None


def duration_seconds(text: str) -> float | None:
    """Seconds of a ``google.protobuf.Duration`` in JSON, or None if it is none."""
    found = _DURATION.fullmatch(text)
    return float(f"{found[1]}.{found[2] or 0}") if found else None


def duration(seconds: float) -> str:
    """A ``google.protobuf.Duration`` in JSON, without a fraction that is zero."""
    return f"{seconds:.9f}".rstrip("0").rstrip(".") + "s"


def spoken_duration(seconds: float) -> str:
    """As in Cloud Run's messages: ``56.03s``, ``1m3.6s``, ``1h0m2s``."""
    hours, rest = divmod(round(seconds, 2), _HOUR_SECONDS)
    minutes, rest = divmod(rest, _MINUTE_SECONDS)
    text = f"{rest:.2f}".rstrip("0").rstrip(".") + "s"
    if hours:
        return f"{hours:.0f}h{minutes:.0f}m{text}"
    return f"{minutes:.0f}m{text}" if minutes else text

"""Which CPU and memory a job may have, alone and together.

https://cloud.google.com/run/docs/configuring/jobs/cpu,
https://cloud.google.com/run/docs/configuring/jobs/memory-limits; wording of the refusals as
users report it, as in https://github.com/MarkEdmondson1234/googleCloudRunner/issues/137
"""

from collections.abc import Iterator

from rehearsal.documents import Document
from rehearsal.services.run.faults import Fault
from rehearsal.services.run.quantities import cpu, memory_bytes

DEFAULT_CPU = "1000m"
DEFAULT_MEMORY = "512Mi"
_MEMORY_GIB = {1: (0.5, 4), 2: (0.5, 8), 4: (2, 16), 6: (4, 24), 8: (4, 32)}
"""CPUs: (least, most) memory."""
_GIB = 2**30
_LEAST_BYTES = 512 * 2**20
_KNOWN = {"cpu", "memory", "nvidia.com/gpu"}
_PLACE = "resources.limits"


def limit_faults(limits: Document) -> Iterator[Fault]:
    """What is wrong with the limits of a container, both of which are given."""
    for name in sorted(set(limits) - _KNOWN):
        yield f"{_PLACE}.{name}", "Must be one of cpu, memory, nvidia.com/gpu."
    cpus, memory = cpu(str(limits["cpu"])), memory_bytes(str(limits["memory"]))
    cpu_fault = _cpu_fault(cpus, limits["cpu"])
    memory_fault = _memory_fault(memory, limits["memory"])
    if cpu_fault:
        yield f"{_PLACE}.cpu", cpu_fault
    if memory_fault:
        yield f"{_PLACE}.memory", memory_fault
    if cpus and memory and not cpu_fault and not memory_fault:
        yield from _together(cpus, memory)


def _cpu_fault(cpus: float | None, given: str) -> str:
    if cpus is None:
        return f"Invalid value specified for cpu: '{given}' is no quantity; try '1' or '1000m'."
    if cpus < 1:
        return (
            "Invalid value specified for cpu. Total cpu < 1 is not supported with gen2 execution"
            " environment."
        )
    if cpus not in _MEMORY_GIB:
        return (
            "Invalid value specified for container cpu. Must be equal to one of"
            f" {', '.join(f'{one:.1f}' for one in _MEMORY_GIB)}"
        )
    return ""


def _memory_fault(memory: int | None, given: str) -> str:
    if memory is None:
        return f"Invalid value specified for memory: '{given}' is no quantity; try '512Mi'."
    if memory < _LEAST_BYTES:
        return (
            "Invalid value specified for memory. Total memory < 512 Mi is not supported with gen2"
            " execution environment."
        )
    return ""


def _together(cpus: float, memory: int) -> Iterator[Fault]:
    least, most = _MEMORY_GIB[int(cpus)]
    if not least * _GIB <= memory <= most * _GIB:
        yield (
            f"{_PLACE}.memory",
            f"Invalid value specified for container memory. For {cpus:.1f} CPU, memory must be"
            f" between {_quantity(least)} and {_quantity(most)} inclusive.",
        )


def _quantity(gib: float) -> str:
    return f"{gib:g}Gi" if gib >= 1 else f"{gib * 1024:g}Mi"

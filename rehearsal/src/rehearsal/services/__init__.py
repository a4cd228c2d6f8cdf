"""All services: each folder here that defines ``service``."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from rehearsal.api.service import Service


@cache
def all_services() -> tuple[Service, ...]:
    """Every service, by the names of their folders."""
    names = sorted(module.name for module in iter_modules(__path__) if module.ispkg)
    modules = [import_module(f"{__name__}.{name}") for name in names]
    return tuple(module.service for module in modules)

"""Every error that this package raises on purpose, named by who can recover.

DeliveryError
├── SetupError       the operator: a variable, a program, a file           exit code 2
├── ProgramError     whoever reads what the program said                   exit code 1
└── UnhealthyError   nobody at once: what was deployed does not do its work  exit code 3
"""

from typing import ClassVar


class DeliveryError(Exception):
    """What failed, on which value, and what to do next."""

    exit_code: ClassVar[int] = 1


class SetupError(DeliveryError):
    """Something is missing or wrong before anything has been changed."""

    exit_code = 2


class ProgramError(DeliveryError):
    """A program that was called ended with an error."""

    def __init__(self, command: str, status: int, said: str) -> None:
        super().__init__(f"`{command}` ended with {status}" + (f": {said}" if said else "."))
        self.said = said


class UnhealthyError(DeliveryError):
    """A run of what is deployed failed, or left no fresh rows."""

    exit_code = 3

"""The severities of log entries, and their order.

https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry#logseverity
"""

import re

_NUMBER = re.compile(r"[0-9]{1,9}")

RANKS = {
    "DEFAULT": 0,
    "DEBUG": 100,
    "INFO": 200,
    "NOTICE": 300,
    "WARNING": 400,
    "ERROR": 500,
    "CRITICAL": 600,
    "ALERT": 700,
    "EMERGENCY": 800,
}

_WRITTEN_BY_LIBRARIES = {
    "D": "DEBUG", "TRACE": "DEBUG", "TRACE_INT": "DEBUG", "FINE": "DEBUG", "FINER": "DEBUG",
    "FINEST": "DEBUG", "CONFIG": "DEBUG", "I": "INFO", "N": "NOTICE", "W": "WARNING",
    "WARN": "WARNING", "E": "ERROR", "ERR": "ERROR", "SEVERE": "ERROR", "C": "CRITICAL",
    "CRIT": "CRITICAL", "F": "CRITICAL", "FATAL": "CRITICAL", "A": "ALERT", "EMERG": "EMERGENCY",
}  # fmt: skip
"""https://github.com/GoogleCloudPlatform/fluent-plugin-google-cloud, the agent of Cloud Run"""


def rank(word: str) -> int | None:
    """The rank of a severity by name (in any case) or by number; None: it is none."""
    if _NUMBER.fullmatch(word):
        return int(word)
    return RANKS.get(word.upper())


def severity_of(value: object) -> str:
    """The severity that a program means, by a name that libraries write or by a number."""
    word = str(value).strip().upper()
    if _NUMBER.fullmatch(word):
        below = [name for name, number in RANKS.items() if number <= int(word)]
        return below[-1]
    word = _WRITTEN_BY_LIBRARIES.get(word, word)
    return word if word in RANKS else "DEFAULT"

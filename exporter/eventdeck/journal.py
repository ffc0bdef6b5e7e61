"""The exporter's own log: JSON lines, or plain text for a person at a terminal."""

import logging
import sys
import time

from pythonjsonlogger.json import JsonFormatter


def begin(level: str = "info", form: str = "") -> None:
    """Send the log to standard error; `form` is `json` or `text`, by default what reads it."""
    handler = logging.StreamHandler(sys.stderr)
    if form == "text" or (not form and sys.stderr.isatty()):
        formatter = logging.Formatter("%(asctime)s %(levelname)-7s %(message)s", "%H:%M:%S")
    else:
        formatter = JsonFormatter(
            "%(asctime)s %(levelname)s %(name)s %(message)s",
            datefmt="%Y-%m-%dT%H:%M:%SZ",
            rename_fields={"asctime": "timestamp", "levelname": "level", "name": "logger"},
        )
        formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())

"""Write occurrences as an application does: `logging`, one JSON object a line, flushed."""

import sys
from contextlib import suppress
from datetime import datetime
from io import TextIOWrapper
from itertools import cycle
from logging import Logger, LogRecord
from logging.handlers import WatchedFileHandler
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo

from pythonjsonlogger.json import JsonEncoder, JsonFormatter

from eventdeck.catalogue.model import LineFormat, TimeField
from eventdeck.sample.file import NAME, claim
from eventdeck.sample.occurrence import Occurrence

Times = Literal["asctime", "timestamp", "both"]

_ENCODER = JsonEncoder()


class Writer:
    """Appends lines to a file, in the shape that a catalogue says. A context manager."""

    def __init__(self, path: Path, line: LineFormat, times: Times) -> None:
        """Open or create the file; raises `RefusedError` for somebody else's, and `OSError`."""
        if not path.parent.is_dir():
            path.parent.mkdir(parents=True)
        self._path, self._written = path, False
        self._event, self._request_id = line.event[0], line.request_id
        self._formats = cycle([_formatter(line, field) for field in _fields(line, times)])
        self._logger = Logger(NAME)  # noqa: LOG001  samples are no business of the process's logging
        self._handler = _Handler(path)
        self._logger.addHandler(self._handler)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._handler.close()
        # Ours, but without a line nobody could tell.
        if not self._written and self._path.stat().st_size == 0:
            self._path.unlink()

    def write(self, occurrence: Occurrence) -> None:
        """Append one line at the occurrence's own time; raises `OSError` where that fails."""
        extra: dict[str, Any] = {self._request_id: occurrence.request_id}
        if self._event != "message":
            extra[self._event] = occurrence.event
        extra |= occurrence.properties
        record = self._logger.makeRecord(
            NAME, occurrence.level, "", 0, occurrence.event, (), None, extra=extra
        )
        # Milliseconds for both formats: else a line could seem older than the one before it.
        record.created = round(occurrence.moment, 3)
        record.msecs = record.created % 1 * 1000
        record.exc_text = occurrence.traceback or None
        self._handler.setFormatter(next(self._formats))
        self._logger.handle(record)
        self._written = True


class _Handler(WatchedFileHandler):
    """Follows its path through a rotation, as applications do, and does not hide errors."""

    def __init__(self, path: Path) -> None:
        self._rotated = False
        super().__init__(path, encoding="ascii")

    def _open(self) -> TextIOWrapper:
        stream = claim(Path(self.baseFilename), rotated=self._rotated)
        self._rotated = True
        return stream

    def handleError(self, record: LogRecord) -> None:  # noqa: ARG002, N802  the name is logging's
        error = sys.exception()
        if error is not None:
            raise error

    def close(self) -> None:
        # What a full disk refused it refuses again; that was reported.
        with suppress(OSError):
            super().close()


class _Formatter(JsonFormatter):
    """Python-json-logger's, with local time in the application's zone instead of this machine's."""

    zone: ZoneInfo

    def formatTime(self, record: LogRecord, datefmt: str | None = None) -> str:  # noqa: N802  logging's
        local = datetime.fromtimestamp(record.created, self.zone)
        if datefmt == "%Y-%m-%d %H:%M:%S,%f":  # the usual one, three times as fast
            return local.isoformat(" ", "milliseconds")[:23].replace(".", ",")  # without the zone
        text = local.strftime(datefmt or "%c")
        # asctime has milliseconds, `%f` has microseconds.
        return text[:-3] if datefmt and datefmt.endswith("%f") else text


def _fields(line: LineFormat, times: Times) -> list[TimeField]:
    """Return the time fields to write in turns: those asked for, or else those there are."""
    asked = [
        field
        for field in line.time
        if times == "both" or (field.format == "rfc3339") == (times == "timestamp")
    ]
    return (asked or list(line.time))[: None if times == "both" else 1]


def _formatter(line: LineFormat, field: TimeField) -> JsonFormatter:
    moment = field.format == "rfc3339"
    formatter = _Formatter(
        f"{'' if moment else '%(asctime)s '}%(levelname)s %(name)s %(message)s",
        None if moment else field.format,
        rename_fields={"asctime": field.field, "levelname": line.level[0]},
        timestamp=field.field if moment else False,
        json_serializer=_dump,
    )
    formatter.zone = ZoneInfo(line.zone)
    return formatter


def _dump(data: dict[str, Any], **_: object) -> str:
    # One encoder for all lines: json.dumps makes a new one for each.
    return _ENCODER.encode(data)

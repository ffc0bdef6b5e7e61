"""The state on disk: two checksummed generations, each replaced in one step.

`FILE` is the latest one, `FILE.old` the one before. Both are written under another name, flushed
to the disk and renamed, so whatever stops the process or the machine, one of them is whole. A
generation that cannot be used is kept beside them as `FILE.damaged-TIME`, and the log says so.
"""

import fcntl
import json
import logging
import os
import threading
import time
from zlib import crc32

import msgspec

from eventdeck.state import VERSION, State

_MAGIC = b"eventdeck state "

log = logging.getLogger(__name__)


class StateError(Exception):
    """A state that must not be overwritten: the sentence says why and what to do."""


class NewerError(StateError):
    """The state was written by a newer Eventdeck."""


def encode(state: State) -> bytes:
    """One line with format version and checksum, then the state as JSON."""
    try:
        body = msgspec.json.encode(state)
    except UnicodeEncodeError:  # half a character, out of a log or a file name: it becomes "?"
        text = json.dumps(msgspec.to_builtins(state), ensure_ascii=False)
        body = text.encode("utf-8", "replace")
    return b"%s%d %s\n%s\n" % (_MAGIC, state.version, _checksum(body), body)


def decode(data: bytes) -> State:
    """Read what `encode` wrote. Raises ValueError with what is wrong, NewerError."""
    head, _, body = data.partition(b"\n")
    if not head.startswith(_MAGIC):
        raise ValueError("it is not a state of Eventdeck")
    version, _, checksum = head.removeprefix(_MAGIC).partition(b" ")
    if not version.isdigit() or not int(version):
        raise ValueError("no Eventdeck ever wrote its format")
    if int(version) > VERSION:
        raise NewerError(
            f"it was written by a newer Eventdeck (format {int(version)}, this one reads up to "
            f"{VERSION}); run that version, or choose another --state.path"
        )
    if _checksum(body.removesuffix(b"\n")) != checksum:
        raise ValueError("its checksum does not match: it was cut or changed")
    try:
        return msgspec.json.decode(body, type=State)
    except msgspec.MsgspecError as error:
        raise ValueError(f"it cannot be read: {error}") from error


def _checksum(body: bytes) -> bytes:
    return b"%08x" % crc32(body)


class Checkpoint:
    """Loads and saves the state. `path` may be empty: then nothing is kept.

    Two kinds of save may overlap: a durable one about once a second, which waits for the disk, and
    a quick one before each scrape is answered, which does not: it survives the process, so that no
    value that was exposed is ever taken back.
    """

    def __init__(self, path: str) -> None:
        """Only remember the path."""
        self.path = path
        self.failing = ""  # why the last save failed, one sentence; "" when it did not
        self.saved_at: float | None = None  # Unix seconds of the last save that succeeded
        self.failures = 0
        self._loaded = ""  # the generation that was used
        self._damaged = False  # whether one could not be used
        self._turns = {True: threading.Lock(), False: threading.Lock()}  # one save of a kind
        self._placing = threading.Lock()
        self._placed = -1  # the sequence number of the state in place
        self._durable = True  # whether that one is known to be on the disk

    def lock(self) -> None:
        """Keep other exporters from this state while this process lives. Raises StateError."""
        if not self.path:
            return
        try:
            os.makedirs(os.path.dirname(self.path) or ".", exist_ok=True)
            self._lock = os.open(f"{self.path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StateError(
                f"{self.path}: another eventdeck is using this state; stop it, or give this one "
                "a --state.path of its own"
            ) from None
        except OSError as error:
            raise StateError(
                f"{self.path}: the state cannot be kept there: {error.strerror}; give --state.path "
                "a file in a folder that this user may write"
            ) from error

    def load(self) -> State | None:
        """Return the newest usable generation, None when there is none. Raises StateError."""
        if not self.path:
            return None
        for path in (self.path, f"{self.path}.old"):
            try:
                with open(path, "rb") as file:
                    state = decode(file.read())
            except FileNotFoundError:
                continue
            except NewerError as error:
                raise StateError(f"{path}: {error}") from None
            except ValueError as error:
                self._set_aside(path, str(error))
            except OSError as error:
                raise StateError(f"{path}: cannot be read: {error.strerror}") from error
            else:
                self._loaded = path
                return state
        if self._damaged:
            log.error("no state can be used: counting begins anew, with what the log holds now")
        return None

    def keep_copy(self) -> None:
        """Keep the state that was loaded under another name: not all of it can be used."""
        aside = f"{self._loaded}.before-{time.strftime('%Y%m%dT%H%M%S')}"
        try:
            with open(self._loaded, "rb") as file:
                _write(aside, file.read(), durable=True)
        except OSError as error:
            log.warning("the counts as they were cannot be kept in %s: %s", aside, error.strerror)
        else:
            log.warning("the counts as they were are kept in %s", aside)

    def save(self, data: bytes, sequence: int, *, durable: bool) -> bool:
        """Replace the state; False, and a sentence in `failing`, when the disk refuses.

        `sequence` orders the saves: one that was overtaken does not replace the newer state.
        """
        if not self.path:
            return True
        try:
            with self._turns[durable]:
                self._replace(data, sequence, durable=durable)
        except OSError as error:
            self._fail(error)
            return False
        self._succeed(durable=durable)
        return True

    def _replace(self, data: bytes, sequence: int, *, durable: bool) -> None:
        if not durable and sequence <= self._placed:
            return  # another scrape has saved all that this one shows
        fresh = f"{self.path}.new" if durable else f"{self.path}.quick"
        _write(fresh, data, durable=durable)
        with self._placing:
            self._place(fresh, sequence, durable=durable)
        if durable:
            _sync_folder(self.path)

    def _place(self, fresh: str, sequence: int, *, durable: bool) -> None:
        if sequence < self._placed:
            # Only a durable save takes so long: it is the older generation by now.
            os.replace(fresh, f"{self.path}.old")
            return
        if self._durable and os.path.exists(self.path):
            os.replace(self.path, f"{self.path}.old")  # a generation that the disk has for certain
        os.replace(fresh, self.path)
        self._placed, self._durable = sequence, durable

    def _succeed(self, *, durable: bool) -> None:
        self.saved_at = time.time()
        # A quick save proves little: it may succeed where the disk refuses to keep what it got.
        if self.failing and durable:
            log.info("the state is saved again in %s", self.path)
            self.failing = ""

    def _fail(self, error: OSError) -> None:
        self.failures += 1
        why = f"the state cannot be saved in {self.path}: {error.strerror}"
        if why != self.failing:
            log.error("%s; counting goes on, but a restart would count again what came since", why)
        self.failing = why

    def _set_aside(self, path: str, why: str) -> None:
        aside = f"{path}.damaged-{time.strftime('%Y%m%dT%H%M%S')}"
        try:
            os.replace(path, aside)
        except OSError as error:
            raise StateError(
                f"{path}: {why}, and cannot be moved away: {error.strerror}"
            ) from error
        self._damaged = True
        log.error("%s cannot be used: %s; it is kept as %s", path, why, aside)


def _write(path: str, data: bytes, *, durable: bool) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        written = 0
        while written < len(data):
            written += os.write(fd, data[written:])
        if durable:
            os.fsync(fd)
    finally:
        os.close(fd)


def _sync_folder(path: str) -> None:
    folder = os.open(os.path.dirname(path) or ".", os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

"""What a client meets before it may ask; follows its file, so that nothing has to restart."""

import logging
import os
import threading
from contextlib import AbstractContextManager, nullcontext
from socket import socket
from typing import TYPE_CHECKING

from msgspec import Struct

from eventdeck.catalogue.problem import CatalogueError
from eventdeck.web.form import ANONYMOUS, Form, misfit, read

if TYPE_CHECKING:
    from ssl import SSLContext

    from eventdeck.web.users import Users

log = logging.getLogger(__name__)


class Guard(Struct, frozen=True):
    """A web config that can be used."""

    form: Form = Form()
    context: "SSLContext | None" = None
    users: "Users | None" = None

    @property
    def demands(self) -> list[str]:
        """What a client must bring."""
        tls = self.form.tls
        policy = tls.client_auth_type if tls else ANONYMOUS
        return [
            *(["TLS"] if tls else []),
            *([f"a client's certificate ({policy})"] if policy != ANONYMOUS else []),
            *(["a password"] if self.form.users else []),
        ]


class Attempt:
    """One try to read a web config, and how its files were just before."""

    def __init__(self, path: str) -> None:
        """Read as far as that goes; `error` says what was in the way."""
        self._files, self._stamps = [path], [_stamp(path)]
        self.guard = Guard()
        self.error: CatalogueError | None = None
        try:
            form = read(path)
            named = form.tls.files if form.tls else []
            self._files += named  # also where they are what is wrong: they may be mended
            self._stamps += map(_stamp, named)
            self.guard = _guard(path, form)
        except CatalogueError as error:
            self.error = error

    @property
    def stale(self) -> bool:
        """Whether another try may come to something else."""
        return self._stamps != [_stamp(name) for name in self._files]


class Door:
    """Stands open where no web config is given."""

    def __init__(self, path: str = "") -> None:
        """Read a web config. Raises CatalogueError."""
        self._path = path
        self._lock = threading.Lock()
        self._guard = Guard()
        if path:
            self._last = Attempt(path)
            if self._last.error:
                raise self._last.error
            self._guard = self._last.guard

    @property
    def scheme(self) -> str:
        """How the address of what is behind it begins."""
        return "https" if self._guard.context else "http"

    @property
    def demands(self) -> list[str]:
        """What a client must bring."""
        return self._guard.demands

    @property
    def headers(self) -> dict[str, str]:
        """What goes with every answer."""
        return self._guard.form.headers

    def receive(self, connection: socket) -> AbstractContextManager[socket]:
        """Greet a client, and talk to it through what comes back. Entering raises OSError."""
        context = self._current().context
        if context is None:
            return nullcontext(connection)
        from eventdeck.web import tls  # noqa: PLC0415  loads OpenSSL

        return tls.receive(connection, context)

    def admits(self, authorization: str) -> bool:
        """Whether one who sends this header `Authorization`, or "", may ask."""
        users = self._current().users
        return users is None or users.admits(authorization)

    def _current(self) -> Guard:
        """Read again what has changed, and keep what was when that cannot be used."""
        if self._path:
            with self._lock:
                if self._last.stale:
                    self._last = Attempt(self._path)
                    self._replace()
        return self._guard

    def _replace(self) -> None:
        """Take what was read last, or say why not."""
        after = self._last.guard.demands
        lost = [demand for demand in self._guard.demands if demand not in after]
        if self._last.error:
            log.error("%s; what was read before holds until that is mended", self._last.error)
        elif lost:
            # A file that is being written is empty for a moment; nobody may slip in then.
            what = " and ".join(lost)
            log.error("%s: no longer asks for %s; that takes a restart", self._path, what)
        else:
            self._guard = self._last.guard
            log.info("%s: was read again and holds", self._path)


def _stamp(path: str) -> tuple[int, ...]:
    """Tell one state of a file from the next."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return ()
    return (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def _guard(path: str, form: Form) -> Guard:
    """Load all that a web config needs. Raises CatalogueError."""
    context = users = None
    if form.tls:
        from eventdeck.web import tls  # noqa: PLC0415  loads OpenSSL

        try:
            context = tls.context(form.tls)
        except tls.TlsError as error:
            raise misfit(path, error.key, error.sentence) from None
    if form.users:
        from eventdeck.web.users import Users  # noqa: PLC0415  loads bcrypt

        users = Users(form.users)
    return Guard(form, context, users)

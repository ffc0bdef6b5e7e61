"""What a web config may hold, and a sentence for whatever else it holds."""

import os
import re
from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from eventdeck.catalogue.problem import CatalogueError, Path, Problem, nearest
from eventdeck.catalogue.yaml_file import YamlFile

FLAG = "--web.config.file"

_VERSIONS = ("TLS12", "TLS13")
ANONYMOUS, _, _REQUIRED = _POLICIES = (
    "NoClientCert",
    "VerifyClientCertIfGiven",
    "RequireAndVerifyClientCert",
)
_TLS: dict[str, tuple[str, ...]] = {  # key -> the words that it may hold; none: a file's name
    "cert_file": (),
    "key_file": (),
    "client_ca_file": (),
    "client_auth_type": _POLICIES,
    "min_version": _VERSIONS,
    "max_version": _VERSIONS,
}
_HEADERS = {  # header -> what it may hold
    "Strict-Transport-Security": r"max-age=\d{1,10}(; *[A-Za-z]+)*",
    "X-Content-Type-Options": r"nosniff",
    "X-Frame-Options": r"(?i:deny|sameorigin)",
    "X-XSS-Protection": r"[01](; *[ -~]+)?",
}
# What the form has besides, and Eventdeck has not.
_ABSENT = {
    "cert": "write the certificate into a file of its own and name it in cert_file",
    "key": "write the key into a file of its own and name it in key_file",
    "client_ca": "write the certificate into a file of its own and name it in client_ca_file",
    "client_allowed_sans": "remove it, and let client_ca_file sign only clients that may ask",
    "cipher_suites": "remove it; OpenSSL's own choice holds",
    "prefer_server_cipher_suites": "remove it; OpenSSL's own choice holds",
    "curve_preferences": "remove it; OpenSSL's own choice holds",
    "rate_limit": "remove it; no more than 64 connections are served at once anyway",
    "Content-Security-Policy": "remove it; the page has a stricter one of its own",
}
_HASH = re.compile(r"\$2[abxy]\$(\d\d)\$[./A-Za-z0-9]{53}")
_CHEAPEST, _DEAREST = 4, 16  # costs of bcrypt; at 17, one look at a password takes 10 seconds

Finding = tuple[Path, str]


class Tls(Struct, frozen=True, kw_only=True):
    """The section `tls_server_config`; the files are found from any folder."""

    cert_file: str
    key_file: str
    client_ca_file: str = ""
    client_auth_type: str = ANONYMOUS
    min_version: str = "TLS12"
    max_version: str = "TLS13"

    @property
    def files(self) -> list[str]:
        """All that it names."""
        return [name for name in (self.cert_file, self.key_file, self.client_ca_file) if name]


class Form(Struct, frozen=True):
    """A web config without errors of its own; whether its certificates serve is not known yet."""

    tls: Tls | None = None
    users: dict[str, str] = {}  # name -> bcrypt hash
    headers: dict[str, str] = {}


def read(path: str) -> Form:
    """Read a web config. Raises CatalogueError with all that is wrong, by line."""
    file = YamlFile(path, "web config", FLAG)
    try:
        findings = list(_of_all(file.data))
    except RecursionError:
        raise file.refuse("is nested too deeply") from None
    if findings or file.repeated:
        _refuse(file, findings)
    data = file.data if isinstance(file.data, dict) else {}
    tls = data.get("tls_server_config")
    return Form(
        tls=_found_from(os.path.dirname(path), tls) if tls else None,
        users={str(name): text for name, text in data.get("basic_auth_users", {}).items()},
        headers=data.get("http_server_config", {}).get("headers", {}),
    )


def misfit(path: str, key: str, sentence: str) -> CatalogueError:
    """The error of a key in `tls_server_config` that fits the form and serves no purpose."""
    place = ("tls_server_config", key)
    line = YamlFile(path, "web config", FLAG).lines().of(place)
    return CatalogueError([_problem(path, place, line, sentence)])


def _refuse(file: YamlFile, findings: list[Finding]) -> None:
    lines = file.lines()
    found = [(path, lines.of(path), sentence) for path, sentence in findings]
    found += [
        (path, line, f"stands in line {first} already; remove one of them")
        for path, first, line in lines.repeated()
    ]
    if found:  # or a merge key only looked like one that stands twice
        raise CatalogueError(_problem(file.name, *one) for one in found)


def _problem(name: str, path: Path, line: int, sentence: str) -> Problem:
    section, key = (".".join(map(str, path[:-1])), str(path[-1])) if path else ("", "")
    return Problem(file=name, line=line, event=section, property=key, sentence=sentence)


def _found_from(folder: str, tls: dict[str, str]) -> Tls:
    """A relative name is seen from the folder of the web config."""
    return Tls(
        **{
            key: os.path.join(folder, value) if key.endswith("_file") else value
            for key, value in tls.items()
        }
    )


def _of_all(data: object) -> Iterator[Finding]:
    if data is None:
        return  # an empty file asks for nothing
    if not isinstance(data, dict):
        yield (), f"is no web config; it may hold {', '.join(_SECTIONS)}"
        return
    for name, section in data.items():
        if name not in _SECTIONS:
            yield (name,), _unknown(name, _SECTIONS)
        elif not isinstance(section, dict) or not section:
            # A section with nothing in it would leave open what it was to close.
            yield (name,), "holds no values; fill it in, or remove it"
        else:
            for path, sentence in _SECTIONS[name](section):
                yield (name, *path), sentence


def _unknown(name: object, known: Iterable[str]) -> str:
    if name in _ABSENT:
        return f"is not offered by Eventdeck; {_ABSENT[str(name)]}"
    return f"is not known; {nearest(str(name), known)}"


def _of_tls(section: dict[object, object]) -> Iterator[Finding]:
    for key, value in section.items():
        if key not in _TLS:
            yield (str(key),), _unknown(key, _TLS)
        elif not isinstance(value, str) or not value:
            yield (str(key),), f"cannot be {value!r}; write {_wanted(str(key))}"
        elif _TLS[str(key)] and value not in _TLS[str(key)]:
            yield (str(key),), f"cannot be {value}; write {_wanted(str(key))}"
    for key in ("cert_file", "key_file"):
        if key not in section:
            yield (), f"lacks {key}; without it there is no TLS"
    yield from _of_clients(section)
    if section.get("min_version") == "TLS13" and section.get("max_version") == "TLS12":
        yield ("max_version",), "is below min_version; raise it, or remove it"


def _wanted(key: str) -> str:
    return " or ".join(_TLS[key]) or "the name of a file"


def _of_clients(section: dict[object, object]) -> Iterator[Finding]:
    """Clients are verified by a certificate and a policy, or not at all."""
    asked = section.get("client_auth_type", ANONYMOUS) != ANONYMOUS
    if asked and "client_ca_file" not in section:
        yield ("client_auth_type",), "needs client_ca_file: what the clients are verified with"
    if not asked and "client_ca_file" in section:
        yield ("client_ca_file",), f"verifies nobody; set client_auth_type: {_REQUIRED}"


def _of_http(section: dict[object, object]) -> Iterator[Finding]:
    for key, value in section.items():
        if key == "headers" and isinstance(value, dict):
            yield from _of_headers(value)
        elif key == "headers":
            yield ("headers",), "is no list of headers; write NAME: value"
        elif key != "http2":
            yield (str(key),), _unknown(key, ("headers", "http2"))
        elif value is not False:
            yield ("http2",), "is not offered by Eventdeck; write false, or remove it"


def _of_headers(headers: dict[object, object]) -> Iterator[Finding]:
    for name, value in headers.items():
        if name not in _HEADERS:
            yield ("headers", str(name)), _unknown(name, _HEADERS)
        elif not re.fullmatch(_HEADERS[str(name)], str(value)):
            yield ("headers", str(name)), f"cannot be {value!r}; see its documentation"


def _of_users(users: dict[object, object]) -> Iterator[Finding]:
    for name, text in users.items():
        hashed = _HASH.fullmatch(text) if isinstance(text, str) else None
        if ":" in str(name) or not str(name):
            yield (str(name),), "is no name that a client can send; a colon would end it"
        elif hashed is None:
            # The value is not shown: it may be a password that was not hashed.
            yield (str(name),), f"is no bcrypt hash; `htpasswd -nBC 10 {name}` makes one"
        elif not _CHEAPEST <= int(hashed[1]) <= _DEAREST:
            wanted = f"a cost of {_CHEAPEST} to {_DEAREST}; `htpasswd -nBC 10 {name}` makes one"
            yield (str(name),), f"has a cost of {hashed[1]}, and cannot be borne; take {wanted}"


_SECTIONS: dict[str, Callable[[dict[object, object]], Iterator[Finding]]] = {
    "tls_server_config": _of_tls,
    "http_server_config": _of_http,
    "basic_auth_users": _of_users,
}

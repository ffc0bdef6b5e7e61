"""Certificates and keys that cannot serve: refused before the exporter listens."""

from collections.abc import Callable
from pathlib import Path

import pytest
from eventdeck.catalogue.problem import CatalogueError
from eventdeck.web.door import Door

from tests.exporter.test_serve_command import eventdeck, serve
from tests.exporter.web.certificates import Authority
from tests.exporter.web.conftest import WriteConfig

TLS = "tls_server_config:\n  cert_file: server.pem\n  key_file: server.key\n"
CLIENTS = "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.pem\n"
KEY = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"


def no_certificate(authority: Authority) -> None:
    """Never issued, or not for long."""
    (authority.folder / "server.pem").unlink()


def unreadable_key(authority: Authority) -> None:
    """By nobody, not even by root."""
    (authority.folder / "server.key").unlink()
    (authority.folder / "server.key").mkdir()


def foreign_key(authority: Authority) -> None:
    """Of another certificate."""
    authority.issue("other")[1].rename(authority.folder / "server.key")


def swapped(authority: Authority) -> None:
    """The key where the certificate should be."""
    (authority.folder / "server.pem").write_bytes((authority.folder / "server.key").read_bytes())


def locked_key(authority: Authority) -> None:
    """Nobody is there to type a passphrase."""
    authority.lock("server")


def garbled_key(authority: Authority) -> None:
    """PEM around nonsense."""
    (authority.folder / "server.key").write_text(KEY)


def empty_authority(authority: Authority) -> None:
    """A file with nothing in it."""
    authority.certificate.write_text("")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (no_certificate, "2: tls_server_config.cert_file: {}/server.pem cannot be read: No such"),
        (unreadable_key, "3: tls_server_config.key_file: {}/server.key cannot be read: Is a dir"),
        (foreign_key, "3: tls_server_config.key_file: {0}/server.key does not belong to {0}/ser"),
        (swapped, "2: tls_server_config.cert_file: {}/server.pem holds no certificate in PEM"),
        (locked_key, "3: tls_server_config.key_file: the key has a passphrase; store it without"),
        (garbled_key, "tls_server_config.cert_file: {0}/server.pem with {0}/server.key cannot be"),
        (empty_authority, "5: tls_server_config.client_ca_file: {}/ca.pem holds no certificate"),
    ],
)
def test_each_is_refused_with_its_key(
    authority: Authority,
    write_config: WriteConfig,
    spoil: Callable[[Authority], None],
    sentence: str,
) -> None:
    """Which file, named by which key, and what is wrong with it."""
    path = write_config(TLS + CLIENTS)
    spoil(authority)
    with pytest.raises(CatalogueError) as refused:
        Door(str(path))
    assert sentence.format(authority.folder) in str(refused.value)
    assert str(refused.value).startswith(f"{path}:")


def test_serve_refuses_in_one_sentence_and_listens_nowhere(tmp_path: Path) -> None:
    """A web config that is not there; the exporter never answers without it."""
    ended = serve("--web.config.file", "web.yml", cwd=tmp_path)
    assert ended.returncode == 1
    assert ended.stderr == (
        "eventdeck: web.yml: there is no such file; --web.config.file names another one\n"
    )
    by_environment = serve(cwd=tmp_path, EVENTDECK_WEB_CONFIG_FILE="web.yml")
    assert by_environment.stderr == ended.stderr


def test_check_tells_whether_a_web_config_will_do(
    authority: Authority, write_config: WriteConfig, tmp_path: Path
) -> None:
    """Before it replaces the one in use: what it asks for, or what is wrong."""
    write_config(TLS + CLIENTS + "basic_auth_users: {ann: HASH}\n")
    good = eventdeck("check", "--web.config.file", "web.yml", cwd=tmp_path)
    assert good.returncode == 0
    assert good.stdout == (
        "web.yml: asks for TLS and a client's certificate (RequireAndVerifyClientCert) and a "
        "password, no errors\n"
    )
    foreign_key(authority)
    bad = eventdeck("check", "--web.config.file", "web.yml", cwd=tmp_path)
    assert bad.returncode == 1
    assert "web.yml:3: tls_server_config.key_file: server.key does not belong" in bad.stderr

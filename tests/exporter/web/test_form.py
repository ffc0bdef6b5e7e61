"""A web config that is wrong: a sentence for each, and nothing of it is passed over."""

from pathlib import Path

import pytest
from eventdeck.catalogue.problem import CatalogueError
from eventdeck.web.form import read

from tests.exporter.web.conftest import WriteConfig

PAIR = "cert_file: server.pem, key_file: server.key"
# Every key that the form had when this was written (exporter-toolkit, docs/web-configuration.md).
KNOWN = {
    "cert_file": "server.pem",
    "key_file": "server.key",
    "client_ca_file": "ca.pem",
    "client_auth_type": "RequireAndVerifyClientCert",
    "min_version": "TLS12",
    "max_version": "TLS13",
}
ABSENT = (
    "cert",
    "key",
    "client_ca",
    "client_allowed_sans",
    "cipher_suites",
    "prefer_server_cipher_suites",
    "curve_preferences",
)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a\n", "web.yml:1: is no web config; it may hold tls_server_config, http_server"),
        ("a: [\n", "web.yml:2: is not YAML: "),
        ("tls_server_confg: {}\n", 'web.yml:1: tls_server_confg: is not known; did you mean "tls'),
        ("\n\nbasic_auth_users:\n", "web.yml:3: basic_auth_users: holds no values; fill it in"),
        ("basic_auth_users: {}\n", "web.yml:1: basic_auth_users: holds no values; fill it in"),
        ("tls_server_config: [a]\n", "web.yml:1: tls_server_config: holds no values; fill it"),
        ("rate_limit: {burst: 1}\n", "web.yml:1: rate_limit: is not offered by Eventdeck; remove"),
        (
            "tls_server_config:\n  cert_fil: a\n  key_file: b\n",
            "web.yml:1: tls_server_config: lacks cert_file; without it there is no TLS",
        ),
        (
            "tls_server_config: {cert_file: 5, key_file: b}\n",
            "web.yml:1: tls_server_config.cert_file: cannot be 5; write the name of a file",
        ),
        (
            f"tls_server_config: {{{PAIR}, min_version: TLS11}}\n",
            "tls_server_config.min_version: cannot be TLS11; write TLS12 or TLS13",
        ),
        (
            f"tls_server_config: {{{PAIR}, min_version: TLS13, max_version: TLS12}}\n",
            "tls_server_config.max_version: is below min_version; raise it, or remove it",
        ),
        (
            f"tls_server_config: {{{PAIR}, client_auth_type: RequestClientCert}}\n",
            "client_auth_type: cannot be RequestClientCert; write NoClientCert or VerifyClientCer",
        ),
        (
            f"tls_server_config: {{{PAIR}, client_auth_type: RequireAndVerifyClientCert}}\n",
            "tls_server_config.client_auth_type: needs client_ca_file: what the clients are",
        ),
        (
            f"tls_server_config: {{{PAIR}, client_ca_file: ca.pem}}\n",
            "tls_server_config.client_ca_file: verifies nobody; set client_auth_type: Require",
        ),
        ("http_server_config: {http2: true}\n", "http_server_config.http2: is not offered by"),
        ("http_server_config: {header: {}}\n", "http_server_config.header: is not known; did you"),
        ("http_server_config: {headers: 1}\n", "http_server_config.headers: is no list of"),
        (
            "http_server_config:\n  headers:\n    X-Frame-Option: deny\n",
            'web.yml:3: http_server_config.headers.X-Frame-Option: is not known; did you mean "X',
        ),
        (
            'http_server_config: {headers: {X-Frame-Options: "deny\\r\\nSet-Cookie: a"}}\n',
            "http_server_config.headers.X-Frame-Options: cannot be ",
        ),
        (
            "http_server_config: {headers: {Content-Security-Policy: none}}\n",
            "Content-Security-Policy: is not offered by Eventdeck; remove it; the page has a stri",
        ),
        (
            "basic_auth_users:\n  ann: $2y$17$" + "a" * 53,
            "web.yml:2: basic_auth_users.ann: has a cost of 17, and cannot be borne; take a cost o",
        ),
        ('basic_auth_users: {"a:b": HASH}\n', "basic_auth_users.a:b: is no name that a client"),
        (
            "basic_auth_users:\n  ann: HASH\n  ann: HASH\n",
            "web.yml:3: basic_auth_users.ann: stands in line 2 already; remove one of them",
        ),
    ],
)
def test_each_is_refused_with_place_and_remedy(
    write_config: WriteConfig, text: str, sentence: str
) -> None:
    """File, line, key, what is wrong, what to do."""
    path = write_config(text)
    with pytest.raises(CatalogueError) as refused:
        read(str(path))
    assert sentence in str(refused.value)
    assert str(refused.value).startswith(f"{path}:")


@pytest.mark.parametrize("value", ["open sesame", "$2y$10$short", "5", "[a]", ""])
def test_a_password_that_is_no_hash_is_refused_and_not_repeated(
    write_config: WriteConfig, value: str
) -> None:
    """Whoever forgot to hash it does not find it in a log as well."""
    path = write_config(f"basic_auth_users:\n  ann: {value}\n")
    with pytest.raises(CatalogueError) as refused:
        read(str(path))
    assert str(refused.value) == (
        f"{path}:2: basic_auth_users.ann: is no bcrypt hash; `htpasswd -nBC 10 ann` makes one"
    )


@pytest.mark.parametrize("key", ABSENT)
def test_what_others_offer_and_eventdeck_does_not_is_refused(
    write_config: WriteConfig, key: str
) -> None:
    """Never passed over: a rule that is not kept would be believed in."""
    path = write_config(f"tls_server_config: {{{PAIR}, {key}: a}}\n")
    with pytest.raises(CatalogueError, match=f"{key}: is not offered by Eventdeck; "):
        read(str(path))


def test_all_that_is_wrong_is_said_at_once(write_config: WriteConfig) -> None:
    """Three mistakes, three lines."""
    path = write_config("tls_server_config: {cert_file: a, kye_file: b}\nbasic_auth_user: {}\n")
    with pytest.raises(CatalogueError) as refused:
        read(str(path))
    assert len(str(refused.value).splitlines()) == 3


def test_what_is_offered_is_taken_as_it_stands(write_config: WriteConfig, tmp_path: Path) -> None:
    """Files are found from the folder of the web config; an empty one asks for nothing."""
    pairs = ", ".join(f"{key}: {value}" for key, value in KNOWN.items())
    form = read(
        str(
            write_config(
                f"tls_server_config: {{{pairs}}}\n"
                "http_server_config: {http2: false, headers: {X-Frame-Options: deny}}\n"
                "basic_auth_users: {ann: HASH, 7: HASH}\n"
            )
        )
    )
    assert form.tls is not None
    assert form.tls.cert_file == str(tmp_path / "server.pem")
    assert form.tls.client_auth_type == "RequireAndVerifyClientCert"
    assert set(form.users) == {"ann", "7"}
    assert form.headers == {"X-Frame-Options": "deny"}
    assert read(str(write_config("# nothing yet\n"))).tls is None

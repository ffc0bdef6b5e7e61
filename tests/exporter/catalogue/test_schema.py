"""The JSON schema against the loader: editors and Eventdeck must agree."""

from pathlib import Path

import pytest
import yaml
from eventdeck.catalogue.schema import json_schema
from jsonschema import Draft202012Validator, FormatChecker

from tests.exporter.catalogue.catalogues import SHOP

VALIDATOR = Draft202012Validator(json_schema(), format_checker=FormatChecker())


class EditorLoader(yaml.SafeLoader):
    """YAML 1.2 as editors read it: a day is text."""


EditorLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def errors(text: str) -> list[str]:
    """What an editor would underline."""
    data = yaml.load(text, Loader=EditorLoader)  # noqa: S506  a SafeLoader
    return [error.message for error in VALIDATOR.iter_errors(data)]


def test_it_is_a_schema() -> None:
    """The schema obeys the schema of schemas."""
    Draft202012Validator.check_schema(json_schema())


def test_the_real_catalogue_is_valid(real: Path) -> None:
    """The catalogue that we ship is valid, and names the schema in its first line."""
    text = real.read_text(encoding="utf-8")
    assert errors(text) == []
    assert text.startswith("# yaml-language-server: $schema=events.schema.json\n")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("catalogue: 1", "catalogue: 2"),
        ("namespace: shop", "namespace: my-shop"),
        ("namespace: shop\n", ""),
        ("2025-10-20", "soon"),
        ("order.paid", "OrderPaid"),
        ("triggered", "trigered"),
        ("label: true", "lable: true"),
        ("type: boolean", "type: bool"),
        ("[card, cash]", "[card, _other]"),
        ("[card, cash]", "[]"),
        ("[1, 60]", "[one]"),
        ("Order is paid", '""'),
    ],
)
def test_a_wrong_catalogue_is_not_valid(old: str, new: str) -> None:
    """What the loader refuses by its form, the editor underlines."""
    assert errors(SHOP) == []
    assert errors(SHOP.replace(old, new, 1))


def test_every_key_is_explained() -> None:
    """Whatever an editor offers, it can also explain."""
    for about in (json_schema(), *json_schema()["$defs"].values()):
        for name, key in about["properties"].items():
            assert key.get("description"), name

"""How data are written: as JSON for Grafana, as YAML for Prometheus."""

import json

import yaml

from eventdeck.render.fill import Json


def as_json(data: Json) -> str:
    """Readable JSON."""
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def as_yaml(head: str, data: Json) -> str:
    """Readable YAML below a comment."""
    body = yaml.dump(data, Dumper=_Dumper, sort_keys=False, width=100, allow_unicode=True)
    return f"# {head}\n{body}"


class _Dumper(yaml.SafeDumper):
    """Block style: a query of several lines stays one, and lists are indented."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002  PyYAML's signature
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, _data: object) -> bool:
        return True

    def represent_scalar(self, tag: str, value: str, style: str | None = None) -> yaml.ScalarNode:
        return super().represent_scalar(tag, value, "|" if "\n" in value else style)

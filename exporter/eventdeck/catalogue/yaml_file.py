"""A file in YAML: its bytes, what its YAML holds, and in which line each of it stands."""

import os
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Any

import yaml

from eventdeck.catalogue.problem import CatalogueError, Path, whole

try:  # libyaml is ten times faster; some builds of PyYAML come without it
    from yaml import CSafeLoader as _SafeLoader
except ImportError:
    from yaml import SafeLoader as _SafeLoader  # type: ignore[assignment]


class _Loader(_SafeLoader):
    """YAML says that a key written twice is an error; PyYAML keeps the last one in silence."""

    repeated = False  # perhaps: a merge key (<<) looks the same until the nodes are walked

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002  PyYAML's signature
        mapping = super().construct_mapping(node, deep=deep)
        self.repeated = self.repeated or len(mapping) != len(node.value)
        return mapping


# A day stays text, as in YAML 1.2: one that does not exist is then refused in its own line.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in _SafeLoader.yaml_implicit_resolvers.items()
}


class YamlFile:
    """One file, read once. `data` is what it holds; `repeated` says that a key may stand twice."""

    def __init__(
        self, path: str | os.PathLike[str], what: str = "catalogue", flag: str = "--catalogue"
    ) -> None:
        """Read and parse; raise `CatalogueError` with one problem if that is impossible.

        `what` it should be and the `flag` that names it are for the sentence that then follows.
        """
        self.name = os.fspath(path)
        self._what, self._flag = what, flag
        self.bytes = self._read()
        self.text = self._decode()
        self.data, self.repeated = self._parse()

    def refuse(self, sentence: str, line: int = 0) -> CatalogueError:
        """The error of this file, if it cannot be looked into any further."""
        return whole(self.name, sentence, line)

    def _read(self) -> bytes:
        try:
            return FilePath(self.name).read_bytes()
        except FileNotFoundError:
            raise self.refuse(f"there is no such file; {self._flag} names another one") from None
        except IsADirectoryError:
            raise self.refuse(f"is a folder; name the {self._what} in it") from None
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise self.refuse(f"cannot be read: {reason}") from None

    def _decode(self) -> str:
        try:
            return self.bytes.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = self.bytes.count(b"\n", 0, error.start) + 1
            raise self.refuse("is not UTF-8 text; save it as UTF-8", line) from None

    def _parse(self) -> tuple[object, bool]:
        try:
            loader = _Loader(self.text)
            try:
                return loader.get_single_data(), loader.repeated
            finally:
                loader.dispose()
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else 0
            raise self.refuse(f"is not YAML: {error.problem or error.context}", line) from None
        except yaml.reader.ReaderError as error:
            line = self.text.count("\n", 0, max(error.position, 0)) + 1
            raise self.refuse("is not YAML: holds a control character", line) from None
        except (ValueError, OverflowError) as error:  # a number of 5000 digits
            raise self.refuse(f"is not YAML that can be read: {error}") from None

    def lines(self) -> "Lines":
        """Where things stand; costs a second parse, so only a wrong catalogue asks."""
        return Lines(yaml.compose(self.text, Loader=_SafeLoader))


class Lines:
    """The line of every key, counted from 1."""

    def __init__(self, root: yaml.Node | None) -> None:
        """Keep the nodes of a document."""
        self.root = root

    def of(self, path: Path) -> int:
        """The line of the deepest part of the path that the file has."""
        node, line = self.root, 1
        for part in path:
            found = _child(node, part)
            if found is None:
                break
            line, node = found
        return line

    def repeated(self) -> Iterator[tuple[Path, int, int]]:
        """Keys that stand twice in one mapping: path, first line, further line."""
        yield from _repeated(self.root, (), set())


def _child(node: yaml.Node | None, part: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part].start_mark.line + 1, node.value[part]
    if isinstance(node, yaml.MappingNode):
        for key, value in reversed(node.value):  # of a key written twice, the last one counts
            if key.value == str(part):
                return key.start_mark.line + 1, value
    return None


def _repeated(
    node: yaml.Node | None, path: Path, seen: set[int]
) -> Iterator[tuple[Path, int, int]]:
    if id(node) in seen or not isinstance(node, yaml.CollectionNode):
        return  # an alias leads to a node a second time, and may lead round in a circle
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _repeated(item, (*path, index), seen)
        return
    first: dict[str, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if isinstance(key, yaml.ScalarNode) and key.tag != "tag:yaml.org,2002:merge":
            if key.value in first:
                yield (*path, key.value), first[key.value], line
            first.setdefault(key.value, line)
        yield from _repeated(value, (*path, str(key.value)), seen)

"""Why data does not fit the written form: every reason, not only the first.

`msgspec.convert` is what a right catalogue goes through; it stops at the first error. This is its
slow twin for wrong ones: it walks the same records, reports each misfit with its path, and returns
the form with the misfits left out, so that lint can look at the rest.
"""

from datetime import date
from typing import Any

from msgspec import UNSET, ValidationError, convert, inspect

from eventdeck.catalogue.form import CatalogueForm
from eventdeck.catalogue.problem import Path, nearest, place

Found = list[tuple[Path, str]]

# What people write for a type out of habit, where the spelling is no help.
ALIASES = {
    "array": "list",
    "bool": "boolean",
    "date": "datetime",
    "enum": "string",
    "float": "number",
    "int": "number",
    "integer": "number",
    "str": "string",
    "text": "string",
    "time": "datetime",
    "timestamp": "datetime",
    "uuid": "id",
}


def fit(data: object, found: Found) -> CatalogueForm:
    """Make as much of the form as the data allow; add (path, sentence) for what they do not."""
    form = _fit(data, inspect.type_info(CatalogueForm), (), found)
    assert isinstance(form, CatalogueForm)  # noqa: S101  the caller has seen a mapping
    return form


def _fit(  # noqa: PLR0911  one return a kind
    value: object, kind: inspect.Type, path: Path, found: Found
) -> Any:  # noqa: ANN401
    """The value as the form wants it, or UNSET where that is impossible."""
    match kind:
        case inspect.Metadata(type=inner):
            return _fit(value, inner, path, found)
        case inspect.UnionType():
            return _fit(value, _branch(value, kind), path, found)
        case inspect.StructType() if isinstance(value, dict):
            return _struct(value, kind, path, found)
        case inspect.DictType() if isinstance(value, dict):
            return _mapping(value, kind, path, found)
        case inspect.VarTupleType() if isinstance(value, list) and (value or not kind.min_length):
            items = [_fit(v, kind.item_type, (*path, i), found) for i, v in enumerate(value)]
            return tuple(item for item in items if item is not UNSET)
        case inspect.StrType(min_length=1) if value == "":
            found.append((path, f"{_subject(path)}is empty; write text"))
            return UNSET
        case inspect.LiteralType():
            return _literal(value, kind, path, found)
    return _scalar(value, kind, path, found)


def _branch(value: object, union: inspect.UnionType) -> inspect.Type:
    """The member of a union that the value was meant for, by its shape."""
    wanted: type[inspect.Type] = inspect.StrType
    if isinstance(value, dict | list):
        wanted = inspect.StructType if isinstance(value, dict) else inspect.VarTupleType
    members = [_bare(member) for member in union.types]
    return next((member for member in members if isinstance(member, wanted)), members[0])


def _bare(kind: inspect.Type) -> inspect.Type:
    return _bare(kind.type) if isinstance(kind, inspect.Metadata) else kind


def _struct(value: dict[Any, Any], kind: inspect.StructType, path: Path, found: Found) -> object:
    fields = {field.name: field for field in kind.fields}
    for key in value:
        if key not in fields:
            hint = nearest(str(key), fields)
            found.append(((*path, str(key)), f'"{key}" is no key that is known here; {hint}'))
    made = {}
    for name, field in fields.items():
        if name in value:
            item = _fit(value[name], field.type, (*path, name), found)
        elif field.required:
            found.append(((*path, name), f'says no "{name}"; add it: {_meaning(field)}'))
            item = UNSET
        else:
            continue
        if item is not UNSET:
            made[name] = item
        elif field.required:
            made[name] = _nothing(_bare(field.type))
    return kind.cls(**made)


def _meaning(field: inspect.Field) -> str:
    schema = field.type.extra_json_schema if isinstance(field.type, inspect.Metadata) else None
    return str((schema or {}).get("description", "it"))


def _nothing(kind: inspect.Type) -> object:
    """What stands in for a required value that is missing or unusable."""
    empty: dict[type, object] = {inspect.DictType: {}, inspect.VarTupleType: (), inspect.IntType: 0}
    return empty.get(type(kind), "")


def _mapping(
    value: dict[Any, Any], kind: inspect.DictType, path: Path, found: Found
) -> dict[str, Any]:
    made = {}
    for key, item in value.items():
        if not isinstance(key, str):
            found.append(
                ((*path, str(key)), f'the name {_got(key)} is not text; put it in "quotes"')
            )
            continue
        fitted = _fit(item, kind.value_type, (*path, key), found)
        made[key] = _standing(kind.value_type) if fitted is UNSET else fitted
    return made


def _standing(kind: inspect.Type) -> object:
    """Keeps the name of an unusable event or property known to those who refer to it."""
    bare = _bare(kind)
    if isinstance(bare, inspect.UnionType):
        bare = next((t for t in map(_bare, bare.types) if isinstance(t, inspect.StructType)), bare)
    if isinstance(bare, inspect.StructType):
        return _struct({}, bare, (), [])
    return _nothing(bare)


def _literal(value: object, kind: inspect.LiteralType, path: Path, found: Found) -> object:
    known = [str(member) for member in kind.values]
    if value in known:
        return value
    alias = ALIASES.get(str(value).lower())
    hint = f'write "{alias}"' if alias in known else nearest(str(value), known)
    found.append((path, f'"{value}" is no {path[-1]}; {hint}'))
    return UNSET


_EXPECTED = {
    inspect.BoolType: "true or false",
    inspect.DateType: "a day, such as 2025-10-20",
    inspect.DictType: "a mapping",
    inspect.FloatType: "a number",
    inspect.IntType: "a whole number",
    inspect.VarTupleType: "a list in [brackets] that is not empty",
    inspect.StrType: "text",
    inspect.StructType: "a mapping",
}
_PYTHON: dict[type, object] = {
    inspect.BoolType: bool,
    inspect.DateType: date,
    inspect.FloatType: float,
    inspect.IntType: int,
    inspect.StrType: str,
}


def _scalar(value: object, kind: inspect.Type, path: Path, found: Found) -> object:
    try:
        return convert(value, _PYTHON[type(kind)])
    except (KeyError, ValidationError, OverflowError):
        expected = _EXPECTED.get(type(kind), "something else")
        got = "nothing stands there" if value is None else f"not {_got(value)}"
        found.append((path, f"{_subject(path)}should be {expected}, {got}{_cure(value, kind)}"))
        return UNSET


def _cure(value: object, kind: inspect.Type) -> str:
    """YAML reads `no`, `12` and `1e6` otherwise than people do."""
    if (
        isinstance(kind, inspect.StrType)
        and value is not None
        and not isinstance(value, dict | list)
    ):
        return '; put it in "quotes"'
    if isinstance(kind, inspect.FloatType) and isinstance(value, str):
        try:
            return f"; write {float(value):.15g}"
        except ValueError:
            return ""
    return ""


def _subject(path: Path) -> str:
    """The part of the path that `Problem` does not name: `"buckets" `, `item 2 of "values" `."""
    words = [
        f"item {part + 1}" if isinstance(part, int) else f'"{part}"' for part in place(path)[2]
    ]
    return " of ".join(reversed(words)) + " " if words else ""


def _got(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f'the text "{value[:40]}"' if value else "an empty text"
        case dict():
            return "a mapping"
        case list():
            return "a list" if value else "an empty list"
    return str(value)

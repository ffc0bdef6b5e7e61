"""Loading: inheritance, references, and files that cannot be read at all."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from eventdeck.catalogue.load import CatalogueError, load
from eventdeck.catalogue.model import LineFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.exporter.catalogue.catalogues import SHOP, Load


def test_an_event_inherits_common_properties(load_text: Load) -> None:
    """A description alone, or what differs, is enough for a property named in `common`."""
    user_id, wait, _, _ = load_text(SHOP).by_name["order.paid"].properties
    assert (user_id.type, user_id.description) == ("id", "Who paid")
    assert (wait.unit, wait.description, wait.nullable) == ("seconds", "Time waited", True)
    assert wait.buckets == (1.0, 60.0)


def test_an_event_that_names_a_common_property_always_carries_it(load_text: Load) -> None:
    """Optional is what any line may carry, not what an event says it carries."""
    catalogue = load_text(SHOP)
    assert all(prop.optional for prop in catalogue.common)
    assert not any(prop.optional for prop in catalogue.events[0].properties)


def test_labels_get_their_values(load_text: Load) -> None:
    """A list is looked up by name; a boolean has its two values without being told."""
    method, late = load_text(SHOP).events[0].labels
    assert method.label_values == ("card", "cash", "_missing", "_other")
    assert late.values == ("true", "false")


def test_what_is_left_out_has_a_default(load_text: Load) -> None:
    """Line format, group and day need not be said."""
    catalogue = load_text(SHOP)
    assert catalogue.line == LineFormat()
    assert catalogue.events[0].group == "Order"
    assert catalogue.events[0].since == date(2025, 10, 20)


def test_an_event_takes_three_lines(load_text: Load) -> None:
    """Description, trigger and properties in flow style are an event."""
    catalogue = load_text(
        SHOP
        + """\
  order.sent:
    description: Order is sent
    triggered: When the parcel leaves
    properties: { user_id: Who sent it, parcel_id: { type: id, description: Parcel } }
"""
    )
    assert [prop.type for prop in catalogue.by_name["order.sent"].properties] == ["id", "id"]


def test_groups_are_by_resource_or_the_events_own(load_text: Load) -> None:
    """`groups` names the heading of a resource; an event may stand elsewhere."""
    text = SHOP.replace("lists:", "groups: { order: Sales }\nlists:")
    assert load_text(text).events[0].group == "Sales"
    text = text.replace("    triggered:", "    group: Money\n    triggered:")
    assert load_text(text).events[0].group == "Money"


def test_the_digest_tells_versions_apart(load_text: Load) -> None:
    """The same bytes have the same digest, others another."""
    assert load_text(SHOP).digest == load_text(SHOP).digest != load_text(SHOP + "\n").digest


def test_a_byte_order_mark_is_no_obstacle(load_text: Load) -> None:
    """Editors that begin UTF-8 with a mark are forgiven."""
    assert load_text("\ufeff" + SHOP).application == "Shop"


def test_a_merge_key_is_no_repetition(load_text: Load) -> None:
    """What `<<` brings in may be written again; that is what it is for."""
    text = SHOP.replace("order.paid:\n", "order.paid: &paid\n") + (
        "  order.lost:\n    <<: *paid\n    description: Order is lost\n"
    )
    assert load_text(text).by_name["order.lost"].triggered == "When the money arrives"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", ' is empty; a catalogue begins with "catalogue: 1"'),
        (b"# nothing\n", ' is empty; a catalogue begins with "catalogue: 1"'),
        (b"- a\n", ' is no catalogue: it should hold "catalogue: 1", "events:" and more'),
        (b"a: 1\nb: [\n", "3: is not YAML: did not find expected node content"),
        (b"a: 1\nb: \xff\n", "2: is not UTF-8 text; save it as UTF-8"),
        (b"a: 1\nb: \x01\n", "2: is not YAML: holds a control character"),
        (b"a: 1\n---\nb: 2\n", "2: is not YAML: but found another document"),
        (b"a: " + b"[" * 2000 + b"]" * 2000, " is nested too deeply"),
        (
            b"a: 1\ncatalogue: 2\n",
            (
                "2: is made for a newer Eventdeck: it is of format 2, this Eventdeck reads 1; "
                "upgrade Eventdeck"
            ),
        ),
    ],
)
def test_a_file_that_is_no_catalogue(tmp_path: Path, content: bytes, expected: str) -> None:
    """One sentence, with the line where reading ended."""
    path = tmp_path / "events.yaml"
    path.write_bytes(content)
    with pytest.raises(CatalogueError) as caught:
        load(path)
    assert str(caught.value) == f"{path}:{expected}"


def test_no_such_file(tmp_path: Path) -> None:
    """A missing catalogue is named, and the flag that names another."""
    with pytest.raises(CatalogueError, match="there is no such file; --catalogue names another"):
        load(tmp_path / "events.yaml")


def test_a_folder(tmp_path: Path) -> None:
    """A folder in the place of the file is told apart from a missing file."""
    with pytest.raises(CatalogueError, match="is a folder; name the catalogue in it"):
        load(tmp_path)


def test_the_real_catalogue_is_cheap(real: Path) -> None:
    """Loading imports nothing that would weigh on the exporter's memory."""
    heavy = {"asyncio", "dataclasses", "difflib", "hashlib", "ssl"}
    code = (
        "import sys; from eventdeck.catalogue.load import load; "
        f"load({str(real)!r}); print(sorted({heavy!r} & set(sys.modules)))"
    )
    assert run(code, real) == "[]"


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.sampled_from(["", "x", "_other", "order.paid", "1e3", "true", "[]", "{}", "2025-01-01"]),
)


def test_it_loads_without_libyaml(real: Path) -> None:
    """Some builds of PyYAML come without the C parser; the slow one reads the same."""
    code = (
        "import sys; sys.modules['yaml._yaml'] = None; import yaml; "
        "from eventdeck.catalogue.load import load; "
        f"print(yaml.__with_libyaml__, load({str(real)!r}).digest)"
    )
    assert run(code, real) == f"False {load(real).digest}"


def run(code: str, real: Path) -> str:
    """Run Python code in a process of its own, with the package that stands beside the file."""
    environment = {**os.environ, "PYTHONPATH": str(real.parent)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def outcome(path: Path) -> str:
    """Give the name of the application, or everything that is wrong."""
    try:
        return load(path).application
    except CatalogueError as error:
        return str(error) or "refused without a word: Expected `something`"


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_whatever_is_written_is_read_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    """Any line with any other value is a catalogue or a `CatalogueError` in our own words."""
    lines = SHOP.splitlines()
    number = data.draw(st.integers(0, len(lines) - 1))
    key = lines[number].partition(":")[0]
    value = data.draw(SCALARS)
    lines[number] = f"{key}: {'' if value is None else str(value).lower()}"
    path = tmp_path / "events.yaml"
    path.write_text("\n".join(lines), encoding="utf-8")
    assert "Expected `" not in outcome(path)

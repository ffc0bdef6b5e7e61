"""What Promtail keeps of a line follows from the catalogue."""

from pathlib import Path

import pytest
from eventdeck.catalogue.load import CatalogueError, load
from eventdeck.catalogue.model import Catalogue
from eventdeck.render import promtail, redaction
from msgspec import structs

ROOT = Path(__file__).parents[3]
SHOP = ROOT / "tests/exporter/sample/shop.yaml"


@pytest.fixture(scope="module")
def real() -> Catalogue:
    """Load the catalogue that the project ships."""
    return load(ROOT / "exporter/events.yaml")


@pytest.fixture(scope="module")
def shop() -> Catalogue:
    """Load another application's."""
    return load(SHOP)


def test_a_plan_says_what_each_property_must_be(real: Catalogue) -> None:
    """Kinds come from types; private and hashed go before them."""
    failed = redaction.plan(real, real.by_name["auth.login_failed"].properties)
    assert failed == ["hashed username", "string auth_method", "string reason"]
    started = redaction.plan(real, real.by_name["timer.started"].properties)
    assert started == ["id user_id", "id project_id", "id task_id", "private description"]


def test_every_private_property_is_known_by_name(real: Catalogue) -> None:
    """The mode `mask` blots these out wherever they stand."""
    names = ["description", "error_message", "project_name", "username"]
    assert redaction.private_names(real) == names


def test_a_property_that_is_private_for_all_is_private_for_each(real: Catalogue) -> None:
    """An event that names a common property again cannot make it public by that."""
    secret = tuple(structs.replace(prop, private=True) for prop in real.common)
    changed = structs.replace(real, common=secret)
    login = changed.by_name["auth.login"].properties
    assert "private user_id" in redaction.plan(changed, login)


def test_another_application_has_its_own(shop: Catalogue) -> None:
    """Fields, zone and label are those of its catalogue; nothing of the first customer is left."""
    text = promtail.render(shop)
    assert "app: shop\n" in text
    assert "location: America/New_York" in text
    assert 'get $ids "trace_id"' in text
    assert 'get $ids "customer_id"' in text
    assert "timetracker" not in text.lower()
    assert "asctime" not in text


def test_time_patterns_become_layouts() -> None:
    """Go reads fractions of a second by itself, so no layout has one."""
    assert promtail.layouts("rfc3339", "events.yaml")[0] == "2006-01-02T15:04:05Z07:00"
    pattern = "%Y-%m-%d %H:%M:%S,%f"
    assert promtail.layouts(pattern, "events.yaml") == ["2006-01-02 15:04:05"]


def test_a_pattern_that_go_cannot_read_is_refused(real: Catalogue) -> None:
    """Better no configuration than one that silently takes the wrong time."""
    (time, *_) = real.line.time
    line = structs.replace(real.line, time=(structs.replace(time, format="%Y %j %U %H"),))
    with pytest.raises(CatalogueError, match='Promtail cannot read "%U"'):
        promtail.render(structs.replace(real, line=line))

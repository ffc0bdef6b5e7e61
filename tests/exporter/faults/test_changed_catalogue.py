"""A catalogue that has changed: what is still valid goes on, the rest is said and set aside."""

from pathlib import Path

from tests.exporter.faults import state_file
from tests.exporter.faults.application import Application
from tests.exporter.faults.conftest import Serve
from tests.exporter.faults.exporter_process import ExporterProcess
from tests.exporter.soak.counters import Watch

GAUGE = """gauges:
  carts_open:
    description: Carts that are open
    up: [cart.opened]
    down: [cart.closed]
"""
CLOSED = """  cart.closed:
    description: A cart is closed
    triggered: By the customer
    properties:
      amount:
        type: number
        description: What is in it
        buckets: [10, 100]
"""
CATALOGUE = f"""catalogue: 1
application: Shop
namespace: shop
since: 2026-01-01
{GAUGE}events:
  cart.opened:
    description: A cart is opened
    triggered: By the customer
    properties:
      channel:
        type: string
        description: Where
        label: true
        values: [web, app]
{CLOSED}"""
LINES = b"""{"timestamp": "2026-11-23T10:00:00Z", "event": "cart.opened", "channel": "web"}
{"timestamp": "2026-11-23T10:00:01Z", "event": "cart.opened", "channel": "app"}
{"timestamp": "2026-11-23T10:00:02Z", "event": "cart.opened", "channel": "phone"}
{"timestamp": "2026-11-23T10:00:03Z", "event": "cart.closed", "amount": 50}
{"timestamp": "2026-11-23T10:00:04Z", "event": "cart.lost"}
"""
AMOUNT = "shop_cart_closed_amount"


def stopped(serve: Serve, application: Application, place: Path) -> ExporterProcess:
    """Count the lines by the catalogue as it is first, and end."""
    catalogue = place / "events.yaml"
    catalogue.write_text(CATALOGUE)
    exporter = serve(catalogue=catalogue)
    application.write_bytes(LINES)
    exporter.settles_at(4)
    exporter.stop()
    return exporter


def change(exporter: ExporterProcess, old: str, new: str) -> None:
    """Edit the catalogue."""
    assert CATALOGUE.count(old) == 1
    exporter.catalogue.write_text(CATALOGUE.replace(old, new))


def test_an_event_is_added(serve: Serve, application: Application, place: Path) -> None:
    """It begins at 0, for nobody knows what of `_unknown` it was; all else goes on."""
    exporter = stopped(serve, application, place)
    lost = "  cart.lost:\n    description: A cart is lost\n    triggered: By nobody\n"
    change(exporter, "events:\n", f"events:\n{lost}")
    application.write_bytes(LINES)
    scrape = exporter.start().settles_at(9)
    assert scrape['shop_events_total{event="cart.lost"}'] == 1
    assert scrape['shop_events_total{event="_unknown"}'] == 1
    assert scrape['shop_events_total{event="cart.opened"}'] == 6
    assert not exporter.says("the catalogue has changed")
    assert state_file.set_aside(exporter.state, "before") == []


def test_an_event_is_removed(serve: Serve, application: Application, place: Path) -> None:
    """Its counts are kept aside and named; it counts as unknown from now on."""
    exporter = stopped(serve, application, place)
    change(exporter, CLOSED, "")
    without_gauge = exporter.catalogue.read_text().replace(GAUGE, "")
    exporter.catalogue.write_text(without_gauge)
    exporter.watch = Watch()
    application.write_bytes(LINES)
    scrape = exporter.start().settles_at(6)
    assert scrape['shop_events_total{event="_unknown"}'] == 3
    assert exporter.says("carts_open is no longer a gauge")
    assert exporter.says("cart.closed is no longer in the catalogue: its 1 are gone")
    kept = state_file.set_aside(exporter.state, "before")
    assert [state_file.read(path).events["cart.closed"].total.value for path in kept] == [1]


def test_a_label_value_is_added(serve: Serve, application: Application, place: Path) -> None:
    """What counted as _other stays there; the new value begins at 0."""
    exporter = stopped(serve, application, place)
    change(exporter, "values: [web, app]", "values: [web, app, phone]")
    application.write_bytes(LINES)
    scrape = exporter.start().settles_at(8)
    values = {"web": 2, "app": 2, "phone": 1, "_other": 1, "_missing": 0}
    for value, count in values.items():
        assert scrape[f'shop_cart_opened_total{{channel="{value}"}}'] == count
    assert not exporter.says("the catalogue has changed")


def test_a_label_value_is_removed(serve: Serve, application: Application, place: Path) -> None:
    """Its count is kept aside and named; the total goes on."""
    exporter = stopped(serve, application, place)
    change(exporter, "values: [web, app]", "values: [web]")
    exporter.watch = Watch()
    application.write_bytes(LINES)
    scrape = exporter.start().settles_at(8)
    assert scrape['shop_events_total{event="cart.opened"}'] == 6
    assert scrape['shop_cart_opened_total{channel="web"}'] == 2
    assert scrape['shop_cart_opened_total{channel="_other"}'] == 3
    assert exporter.says("cart.opened{app} is no longer a series")
    assert len(state_file.set_aside(exporter.state, "before")) == 1


def test_buckets_are_changed(serve: Serve, application: Application, place: Path) -> None:
    """Counts by bucket cannot be divided anew: the histogram begins at 0, which is said."""
    exporter = stopped(serve, application, place)
    change(exporter, "buckets: [10, 100]", "buckets: [10, 60, 100]")
    exporter.watch = Watch()
    application.write_bytes(LINES)
    scrape = exporter.start().settles_at(8)
    assert scrape['shop_events_total{event="cart.closed"}'] == 2
    assert scrape[f'{AMOUNT}_bucket{{le="60.0"}}'] == scrape[f"{AMOUNT}_count"] == 1
    assert exporter.says("cart.closed.amount has other buckets now: it begins at 0")
    assert len(state_file.set_aside(exporter.state, "before")) == 1
    exporter.stop()
    exporter.start().settles_at(8)
    assert not exporter.says("the catalogue has changed")


def test_the_gauge_goes_on(serve: Serve, application: Application, place: Path) -> None:
    """A new description changes nothing of what was counted."""
    exporter = stopped(serve, application, place)
    change(exporter, "Carts that are open", "Carts in use")
    application.write_bytes(LINES)
    scrape = exporter.start().settles_at(8)
    assert scrape["shop_carts_open"] == 4
    assert scrape[f"{AMOUNT}_sum"] == 100

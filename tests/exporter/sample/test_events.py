"""What occurs: every event, in the form that the catalogue gives it, at a believable time."""

import json
import re
from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise, takewhile
from logging import ERROR, WARNING
from zoneinfo import ZoneInfo

import pytest
from eventdeck.catalogue.model import Catalogue, Property
from eventdeck.sample.occurrence import Occurrence
from eventdeck.sample.simulation import events
from eventdeck.sample.story import DAY, read
from msgspec.structs import replace

from tests.exporter.sample.conftest import MONDAY, past, seeded

UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def test_the_same_seed_and_start_give_the_same_events(tracker: Catalogue) -> None:
    """A test that plays samples can be repeated; another seed gives something else."""
    assert past(tracker, days=1) == past(tracker, days=1)
    assert past(tracker, days=1) != past(tracker, days=1, seed=2)


def test_time_never_steps_back(fortnight: list[Occurrence]) -> None:
    """Events come in order of time, and none outside of the time asked for."""
    moments = [occurrence.moment for occurrence in fortnight]
    assert all(before <= after for before, after in pairwise(moments))
    assert moments[0] >= MONDAY
    assert moments[-1] < MONDAY + 14 * DAY


@pytest.mark.parametrize("seed", range(5))
def test_three_past_days_show_every_documented_event(tracker: Catalogue, seed: int) -> None:
    """No panel of a dashboard over three days stays empty."""
    seen = {occurrence.event for occurrence in past(tracker, days=3, seed=seed)}
    assert set(tracker.by_name) <= seen


@pytest.mark.parametrize("seed", range(5))
def test_six_live_minutes_show_every_documented_event(tracker: Catalogue, seed: int) -> None:
    """Nobody waits long for the first of anything at the default rate, at any time of day."""
    seen = {occurrence.event for occurrence in _live(tracker, 360, seed)}
    assert set(tracker.by_name) <= seen


def test_a_live_start_is_counted_at_once(tracker: Catalogue) -> None:
    """The first event comes with the start, and ten within the first fifteen seconds."""
    found = _live(tracker, 15)
    assert found[0].moment == MONDAY
    assert len(found) >= 10


@pytest.mark.parametrize("rate", [0.5, 2.0, 20.0])
def test_live_events_come_at_the_rate_asked_for(tracker: Catalogue, rate: float) -> None:
    """The mean of 3,600 events is the rate, within what chance and long stories allow."""
    seconds = 3600 / rate
    found = list(
        takewhile(
            lambda occurrence: occurrence.moment < MONDAY + seconds,
            events(tracker, read(), seeded(3), MONDAY, rate=rate),
        )
    )
    assert len(found) / seconds == pytest.approx(rate, rel=0.2)


def test_past_events_come_at_the_density_asked_for(fortnight: list[Occurrence]) -> None:
    """Two thousand a day by default, as the mean of whole weeks."""
    assert len(fortnight) / 14 == pytest.approx(2000, rel=0.12)


def test_the_working_day_has_its_rhythm(tracker: Catalogue, fortnight: list[Occurrence]) -> None:
    """Nights and weekends are quiet, noon is quieter than the morning, in the catalogue's zone."""
    zone = ZoneInfo(tracker.line.zone)
    local = [datetime.fromtimestamp(occurrence.moment, zone) for occurrence in fortnight]
    hours = Counter(moment.hour for moment in local)
    days = Counter(moment.weekday() for moment in local)
    assert max(hours[hour] for hour in range(6)) * 10 < hours[10]
    assert hours[13] < min(hours[11], hours[15])
    assert max(days[5], days[6]) * 2 < min(days[day] for day in range(5))


def test_properties_are_as_documented(
    tracker: Catalogue, shop: Catalogue, fortnight: list[Occurrence]
) -> None:
    """Each has its type, its closed list, and is there unless it is optional."""
    _check_all(tracker, fortnight)
    _check_all(shop, past(shop, days=10))


def test_labels_and_buckets_are_all_used(
    tracker: Catalogue, shop: Catalogue, fortnight: list[Occurrence]
) -> None:
    """Every value of a closed list occurs, and so does every bucket but for what a story fixes."""
    assert _unused(shop, past(shop, days=10)) == []
    assert [name for name in _unused(tracker, fortnight) if not name.startswith("timer.")] == []


def test_a_timer_stops_once_and_lasted_as_long_as_it_says(fortnight: list[Occurrence]) -> None:
    """Each stop follows a start of the same person, who has no other timer; the duration agrees."""
    started: dict[object, Occurrence] = {}
    stops = 0
    for occurrence in fortnight:
        person = occurrence.properties.get("user_id")
        if occurrence.event == "timer.started":
            assert person not in started
            started[person] = occurrence
        elif occurrence.event in {"timer.stopped", "timer.idle_detected"}:
            begun = started.pop(person)
            lasted = occurrence.moment - begun.moment
            assert occurrence.properties["duration_seconds"] == pytest.approx(lasted, abs=1)
            assert occurrence.properties.get("idle_minutes", 0) * 60 <= lasted + 30
            project = begun.properties["project_id"]
            assert occurrence.properties.get("project_id", project) == project
            stops += 1
    assert stops > 1000


def test_people_act_within_their_session(fortnight: list[Occurrence]) -> None:
    """Who starts a timer, reports, exports, logs out has logged in; logging out ends it."""
    here: set[object] = set()
    for occurrence in fortnight:
        person = occurrence.properties.get("user_id")
        if occurrence.event == "auth.login":
            here.add(person)
        elif occurrence.event == "auth.logout":
            here.remove(person)
        elif occurrence.event.split(".")[0] in {"timer", "report", "export", "invoice", "task"}:
            assert person in here, occurrence


def test_an_invoice_is_created_then_sent_then_paid(fortnight: list[Occurrence]) -> None:
    """No step is left out or repeated, the amount stays, and some stay behind at each step."""
    state: dict[object, str] = {}
    total: dict[object, object] = {}
    before = {"created": None, "sent": "created", "paid": "sent"}
    for occurrence in fortnight:
        resource, _, action = occurrence.event.partition(".")
        if resource == "invoice":
            invoice = occurrence.properties["invoice_id"]
            assert state.get(invoice) == before[action]
            state[invoice] = action
            total.setdefault(invoice, occurrence.properties.get("total_amount"))
            assert occurrence.properties.get("amount", total[invoice]) == total[invoice]
    reached = Counter(state.values())
    assert reached["paid"] > 100
    assert reached["created"] > 10
    assert reached["sent"] > 10


def test_a_task_moves_on_from_where_it_was(fortnight: list[Occurrence]) -> None:
    """Each change of status begins at the status that the one before ended at."""
    status: dict[object, object] = {}
    for occurrence in fortnight:
        if occurrence.event == "task.status_changed":
            carried = occurrence.properties
            assert carried["old_status"] == status.get(carried["task_id"], "todo")
            assert carried["new_status"] != carried["old_status"]
            status[carried["task_id"]] = carried["new_status"]
    assert Counter(status.values())["done"] > len(status) / 2


def test_logins_are_attacked_and_errors_come_in_bursts(fortnight: list[Occurrence]) -> None:
    """Now and then one minute has more failures than a quiet day."""
    for event in ("auth.login_failed", "system.error"):
        minutes = Counter(o.moment // 60 for o in fortnight if o.event == event)
        assert max(minutes.values()) >= 8
        assert sorted(minutes.values())[len(minutes) // 2] <= 3


def test_the_backup_runs_every_night(tracker: Catalogue, fortnight: list[Occurrence]) -> None:
    """At the same local time, whatever else happens."""
    zone = ZoneInfo(tracker.line.zone)
    nights = [
        datetime.fromtimestamp(occurrence.moment, zone)
        for occurrence in fortnight
        if occurrence.properties.get("backup_type") == "scheduled"
    ]
    assert [night.strftime("%H:%M") for night in nights] == ["02:15"] * 14


def test_levels_and_tracebacks_tell_what_failed(fortnight: list[Occurrence]) -> None:
    """Errors are errors, some with a traceback that ends in their own words; failures warn."""
    levels = {occurrence.event: occurrence.level for occurrence in fortnight}
    assert {event for event, level in levels.items() if level == ERROR} == {"system.error"}
    assert {event for event, level in levels.items() if level == WARNING} == {"auth.login_failed"}
    traces = [occurrence for occurrence in fortnight if occurrence.traceback]
    assert traces
    for occurrence in traces:
        last = occurrence.traceback.splitlines()[-1]
        carried = occurrence.properties
        assert last == f"{carried['error_type']}: {carried['error_message']}"


def test_events_of_one_request_share_its_id(fortnight: list[Occurrence]) -> None:
    """Ids look like version 4 UUIDs; a PDF belongs to the request of its report."""
    assert all(UUID4.fullmatch(occurrence.request_id) for occurrence in fortnight)
    reports = {o.request_id: o for o in fortnight if o.event == "report.generated"}
    exports = [o for o in fortnight if o.event == "export.pdf"]
    assert exports
    for export in exports:
        report = reports[export.request_id]
        assert report.properties["report_type"] == export.properties["report_type"]
        assert report.properties["format"] == "pdf"


@pytest.mark.parametrize("share", [0.0, 0.05])
def test_the_share_of_undocumented_events_is_as_asked(tracker: Catalogue, share: float) -> None:
    """A few percent, or none at all."""
    found = list(
        events(tracker, read(), seeded(1), MONDAY, past=5 * DAY, rate=None, undocumented=share)
    )
    strays = [occurrence.event for occurrence in found if occurrence.event not in tracker.by_name]
    assert len(strays) / len(found) == pytest.approx(share, rel=0.25)
    assert set(strays) == ({"comment.created", "report.viewed"} if share else set())


def test_an_unknown_application_gets_all_its_events(shop: Catalogue) -> None:
    """Ten events that no story names all occur, and none of another application's."""
    found = {occurrence.event for occurrence in past(shop, days=2)}
    assert found - {"comment.created", "report.viewed"} == set(shop.by_name)


def test_a_catalogue_without_people_or_events_is_played_too(shop: Catalogue) -> None:
    """What only machines log occurs; nothing at all is an end, not a loop."""
    machines = [event for event in shop.events if event.name.startswith(("stock", "parcel"))]
    alone = replace(shop, events=tuple(machines))
    assert {o.event for o in past(alone, days=2)} == {event.name for event in machines}
    assert past(replace(shop, events=()), days=2) == []


def test_the_past_goes_over_into_the_present(tracker: Catalogue) -> None:
    """Timers that run at the switch are stopped soon after, with their real duration."""
    both = events(tracker, read(), seeded(1), MONDAY, past=DAY / 2, rate=2.0)
    found = list(takewhile(lambda o: o.moment < MONDAY + DAY / 2 + 300, both))
    started = {o.properties["user_id"]: o.moment for o in found if o.event == "timer.started"}
    late = [o for o in found if o.event == "timer.stopped" and o.moment > MONDAY + DAY / 2]
    carried = [o for o in late if started[o.properties["user_id"]] < MONDAY + DAY / 2]
    assert carried
    for stop in carried:
        lasted = stop.moment - started[stop.properties["user_id"]]
        assert stop.properties["duration_seconds"] == pytest.approx(lasted, abs=1)


def _live(catalogue: Catalogue, seconds: float, seed: int = 1) -> list[Occurrence]:
    found = events(catalogue, read(), seeded(seed), MONDAY, rate=2.0)
    return list(takewhile(lambda occurrence: occurrence.moment < MONDAY + seconds, found))


def _check_all(catalogue: Catalogue, occurrences: list[Occurrence]) -> None:
    for occurrence in occurrences:
        event = catalogue.by_name.get(occurrence.event)
        json.dumps(occurrence.properties)
        for prop in event.properties if event else ():
            if prop.name in occurrence.properties:
                value = occurrence.properties[prop.name]
                assert _fits(prop, value), (occurrence.event, prop.name, value)
            else:
                assert prop.optional, (occurrence.event, prop.name)


def _fits(prop: Property, value: object) -> bool:
    if value is None:
        return prop.nullable
    if prop.type == "datetime":
        return datetime.fromisoformat(str(value)).tzinfo == UTC
    kinds = {"id": int, "string": str, "number": int | float, "boolean": bool, "list": list}
    right = isinstance(value, kinds[prop.type])
    if prop.type in {"id", "number"}:
        right = right and not isinstance(value, bool)
    return right and (prop.type == "boolean" or not prop.values or value in prop.values)


def _unused(catalogue: Catalogue, occurrences: list[Occurrence]) -> list[str]:
    unused = []
    for event in catalogue.events:
        carried = [o.properties for o in occurrences if o.event == event.name]
        for prop in event.properties:
            values = [p[prop.name] for p in carried if p.get(prop.name) is not None]
            texts = {str(value).lower() for value in values}
            unused += [
                f"{event.name}.{prop.name}={v}" for v in prop.values if v.lower() not in texts
            ]
            bounds = (0.0, *prop.buckets) if prop.buckets else ()
            unused += [
                f"{event.name}.{prop.name}<={high}"
                for low, high in pairwise(bounds)
                if not any(low < value <= high for value in values)
            ]
    return unused

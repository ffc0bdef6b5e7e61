"""The dashboard about who came in, who did not, and what administrators changed."""

from collections.abc import Iterator, Sequence
from pathlib import PurePath

from eventdeck.catalogue import series
from eventdeck.catalogue.model import Catalogue
from eventdeck.render import annotations, explore, queries, tiles, totals, variables
from eventdeck.render import dashboard as grafana
from eventdeck.render.dashboard import Json
from eventdeck.render.seal import head

UID = "eventdeck-signin"
TITLE = "Sign-in and administration"
BAD_RATIO = ((None, "text"), (0.2, "orange"), (0.5, "red"))
OWN_TIME = "By the lines' own time."


def render(catalogue: Catalogue) -> str:
    """Write the dashboard; nothing where the catalogue names neither sign-ins nor changes."""
    if not [*_attempts(catalogue), *_changes(catalogue)]:
        return ""
    about = f"Who signs in to {catalogue.application}, who fails, and what administrators change. "
    about += head(PurePath(catalogue.source).name)
    shown = [variables.instance(catalogue), variables.search()]
    marks = annotations.of(catalogue)
    return grafana.dashboard(UID, TITLE, about, shown, marks, _rows(catalogue))


def _attempts(catalogue: Catalogue) -> list[str]:
    return [*catalogue.signals.sign_in.succeeded, *catalogue.signals.sign_in.failed]


def _changes(catalogue: Catalogue) -> list[str]:
    signals = catalogue.signals
    return list(dict.fromkeys((*signals.administration, *signals.role_changes)))


def _rows(catalogue: Catalogue) -> Iterator[list[Json]]:
    shown = [*_sign_in_tiles(catalogue), *_change_tiles(catalogue)]
    yield grafana.row(4, *[*shown, *tiles.health(catalogue)][: tiles.TILES])
    if _attempts(catalogue):
        rankings = [*_accounts(catalogue), *_by_labels(catalogue, catalogue.signals.sign_in.failed)]
        yield grafana.row(9, grafana.wide(_over_time(catalogue), 12), *rankings[:2])
        yield grafana.row(8, *_ratio(catalogue), *rankings[2:4])
    if _changes(catalogue):
        moved = _by_labels(catalogue, catalogue.signals.role_changes)
        yield grafana.row(8, grafana.wide(_changes_over_time(catalogue), 12), *moved[:2])
    yield _lines(catalogue, "Failed sign-ins", catalogue.signals.sign_in.failed)
    yield _lines(catalogue, "Administration", _changes(catalogue))


def _lines(catalogue: Catalogue, title: str, events: Sequence[str]) -> list[Json]:
    if not events:
        return []
    found = queries.lines(catalogue, queries.regex(events)) + " |~ `(?i)${search:regex}`"
    about = f"The lines of {', '.join(events)}. A line links to all lines of its request."
    return grafana.row(9, grafana.logs(title, about, grafana.loki(found), empty="none so far"))


def _sign_in_tiles(catalogue: Catalogue) -> Iterator[Json]:
    sign_in = catalogue.signals.sign_in
    if sign_in.succeeded:
        about = f"Sign-ins that succeeded. {tiles.EXACT}"
        yield tiles.count(catalogue, "Sign-ins", about, sign_in.succeeded)
    if not sign_in.failed:
        return
    about = f"Sign-ins that failed. {tiles.EXACT}"
    yield tiles.count(catalogue, "Failed", about, sign_in.failed)
    if sign_in.succeeded:
        failed = queries.number(catalogue, sign_in.failed)
        tried = queries.number(catalogue, _attempts(catalogue))
        yield grafana.stat(
            "Failure ratio",
            "Failed ones among all attempts. Above a half somebody guesses, or sign-in is broken: "
            "see which account and which reason below.",
            grafana.prometheus(f"{failed} / ({tried} > 0) or vector(NaN)", instant=True),
            unit="percentunit",
            decimals=0,
            empty="nobody tried",
            steps=BAD_RATIO,
        )
    yield tiles.against_last_week(catalogue, "Failed vs. last week", sign_in.failed)


def _change_tiles(catalogue: Catalogue) -> Iterator[Json]:
    signals = catalogue.signals
    if signals.administration:
        about = f"Changes by administrators: {', '.join(signals.administration)}. {tiles.EXACT}"
        yield tiles.count(catalogue, "Changes", about, signals.administration)
    if signals.role_changes:
        about = "Rights given or taken. Each should be known to somebody: ask whoever made it."
        yield tiles.count(catalogue, "Role changes", about, signals.role_changes, bad=1)
    if _changes(catalogue):
        about = "How long ago an administrator changed something."
        yield tiles.last(catalogue, "Last change", about, _changes(catalogue))
    if _attempts(catalogue):
        about = "How long ago somebody tried to sign in. Long by day, sign-in may be broken."
        yield tiles.last(catalogue, "Last attempt", about, _attempts(catalogue))


def _over_time(catalogue: Catalogue) -> Json:
    sign_in = catalogue.signals.sign_in
    targets = [
        grafana.loki(_lines_per_interval(catalogue, events), name)
        for name, events in (("succeeded", sign_in.succeeded), ("failed", sign_in.failed))
        if events
    ]
    about = f"Lines in the log per interval. {OWN_TIME} A wall of failures is an attack."
    made = grafana.bars("Sign-ins", about, targets, empty="none in this time range")
    return grafana.override(made, "failed", color={"mode": "fixed", "fixedColor": "red"})


def _lines_per_interval(catalogue: Catalogue, events: Sequence[str]) -> str:
    found = queries.lines(catalogue, queries.regex(events))
    return f"sum(count_over_time({found} [$__interval]))"


def _accounts(catalogue: Catalogue) -> Iterator[Json]:
    """Whom somebody tries to be."""
    sign_in = catalogue.signals.sign_in
    if not sign_in.user:
        return
    user = sign_in.user
    found = f'{queries.lines(catalogue, queries.regex(sign_in.failed))} | json {user}="{user}"'
    counted = f'sum by ({user}) (count_over_time({found} | {user}!="" [$__range]))'
    made = grafana.ranking(
        "Failures by account",
        "The accounts that failed most, from the log; a private name is a hash that stays the "
        "same. Many failures of one are brute force: lock it. A click shows its lines.",
        [grafana.loki(f"sort_desc(topk(8, {counted}))", f"{{{{{user}}}}}", instant=True)],
        empty="no failure names an account",
        rows=True,
    )
    one = found + f" | {user}=`${{__data.fields.{user}}}`"
    yield grafana.linked(made, "Lines of this account", explore.address(one))


def _by_labels(catalogue: Catalogue, events: Sequence[str]) -> list[Json]:
    """A ranking by each label, or by the change from one value to another."""
    made = []
    for name in events:
        event = catalogue.by_name[name]
        counter = series.counter(catalogue.namespace, event)
        for prop in event.labels:
            grown = queries.counted(catalogue, counter, event=name)
            expr = f"sort_desc(topk(8, sum by ({prop.name}) ({grown}) > 0))"
            target = grafana.prometheus(expr, f"{{{{{prop.name}}}}}", instant=True)
            title = f"{name} by {totals.title(prop.name).lower()}"
            about = f"{event.description}, by: {prop.description}. {tiles.EXACT}"
            made.append(grafana.ranking(title, about, [target], empty="none in this time range"))
    return made


def _ratio(catalogue: Catalogue) -> Iterator[Json]:
    sign_in = catalogue.signals.sign_in
    if not (sign_in.succeeded and sign_in.failed):
        return
    failed = _lines_per_interval(catalogue, sign_in.failed)
    tried = _lines_per_interval(catalogue, (*sign_in.succeeded, *sign_in.failed))
    made = grafana.lines(
        "Failure ratio",
        f"Failed ones among all attempts per interval. {OWN_TIME} Few attempts make it jump.",
        [grafana.loki(f"{failed} / {tried}", "failed")],
        unit="percentunit",
        empty="nobody tried",
        steps=BAD_RATIO,
        custom={"thresholdsStyle": {"mode": "line"}, "drawStyle": "points", "pointSize": 6},
        min=0,
        max=1,
    )
    yield made | {"maxDataPoints": 60}


def _changes_over_time(catalogue: Catalogue) -> Json:
    targets = [
        grafana.loki(_lines_per_interval(catalogue, (name,)), name) for name in _changes(catalogue)
    ]
    about = f"What administrators changed, per interval. {OWN_TIME} Who did it is in the lines."
    return grafana.bars("Administrative changes", about, targets, empty="none in this time range")

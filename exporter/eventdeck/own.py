"""The exporter's series about itself: what it read, how far behind it is, what it lost."""

import os
import platform
import resource
from collections.abc import Iterator
from functools import cache

from msgspec import Struct

from eventdeck import __version__
from eventdeck.expose import Exposition


class Figures(Struct):
    """What the exporter knows of itself at the moment of a scrape."""

    outcomes: dict[str, int]  # lines by what became of them
    bytes_read: int
    bytes_lost: int
    files_lost: int
    rotations: int
    truncations: int
    files: dict[str, int]  # files by state
    lag_bytes: int
    lag_seconds: float
    skew_seconds: float
    caught_up_at: float  # Unix seconds; 0: never had to
    checkpoint_age: float | None  # seconds; None: nothing was saved yet
    checkpoint_failures: int
    unknown_names: int
    tests: int
    application: str
    namespace: str
    catalogue: str  # digest


def families(figures: Figures, form: Exposition) -> Iterator[str]:
    """Render every family of the exporter itself."""
    yield form.family(
        "eventdeck_lines_total",
        "counter",
        "Lines read, by what became of them.",
        [({"outcome": outcome}, n) for outcome, n in figures.outcomes.items()],
    )
    for name, kind, text, value in _single(figures):
        yield form.family(name, kind, text, [({}, value)])
    yield form.family(
        "eventdeck_files",
        "gauge",
        "Files by state.",
        [({"state": state}, n) for state, n in figures.files.items()],
    )
    yield form.family(
        "eventdeck_build_info",
        "info",
        "Version of Eventdeck and of Python.",
        [({"version": __version__, "python": platform.python_version()}, 1)],
    )
    yield form.family(
        "eventdeck_catalogue_info",
        "info",
        "The catalogue in use.",
        [(_catalogue(figures), 1)],
    )
    for name, kind, text, value in _process():
        yield form.family(name, kind, text, [({}, value)])


def _catalogue(figures: Figures) -> dict[str, str]:
    return {
        "application": figures.application,
        "namespace": figures.namespace,
        "digest": figures.catalogue,
    }


Single = tuple[str, str, str, float]


def _single(figures: Figures) -> Iterator[Single]:
    f = figures
    yield "eventdeck_bytes_read_total", "counter", "Bytes of log read.", f.bytes_read
    yield (
        "eventdeck_bytes_lost_total",
        "counter",
        "Bytes that were in the log and are gone without having been read.",
        f.bytes_lost,
    )
    yield (
        "eventdeck_files_lost_total",
        "counter",
        "Files that were gone before their end was read.",
        f.files_lost,
    )
    yield "eventdeck_rotations_total", "counter", "Rotations by rename.", f.rotations
    yield "eventdeck_truncations_total", "counter", "Truncations.", f.truncations
    yield "eventdeck_lag_bytes", "gauge", "Bytes written and not read yet.", f.lag_bytes
    yield (
        "eventdeck_lag_seconds",
        "gauge",
        "Time since all that was written had been read; 0 when it has.",
        f.lag_seconds,
    )
    yield (
        "eventdeck_clock_skew_seconds",
        "gauge",
        "Time of the last line less the time at which it was written; hours mean a wrong zone.",
        f.skew_seconds,
    )
    yield (
        "eventdeck_catch_up_timestamp_seconds",
        "gauge",
        "When lines were last counted long after they were written; 0: never.",
        f.caught_up_at,
    )
    if f.checkpoint_age is not None:
        yield (
            "eventdeck_checkpoint_age_seconds",
            "gauge",
            "Time since the state was last saved or was found to be current.",
            f.checkpoint_age,
        )
    yield (
        "eventdeck_checkpoint_failures_total",
        "counter",
        "Saves of the state that the disk refused.",
        f.checkpoint_failures,
    )
    yield (
        "eventdeck_unknown_names",
        "gauge",
        "Different undocumented event names held; the page lists them.",
        f.unknown_names,
    )
    yield (
        "eventdeck_tests_total",
        "counter",
        "Test events, by which an installation is tried; no other series counts them.",
        f.tests,
    )


def _process() -> Iterator[Single]:
    cpu = os.times()
    yield (
        "process_cpu_seconds_total",
        "counter",
        "Processor time used, user and system.",
        cpu.user + cpu.system,
    )
    yield "process_start_time_seconds", "gauge", "When the process started.", _started()
    try:
        with open("/proc/self/statm", "rb") as file:
            virtual, resident = file.read().split()[:2]
        fds = len(os.listdir("/proc/self/fd"))
    except OSError:  # no Linux
        return
    page = resource.getpagesize()
    yield "process_virtual_memory_bytes", "gauge", "Virtual memory.", int(virtual) * page
    yield "process_resident_memory_bytes", "gauge", "Memory in use.", int(resident) * page
    yield "process_open_fds", "gauge", "Open file descriptors.", fds
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    yield "process_max_fds", "gauge", "Most file descriptors that may be open.", most


@cache
def _started() -> float:
    """Start of the process in Unix seconds, as the system counts it."""
    try:
        with open("/proc/self/stat", "rb") as file:
            ticks = int(file.read().rpartition(b")")[2].split()[19])
        with open("/proc/stat", "rb") as file:
            boot = next(int(line.split()[1]) for line in file if line.startswith(b"btime"))
    except (OSError, StopIteration, ValueError):
        return 0.0
    return boot + ticks / os.sysconf("SC_CLK_TCK")

"""Words come into their places, once, and entries are repeated."""

from eventdeck.render.fill import fill

WORDS = {
    "name": "shop",
    "least": 5,
    "ratio": 0.1,
    "tricky": "<name>",
    "events": [{"event": "a.b"}, {"event": "c.d"}],
    "none": [],
}


def test_a_place_in_a_text_and_a_place_alone() -> None:
    """Within a text a number is written as PromQL wants it; alone it stays a number."""
    assert fill({"<name>": ["<name>_total > <ratio>", "<least>"]}, WORDS) == {
        "shop": ["shop_total > 0.1", 5]
    }


def test_sums() -> None:
    """A number more or less, or another word."""
    assert fill(["<least + 7>", "x<least - 1>", "<least + least>"], WORDS) == [12, "x4", 10]


def test_what_a_word_says_is_no_place() -> None:
    """A catalogue may write `<name>` in a description."""
    assert fill(["<tricky>", "of <tricky>"], WORDS) == ["<name>", "of <name>"]


def test_an_entry_is_repeated_for_each_item() -> None:
    """With the words of the item; `most` so many, and not at all for a list of nothing."""
    entry = {"for": "events", "expr": "<name>: <event>"}
    rest = [{"expr": "always"}, {"for": "none", "expr": "never"}]
    assert fill([entry, *rest], WORDS) == [
        {"expr": "shop: a.b"},
        {"expr": "shop: c.d"},
        {"expr": "always"},
    ]
    assert fill([entry | {"most": 1}], WORDS) == [{"expr": "shop: a.b"}]


def test_what_is_no_place_stays() -> None:
    """Placeholders of Grafana and Prometheus, and comparisons."""
    texts = ["{{ $value }} ${group:pipe} a < 5 and b > 3", None, 1.5, True]
    assert fill(texts, WORDS) == texts

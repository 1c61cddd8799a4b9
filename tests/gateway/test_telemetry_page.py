"""The page about metrics and spans says what the code does."""

import re
from pathlib import Path

from prometheus_client import CollectorRegistry

from router.core.images import Picture
from router.core.outcome import Kind
from router.gateway.instruments import make_instruments
from router.gateway.metrics import MOST
from router.gateway.places import LONGEST
from router.gateway.span_attributes import of_attempt, of_request
from router.testing import picture_answer
from tests.gateway.recorded import a_trace, attempt, exchange

PAGE = (Path(__file__).parent.parent.parent / "docs" / "telemetry.md").read_text()
ROW = re.compile(r"^\| `([^`]+)` \|([^|]*)\|([^|]*)\|", re.MULTILINE)


def rows(heading):
    """Return a table's rows: the first three cells of each."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return [tuple(cell.strip() for cell in match.groups()) for match in ROW.finditer(section)]


def test_the_page_lists_every_metric_with_its_type_and_labels():
    listed = {
        (name, kind, tuple(re.findall(r"\w+", labels))) for name, kind, labels in rows("Metrics")
    }

    made = make_instruments(CollectorRegistry())
    instruments = [getattr(made, name) for name in made.__slots__]
    known = {(full_name(one), one._type, tuple(one._labelnames)) for one in instruments}
    assert listed == known


def full_name(instrument):
    return instrument._name + ("_total" if instrument._type == "counter" else "")


def test_the_page_lists_every_attribute_and_the_spans_it_is_on():
    whole = attempt(
        virtual_key="key",
        request_id="up-1",
        waited=1.0,
        adaptations=("n 2 -> 1",),
        kind=Kind.REFUSED,
    )
    picture = Picture(b64=memoryview(first_picture()))
    told = exchange(a_trace(whole, attempt()), kind="refused", cost=0.1, pictures=(picture,))
    served = exchange(a_trace(attempt(adaptations=("n 2 -> 1",))))
    on_request = {*of_request(told), *of_request(served)}
    on_attempt = set(of_attempt(whole))

    listed = {name: where for name, where, _ in rows("Spans")}

    assert listed == {
        **dict.fromkeys(on_request - on_attempt, "request"),
        **dict.fromkeys(on_attempt - on_request, "attempt"),
        **dict.fromkeys(on_request & on_attempt, "both"),
    }


def first_picture():
    return re.search(rb'"b64_json": ?"([^"]+)"', picture_answer().body)[1]


def test_the_page_says_how_many_names_have_a_place():
    assert f"{MOST} models" in PAGE
    assert f"{MOST} configs" in PAGE
    assert f"than {LONGEST} characters" in PAGE

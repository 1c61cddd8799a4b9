"""Catalog check: what a catalog says is compared with itself. Shapes are the schema's business."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from router.config.masking import shown
from router.config.problems import did_you_mean, hints, one_of
from router.config.report import Report
from router.config.section import Section
from router.core.catalog import Catalog
from router.core.catalog_file import texts
from router.core.images import PARAMETERS
from router.core.jsontypes import JSON
from router.core.sizes import parse_size

OPERATION = "operation"
"""Stands among the parameters of a price, and is none."""

LISTS: dict[str, str] = {"quality": "qualities", "style": "styles", "output_format": "formats"}
"""Parameters whose values a model may list, and where."""


@dataclass(slots=True)
class CatalogCheck:
    """Reports what cannot be meant. `shipped` has the models that others may be `like`."""

    report: Report
    shipped: Catalog
    names: set[str] = field(default_factory=set)

    def check(self, catalog: Section) -> None:
        for model in catalog.sections("models"):
            self._likeness(model)
            self._names(model)
            self._dates(model)
            self._grid(model)
            for price in model.sections("prices"):
                self._price(price)
                self._conditions(price, model)
            self._partials(model)

    def _names(self, model: Section) -> None:
        for name in filter(None, (model.text("name"), *(model.texts("also") or ()))):
            if name in self.names:
                where = "name" if name == model.text("name") else "also"
                self._error(model, where, f"{shown(name)} is here twice")
            self.names.add(name)

    def _likeness(self, model: Section) -> None:
        like = model.text("like")
        if like is None or self.shipped.find(like) is not None:
            return
        if like not in self.names:
            known = [*sorted(self.names), *(other.name for other in self.shipped.models)]
            hint = hints(one_of(known, "known models are"), did_you_mean(like, known))
            self._error(model, "like", f"{shown(like)} is no model further up", hint)

    def _dates(self, model: Section) -> None:
        for key in ("retired", "read"):
            text = model.text(key)
            if text is not None and not _is_date(text):
                self._error(model, key, f"{key} {shown(text)} is no day of the calendar")

    def _grid(self, model: Section) -> None:
        grid = model.section("grid")
        if grid is None:
            return
        for least, most in (("shortest", "longest"), ("least_area", "most_area")):
            low, high = grid.number(least), grid.number(most)
            if low is not None and high is not None and low > high:
                self._error(grid, least, f"{least} is {low:g}, and {most} is {high:g}")

    def _price(self, price: Section) -> None:
        per = price.text("per")
        if per == "token" and "tokens" not in price:
            hint = "write where usage counts them, such as tokens: output_tokens"
            self._error(price, "per", "'tokens' is missing", hint)
        if per not in {"token", "second"}:
            self._refuse(price, ("tokens", "optional", "expect"), "for prices per token")
        else:
            self._refuse(price, ("steps", "included"), "for prices that are not metered")
        if price.flag("usual"):
            self._refuse(price, ("bound",), "for prices that are never exceeded")
        expect = price.section("expect")
        if expect is not None:
            of = expect.text("of")
            counted = of in {"files", "words"}
            self._refuse(expect, () if counted else ("most",), "for files and words")
            self._refuse(expect, ("limit",) if of != "words" else (), "for words")
            self._refuse(expect, ("patches",) if of != "pictures" else (), "for pictures")
            streamed = of in {"pictures", "partials"}
            self._refuse(expect, () if streamed else ("partial",), "for pictures and partials")

    def _partials(self, model: Section) -> None:
        """Nothing tells what the finished picture costs, where only partial ones are expected."""
        prices = list(model.sections("prices"))
        if any(price.text("per") not in {"token", "second"} for price in prices):
            return
        for price in prices:
            expect = price.section("expect")
            if expect is not None and expect.text("of") == "partials":
                hint = "write a price per image beside it, or expect pictures"
                self._error(expect, "of", "nothing tells what the pictures themselves cost", hint)

    def _refuse(self, section: Section, keys: tuple[str, ...], what: str) -> None:
        for key in keys:
            if key in section:
                self._error(section, key, f"{key!r} is {what}")

    def _conditions(self, price: Section, model: Section) -> None:
        when = price.section("when")
        if when is None:
            return
        own = (*(model.texts("parameters") or ()), *model.mapping("defaults"))
        known = {*PARAMETERS, OPERATION, *own}
        for key, value in when.value.items():
            if key not in known and "like" not in model:
                hint = did_you_mean(key, known) or "list it among the model's parameters"
                self._error(when, key, f"{shown(key)} is no parameter of the model", hint)
            for problem in _unfit(key, value, model):
                self._error(when, key, problem)

    def _error(self, section: Section, key: str, message: str, hint: str = "") -> None:
        self.report.error(section.source, section.at(key), message, hint)


def _unfit(key: str, value: JSON, model: Section) -> Iterator[str]:
    """Say of each value of a condition why it can never hold."""
    offered = model.texts(LISTS.get(key, ""))
    for text in texts(value):
        if key == "size" and parse_size(text) is None and text != "auto":
            yield f"{shown(text)} is no size such as 1024x1024"
        if key == OPERATION and text not in (model.texts("operations") or ("generate",)):
            yield f"{shown(text)} is no operation of the model"
        if offered is not None and text not in offered:
            yield f"{shown(text)} is not among the model's {LISTS[key]}"


def _is_date(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True

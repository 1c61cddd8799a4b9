"""LiteLLM's common settings: those that stand in a deployment as well as above all of them."""

from router.migrate.block import Block
from router.migrate.ledger import Ledger
from router.migrate.part import Part


def timeout_of(part: Part, target: Block, ledger: Ledger, *names: str) -> None:
    """Write `request_timeout`, in milliseconds, if the part says one."""
    key = next((key for key in (*names, "timeout", "request_timeout") if key in part), None)
    seconds = part.number(key) if key else None
    streamed = part.number("stream_timeout")
    for other in ("timeout", "request_timeout"):
        part.value(other)
    comments: list[str] = []
    if streamed and seconds and streamed != seconds:
        message = "request_timeout holds for streams, too: to the first picture of one"
        comments.append(ledger.changed(part.at("stream_timeout"), message))
    seconds = seconds or streamed
    if seconds:
        target.put("request_timeout", milliseconds(seconds), *comments)


def milliseconds(seconds: float) -> float:
    """Return whole milliseconds, one at least."""
    return max(1, round(seconds * 1000))


def on_unsupported(part: Part, target: Block) -> None:
    """Write what becomes of parameters that a provider does not know."""
    drops = part.flag("drop_params")
    if drops is not None:
        target.put("on_unsupported", "drop" if drops else "error")

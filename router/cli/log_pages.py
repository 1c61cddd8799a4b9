"""Log pages: all that is known of one request, with its trace as it prints itself."""

from collections.abc import Iterator
from pathlib import Path

from router.cli import wording
from router.cli.log_table import answer, local, price
from router.cli.terminal import faint, green, red, strong, wrapped
from router.core.trace_table import as_text, printable
from router.gateway.request_log.log import pictures_folder
from router.gateway.request_log.record import Record

LABEL = 13  # columns


def page(record: Record, path: Path) -> str:
    """Return a request of the log at `path`, in words."""
    began = local(record.began)
    moment = f"{began:%Y-%m-%d %H:%M:%S}.{began.microsecond // 1000:03} {began:%z}"
    lines = [f"{strong(printable(record.request_id))}  {moment}"]
    paint = red if record.failed else green
    for label, text in _facts(record, path):
        told = wrapped(f"  {label.ljust(LABEL)}{printable(' '.join(text.split()))}", hang=LABEL + 2)
        shown = (
            told.replace(answer(record), paint(answer(record)), 1) if label == "answer" else told
        )
        lines.append(shown.replace(label, faint(label), 1))
    if record.attempts or record.decisions:
        lines += ["", as_text(record.attempts, record.decisions, record.served)]
    return "\n".join(lines)


def _facts(record: Record, path: Path) -> Iterator[tuple[str, str]]:
    """Yield labels and texts; what is not there, or nothing, is left out."""
    yield "answer", ": ".join(filter(None, (answer(record), record.message)))
    yield "asked", ", ".join(filter(None, _asked(record)))
    yield "took", ", ".join(filter(None, _took(record)))
    if record.prompt is not None:
        yield "prompt", record.prompt
    elif record.is_private:
        yield "prompt", "not kept, as the caller wished"
    for reference in record.pictures:
        yield "picture", located(reference, path)
    yield "trace", record.trace_id
    if record.context_trace != record.trace_id:
        yield "traceparent", f"{record.context_trace} {record.context_span}"


def _asked(record: Record) -> Iterator[str]:
    yield f"{record.operation}, streamed" if record.streamed else record.operation
    yield f"config {record.config}" if record.config else ""
    yield f"model {record.model}" if record.model else ""
    yield f"by key {record.api_key}" if record.api_key else ""


def _took(record: Record) -> Iterator[str]:
    yield wording.seconds(record.seconds)
    yield price(record)
    yield f"cache {record.cache}"
    yield f"{wording.size(record.bytes_in)} in"
    yield f"{wording.size(record.bytes_out)} out"
    yield "the caller had gone" if record.gone else ""


def located(reference: str, path: Path) -> str:
    """Return where a picture is: a file beside the log, unless it is somewhere else."""
    return reference if "/" in reference else str(pictures_folder(path) / reference)

"""Whereabouts: where a URL is, without what lets its bearer in."""

from urllib.parse import urlsplit

from router.core.data_url import MARK

LONGEST = 80  # characters of a name


def where(url: str) -> str:
    """Return scheme, host and the end of the path: never a query, user info or a file's content.

    For messages and `repr`: the query of a signed URL is a key to what is behind it.
    """
    if url[:5].lower() == "data:":
        return _inline(url)
    try:
        split = urlsplit(url)
        host = f"[{split.hostname}]" if ":" in (split.hostname or "") else split.hostname or ""
        port = f":{split.port}" if split.port else ""
    except ValueError:
        return "a broken URL"
    folder, slash, name = split.path.rpartition("/")
    between = "/..." if folder.strip("/") else ""
    scheme = f"{split.scheme}://" if split.scheme else ""
    return f"{scheme}{_cut(host)}{port}{between}{slash}{_cut(name)}"


def _inline(url: str) -> str:
    """Say what a `data:` URL claims to be, and how long it is."""
    head, mark, _ = url[:LONGEST].partition(MARK)
    claimed = head + mark if mark else "data:"
    return f"{claimed}... ({len(url)} characters)"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."

"""Inside: pictures that a request holds in its texts, and what is to be painted of them."""

from collections.abc import Sequence
from typing import Literal

from router.core.data_url import decode_data_url
from router.core.jsontypes import JSON
from router.emulators.brief import Source


def picture_in(text: JSON) -> bytes | None:
    """Return what a `data:` URL holds; None for everything else, which nobody here can fetch."""
    is_inside = isinstance(text, str) and text.startswith("data:")
    return decode_data_url(str(text)) if is_inside else None


def source_of(
    pictures: Sequence[bytes | None],
    *,
    mask: bytes | None = None,
    where: Literal["transparent", "white", "black"] = "transparent",
    change: JSON = None,
) -> Source | None:
    """Return the source with the first picture as the main one; None where it is not there.

    `change` counts where it is a number from 0 to 1.
    """
    first, *others = pictures or (None,)
    if first is None:
        return None
    return Source(
        content=first,
        mask=mask,
        where=where,
        change=_share(change),
        others=tuple(other for other in others if other is not None),
    )


def _share(change: JSON) -> float:
    """Read a share, which may come as text; half where nothing is said."""
    try:
        share = float(str(change))
    except ValueError:
        return 0.5
    return share if 0 <= share <= 1 else 0.5

"""Drawing: a picture file from a brief. Needs Pillow, loaded with the first picture."""

from dataclasses import replace
from importlib.util import find_spec

from router.emulators.brief import Brief, Draw


def draw(brief: Brief) -> bytes:
    """Draw the picture and encode it. Raises ImportError where Pillow is not installed."""
    require_pillow()
    from router.emulators.art.studio import paint

    return paint(brief)


def require_pillow() -> None:
    """Raise ImportError, with what to install, where Pillow is not installed; load nothing."""
    if find_spec("PIL") is None:
        raise ImportError(
            "drawing pictures needs Pillow; install it with: pip install 'pixroute[sandbox]'"
        )


def fixed(content: bytes) -> Draw:
    """Hand out one ready picture, whatever was asked."""

    def hand_out(brief: Brief) -> bytes:  # noqa: ARG001  the picture does not depend on it
        return content

    return hand_out


def drawn_once(maker: Draw = draw) -> Draw:
    """Draw one picture for each provider, model, size and format, and hand it out again and again.

    For many requests at little cost: prompt, seed and index make no difference.
    """
    made: dict[tuple[object, ...], bytes] = {}

    def hand_out(brief: Brief) -> bytes:
        looks = (
            brief.provider,
            brief.model,
            (brief.width, brief.height),
            (brief.format, brief.compression, brief.transparent, brief.blurred),
            brief.finished,
            brief.source,
        )
        if looks not in made:
            made[looks] = maker(replace(brief, prompt="", seed=0, index=0))
        return made[looks]

    return hand_out

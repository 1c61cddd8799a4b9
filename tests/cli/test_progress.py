"""Progress: plain lines count seconds from the beginning of the request, all of them."""

from pathlib import Path

from router.cli.gallery import Saved
from router.cli.progress import Plain
from router.core.images import Picture
from router.core.trace import Attempt

SAVED = Saved(path=Path("kite-1.partial-1.png"), media=None, size=7, picture=Picture())


def test_a_partial_picture_is_timed_as_attempts_are(capsys):
    plain = Plain()

    plain.attempt_started(Attempt(path="config", provider="toys", started=500.0, waited=2.0))
    plain.pictured(SAVED)

    first, second = capsys.readouterr().err.splitlines()
    assert first == " 500.0 s  config  toys asked after a wait of 2.0 s"
    assert second.startswith(" 500.")
    assert second.endswith(" s  kite-1.partial-1.png  partial picture, of an unknown type, 7 bytes")

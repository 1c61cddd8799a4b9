"""Askings: every speaker with whatever it can do, for laws that hold in any case."""

from dataclasses import dataclass, field

from beginnings import MASK, RED
from speakers import EVERYONE, SPEAKERS, Speaker, ask


@dataclass(frozen=True, kw_only=True)
class Asking:
    """What one speaker is asked for, and what it begins with."""

    speaker: Speaker
    to: str = "generate"
    params: dict = field(default_factory=dict, repr=False)

    def __str__(self):
        return f"{self.speaker} {self.to}"

    def ask(self, **more):
        return ask(self.speaker, to=self.to, **{**self.params, **more})


def edit_of(speaker):
    """Ask for an edit, by a mask where it cannot be without."""
    params = {"image": RED} if speaker.does("edit") else {"image": RED, "mask": MASK}
    return Asking(speaker=speaker, to="edit", params=params)


WORDED = (
    *(Asking(speaker=speaker) for speaker in SPEAKERS),
    *(edit_of(speaker) for speaker in EVERYONE if speaker.does("edit") or speaker.does("mask")),
)
"""Those with a prompt."""

ASKINGS = (
    *WORDED,
    *(
        Asking(speaker=speaker, to="variation", params={"image": RED})
        for speaker in EVERYONE
        if speaker.does("variation")
    ),
)

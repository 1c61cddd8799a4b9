"""Scene: what a painter is given: a canvas size, chance, and what the prompt suggests."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from router.emulators.art.canvas import FINE, Size
from router.emulators.chance import Chance

MOODS: Mapping[str, str] = MappingProxyType(
    {
        "night": "night moon midnight star stars galaxy space dark black cosmic owl",
        "dusk": "sunset dusk evening red fire lava rose desert dunes warm mars",
        "gold": "autumn gold golden honey wheat yellow amber lion orange fox sand",
        "green": "forest green jungle spring garden meadow leaf frog tree moss tea",
        "sea": "sea ocean blue lake boat water river whale fish harbour lighthouse ice rain",
        "violet": "violet purple lavender magic dream lucy neon wizard plum",
        "pink": "pink cherry blossom candy love flamingo strawberry cat peach",
    }
)
"""Words of a prompt that say which colours a picture likes to have."""

SPARKLES = frozenset(
    {"diamond", "diamonds", "fireflies", "galaxy", "magic", "snow", "star", "stars"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """`style` draws what all pictures of a model share, `chance` what is this picture's own."""

    size: Size
    chance: Chance
    style: Chance
    mood: str
    sparkling: bool

    @property
    def fine(self) -> "Scene":
        """The same scene on a canvas for sharp shapes."""
        return replace(self, size=(self.size[0] * FINE, self.size[1] * FINE))


def mood(prompt: str, chance: Chance) -> str:
    """The mood that most of the prompt's words ask for; by chance where none does."""
    words = prompt.lower().replace(",", " ").replace(".", " ").split()
    votes = {name: sum(word in known.split() for word in words) for name, known in MOODS.items()}
    best = max(votes, key=lambda name: votes[name])
    return best if votes[best] else chance.pick(tuple(MOODS), "mood")


def is_sparkling(prompt: str) -> bool:
    return not SPARKLES.isdisjoint(prompt.lower().replace(",", " ").split())

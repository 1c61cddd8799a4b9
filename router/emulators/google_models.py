"""Gemini's image models: the sizes of their pictures, and what those are counted as."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from router.emulators.brief import PictureFormat

Edges = tuple[int, int]
Counts = Mapping[str, int]


def _turned(wide: Mapping[str, Edges]) -> Mapping[str, Edges]:
    """Return the sizes, each of them upright too: 16:9 is 9:16 turned."""
    sizes: dict[str, Edges] = {}
    for ratio, (width, height) in wide.items():
        left, _, right = ratio.partition(":")
        sizes |= {ratio: (width, height), f"{right}:{left}": (height, width)}
    return MappingProxyType(sizes)


# Pixels of the tier 1K. There is no 9:21.
# ai.google.dev/gemini-api/docs/image-generation, "Aspect ratios and image size"
TEN: Mapping[str, Edges] = MappingProxyType(
    {
        **_turned(
            {
                "1:1": (1024, 1024),
                "3:2": (1264, 848),
                "4:3": (1200, 896),
                "5:4": (1152, 928),
                "16:9": (1376, 768),
            }
        ),
        "21:9": (1584, 672),
    }
)
FOURTEEN: Mapping[str, Edges] = MappingProxyType(
    {**TEN, **_turned({"4:1": (2048, 512), "8:1": (3072, 384)})}
)
OLD_TEN: Mapping[str, Edges] = MappingProxyType(
    {
        **_turned(
            {
                "1:1": (1024, 1024),
                "3:2": (1248, 832),
                "4:3": (1184, 864),
                "5:4": (1152, 896),
                "16:9": (1344, 768),
            }
        ),
        "21:9": (1536, 672),
    }
)

SCALES: Mapping[str, float] = MappingProxyType({"512": 0.5, "1K": 1, "2K": 2, "4K": 4})

# Tokens of a picture by its tier, from prices per picture and per token.
# ai.google.dev/gemini-api/docs/pricing
TOKENS: Counts = MappingProxyType({"512": 747, "1K": 1120, "2K": 1680, "4K": 2520})
PRO_TOKENS: Counts = MappingProxyType({"1K": 1120, "2K": 1120, "4K": 2000})
OLD_TOKENS: Counts = MappingProxyType({"1K": 1290})


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model. Without `tiers` it knows no `imageSize`, and draws at 1K. `source` are tokens.

    `most` are the tokens of an answer: what Google Cloud's pages call "maximum output tokens".

    `thinks` means that it tells how much it has thought, and signs its pictures.
    """

    name: str
    sizes: Mapping[str, Edges] = field(default_factory=lambda: FOURTEEN)
    tiers: tuple[str, ...] = ("1K", "2K", "4K")
    tokens: Counts = field(default_factory=lambda: TOKENS)
    source: int = 1120
    most: int = 32_768
    thinks: bool = True
    gives: PictureFormat = "png"
    retired: bool = False

    def size(self, ratio: str, tier: str) -> Edges:
        width, height = self.sizes[ratio]
        scale = SCALES[tier]
        return round(width * scale), round(height * scale)


PRO = Model(
    name="gemini-3-pro-image",
    sizes=TEN,
    tokens=PRO_TOKENS,
    source=560,
    gives="jpeg",  # the real one gives either, as it likes
)
FLASH_TIERS = ("512", "1K", "2K", "4K")

MODELS: Mapping[str, Model] = MappingProxyType(
    {
        model.name: model
        for model in (
            Model(name="gemini-nano-banana-2.1"),
            PRO,
            Model(
                name="gemini-3-pro-image-preview",
                sizes=PRO.sizes,
                tokens=PRO.tokens,
                source=PRO.source,
                gives=PRO.gives,
                retired=True,
            ),
            # Deprecated since 2026-10-06; reports of its end differ.
            Model(name="gemini-3.1-flash-image", tiers=FLASH_TIERS, retired=True),
            Model(name="gemini-3.1-flash-image-preview", tiers=FLASH_TIERS, retired=True),
            Model(name="gemini-3.1-flash-lite-image", tiers=("1K",), most=4_096),
            Model(
                name="gemini-2.5-flash-image",
                sizes=OLD_TEN,
                tiers=(),
                tokens=OLD_TOKENS,
                source=258,
                thinks=False,
            ),
        )
    }
)

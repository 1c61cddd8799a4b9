"""Segmind's models: which fields each takes, and within which bounds.

segmind.com/models/NAME/api. Other fields are taken and make no difference, as far as is known.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from router.emulators.brief import PictureFormat

NOTHING: Mapping[str, tuple[str, ...]] = MappingProxyType({})
NO_RANGES: Mapping[str, tuple[float, float]] = MappingProxyType({})

FORMATS: Mapping[str, PictureFormat] = MappingProxyType(
    {"jpg": "jpeg", "jpeg": "jpeg", "png": "png", "webp": "webp"}
)

# Pixels of each ratio are not documented.
RATIOS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "1:1": (1024, 1024),
        "16:9": (1344, 768),
        "21:9": (1536, 640),
        "2:3": (832, 1216),
        "3:2": (1216, 832),
        "3:4": (896, 1152),
        "4:3": (1152, 896),
        "4:5": (896, 1088),
        "5:4": (1088, 896),
        "9:16": (768, 1344),
        "9:21": (640, 1536),
    }
)
FLUX_RATIOS = tuple(name for name in RATIOS if name not in {"3:4", "4:3"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model. `choices` are refused before it runs, `ranges` fail within it.

    `edges` are the two fields of the size, `bounds` their limits and step. `usd` is what a
    picture costs.
    """

    slug: str
    required: tuple[str, ...] = ("prompt",)
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NOTHING)
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=lambda: NO_RANGES)
    edges: tuple[str, str] = ("width", "height")
    bounds: tuple[int, int, int] = (64, 2048, 1)
    most_samples: int = 1
    format_field: str = ""
    format: PictureFormat = "jpeg"
    usd: float = 0.01
    seconds: float = 0.6

    @property
    def edits(self) -> bool:
        return "image" in self.required


SDXL = Model(
    slug="sdxl1.0-txt2img",
    ranges=MappingProxyType(
        {"guidance_scale": (1, 25), "num_inference_steps": (10, 100), "strength": (0, 1)}
    ),
    edges=("img_width", "img_height"),
    bounds=(512, 2048, 8),
    most_samples=4,
    usd=0.008,
)
GPT_IMAGE = Model(
    slug="gpt-image-1",
    choices=MappingProxyType(
        {
            "size": ("auto", "1024x1024", "1536x1024", "1024x1536"),
            "quality": ("auto", "low", "medium", "high"),
            "background": ("auto", "transparent", "opaque"),
            "moderation": ("auto", "low"),
            "output_format": ("png", "jpeg", "webp"),
        }
    ),
    ranges=MappingProxyType({"output_compression": (0, 100)}),
    format_field="output_format",
    format="png",
    usd=0.179,
)
SD_3_5 = Model(
    slug="stable-diffusion-3.5-large-txt2img",
    required=("prompt", "sampler", "scheduler"),
    choices=MappingProxyType({"image_format": ("jpeg", "png", "webp")}),
    ranges=MappingProxyType({"steps": (1, 70), "guidance_scale": (1, 15)}),
    bounds=(64, 2048, 1),
    format_field="image_format",
    usd=0.0138,
)
FLUX_DEV = Model(
    slug="flux-dev",
    choices=MappingProxyType(
        {"aspect_ratio": FLUX_RATIOS, "output_format": ("webp", "jpg", "png")}
    ),
    ranges=MappingProxyType({"output_quality": (0, 100), "steps": (1, 50)}),
    format_field="output_format",
    format="webp",
    usd=0.0196,
)

MODELS: Mapping[str, Model] = MappingProxyType(
    {
        model.slug: model
        for model in (
            SDXL,
            Model(
                slug="sdxl1.0-realvis",
                ranges=SDXL.ranges,
                edges=SDXL.edges,
                bounds=SDXL.bounds,
                most_samples=4,
                usd=0.0103,
            ),
            Model(
                slug="sdxl-img2img",
                required=("prompt", "image"),
                ranges=SDXL.ranges,
                most_samples=4,
            ),
            Model(
                slug="sdxl-inpaint",
                required=("prompt", "image", "mask"),
                ranges=SDXL.ranges,
                most_samples=4,
            ),
            Model(
                slug="fast-flux-schnell",
                choices=MappingProxyType({"aspect_ratio": FLUX_RATIOS}),
                usd=0.0055,
            ),
            Model(
                slug="flux-schnell",
                ranges=MappingProxyType({"steps": (1, 8), "denoise": (0, 1)}),
                bounds=(512, 2048, 8),
                most_samples=4,
                usd=0.0079,
            ),
            FLUX_DEV,
            Model(
                slug="flux-pro",
                choices=FLUX_DEV.choices,
                ranges=FLUX_DEV.ranges,
                format_field="output_format",
                format="webp",
                usd=0.067,
            ),
            Model(
                slug="flux-1.1-pro",
                choices=MappingProxyType(
                    {
                        "aspect_ratio": ("custom", *FLUX_RATIOS),
                        "output_format": ("png", "jpg", "webp"),
                    }
                ),
                ranges=MappingProxyType({"output_quality": (0, 100)}),
                bounds=(256, 1440, 16),
                format_field="output_format",
                format="png",
                usd=0.05,
            ),
            SD_3_5,
            Model(
                slug="stable-diffusion-3.5-turbo-txt2img",
                required=SD_3_5.required,
                choices=SD_3_5.choices,
                ranges=SD_3_5.ranges,
                format_field="image_format",
                usd=0.0035,
            ),
            GPT_IMAGE,
            Model(
                slug="gpt-image-1-mini",
                choices=GPT_IMAGE.choices,
                ranges=GPT_IMAGE.ranges,
                format_field="output_format",
                format="png",
                usd=0.037,
            ),
            Model(
                slug="nano-banana",
                choices=MappingProxyType(
                    {
                        "aspect_ratio": tuple(name for name in RATIOS if name != "9:21"),
                        "response_modalities": ("TEXT_AND_IMAGE", "IMAGE"),
                    }
                ),
                format="png",
                usd=0.04,
            ),
        )
    }
)

MISSING = "unknown"
"""A model with this in its name does not exist. There are hundreds; those not listed take all."""


def find_model(slug: str) -> Model | None:
    if MISSING in slug:
        return None
    return MODELS.get(slug) or Model(slug=slug, most_samples=4)

"""Models: those of Replicate's that the emulator knows, with the fields of their input."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

from router.emulators.replicate_fields import (
    FLAG,
    PICTURE,
    PROMPT,
    SEED,
    TEXT,
    Field,
    choice,
    number,
    pictures,
    whole,
)

HIDDEN = "hidden"
"""What an official model's predictions say as their version."""

VERSION = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model. A model without `fields` is not known, and takes anything.

    It is in the queue for `queued` seconds and takes `running`. `many` tells that its output is a
    list. `step` is what its width and height must be multiples of, else the prediction fails.
    """

    name: str
    fields: Mapping[str, Field] = field(default_factory=lambda: MappingProxyType({}))
    version: str = HIDDEN
    official: bool = True
    many: bool = False
    queued: float = 0.1
    running: float = 4.0
    step: int = 1
    format: str = "webp"
    by_api: bool = True  # made by its owner's API, which words refusals in another way
    edited: Literal["white", "black"] = "white"  # where its mask has that colour

    @property
    def is_known(self) -> bool:
        return bool(self.fields)


FORMAT = choice("webp", "jpg", "png")
JPG_OR_PNG = choice("jpg", "png")
QUALITY = whole(0, 100)
STEPS = whole(1, 50)
SIDE = whole(256, 1440)

FLUX_RATIOS = ("1:1", "16:9", "21:9", "3:2", "2:3", "4:5", "5:4", "3:4", "4:3", "9:16", "9:21")
PRO_RATIOS = ("custom", "1:1", "16:9", "3:2", "2:3", "4:5", "5:4", "9:16", "3:4", "4:3")
KONTEXT_RATIOS = ("match_input_image", *FLUX_RATIOS, "2:1", "1:2")
SD_RATIOS = ("1:1", "16:9", "21:9", "2:3", "3:2", "4:5", "5:4", "9:16", "9:21")
IMAGEN_RATIOS = ("1:1", "9:16", "16:9", "3:4", "4:3")
BANANA_RATIOS = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")
SEEDREAM_RATIOS = ("1:1", "4:3", "3:4", "16:9", "9:16", "3:2", "2:3", "21:9")
IDEOGRAM_RATIOS = (
    *("1:3", "3:1", "1:2", "2:1", "9:16", "16:9", "10:16", "16:10"),
    *("2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "1:1"),
)
RECRAFT_SIZES = (
    *("1024x1024", "1365x1024", "1024x1365", "1536x1024", "1024x1536", "1820x1024", "1024x1820"),
    *("1024x2048", "2048x1024", "1434x1024", "1024x1434", "1024x1280", "1280x1024"),
    *("1024x1707", "1707x1024"),
)

OPEN_FLUX: Mapping[str, Field] = {
    "prompt": PROMPT,
    "aspect_ratio": choice(*FLUX_RATIOS),
    "num_outputs": whole(1, 4),
    "num_inference_steps": whole(1, 4),
    "seed": SEED,
    "output_format": FORMAT,
    "output_quality": QUALITY,
    "disable_safety_checker": FLAG,
    "go_fast": FLAG,
    "megapixels": choice("1", "0.25"),
}

PRO_FLUX: Mapping[str, Field] = {
    "prompt": PROMPT,
    "image_prompt": PICTURE,
    "aspect_ratio": choice(*PRO_RATIOS),
    "width": SIDE,
    "height": SIDE,
    "safety_tolerance": whole(1, 6),
    "seed": SEED,
    "prompt_upsampling": FLAG,
    "output_format": FORMAT,
    "output_quality": QUALITY,
}

KONTEXT: Mapping[str, Field] = {
    "prompt": PROMPT,
    "input_image": PICTURE,
    "aspect_ratio": choice(*KONTEXT_RATIOS),
    "prompt_upsampling": FLAG,
    "seed": SEED,
    "output_format": JPG_OR_PNG,
    "safety_tolerance": whole(0, 6),
}

SDXL = Model(
    name="stability-ai/sdxl",
    version="7762fd07cf82c948538e41f63f77d685e02b063e37e496e96eefd46c929f9bdc",
    official=False,
    many=True,
    queued=8.0,  # such models are not kept warm
    running=5.0,
    step=8,
    format="png",
    by_api=False,
    fields={
        "prompt": TEXT,
        "negative_prompt": TEXT,
        "image": PICTURE,
        "mask": PICTURE,
        "width": SEED,
        "height": SEED,
        "num_outputs": whole(1, 4),
        "scheduler": choice(
            *("DDIM", "DPMSolverMultistep", "HeunDiscrete", "KarrasDPM", "K_EULER_ANCESTRAL"),
            *("K_EULER", "PNDM"),
        ),
        "num_inference_steps": whole(1, 500),
        "guidance_scale": number(1, 50),
        "prompt_strength": number(0, 1),
        "seed": SEED,
        "refine": choice("no_refiner", "expert_ensemble_refiner", "base_image_refiner"),
        "high_noise_frac": number(0, 1),
        "refine_steps": SEED,
        "apply_watermark": FLAG,
        "lora_scale": number(0, 1),
        "replicate_weights": TEXT,
        "disable_safety_checker": FLAG,
    },
)

SD35 = Model(
    name="stability-ai/stable-diffusion-3.5-large",
    running=6.0,
    by_api=False,
    fields={
        "prompt": PROMPT,
        "negative_prompt": TEXT,
        "aspect_ratio": choice(*SD_RATIOS),
        "cfg": number(1, 10),
        "image": PICTURE,
        "prompt_strength": number(0, 1),
        "seed": SEED,
        "output_format": FORMAT,
    },
)

IDEOGRAM = Model(
    name="ideogram-ai/ideogram-v3-turbo",
    running=7.0,
    format="png",
    edited="black",
    fields={
        "prompt": PROMPT,
        "aspect_ratio": choice(*IDEOGRAM_RATIOS),
        "resolution": TEXT,
        "magic_prompt_option": choice("Auto", "On", "Off"),
        "image": PICTURE,
        "mask": PICTURE,
        "style_type": choice("None", "Auto", "General", "Realistic", "Design"),
        "style_preset": TEXT,
        "style_reference_images": pictures(3),
        "seed": whole(0, 2_147_483_647),
    },
)

IMAGEN = Model(
    name="google/imagen-4",
    running=7.0,
    format="jpg",
    fields={
        "prompt": PROMPT,
        "aspect_ratio": choice(*IMAGEN_RATIOS),
        "output_format": JPG_OR_PNG,
        "safety_filter_level": choice(
            "block_low_and_above", "block_medium_and_above", "block_only_high"
        ),
    },
)

FLUX_DEV_FIELDS: Mapping[str, Field] = {
    **OPEN_FLUX,
    "image": PICTURE,
    "prompt_strength": number(0, 1),
    "guidance": number(0, 10),
    "num_inference_steps": STEPS,
}

REDUX_FIELDS: Mapping[str, Field] = {
    **{name: one for name, one in OPEN_FLUX.items() if name not in {"prompt", "go_fast"}},
    "redux_image": Field(kind="uri", required=True),
}

FLUX_2_FIELDS: Mapping[str, Field] = {
    "prompt": PROMPT,
    "input_images": pictures(8),
    "aspect_ratio": choice("match_input_image", *PRO_RATIOS),
    "resolution": choice("match_input_image", "0.5 MP", "1 MP", "2 MP", "4 MP"),
    "width": whole(256, 2048),
    "height": whole(256, 2048),
    "safety_tolerance": whole(1, 5),
    "seed": SEED,
    "output_format": FORMAT,
    "output_quality": QUALITY,
}

FLUX_2_DEV_FIELDS: Mapping[str, Field] = {
    "prompt": PROMPT,
    "input_images": pictures(4),
    "aspect_ratio": choice("match_input_image", *PRO_RATIOS),
    "width": SIDE,
    "height": SIDE,
    "go_fast": FLAG,
    "seed": SEED,
    "output_format": FORMAT,
    "output_quality": QUALITY,
    "disable_safety_checker": FLAG,
}

FILL_DEV_FIELDS: Mapping[str, Field] = {
    "prompt": PROMPT,
    "image": Field(kind="uri", required=True),
    "mask": PICTURE,
    "num_outputs": whole(1, 4),
    "num_inference_steps": STEPS,
    "guidance": number(0, 100),
    "seed": SEED,
    "lora_scale": number(-1, 3),
    "megapixels": choice("1", "0.25", "match_input"),
    "output_format": FORMAT,
    "output_quality": QUALITY,
    "disable_safety_checker": FLAG,
}

BFL = "black-forest-labs"

MODELS: tuple[Model, ...] = (
    Model(name=f"{BFL}/flux-schnell", fields=OPEN_FLUX, many=True, running=1.2, by_api=False),
    Model(name=f"{BFL}/flux-dev", fields=FLUX_DEV_FIELDS, many=True, by_api=False),
    Model(name=f"{BFL}/flux-redux-schnell", fields=REDUX_FIELDS, many=True, by_api=False),
    Model(name=f"{BFL}/flux-pro", fields={**PRO_FLUX, "guidance": number(2, 5)}),
    Model(name=f"{BFL}/flux-1.1-pro", fields=PRO_FLUX),
    Model(
        name=f"{BFL}/flux-1.1-pro-ultra",
        format="jpg",
        running=8.0,
        fields={
            "prompt": PROMPT,
            "image_prompt": PICTURE,
            "image_prompt_strength": number(0, 1),
            "aspect_ratio": choice(*FLUX_RATIOS),
            "safety_tolerance": whole(1, 6),
            "seed": SEED,
            "raw": FLAG,
            "output_format": JPG_OR_PNG,
        },
    ),
    Model(name=f"{BFL}/flux-kontext-pro", format="png", running=5.0, fields=KONTEXT),
    Model(name=f"{BFL}/flux-kontext-max", format="png", running=7.0, fields=KONTEXT),
    Model(
        name=f"{BFL}/flux-fill-pro",
        format="jpg",
        running=8.0,
        fields={
            "prompt": PROMPT,
            "image": Field(kind="uri", required=True),
            "mask": PICTURE,
            "outpaint": TEXT,
            "seed": SEED,
            "steps": STEPS,
            "prompt_upsampling": FLAG,
            "guidance": number(1.5, 100),
            "safety_tolerance": whole(1, 6),
            "output_format": JPG_OR_PNG,
        },
    ),
    Model(name=f"{BFL}/flux-fill-dev", fields=FILL_DEV_FIELDS, many=True, by_api=False),
    Model(name=f"{BFL}/flux-2-pro", running=9.0, fields=FLUX_2_FIELDS),
    Model(name=f"{BFL}/flux-2-dev", fields=FLUX_2_DEV_FIELDS, by_api=False),
    SDXL,
    SD35,
    replace(SD35, name=f"{SD35.name}-turbo", running=2.0),
    replace(SD35, name="stability-ai/stable-diffusion-3.5-medium"),
    Model(
        name="recraft-ai/recraft-v3",
        running=8.0,
        fields={
            "prompt": PROMPT,
            "size": choice(*RECRAFT_SIZES),
            "style": TEXT,
            "aspect_ratio": TEXT,
        },
    ),
    IDEOGRAM,
    replace(IDEOGRAM, name="ideogram-ai/ideogram-v3-balanced", running=9.0),
    replace(IDEOGRAM, name="ideogram-ai/ideogram-v3-quality", running=14.0),
    IMAGEN,
    replace(IMAGEN, name="google/imagen-4-fast", running=3.0),
    replace(IMAGEN, name="google/imagen-4-ultra", running=9.0),
    Model(
        name="google/nano-banana",
        format="jpg",
        running=7.0,
        fields={
            "prompt": PROMPT,
            "image_input": pictures(10),
            "aspect_ratio": choice("match_input_image", *BANANA_RATIOS),
            "output_format": JPG_OR_PNG,
        },
    ),
    Model(
        name="bytedance/seedream-4",
        many=True,
        running=14.4,
        format="jpg",
        fields={
            "prompt": PROMPT,
            "image_input": pictures(10),
            "size": choice("1K", "2K", "4K", "custom"),
            "aspect_ratio": choice("match_input_image", *SEEDREAM_RATIOS),
            "width": whole(1024, 4096),
            "height": whole(1024, 4096),
            "sequential_image_generation": choice("disabled", "auto"),
            "max_images": whole(1, 15),
            "enhance_prompt": FLAG,
        },
    ),
)

BY_NAME: Mapping[str, Model] = MappingProxyType({model.name: model for model in MODELS})
BY_VERSION: Mapping[str, Model] = MappingProxyType(
    {model.version: model for model in MODELS if model.version != HIDDEN}
)


def stranger(name: str, version: str = HIDDEN) -> Model:
    """A model that is not in the table: one of thousands, or a customer's own."""
    return Model(name=name, version=version, many=True, queued=0.5, running=6.0, by_api=False)

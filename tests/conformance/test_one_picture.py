"""A picture that is given is the one that is sent, whatever is said of pictures in other words."""

import pytest

from router import AsyncRouter
from router.emulators.drawing import drawn_once
from router.sandbox.in_process import SandboxSender
from router.testing import simulate
from tests.originals.pictures import drawn, masking

DRAW = drawn_once()
KITE = ("kite.png", drawn(size=(64, 64)))
MASK = ("mask.png", masking((64, 64)))
ELSEWHERE = "https://elsewhere.example/other.png"

EDITS = [
    ("together-ai", "black-forest-labs/FLUX.1-kontext-pro", "image_url", {}),
    ("replicate", "black-forest-labs/flux-kontext-pro", "input_image", {}),
    ("replicate", "black-forest-labs/flux-fill-pro", "mask", {"mask": MASK}),
    ("segmind", "sdxl-img2img", "image", {}),
    ("segmind", "sdxl-inpaint", "mask", {"mask": MASK}),
    ("monsterapi", "img2img", "init_image_url", {}),
    ("xai", "grok-imagine-image-2.0", "image", {}),
    ("openai", "gpt-image-2", "image", {}),
    ("openai", "gpt-image-2", "image[]", {}),
]


class Keeping(SandboxSender):
    """Keeps what it was sent."""

    async def send(self, request):
        self.kept = [*getattr(self, "kept", ()), request]
        return await super().send(request)


def edited(provider, model, files, **more):
    """Return what was sent first, and what the trace says of it."""

    async def main():
        sender = Keeping(draw=DRAW)
        config = {"provider": provider, **more.pop("config", {})}
        async with AsyncRouter(config, sandbox=True, environment={}, sender=sender) as router:
            answer = await router.images.edit(
                **{"image": KITE, "model": model, "prompt": "x", **files, **more}
            )
        return sender.kept[0], answer.trace.served.adaptations

    return simulate(main)


def said(request):
    return request.body + b"".join(part.read() for part in request.parts)


WAYS = {
    "override": lambda word: {"config": {"override_params": {word: ELSEWHERE}}},
    "default": lambda word: {"config": {"default_params": {word: ELSEWHERE}}},
    "extra": lambda word: {"extra_body": {word: ELSEWHERE}},
}


CASES = [
    (*edit, way)
    for edit in EDITS
    for way in WAYS
    if (edit[2], way) != ("mask", "extra")  # that is refused: it would be a reference
]


@pytest.mark.parametrize(("provider", "model", "word", "files", "way"), CASES)
def test_another_picture_in_the_providers_words_is_left_out_and_told(
    provider, model, word, files, way
):
    sent, notes = edited(provider, model, files, **WAYS[way](word))

    assert ELSEWHERE.encode() not in said(sent)
    assert [note for note in notes if note.startswith(f"{word} dropped")]
    assert ELSEWHERE not in " ".join(notes)


def test_a_picture_inside_replicates_input_is_left_out_and_told():
    model = "black-forest-labs/flux-kontext-pro"
    inside = {"input": {"input_image": ELSEWHERE, "seed": 7}}

    sent, notes = edited("replicate", model, {}, extra_body=inside)

    assert ELSEWHERE.encode() not in said(sent)
    assert b'"seed":7' in said(sent).replace(b" ", b"")
    assert [note for note in notes if note.startswith("input_image dropped")]


def test_without_a_picture_the_providers_words_are_sent_as_ever():
    async def main():
        sender = Keeping(draw=DRAW)
        async with AsyncRouter(
            {"provider": "together-ai"}, sandbox=True, environment={}, sender=sender
        ) as router:
            model = "black-forest-labs/FLUX.1-kontext-pro"
            await router.images.generate(
                prompt="x", model=model, extra_body={"image_url": ELSEWHERE}
            )
        return sender.kept[0]

    assert ELSEWHERE.encode() in said(simulate(main))


def test_pictures_that_are_given_by_reference_stay():
    async def main():
        sender = Keeping(draw=DRAW)
        async with AsyncRouter(
            {"provider": "openai"}, sandbox=True, environment={}, sender=sender
        ) as router:
            await router.images.edit(
                prompt="x", model="gpt-image-2", images=[{"image_url": ELSEWHERE}]
            )
        return sender.kept[0]

    assert ELSEWHERE.encode() in said(simulate(main))

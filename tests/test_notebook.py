import asyncio

from router import AsyncRouter
from router.answer import Image, ImagesResponse
from router.core.images import Picture, Pictures
from router.core.trace import Attempt, Trace
from router.testing import Scripted, picture_answer

HOSTILE = '"><script>alert(1)</script>'


def answer_of(*pictures, **attempt):
    trace = Trace("trace-1")
    if attempt:
        trace.begin(Attempt(path="config", status=200, **attempt))
    made = Pictures(created=0, data=pictures)
    return ImagesResponse(made, tuple(Image(picture) for picture in pictures), trace)


def test_pictures_stand_side_by_side_with_what_is_known_of_them():
    async def main():
        async with AsyncRouter(
            {"provider": "openai"}, sender=Scripted(picture_answer(2)), environment=KEYS
        ) as router:
            return await router.images.generate(prompt="a cat", model="gpt-image-2", n=2)

    answer = asyncio.run(main())
    drawn = answer._repr_html_()
    media = answer.data[0].media

    assert drawn.count("<figure") == drawn.count('<img src="data:image/png;base64,') == 2
    assert "display:flex" in drawn
    assert f"{media.width}x{media.height} PNG" in drawn
    assert "openai gpt-image-2 · 0.0 s" in drawn


KEYS = {"OPENAI_API_KEY": "sk-test"}


def test_the_cost_is_told_where_it_is_known():
    url = Picture(url="https://pictures.test/1.png")

    assert "$0.040" in answer_of(url, provider="openai", cost=0.04)._repr_html_()
    assert "$" not in answer_of(url, provider="openai")._repr_html_()


def test_an_answer_of_the_cache_says_so():
    url = Picture(url="https://pictures.test/1.png")

    assert "from the cache" in answer_of(url)._repr_html_()


def test_text_of_providers_and_callers_is_escaped():
    picture = Picture(url=f"https://pictures.test/{HOSTILE}", revised_prompt=HOSTILE)

    drawn = answer_of(picture, provider=HOSTILE, model=HOSTILE)._repr_html_()

    assert "<script>" not in drawn
    assert '""' not in drawn


def test_only_pictures_are_loaded():
    drawn = answer_of(Picture(url=f"javascript:{HOSTILE}"))._repr_html_()

    assert "<img" not in drawn
    assert "<script>" not in drawn

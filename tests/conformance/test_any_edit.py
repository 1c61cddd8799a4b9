"""Whatever edit is asked for: it is done in full, or it is nobody's business but the next one's."""

from functools import lru_cache

import pytest
from beginnings import inside
from hypothesis import given, settings
from hypothesis import strategies as st
from speakers import EVERYONE, ask, check_whole

from router import RoutingError
from router.core.outcome import Kind
from tests.originals.pictures import drawn, masking

painting = lru_cache(drawn)
mask_of = lru_cache(masking)

FORMATS = ["png", "jpeg", "webp"]
SIDES = st.sampled_from([1, 64, 100, 256, 640, 832, 1024, 1216, 1536])

WORDS = {
    "n": st.integers(1, 2),
    "size": st.sampled_from(["auto", "1024x1024", "1536x1024", "256x256", "640x832"]),
    "quality": st.sampled_from(["auto", "low", "high", "standard"]),
    "background": st.sampled_from(["auto", "opaque"]),
    "input_fidelity": st.sampled_from(["low", "high"]),
    "response_format": st.sampled_from(["b64_json", "url"]),
    "moderation": st.sampled_from(["auto", "low"]),
    "negative_prompt": st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=9),
    "seed": st.integers(0, 2**31),
    "user": st.just("somebody"),
}
FORMS = st.fixed_dictionaries({}, optional={"output_format": st.sampled_from(FORMATS)})
SQUEEZED = st.fixed_dictionaries(
    {
        "output_format": st.sampled_from(["jpeg", "webp"]),
        "output_compression": st.integers(0, 100),
    }
)
PARAMS = st.builds(
    lambda words, form: {**words, **form},
    st.fixed_dictionaries({}, optional=WORDS),
    FORMS | SQUEEZED,
)


@st.composite
def pictures(draw):
    """Draw what an edit begins with, as files or as references."""
    size = draw(st.just((1024, 1024)) | st.tuples(SIDES, SIDES))
    given = [painting(draw(st.sampled_from(FORMATS)), size)]
    if draw(st.booleans()):
        given.append(painting(draw(st.sampled_from(FORMATS)), (64, 64)))
    masked = {"mask": mask_of(size)} if draw(st.booleans()) else {}
    if draw(st.booleans()):
        return {"image": given if len(given) > 1 else given[0], **masked}
    masked = {name: inside(content) for name, content in masked.items()}
    return {"images": [inside(content) for content in given], **masked}


def check(heard, params):
    """The answer is whole, or nothing was asked."""
    answer = heard.answer
    if isinstance(answer, RoutingError):
        assert (answer.kind, heard.requests) == (Kind.UNSUPPORTED, []), str(answer)
        return
    check_whole(answer, params)


# Of this one it is not known which pictures it takes; it is asked, and may say no.
UNSURE = "stable-diffusion-v1-6"
SURE = [speaker for speaker in EVERYONE if speaker.can and speaker.model != UNSURE]


@pytest.mark.parametrize("speaker", SURE, ids=str)
@settings(max_examples=8)
@given(pictures(), PARAMS)
def test_any_edit_is_done_in_full_or_not_asked_for(speaker, beginning, params):
    check(ask(speaker, to="edit", **beginning, **params), params)

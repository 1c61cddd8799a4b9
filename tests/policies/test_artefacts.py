"""Promises about the answer: in the form and the format asked for, whatever a provider gives."""

import base64
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from router import NoImageError
from router.core.finishing import ArtefactError, Finishing
from router.core.http import TransportError
from router.core.media import sniff_bytes
from router.core.outcome import Kind
from tests.policies.promising import (
    ABLE,
    CDN,
    PNG,
    POOR,
    answer,
    asked,
    b64,
    drawn,
    file,
    url,
)
from tests.toys import CAT, Toy, compiled, fallback, run, target

# The form


@pytest.mark.parametrize("given", [b64(), url(), {**b64(), **url()}], ids=["b64", "url", "both"])
def test_what_was_not_asked_for_is_not_touched(given):
    got, sender = asked(answer(given))

    assert (got.data[0].b64_json, got.data[0].url) == (given.get("b64_json"), given.get("url"))
    assert len(sender.requests) == 1


def test_a_url_becomes_base64_for_who_asked_for_that():
    got, sender = asked(answer(url()), file(), response_format="b64_json")

    assert (got.data[0].bytes(), got.data[0].url) == (PNG, None)
    assert sender.requests[1].auth is None
    assert "authorization" not in sender.requests[1].headers


def test_a_data_url_becomes_base64_without_a_request():
    got, sender = asked(
        answer({"url": f"data:image/png;base64,{b64()['b64_json']}"}), response_format="b64_json"
    )

    assert (got.data[0].bytes(), got.data[0].url, len(sender.requests)) == (PNG, None, 1)


def test_base64_becomes_a_data_url_for_who_asked_for_a_url():
    got, _ = asked(answer(b64()), response_format="url")

    assert (got.data[0].url, got.data[0].b64_json) == (
        f"data:image/png;base64,{b64()['b64_json']}",
        None,
    )
    assert got.data[0].bytes() == PNG


def test_base64_of_no_known_type_becomes_a_data_url_too():
    got, _ = asked(answer(b64(b"\x00\x01\x02" * 30)), response_format="url")

    assert got.data[0].url.startswith("data:application/octet-stream;base64,")


def test_base64_becomes_a_file_where_a_folder_is_given(tmp_path):
    got, _ = asked(answer(b64()), response_format="url", options={"artefacts": tmp_path / "new"})
    again, _ = asked(answer(b64()), response_format="url", options={"artefacts": tmp_path / "new"})

    (kept,) = (tmp_path / "new").iterdir()
    assert got.data[0].url == again.data[0].url == kept.as_uri()
    assert (kept.read_bytes(), kept.suffix) == (PNG, ".png")


@pytest.mark.parametrize(("form", "given"), [("b64_json", b64()), ("url", url())])
def test_what_came_as_asked_stays_as_it_came(form, given):
    got, sender = asked(answer(given), response_format=form)

    assert (got.data[0].b64_json, got.data[0].url) == (given.get("b64_json"), given.get("url"))
    assert len(sender.requests) == 1


def test_what_the_provider_can_do_is_left_to_it():
    _, sender = asked(answer(b64()), toy=ABLE, response_format="b64_json", output_format="png")

    body = json.loads(sender.requests[0].body)
    assert (body["response_format"], body["output_format"]) == ("b64_json", "png")


def test_what_the_provider_cannot_do_is_kept_from_it_and_a_form_is_not_worth_a_note():
    got, sender = asked(answer(b64()), response_format="url")

    assert "response_format" not in json.loads(sender.requests[0].body)
    assert got.trace.attempts[0].adaptations == ()


def test_a_form_is_no_reason_to_pass_a_target_by():
    config = {"provider": "poor", "on_unsupported": "error"}
    got, _ = asked(answer(b64()), config=config, response_format="url")

    assert got.data[0].url


def test_what_is_in_extra_body_is_the_callers_own_business():
    _, sender = asked(answer(b64()), extra_body={"response_format": "url"})

    assert json.loads(sender.requests[0].body)["response_format"] == "url"


def test_a_form_that_nobody_knows_is_the_providers_to_judge():
    _, sender = asked(answer(b64()), toy=ABLE, response_format="hologram")

    assert json.loads(sender.requests[0].body)["response_format"] == "hologram"


def test_passthrough_changes_nothing():
    config = {"provider": "poor", "passthrough": True}
    got, _ = asked(answer(b64()), config=config, response_format="url")

    assert (got.data[0].url, got.data[0].bytes()) == (None, PNG)


# Downloads


def test_pictures_of_one_answer_are_downloaded_at_the_same_time():
    got, sender = asked(
        answer(*(url(number) for number in range(4))),
        *[(3.0, file())] * 4,
        n=4,
        response_format="b64_json",
    )

    assert len(got.data) == 4
    assert sorted(request.url for request in sender.requests[1:]) == [
        CDN.format(number) for number in range(4)
    ]


def test_a_failed_download_repeats_the_download_and_never_the_generation():
    broken = TransportError("reset", sent=True)
    got, sender = asked(answer(url()), file(status=503), broken, file(), response_format="b64_json")

    assert got.data[0].bytes() == PNG
    assert [request.method for request in sender.requests] == ["POST", "GET", "GET", "GET"]
    assert len(got.trace.attempts) == 1


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        ([file(status=503)] * 3, "answered 503"),
        ([file(status=403)], "answered 403"),
        ([file(b"<html>")], "is no picture"),
    ],
)
def test_a_picture_that_cannot_be_had_is_a_failure_that_names_it(steps, why):
    got, _ = asked(answer(url()), *steps, response_format="b64_json")

    assert isinstance(got, NoImageError)
    assert (got.kind, got.status_code, got.failure.billed) == (Kind.INVALID_OUTPUT, 502, True)
    assert why in str(got)
    assert got.pictures == ()


def test_a_broken_data_url_is_a_failure():
    got, _ = asked(answer({"url": "data:image/png;base64,!!"}), response_format="b64_json")

    assert "its base64 is broken" in str(got)


def test_a_url_behind_which_the_format_is_right_already_stays():
    got, sender = asked(answer(url()), file(), response_format="url", output_format="png")

    assert (got.data[0].url, len(sender.requests)) == (CDN.format(0), 2)


def test_a_data_url_that_is_broken_in_its_middle_is_a_failure():
    text = b64()["b64_json"]
    torn = f"{text[:200]}!!!!{text[204:]}"
    got, _ = asked(answer({"url": f"data:image/png;base64,{torn}"}), response_format="b64_json")

    assert "the data: URL holds no picture in base64" in str(got)


def test_a_download_that_was_cut_off_is_repeated():
    got, sender = asked(answer(url()), file(PNG[:-9]), file(), response_format="b64_json")

    assert (got.data[0].bytes(), len(sender.requests)) == (PNG, 3)


def test_half_a_picture_in_a_data_url_is_a_failure():
    half = {"url": "data:image/png;base64," + b64(PNG[:-9])["b64_json"]}
    got, _ = asked(answer(half), response_format="b64_json")

    assert "it is cut off" in str(got)


def test_a_target_whose_pictures_cannot_be_had_is_followed_by_the_next():
    config = {
        "strategy": {"mode": "fallback"},
        "targets": [{"provider": "poor"}, {"provider": "able"}],
    }
    got, _ = asked(
        answer(url()), file(status=403), answer(b64()), config=config, response_format="b64_json"
    )

    assert got.trace.served.provider == "able"


# The format


@pytest.mark.parametrize("form", ["png", "jpeg", "jpg", "webp", "gif"])
@pytest.mark.parametrize("given", ["png", "jpeg", "webp"])
def test_a_picture_is_converted_where_the_provider_has_another_format(given, form):
    got, sender = asked(answer(b64(drawn(given)), output_format=given), output_format=form)

    wanted = "jpeg" if form == "jpg" else form
    assert got.data[0].media.format == wanted
    assert (got.data[0].media.width, got.data[0].media.height) == (24, 16)
    assert got.trace.attempts[0].adaptations == (f"output_format {form} -> converted here",)
    assert "output_format" not in json.loads(sender.requests[0].body)


def test_the_answer_says_what_format_its_pictures_have_now():
    got, _ = asked(answer(b64(), output_format="png"), output_format="webp")

    assert got.fields["output_format"] == "webp"


def test_a_picture_behind_a_url_is_fetched_to_be_converted():
    got, _ = asked(answer(url()), file(), output_format="webp")

    assert (got.data[0].media.format, got.data[0].url) == ("webp", None)


def test_a_converted_picture_has_a_url_for_who_asked_for_one():
    got, _ = asked(answer(url()), file(), output_format="webp", response_format="url")

    assert got.data[0].url.startswith("data:image/webp;base64,")


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "1", "L"])
def test_a_jpeg_has_white_where_the_picture_was_transparent(mode):
    got, _ = asked(answer(b64(drawn("png", mode))), output_format="jpeg")

    assert sniff_bytes(got.data[0].bytes()).format == "jpeg"


def test_transparency_becomes_white_and_not_black():
    clear = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(clear, "png")
    got, _ = asked(answer(b64(clear.getvalue())), output_format="jpeg")

    with Image.open(io.BytesIO(got.data[0].bytes())) as picture:
        assert min(picture.getpixel((4, 4))) > 250


def test_a_provider_that_ignores_the_format_it_knows_is_put_right():
    got, _ = asked(answer(b64()), toy=ABLE, output_format="webp")

    assert got.data[0].media.format == "webp"


@pytest.mark.parametrize("level", [0, 10, 100])
def test_compression_is_done_here_where_the_provider_cannot(level):
    got, _ = asked(answer(b64()), output_format="jpeg", output_compression=level)

    assert got.trace.attempts[0].adaptations == (
        f"output_compression {level} -> converted here",
        "output_format jpeg -> converted here",
    )
    assert got.data[0].media.format == "jpeg"


def test_more_compression_makes_fewer_bytes():
    sizes = [
        len(asked(answer(b64()), output_format="webp", output_compression=level)[0].data[0].bytes())
        for level in (5, 95)
    ]

    assert sizes[0] < sizes[1]


def test_compression_alone_is_done_to_formats_that_have_it():
    jpeg = drawn("jpeg")
    done, _ = asked(answer(b64(jpeg)), output_compression=1)
    left, _ = asked(answer(b64()), output_compression=1)

    assert len(done.data[0].bytes()) < len(jpeg)
    assert left.data[0].bytes() == PNG


@pytest.mark.parametrize("value", [True, -1, 101, "much"])
def test_a_compression_that_is_none_is_left_to_the_rules(value):
    got, _ = asked(answer(b64()), output_format="jpeg", output_compression=value)

    assert any("output_compression" in note for note in got.trace.attempts[0].adaptations)
    assert got.data[0].media.format == "jpeg"


def test_png_has_no_compression_to_choose():
    got, _ = asked(answer(b64()), output_format="png", output_compression=50)

    assert got.data[0].bytes() == PNG
    assert "output_compression 50 dropped (a toy has none)" in got.trace.attempts[0].adaptations


def test_what_cannot_be_converted_is_a_failure():
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'></svg>" + b" " * 100
    got, _ = asked(answer(b64(svg)), output_format="webp")

    assert (got.kind, got.failure.billed, got.pictures) == (Kind.INVALID_OUTPUT, True, ())
    assert "could not be converted to webp" in str(got)


# Without Pillow, and without anything


class Refusing:
    async def put(self, content, media):
        raise ArtefactError("the shelf is full")


def plainly(node, *steps, params, finishing, request=CAT):
    wanted = request.with_params({**request.params, **params})
    return run(node, *steps, request=wanted, finishing=finishing)


WITHOUT_PILLOW = Finishing(fetch=None, store=Refusing())


def lone(mode="adapt"):
    return compiled(target("poor", on_unsupported=mode), adapters={"poor": POOR})


@pytest.mark.parametrize("mode", ["adapt", "skip", "error"])
def test_without_pillow_a_format_that_the_provider_has_not_is_unsupported(mode):
    got = plainly(lone(mode), params={"output_format": "webp"}, finishing=WITHOUT_PILLOW)

    assert (got.outcome.kind, got.outcome.status, got.attempts) == (Kind.UNSUPPORTED, 501, ())
    assert "poor cannot give output_format webp" in got.outcome.message
    assert "pip install 'pixroute[convert]'" in got.outcome.message


def test_without_pillow_a_format_is_dropped_where_that_is_wanted():
    params = {"output_format": "webp", "response_format": "b64_json"}
    got = plainly(lone("drop"), answer(b64()), params=params, finishing=WITHOUT_PILLOW)

    assert got.attempts[0].adaptations == ("output_format webp dropped (a toy has none)",)


def test_a_store_that_fails_is_a_failure_that_says_why():
    got = plainly(
        lone(), answer(b64()), params={"response_format": "url"}, finishing=WITHOUT_PILLOW
    )

    assert "the shelf is full" in got.outcome.message
    # It is paid, and here: whoever asked may have it all the same.
    assert [bytes(one.b64) for one in got.outcome.unfinished] == [base64.b64encode(PNG)]


def test_without_ports_pictures_stay_as_they_come():
    got = plainly(lone(), answer(b64()), params={"response_format": "url"}, finishing=None)

    assert got.outcome.pictures.data[0].b64 is not None


def test_a_picture_of_no_known_type_is_converted_if_that_can_be_done():
    got, _ = asked(answer(b64(b"\x00\x01\x02" * 30)), output_format="webp")

    assert "could not be converted to webp" in str(got)


def test_a_picture_of_no_known_type_stays_where_the_provider_knows_the_format():
    got, _ = asked(answer(b64(b"\x00\x01\x02" * 30)), toy=ABLE, output_format="webp")

    assert got.data[0].bytes() == b"\x00\x01\x02" * 30


def test_a_failure_passes():
    got, _ = asked(503, response_format="url")

    assert got.status_code == 503


def test_a_rule_that_breaks_costs_the_target_and_no_more():
    def broken(value, params):
        raise ZeroDivisionError

    toy = Toy("a", rule_by_name={"response_format": broken})
    tree = compiled(fallback(target("a"), target("b")), adapters={"a": toy})
    got = plainly(tree, answer(url()), params={"response_format": "url"}, finishing=WITHOUT_PILLOW)

    assert (got.status, got.trace.served.provider) == (200, "b")


@given(
    st.sampled_from(["b64_json", "url"]),
    st.lists(st.sampled_from(["b64", "url", "data"]), min_size=1, max_size=6),
)
def test_every_picture_has_the_form_that_was_asked_for(form, kinds):
    items = {
        "b64": b64(),
        "url": url(),
        "data": {"url": "data:image/png;base64," + b64()["b64_json"]},
    }
    given = [items[kind] for kind in kinds]
    downloads = [file()] * kinds.count("url") if form == "b64_json" else []
    got, sender = asked(answer(*given), *downloads, n=len(given), response_format=form)

    assert len(sender.requests) == 1 + len(downloads)
    assert all((one.b64_json if form == "b64_json" else one.url) for one in got.data)

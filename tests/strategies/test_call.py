import asyncio
import json
import logging
import pickle
from dataclasses import dataclass, replace

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.adapter import Send
from router.core.http import BEARER, Auth, HttpRequest, HttpResponse, TransportError
from router.core.outcome import Failure, Kind, Success
from router.core.secret import Credentials, Secret
from router.core.trace import Trace
from router.policies.verify import check_pictures
from router.strategies.call import Call
from router.testing import Scripted, picture_answer, simulate
from tests.toys import (
    CAT,
    EPOCH,
    SECRET,
    Keys,
    Providers,
    Toy,
    ask,
    budget,
    compiled,
    context,
    error,
    fallback,
    run,
    target,
)

ACCEPTED = HttpResponse(status=202, body=b'{"id": "job"}', headers={"x-request-id": "req_1"})
HOME = "https://a.test"


def get(path, base=HOME, auth=BEARER):
    return HttpRequest(method="GET", url=f"{base}{path}", auth=auth)


UNDO = HttpRequest(method="POST", url=f"{HOME}/job/cancel", auth=BEARER)


@dataclass(frozen=True)
class Polling(Toy):
    """A provider of jobs: asked every 2 s until one is done."""

    def flow(self, request, target):
        yield Send(request=HttpRequest(method="POST", url=f"{HOME}/job", auth=BEARER))
        while True:
            response = yield Send(request=get("/job"), after=2.0, undo=UNDO)
            if response.status != 202:
                break
        return (yield from super().flow(request, target))


@dataclass(frozen=True)
class Says(Toy):
    """A provider whose flow is given."""

    conversation: object = None

    def flow(self, request, target):
        return self.conversation(request, target)


def leaf(adapter, **more):
    return compiled(target(**more), adapters={"a": adapter})


def saying(conversation, **more):
    return leaf(Says(conversation=conversation), **more)


def cancelled(node, sender, seconds):
    """Cancel the caller after some time; return the attempts."""

    async def main():
        ctx = context(sender)
        task = asyncio.ensure_future(node.execute(CAT, ctx))
        await anyio.sleep(seconds)
        task.cancel()
        await asyncio.wait({task})
        assert task.cancelled()
        return ctx.trace.attempts

    return simulate(main)


def asked(sender):
    return [f"{r.method} {r.url.removeprefix(HOME)}" for r in sender.requests]


# What the trace knows


def test_a_success_is_one_attempt_in_the_trace():
    result = run(compiled(target()), (1.5, 200))

    (attempt,) = result.attempts
    assert (attempt.path, attempt.provider, attempt.model) == ("config", "a", "gpt-image-2")
    assert (attempt.virtual_key, attempt.status, attempt.kind) == ("key", 200, None)
    assert (attempt.started, attempt.duration, attempt.billed) == (0.0, 1.5, True)
    assert (attempt.request_id, attempt.received) == ("req_scripted", len(picture_answer().body))


def test_a_failure_is_one_attempt_in_the_trace():
    (attempt,) = run(compiled(target()), (1.5, 400)).attempts

    assert (attempt.status, attempt.kind, attempt.message) == (
        400,
        Kind.BAD_REQUEST,
        "scripted 400",
    )
    assert (attempt.duration, attempt.billed) == (1.5, False)


def test_observers_see_an_attempt_begin_and_end():
    class Diary:
        def __init__(self):
            self.lines = []

        def decided(self, decision):
            self.lines.append(("decided", decision.by))

        def attempt_started(self, attempt):
            self.lines.append(("started", attempt.path, attempt.status))

        def attempt_ended(self, attempt):
            self.lines.append(("ended", attempt.path, attempt.status))

    diary = Diary()
    run(compiled(fallback(target(), target())), 500, 200, trace=Trace("t", [diary]))

    assert diary.lines == [
        ("started", "config.targets[0]", 0),
        ("ended", "config.targets[0]", 500),
        ("decided", "fallback"),
        ("started", "config.targets[1]", 0),
        ("ended", "config.targets[1]", 200),
    ]


@pytest.mark.parametrize("name", ["x-request-id", "apim-request-id"])
def test_the_providers_request_id_is_kept(name):
    reply = HttpResponse(status=200, body=picture_answer().body, headers={name: "req_7"})

    assert run(compiled(target()), reply).attempts[0].request_id == "req_7"


def test_an_answer_without_a_date_is_dated_now():
    body = json.loads(picture_answer().body) | {"created": 0}
    reply = HttpResponse(status=200, body=json.dumps(body).encode())

    result = run(compiled(target()), (9.0, reply))

    assert result.outcome.pictures.created == EPOCH + 9


def test_a_moment_to_come_back_becomes_seconds_from_now():
    def conversation(request, target):
        yield Send(request=get("/"))
        return Failure(kind=Kind.OVERLOADED, status=503, message="", retry_at=EPOCH + 30)

    assert run(saying(conversation), (10.0, 200)).outcome.retry_after == 20


def test_a_moment_to_come_back_that_has_passed_is_now():
    def conversation(request, target):
        yield Send(request=get("/"))
        return Failure(kind=Kind.OVERLOADED, status=503, message="", retry_at=EPOCH - 30)

    assert run(saying(conversation), 200).outcome.retry_after == 0


# Several exchanges


def test_polls_are_one_attempt_and_spend_one_call_of_the_budget():
    sender = Scripted(ACCEPTED, ACCEPTED, ACCEPTED, 200, 200)

    result = run(leaf(Polling(), budget=budget(attempts=1)), sender=sender)

    assert (result.status, len(result.attempts), len(sender.requests)) == (200, 1, 5)
    assert sender.times == [0, 2, 4, 6, 6]


def test_polls_run_inside_the_timeout_of_their_attempt():
    sender = Scripted(ACCEPTED, repeat=True)

    result = run(leaf(Polling(), timeout=7.0), sender=sender)

    assert (result.outcome.kind, result.took) == (Kind.TIMEOUT, 7.0)
    assert asked(sender) == ["POST /job", *["GET /job"] * 3, "POST /job/cancel"]


@pytest.mark.parametrize("seconds", [1.0, 3.0, 100.0])
def test_a_cancelled_job_is_undone_once(seconds):
    sender = Scripted(ACCEPTED, repeat=True)

    (attempt,) = cancelled(leaf(Polling()), sender, seconds)

    assert attempt.kind is Kind.CANCELLED
    assert asked(sender).count("POST /job/cancel") == 1
    assert asked(sender)[-1] == "POST /job/cancel"


def test_a_job_that_was_not_accepted_yet_has_nothing_to_undo():
    sender = Scripted((60, ACCEPTED))

    cancelled(leaf(Polling()), sender, 5)

    assert asked(sender) == ["POST /job"]


def test_a_finished_job_is_not_undone():
    sender = Scripted(ACCEPTED, 200, 200)

    run(leaf(Polling()), sender=sender)

    assert "POST /job/cancel" not in asked(sender)


def test_a_job_whose_poll_breaks_is_undone():
    sender = Scripted(ACCEPTED, TransportError("reset", sent=True), 200)

    result = run(leaf(Polling()), sender=sender)

    assert result.outcome.kind is Kind.CONNECTION_LOST
    assert asked(sender)[-1] == "POST /job/cancel"


@pytest.mark.parametrize("sent", [True, False])
def test_a_question_that_may_break_is_answered_by_nothing(sent):
    heard = []

    def conversation(request, target):
        heard.append((yield Send(request=get("/job"), lenient=True, undo=UNDO)))
        heard.append((yield Send(request=get("/job"), lenient=True, undo=UNDO)))
        return (yield from Toy().flow(request, target))

    sender = Scripted(TransportError("reset", sent=sent), ACCEPTED, 200)
    result = run(saying(conversation), sender=sender)

    assert heard == [None, ACCEPTED]
    assert (result.status, len(result.attempts)) == (200, 1)
    assert UNDO.url not in [one.url for one in sender.requests]


def test_a_job_whose_adapter_breaks_is_undone():
    def conversation(request, target):
        yield Send(request=get("/job"), undo=UNDO)
        raise KeyError("output")

    sender = Scripted(ACCEPTED, 200)
    result = run(saying(conversation), sender=sender)

    assert result.outcome.kind is Kind.INVALID_OUTPUT
    assert asked(sender) == ["GET /job", "POST /job/cancel"]


def test_an_undo_that_hangs_is_given_five_seconds():
    async def main():
        ctx = context(Scripted(ACCEPTED, (60, 200), (60, 200)))
        task = asyncio.ensure_future(leaf(Polling()).execute(CAT, ctx))
        await anyio.sleep(3)
        task.cancel()
        await asyncio.wait({task})
        return task.cancelled(), ctx.time()

    assert simulate(main) == (True, 8.0)


def test_an_undo_that_breaks_is_left_at_that():
    sender = Scripted(ACCEPTED, (60, 200), TransportError("gone", sent=False))

    (attempt,) = cancelled(leaf(Polling()), sender, 3)

    assert attempt.kind is Kind.CANCELLED


def test_a_cancellation_whose_undo_outlasts_the_timeout_is_still_a_cancellation():
    sender = Scripted(ACCEPTED, (60, 200), (3.0, 200))

    (attempt,) = cancelled(leaf(Polling(), timeout=4.0), sender, 3)

    assert (attempt.status, attempt.kind) == (499, Kind.CANCELLED)


def test_a_poll_that_sent_nothing_does_not_unsay_the_job_before_it():
    sender = Scripted(ACCEPTED, TransportError("refused", sent=False), 200)

    outcome = run(leaf(Polling()), sender=sender).outcome

    assert (outcome.kind, outcome.status, outcome.billed) == (Kind.CONNECTION_LOST, 502, None)


# Broken exchanges and broken adapters


def test_a_connection_that_sent_nothing_is_not_billed():
    outcome = run(compiled(target()), TransportError("no such host", sent=False)).outcome

    assert (outcome.kind, outcome.status, outcome.billed) == (Kind.CONNECTION, 503, False)
    assert outcome.message == "no such host"


def test_nobody_knows_whether_a_connection_lost_after_sending_is_billed():
    outcome = run(compiled(target()), TransportError("reset", sent=True)).outcome

    assert (outcome.kind, outcome.status, outcome.billed) == (Kind.CONNECTION_LOST, 502, None)


def test_a_bug_of_an_adapter_costs_only_its_own_target():
    def conversation(request, target):
        yield Send(request=get("/"))
        raise ZeroDivisionError

    route = fallback(target("a"), target("b"))
    node = compiled(route, adapters={"a": Says(conversation=conversation)})

    result = run(node, 200, 200)

    assert result.statuses == [502, 200]
    assert result.attempts[0].kind is Kind.INVALID_OUTPUT
    assert result.attempts[0].billed is None


@pytest.mark.parametrize("part", ["model", "pictures_per_call", "rules", "unknown", "flow"])
def test_a_bug_in_any_part_of_an_adapter_costs_only_its_own_target(part):
    def broken(*_):
        raise KeyError(part)

    adapter = type("Broken", (Toy,), {part: broken})("a")
    node = compiled(
        fallback(target("a"), target("b"), budget=budget(attempts=2)),
        adapters={"a": adapter, "b": Toy("b", most=1)},
    )

    # Of two pictures, as one is planned without asking how many there may be.
    result = run(node, 200, 200, request=CAT.with_params({**CAT.params, "n": 2}))

    assert isinstance(result.outcome, Success)
    assert result.attempts[-1].provider == "b"


def gives(value):
    def conversation(request, target):
        yield Send(request=get("/"))
        return value

    return conversation


def stays(request, target):
    try:
        yield Send(request=get("/", base=""))
    finally:
        yield Send(request=get("/"))


@pytest.mark.parametrize(
    ("conversation", "billed"),
    [
        (lambda request, target: None, False),
        (lambda request, target: iter(["no send"]), False),
        (stays, False),
        (gives(None), None),
        (gives({"data": []}), None),
    ],
    ids=["no flow", "no sends", "a flow that does not end", "no outcome", "a wrong outcome"],
)
def test_a_conversation_that_makes_no_sense_costs_only_its_own_target(conversation, billed):
    route = fallback(target("a"), target("b"))
    node = compiled(route, adapters={"a": Says(conversation=conversation)})

    result = run(node, sender=Scripted(200, repeat=True))

    assert (result.asked, result.statuses) == (["a", "b"], [502, 200])
    assert result.attempts[0].kind is Kind.INVALID_OUTPUT
    assert result.attempts[0].billed is billed


def test_a_cancellation_stays_one_where_the_address_of_its_undo_has_no_host():
    def conversation(request, target):
        yield Send(request=get("/job"), undo=get("/job/cancel", base=""))

    (attempt,) = cancelled(saying(conversation), Scripted((60, 200)), 3)

    assert attempt.kind is Kind.CANCELLED


def test_a_cancellation_stays_one_where_the_flow_does_not_end():
    def conversation(request, target):
        try:
            yield Send(request=get("/job"))
        finally:
            yield Send(request=get("/job"))

    (attempt,) = cancelled(saying(conversation), Scripted((60, 200)), 3)

    assert attempt.kind is Kind.CANCELLED


def test_an_address_without_a_host_is_an_adapters_bug():
    def conversation(request, target):
        yield Send(request=get("/relative", base=""))

    outcome = run(saying(conversation)).outcome

    assert (outcome.kind, outcome.message) == (
        Kind.INVALID_OUTPUT,
        "the adapter failed (ValueError)",
    )


def test_a_bug_of_an_adapter_before_it_sent_anything_is_not_billed():
    def conversation(request, target):
        raise ZeroDivisionError
        yield

    outcome = run(saying(conversation)).outcome

    assert (outcome.kind, outcome.billed) == (Kind.INVALID_OUTPUT, False)
    assert outcome.message == "the adapter failed (ZeroDivisionError)"


def test_the_traceback_of_an_adapters_bug_is_in_the_debug_log(caplog):
    def conversation(request, target):
        yield Send(request=get("/"))
        raise ZeroDivisionError

    with caplog.at_level(logging.DEBUG, logger="router"):
        run(saying(conversation), 200)

    (record,) = caplog.records
    assert record.levelno == logging.DEBUG
    assert record.exc_info[0] is ZeroDivisionError


def test_a_script_that_is_too_short_fails_the_test_rather_than_the_provider():
    with pytest.raises(AssertionError, match="request 1"):
        run(compiled(target()))


def test_a_credential_that_cannot_be_had_is_an_auth_failure_and_sends_nothing():
    result = run(compiled(target()), vault=Keys())

    outcome = result.outcome
    assert (outcome.kind, outcome.status, outcome.local) == (Kind.AUTH, 401, True)
    assert outcome.message == "virtual key 'key' is not known"
    assert result.sender.requests == []


def test_a_vault_without_words_is_an_auth_failure_too():
    class Mute(Keys):
        async def credentials(self, name):
            raise LookupError

    assert run(compiled(target()), vault=Mute()).outcome.kind is Kind.AUTH


@pytest.mark.parametrize("status", [200, 401])
def test_a_target_without_a_credential_sends_none(status):
    node = compiled(replace(target(), credential=None))

    result = run(node, status)

    assert result.status == status
    assert "authorization" not in result.sender.requests[0].headers


def test_a_call_without_a_timeout_around_it_is_a_call():
    aim = compiled(target())

    result = run(replace(aim, child=Call(path="config", check=check_pictures)), 200)

    assert result.statuses == [200]


# Where the secret goes


@pytest.mark.parametrize(
    ("credentials", "auth", "expected"),
    [
        (Credentials(key=Secret("k")), BEARER, {"authorization": "Bearer k"}),
        (Credentials(key=Secret("k")), Auth("api-key"), {"api-key": "k"}),
        (Credentials(key=Secret("k")), Auth("authorization", "Key "), {"authorization": "Key k"}),
        (
            Credentials(key=Secret("k"), token=Secret("t")),
            Auth("api-key"),
            {"authorization": "Bearer t"},
        ),
        (Credentials(headers={"x-org": Secret("h")}), BEARER, {"x-org": "h"}),
        (Credentials(), BEARER, {}),
        (Credentials(key=Secret("k")), None, {}),
    ],
    ids=["bearer", "header", "prefix", "token wins", "headers", "none", "no scheme"],
)
def test_the_secret_is_written_as_the_adapter_asks(credentials, auth, expected):
    def conversation(request, target):
        yield Send(request=get("/", auth=auth))
        return Failure(kind=Kind.REFUSED, status=400, message="")

    result = run(saying(conversation), 200, vault=Keys(key=credentials))

    assert result.sender.requests[0].headers == expected
    assert result.sender.requests[0].auth is None


ORIGINS = st.builds(
    "{}://{}{}".format,
    st.sampled_from(["https", "http"]),
    st.sampled_from(["a.test", "A.TEST", "b.test", "a.test.evil.com", "xa.test", "127.0.0.1"]),
    st.sampled_from(["", ":443", ":80", ":8443"]),
)


@given(st.lists(ORIGINS, min_size=1, max_size=4))
def test_a_secret_goes_to_the_providers_own_origin_and_nowhere_else(origins):
    own = {"https://a.test", "https://a.test:443", "https://A.TEST", "https://A.TEST:443"}

    def conversation(request, target):
        for base in origins:
            yield Send(request=get("/", base=base))
        return Failure(kind=Kind.REFUSED, status=400, message="")

    request = CAT.__class__(
        params=CAT.params, headers={"x-caller": "c"}, incoming={"x-user": "u", "cookie": "no"}
    )
    node = saying(conversation, forward_headers=("X-User",))
    result = run(node, sender=Scripted(200, repeat=True), request=request)

    for base, sent in zip(origins, result.sender.requests, strict=True):
        everything = {"x-caller": "c", "x-user": "u", "authorization": f"Bearer {SECRET}"}
        assert sent.headers == (everything if base in own else {})


def test_a_secret_may_go_to_the_host_that_is_written_beside_it():
    result = run(compiled(target(base_url="http://localhost:8000")), 200)

    (sent,) = result.sender.requests
    assert sent.url.startswith("http://localhost:8000/")
    assert sent.headers["authorization"] == f"Bearer {SECRET}"


def test_only_the_headers_that_a_target_forwards_are_forwarded():
    request = CAT.__class__(params=CAT.params, incoming={"x-user": "u", "cookie": "c"})

    result = run(compiled(target(forward_headers=("X-User",))), 200, request=request)

    headers = result.sender.requests[0].headers
    assert headers["x-user"] == "u"
    assert "cookie" not in headers


def test_no_forwarded_header_replaces_the_credential():
    request = CAT.__class__(params=CAT.params, incoming={"authorization": "Bearer caller"})

    result = run(compiled(target(forward_headers=("authorization",))), 200, request=request)

    assert result.sender.requests[0].headers["authorization"] == f"Bearer {SECRET}"


# Where the secret does not go


def everything_shown(result, caplog):
    """Collect every word that anybody could read afterwards."""
    shown = [
        repr(result.outcome),
        repr(result.trace),
        str(result.attempts),
        str(result.trace.decisions),
        repr(result.sender.requests),
        caplog.text,
    ]
    return "\n".join(shown)


@pytest.mark.parametrize(
    "reply",
    [
        error(401, message=f"Incorrect API key provided: {SECRET}", code=f"{SECRET}-x"),
        TransportError(f"illegal header value b'Bearer {SECRET}'", sent=False),
        TransportError(f"illegal header value b'Bearer {SECRET}'", sent=True),
    ],
    ids=["answer", "unsent", "lost"],
)
def test_a_secret_that_is_echoed_is_masked(reply, caplog):
    with caplog.at_level(logging.DEBUG):
        result = run(compiled(target()), reply)

    shown = everything_shown(result, caplog)
    assert SECRET not in shown
    assert "***" in result.outcome.message


def cutting(request, target):
    """Talk as an adapter that keeps 200 characters of whatever it is told."""
    response = yield Send(request=get("/"))
    told = response.headers.get("x-error") or response.body.decode()
    return Failure(kind=Kind.AUTH, status=response.status, message=told[:200])


ECHO = "." * (200 - len(SECRET) + 1) + SECRET  # all but the last character would be shown


@pytest.mark.parametrize(
    "reply",
    [
        HttpResponse(status=401, body=ECHO.encode()),
        HttpResponse(status=500, body=ECHO.encode() + b" " * 1_000_000),
        HttpResponse(status=401, headers={"x-error": ECHO}, body=b"x"),
        HttpResponse(status=200, body=ECHO.encode()),
        TransportError(ECHO, sent=True),
        TransportError(ECHO, sent=False),
    ],
    ids=["body", "large body", "header", "an answer without pictures", "lost", "unsent"],
)
def test_a_secret_is_masked_before_anybody_cuts_what_echoes_it(reply, caplog):
    with caplog.at_level(logging.DEBUG):
        result = run(saying(cutting), reply)

    assert SECRET[:8] not in everything_shown(result, caplog).replace(ECHO, "")
    assert result.outcome.message.strip().endswith(".***")


def test_a_secret_that_begins_with_another_is_masked_whole():
    credentials = Credentials(key=Secret(SECRET), token=Secret(f"{SECRET}-and-more"))

    outcome = run(
        compiled(target()),
        error(401, message=f"{SECRET}-and-more"),
        vault=Keys(key=credentials),
    ).outcome

    assert outcome.message == "***"


@pytest.mark.parametrize("status", [200, 401])
def test_the_request_id_in_the_trace_is_masked_and_of_bounded_length(status):
    reply = HttpResponse(
        status=status,
        headers={"x-request-id": f"{SECRET}{'7' * 500}"},
        body=picture_answer().body if status == 200 else error(401).body,
    )

    (attempt,) = run(compiled(target()), reply).attempts

    assert attempt.request_id == "***" + "7" * 77


def test_the_request_id_that_an_adapter_found_is_of_bounded_length_too():
    def conversation(request, target):
        yield Send(request=get("/"))
        return Failure(kind=Kind.AUTH, status=401, message="", request_id="7" * 500)

    assert run(saying(conversation), 200).attempts[0].request_id == "7" * 80


@pytest.mark.parametrize("size", [1_000, 1_000_000])
def test_an_answer_that_echoes_nothing_reaches_the_adapter_as_it_came(size):
    reply, seen = HttpResponse(status=200, headers={"x-a": "b"}, body=b"." * size), []

    def conversation(request, target):
        seen.append((yield Send(request=get("/"))))
        return Failure(kind=Kind.REFUSED, status=400, message="")

    run(saying(conversation), reply)

    assert seen[0] is reply


def test_a_secret_in_the_error_of_an_undo_is_masked(caplog):
    gone = TransportError(f"illegal header value b'Bearer {SECRET}'", sent=False)

    with caplog.at_level(logging.DEBUG):
        cancelled(leaf(Polling()), Scripted(ACCEPTED, (60, 200), gone), 3)

    assert "could not cancel the job" in caplog.text
    assert SECRET not in caplog.text


def test_every_word_of_an_error_is_masked():
    def conversation(request, target):
        yield Send(request=get("/"))
        return Failure(
            kind=Kind.AUTH,
            status=401,
            message=SECRET,
            code=SECRET,
            type=SECRET,
            param=SECRET,
            request_id=SECRET,
        )

    outcome = run(saying(conversation), 200).outcome

    said = {outcome.message, outcome.code, outcome.type, outcome.param, outcome.request_id}
    assert said == {"***"}


def test_every_secret_of_an_account_is_masked():
    vault = Keys(
        key=Credentials(
            key=Secret("sk-first-1"), token=Secret("ey-second"), headers={"x": Secret("x-third-3")}
        )
    )

    outcome = run(
        compiled(target()), error(401, message="sk-first-1 ey-second x-third-3 four"), vault=vault
    ).outcome

    assert outcome.message == "*** *** *** four"


def test_a_secret_as_short_as_a_word_garbles_no_message():
    vault = Keys(key=Credentials(key=Secret("a")))

    outcome = run(compiled(target()), error(401, message="a bad key"), vault=vault).outcome

    assert outcome.message == "a bad key"


def test_an_empty_secret_masks_nothing():
    vault = Keys(key=Credentials(key=Secret("")))

    assert run(compiled(target()), error(401, message="no key"), vault=vault).outcome.message == (
        "no key"
    )


@pytest.mark.parametrize(
    "show", [repr, str, "{}".format, "{!r}".format, lambda s: f"{s}"], ids=range(5)
)
def test_a_secret_shows_itself_to_nobody(show):
    secret = Secret(SECRET)

    assert SECRET not in show(secret)
    assert SECRET not in show(Credentials(key=secret, token=secret, headers={"h": secret}))


def test_a_secret_cannot_be_pickled():
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(Credentials(key=Secret(SECRET)))


def test_requests_are_independent():
    """One attempt's credential, answer and bill are no other's."""
    node = compiled(fallback(target("a"), target("b")))

    async def main():
        sender = Providers(a=Scripted((3.0, 500), 200), b=Scripted((1.0, 200)))
        return await asyncio.gather(ask(node, sender), ask(node, sender))

    first, second = simulate(main)
    assert (first.statuses, second.statuses) == ([500, 200], [200])

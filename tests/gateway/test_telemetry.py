"""Telemetry: one span a request and one an attempt, with exact times, and no words of callers."""

import json
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.semconv._incubating.attributes import gen_ai_attributes
from opentelemetry.semconv.attributes import error_attributes, http_attributes
from opentelemetry.trace import SpanKind, StatusCode

from router.core.images import Picture
from router.core.outcome import Kind
from router.gateway.exchange import TraceContext
from router.gateway.span_attributes import GENERATE_CONTENT, IMAGE, PROVIDERS
from router.gateway.spans import Spans
from router.gateway.telemetry import is_wanted, open_telemetry
from router.gateway.trace_context import outgoing, read
from router.providers.registry import providers
from router.testing import picture_answer
from tests.gateway.recorded import BEGAN, SPAN, TRACE, a_trace, attempt, exchange, record

B64 = json.loads(picture_answer().body)["data"][0]["b64_json"].encode()
PICTURE = Picture(b64=memoryview(B64))
BUSY = {"status": 503, "kind": Kind.OVERLOADED, "billed": False, "cost": 0.0}


@pytest.fixture(autouse=True)
def no_settings(monkeypatch):
    """Let the surroundings of the tests say nothing."""
    for name in ("OTEL_TRACES_SAMPLER", "OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES"):
        monkeypatch.delenv(name, raising=False)


def spans_of(*exchanges):
    """Return the spans of some requests, those of a request after those of its attempts."""
    exporter = InMemorySpanExporter()
    spans = Spans(SimpleSpanProcessor(exporter))
    record(spans, *exchanges)
    spans.close()
    return exporter.get_finished_spans()


def request_span(one):
    return spans_of(one)[-1]


def test_the_span_of_a_request_is_the_one_that_was_passed_on():
    context = read({}, "req-7")

    span = request_span(exchange(a_trace(attempt()), context=context))

    ids = f"{span.context.trace_id:032x}-{span.context.span_id:016x}"
    assert outgoing(context)["traceparent"] == f"00-{ids}-01"
    assert span.parent is None


def test_the_span_of_a_request_is_within_the_callers():
    headers = {"traceparent": f"00-{TRACE}-{SPAN}-01", "tracestate": "vendor=1"}

    span = request_span(exchange(context=read(headers, "req-7")))

    assert f"{span.context.trace_id:032x}" == TRACE
    assert f"{span.parent.span_id:016x}" == SPAN
    assert span.parent.is_remote
    assert span.context.trace_state.to_header() == "vendor=1"


def test_each_attempt_is_a_span_of_its_own_within_the_requests():
    *attempts, whole = spans_of(exchange(a_trace(attempt(**BUSY), attempt(), attempt())))

    assert [span.parent.span_id for span in attempts] == [whole.context.span_id] * 3
    assert {span.context.trace_id for span in attempts} == {whole.context.trace_id}
    assert len({span.context.span_id for span in (*attempts, whole)}) == 4


def test_attempts_of_two_requests_of_one_trace_have_different_spans():
    headers = {"traceparent": f"00-{TRACE}-{SPAN}-01"}
    trace = a_trace(attempt())

    spans = spans_of(*(exchange(trace, context=read(headers, seed)) for seed in ("a", "b")))

    assert len({span.context.span_id for span in spans}) == 4


def test_spans_begin_and_end_when_what_they_tell_of_did():
    first = attempt(started=0.5, duration=1.25, **BUSY)
    second = attempt(started=2.0, duration=3.0)

    one, two, whole = spans_of(exchange(a_trace(first, second), seconds=5.5))

    began = int(BEGAN) * 10**9
    since = [(span.start_time - began, span.end_time - began) for span in (one, two, whole)]
    assert since == [(0.5e9, 1.75e9), (2e9, 5e9), (0, 5.5e9)]


@pytest.mark.parametrize(
    ("parent", "sampled", "count"), [(SPAN, False, 0), (SPAN, True, 2), (None, True, 2)]
)
def test_a_trace_that_the_caller_does_not_sample_is_not_told(parent, sampled, count):
    context = TraceContext(trace=TRACE, span="1" * 16, parent=parent, sampled=sampled)

    assert len(spans_of(exchange(a_trace(attempt()), context=context))) == count


def test_a_request_speaks_the_conventions_of_generative_models():
    trace = a_trace(attempt(provider="segmind", **BUSY), attempt(model="gpt-image-2-2026"))

    whole = request_span(exchange(trace, streamed=True)).attributes

    assert whole["gen_ai.operation.name"] == "generate_content"
    assert whole["gen_ai.output.type"] == "image"
    assert whole["gen_ai.request.model"] == "gpt-image-2"
    assert whole["gen_ai.request.stream"] is True
    assert whole["gen_ai.response.model"] == "gpt-image-2-2026"
    assert whole["gen_ai.provider.name"] == "openai"
    assert whole["http.response.status_code"] == 200


def test_a_request_says_what_images_there_were_and_what_became_of_them():
    served = attempt(adaptations=("size 512x512 -> 1024x1024",))
    told = exchange(a_trace(served), pictures=(PICTURE, PICTURE), cost=0.08, cache="MISS")

    whole = request_span(told).attributes

    assert whole["image.count"] == 2
    assert (whole["image.format"], whole["image.size"]) == ("png", "64x64")
    assert whole["image.cost_usd"] == 0.08
    assert (whole["image.cache"], whole["image.config"]) == ("MISS", "main")
    assert whole["image.adaptations"] == ("size 512x512 -> 1024x1024",)
    assert whole["image.attempts"] == 1
    assert whole["image.refused"] is False


def test_an_attempt_says_whom_it_asked_where_and_at_what_cost():
    asked = attempt(path="config.targets[1]", virtual_key="team-key", request_id="up-1", waited=2.0)

    span, _ = spans_of(exchange(a_trace(asked)))

    assert span.name == "generate_content gpt-image-2"
    assert span.kind is SpanKind.CLIENT
    assert span.attributes["gen_ai.provider.name"] == "openai"
    assert span.attributes["image.route"] == "config.targets[1]"
    assert span.attributes["image.virtual_key"] == "team-key"
    assert span.attributes["image.provider_request_id"] == "up-1"
    assert span.attributes["image.waited_seconds"] == 2.0
    assert span.attributes["image.cost_usd"] == 0.04


def test_what_is_not_known_is_not_told():
    unknown = attempt(model=None, cost=None, billed=None)

    span, whole = spans_of(exchange(a_trace(unknown), model=None, cost=None))

    assert span.name == "generate_content openai"
    assert "image.cost_usd" not in span.attributes
    assert not {"image.cost_usd", "image.size", "gen_ai.request.model"} & whole.attributes.keys()


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        pytest.param(200, "", StatusCode.UNSET, id="answered"),
        pytest.param(503, "overloaded", StatusCode.ERROR, id="failed"),
        pytest.param(200, "connection_lost", StatusCode.ERROR, id="a stream that broke"),
        pytest.param(400, "refused", StatusCode.UNSET, id="the caller's mistake"),
    ],
)
def test_a_request_is_an_error_where_it_is_not_the_callers_own(status, kind, code):
    span = request_span(exchange(a_trace(), status=status, kind=kind))

    assert span.status.status_code is code
    assert span.attributes.get("error.type", "") == kind


def test_an_attempt_that_failed_is_an_error_of_its_kind():
    refused = {"status": 400, "kind": Kind.REFUSED}

    busy, no, *_ = spans_of(exchange(a_trace(attempt(**BUSY), attempt(**refused))))

    assert busy.status.status_code is no.status.status_code is StatusCode.ERROR
    assert (busy.attributes["error.type"], no.attributes["error.type"]) == ("overloaded", "refused")
    assert (busy.attributes["image.refused"], no.attributes["image.refused"]) == (False, True)


def test_spans_hold_no_prompt_and_no_picture():
    spoken = attempt(
        message="your prompt 'swordfish' was refused",
        adaptations=("negative_prompt swordfish dropped (it has none)", "user swordfish dropped"),
        **BUSY,
    )
    adapted = attempt(adaptations=("anything_else swordfish dropped",))
    said = exchange(
        a_trace(spoken, adapted),
        prompt="swordfish",
        message="swordfish",
        pictures=(PICTURE, Picture(url="https://pictures.test/swordfish")),
    )

    spans = spans_of(said)

    told = "".join(span.to_json() for span in spans)
    assert "swordfish" not in told
    assert B64[:64].decode() not in told
    assert spans[0].attributes["image.adaptations"] == ("negative_prompt", "user")


ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=400) | st.just("half: \ud83d")


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_whatever_callers_make_up_can_be_sent(model, config, note):
    made_up = attempt(model=model, virtual_key=config, adaptations=(note, f"size {note}"))

    spans = spans_of(exchange(a_trace(made_up), model=model, config=config, api_key=note))

    assert encode_spans(spans).SerializeToString()
    assert max(len(span.attributes.get("gen_ai.request.model", "")) for span in spans) <= 256


def constants(*modules):
    return {value for module in modules for value in vars(module).values() if type(value) is str}


def test_names_that_are_not_ours_are_opentelemetrys():
    full = attempt(virtual_key="k", request_id="r", waited=1.0, adaptations=("n 2 -> 1",), **BUSY)
    spans = spans_of(exchange(a_trace(full, attempt()), kind="overloaded", pictures=(PICTURE,)))

    names = {name for span in spans for name in span.attributes}

    theirs = constants(gen_ai_attributes, error_attributes, http_attributes)
    assert {name for name in names if not name.startswith("image.")} <= theirs


def test_values_that_are_not_ours_are_opentelemetrys():
    def known(values):
        return {one.value for one in values}

    assert set(PROVIDERS) <= {info.name for info in providers()}
    assert set(PROVIDERS.values()) <= known(gen_ai_attributes.GenAiProviderNameValues)
    assert GENERATE_CONTENT in known(gen_ai_attributes.GenAiOperationNameValues)
    assert IMAGE in known(gen_ai_attributes.GenAiOutputTypeValues)


def test_the_service_is_ours_unless_a_variable_names_it(monkeypatch):
    ours = request_span(exchange()).resource.attributes["service.name"]
    monkeypatch.setenv("OTEL_SERVICE_NAME", "painters")
    theirs = request_span(exchange()).resource.attributes["service.name"]

    assert (ours, theirs) == ("pixroute", "painters")


@contextmanager
def collector():
    """Run a server on loopback that takes spans; yield its address and what it was sent."""
    taken = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            taken.append((self.path, ExportTraceServiceRequest.FromString(body)))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", taken
        server.shutdown()
        thread.join()


def test_spans_are_sent_where_the_standard_variable_says_when_closed(monkeypatch):
    with collector() as (address, taken):
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
        telemetry = open_telemetry()

        record(telemetry, exchange(a_trace(attempt())))
        telemetry.close()

    [(path, sent)] = taken
    spans = sent.resource_spans[0].scope_spans[0].spans
    assert path == "/v1/traces"
    assert [span.name for span in spans] == ["generate_content gpt-image-2", "image generate"]
    assert {span.trace_id.hex() for span in spans} == {TRACE}


class Stuck(SpanExporter):
    """An exporter whose collector does not answer."""

    def __init__(self):
        self.freed = threading.Event()
        self.ended = threading.Event()

    def export(self, spans):
        self.freed.wait()

    def shutdown(self):
        self.ended.set()


def test_a_collector_that_does_not_answer_holds_up_nobody():
    stuck = Stuck()
    spans = Spans(BatchSpanProcessor(stuck))

    record(spans, *(exchange(a_trace(attempt())) for _ in range(2000)))
    spans.close(seconds=0.01)

    assert not stuck.freed.is_set()
    stuck.freed.set()
    assert stuck.ended.wait(10)


def test_without_the_packages_it_says_what_to_install(monkeypatch):
    monkeypatch.delitem(sys.modules, "router.gateway.spans")
    monkeypatch.setitem(sys.modules, "opentelemetry.context", None)

    with pytest.raises(ImportError, match=r"pip install 'pixroute\[telemetry\]'"):
        open_telemetry()


def test_opentelemetry_is_loaded_only_when_telemetry_is_opened():
    program = "import router.gateway.telemetry, sys; sys.exit('opentelemetry' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector.test"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://collector.test"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": ""}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c.test", "OTEL_SDK_DISABLED": "TRUE"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c.test", "OTEL_TRACES_EXPORTER": "none"}, False),
    ],
)
def test_telemetry_is_wanted_where_a_variable_names_a_collector(environment, wanted):
    assert is_wanted(environment) is wanted

import asyncio
import gc
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from router import AsyncRouter, RoutingError
from router.core.http import HttpResponse
from router.engine import Engine
from router.loop_thread import LoopThread
from router.sync import Router
from router.testing import Scripted, picture_answer

CONFIG = {"provider": "openai", "api_key": "sk-test"}
LINK = HttpResponse(
    status=200, body=b'{"created": 1, "data": [{"url": "https://cdn.test/cat.png"}]}'
)
PATIENCE = 60.0  # seconds until a test that hangs is given up


def picture():
    import base64
    import json

    (item,) = json.loads(picture_answer().body)["data"]
    return base64.b64decode(item["b64_json"])


class Meeting:
    """A sender that answers nobody before `size` requests are there."""

    def __init__(self, size):
        self._size = size
        self._here = 0
        self._full = None

    async def send(self, request):
        self._full = self._full or asyncio.Event()
        self._here += 1
        if self._here == self._size:
            self._full.set()
        await self._full.wait()
        return picture_answer()

    async def aclose(self):
        pass


class Silent:
    """A sender that calls somebody and never answers."""

    def __init__(self, call):
        self._call = call
        self.cancelled = False

    async def send(self, request):
        self._call()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise

    async def aclose(self):
        pass


class Diary:
    """An observer that keeps how attempts ended."""

    def __init__(self):
        self.ended = []

    def decided(self, decision):
        pass

    def attempt_started(self, attempt):
        pass

    def attempt_ended(self, attempt):
        self.ended.append((attempt.status, str(attempt.kind)))


def loop_threads():
    return {t for t in threading.enumerate() if t.name == "pixroute"}


def test_it_answers_as_the_async_router_does():
    async def main():
        async with AsyncRouter(CONFIG, sender=Scripted(200), seed=1) as router:
            return await router.images.generate(prompt="a cat", model="gpt-image-2")

    with Router(CONFIG, sender=Scripted(200), seed=1) as router:
        answer = router.images.generate(prompt="a cat", model="gpt-image-2")

    other = asyncio.run(main())
    assert answer.data[0].bytes() == other.data[0].bytes() == picture()
    assert answer.trace.id == other.trace.id
    assert [a.path for a in answer.trace.attempts] == ["config"]


def test_a_failure_is_raised_with_its_trace():
    with Router(CONFIG, sender=Scripted(400)) as router, pytest.raises(RoutingError) as caught:
        router.images.generate(prompt="a cat")

    assert [a.status for a in caught.value.trace.attempts] == [400]


def test_many_threads_may_use_one_router_at_once():
    with Router(CONFIG, sender=Meeting(20)) as router, ThreadPoolExecutor(20) as pool:
        asked = [pool.submit(router.images.generate, prompt=f"cat {n}") for n in range(20)]
        answers = [one.result(PATIENCE) for one in asked]

    assert all(len(answer.data) == 1 for answer in answers)
    assert len({answer.trace.id for answer in answers}) == 20


def test_threads_that_come_first_together_start_one_loop():
    before = loop_threads()
    with Router(CONFIG, sender=Meeting(8)) as router, ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(router.images.generate, prompt="cat") for _ in range(8)]
        [one.result(PATIENCE) for one in asked]

        assert len(loop_threads() - before) == 1


def test_routers_made_of_one_share_its_thread_and_its_state():
    before = loop_threads()
    with Router(CONFIG, sender=Scripted(200, 200)) as router:
        router.images.generate(prompt="a cat")
        other = router.with_options(metadata={"user": "ann"}, trace_id="mine")
        answer = other.images.generate(prompt="a cat")

        assert len(loop_threads() - before) == 1
        assert answer.trace.id == "mine"


def test_a_picture_is_read_blocking():
    reply = HttpResponse(status=200, headers={"content-type": "image/png"}, body=picture())
    with Router(CONFIG, sender=Scripted(LINK, reply)) as router:
        (image,) = router.images.generate(prompt="a cat").data

        with pytest.raises(ValueError, match="read\\(\\) fetches"):
            image.bytes()
        assert image.read() == picture()


def test_a_closed_router_says_so():
    router = Router(CONFIG, sender=Scripted())
    router.close()
    router.close()

    with pytest.raises(RuntimeError, match="this router is closed; make a new one"):
        router.images.generate(prompt="a cat")


def test_closing_ends_the_thread():
    before = loop_threads()
    router = Router(CONFIG, sender=Scripted(200))
    router.images.generate(prompt="a cat")
    router.close()

    assert loop_threads() == before


def test_a_router_that_is_dropped_ends_its_thread():
    before = loop_threads()
    router = Router(CONFIG, sender=Scripted(200))
    router.images.generate(prompt="a cat")
    (thread,) = loop_threads() - before

    del router
    gc.collect()
    thread.join(PATIENCE)

    assert not thread.is_alive()


class Homebody:
    """A sender that keeps the loop it is used on."""

    async def send(self, request):
        self.loop = asyncio.get_running_loop()
        return picture_answer()

    async def aclose(self):
        pass


def test_a_router_that_is_collected_on_its_own_loop_ends_its_thread(monkeypatch):
    complaints = []
    monkeypatch.setattr(sys, "unraisablehook", complaints.append)
    monkeypatch.setattr(sys, "excepthook", lambda *error: complaints.append(error))
    before, sender = loop_threads(), Homebody()
    gc.disable()
    try:
        router = Router(CONFIG, sender=sender)
        router.cycle = router
        router.images.generate(prompt="a cat")
        (thread,) = loop_threads() - before

        del router
        sender.loop.call_soon_threadsafe(gc.collect)
        thread.join(PATIENCE)
    finally:
        gc.enable()

    assert (thread.is_alive(), complaints) == (False, [])


def test_a_router_may_be_closed_from_its_own_loop():
    before = loop_threads()

    def close():
        threads.extend(loop_threads() - before)
        router.close()

    threads, sender = [], Silent(close)
    router = Router(CONFIG, sender=sender)

    with pytest.raises(RuntimeError, match="this router was closed"):
        router.images.generate(prompt="a cat")
    threads[0].join(PATIENCE)
    assert (threads[0].is_alive(), sender.cancelled) == (False, True)


def test_closing_does_not_wait_for_ever_for_a_loop_that_is_stuck():
    stuck, go_on = threading.Event(), threading.Event()
    before = loop_threads()
    home = LoopThread(Engine(sender=Scripted()), patience=0.0)

    async def block():
        stuck.set()
        go_on.wait(PATIENCE)

    home.portal().start_task_soon(block)
    stuck.wait(PATIENCE)
    (thread,) = loop_threads() - before
    home.close()

    assert thread.is_alive()
    go_on.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_a_router_that_was_never_used_has_no_thread():
    before = loop_threads()
    with Router(CONFIG, sender=Scripted()):
        assert loop_threads() == before


def test_closing_ends_the_calls_under_way_in_other_threads():
    diary, begun = Diary(), threading.Event()
    sender = Silent(begun.set)
    router = Router(CONFIG, sender=sender, observers=[diary])
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(router.images.generate, prompt="a cat")
        begun.wait(PATIENCE)
        router.close()

        with pytest.raises(RuntimeError, match="this router was closed"):
            asked.result(PATIENCE)
    assert sender.cancelled
    assert diary.ended == [(499, "cancelled")]


def test_an_interrupt_cancels_the_upstream_call():
    diary = Diary()
    sender = Silent(lambda: os.kill(os.getpid(), signal.SIGINT))

    with Router(CONFIG, sender=sender, observers=[diary]) as router:
        with pytest.raises(KeyboardInterrupt):
            router.images.generate(prompt="a cat")

        assert sender.cancelled
        assert diary.ended == [(499, "cancelled")]


def test_after_an_interrupt_the_router_goes_on():
    class Once(Silent):
        async def send(self, request):
            return picture_answer() if self.cancelled else await super().send(request)

    sender = Once(lambda: os.kill(os.getpid(), signal.SIGINT))
    with Router(CONFIG, sender=sender) as router:
        with pytest.raises(KeyboardInterrupt):
            router.images.generate(prompt="a cat")

        assert len(router.images.generate(prompt="a cat").data) == 1


def script(text):
    """Run a program of its own, so that its forks and its end are its own."""
    head = f"""
import os, sys
from router import Router
from router.testing import Scripted
CONFIG = {CONFIG!r}
def ask(router):
    return len(router.images.generate(prompt="a cat").data)
"""
    return subprocess.run(  # noqa: PLW1510  the tests look at the code
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", head + text],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


@pytest.mark.parametrize("used", [True, False], ids=["used before", "first used after"])
@pytest.mark.parametrize("end", ["os._exit(0)", "sys.exit(0)"])
def test_a_forked_child_has_a_loop_of_its_own(used, end):
    done = script(f"""
router = Router(CONFIG, sender=Scripted(200, repeat=True))
if {used}: ask(router)
reader, writer = os.pipe()
child = os.fork()
if not child:
    os.write(writer, str(ask(router)).encode())
    {end}
said = os.read(reader, 9)
_, status = os.waitpid(child, 0)
print(said, status, ask(router))
""")

    assert (done.stdout, done.stderr, done.returncode) == ("b'1' 0 1\n", "", 0)


DRAWS = """
import asyncio
from router import AsyncRouter
CONFIG = {"strategy": {"mode": "loadbalance"}, "targets": [CONFIG, CONFIG]}
sender = Scripted(200, repeat=True)
def drawn(router):
    traces = [router.images.generate(prompt="a cat").trace for _ in range(40)]
    return traces[0].id, "".join(trace.served.path[-2] for trace in traces)
def drawn_async(router):
    async def main():
        return [(await router.images.generate(prompt="a cat")).trace for _ in range(40)]
    traces = asyncio.run(main())
    return traces[0].id, "".join(trace.served.path[-2] for trace in traces)
def in_a_child(draw, router):
    reader, writer = os.pipe()
    if not os.fork():
        try:
            os.write(writer, " ".join(draw(router)).encode())
        finally:
            os._exit(0)
    os.close(writer)
    os.wait()
    return os.read(reader, 200).decode().split()
"""
FACES = pytest.mark.parametrize(
    ("face", "draw"), [("Router", "drawn"), ("AsyncRouter", "drawn_async")], ids=["sync", "async"]
)


def workers(face, draw, seed):
    """Return the first trace id and all draws of two forked workers and of their parent."""
    done = script(f"""{DRAWS}
router = {face}(CONFIG, sender=sender, seed={seed})
for worker in range(2):
    print(*in_a_child({draw}, router))
print(*{draw}(router))
""")

    assert (done.stderr, done.returncode) == ("", 0)
    return zip(*(line.split() for line in done.stdout.splitlines()), strict=True)


@FACES
def test_forked_workers_without_a_seed_draw_for_themselves(face, draw):
    ids, draws = workers(face, draw, None)

    assert (len(set(ids)), len(set(draws))) == (3, 3)


@FACES
def test_forked_workers_with_a_seed_draw_alike_under_trace_ids_of_their_own(face, draw):
    ids, draws = workers(face, draw, 7)

    assert (len(set(ids)), len(set(draws))) == (3, 1)


def test_an_async_router_used_before_a_fork_has_its_own_loop_and_connections_after():
    done = script(f"""{DRAWS}
router = AsyncRouter(CONFIG)
before = router.view.engine.sender
if not os.fork():
    os._exit(router.view.engine.sender is before)
print(os.wait()[1])
router = AsyncRouter(CONFIG, sender=sender)
drawn_async(router)
print(len(in_a_child(drawn_async, router)))
""")

    assert (done.stdout, done.stderr, done.returncode) == ("0\n2\n", "", 0)


@pytest.mark.parametrize("end", ["os._exit(0)", "sys.exit(0)", "router.close(); sys.exit(0)"])
def test_a_forked_child_that_never_asks_ends_and_leaves_the_parents_router_alone(end):
    done = script(f"""
router = Router(CONFIG, sender=Scripted(200, repeat=True))
ask(router)
child = os.fork()
if not child:
    {end}
_, status = os.waitpid(child, 0)
print(status, ask(router))
""")

    assert (done.stdout, done.stderr, done.returncode) == ("0 1\n", "", 0)


def test_a_fork_while_another_thread_starts_the_loop_leaves_the_child_a_loop_of_its_own():
    done = script("""
import signal, threading
starting, forked = threading.Event(), threading.Event()
def hold(frame, event, arg):
    if threading.current_thread().name == "pixroute":
        starting.set()
        forked.wait()
    sys.settrace(None)
router = Router(CONFIG, sender=Scripted(200, repeat=True))
threading.settrace(hold)
other = threading.Thread(target=ask, args=(router,))
other.start()
starting.wait()
threading.settrace(None)
child = os.fork()
if not child:
    signal.alarm(30)  # seconds until a child that hangs is ended
    os._exit(ask(router))
_, status = os.waitpid(child, 0)
forked.set()
other.join()
print(os.waitstatus_to_exitcode(status), ask(router))
""")

    assert (done.stdout, done.stderr, done.returncode) == ("1 1\n", "", 0)


def test_a_forked_child_that_drops_the_router_ends():
    done = script("""
router = Router(CONFIG, sender=Scripted(200, repeat=True))
ask(router)
child = os.fork()
if not child:
    del router
    sys.exit(0)
_, status = os.waitpid(child, 0)
print(status, ask(router))
""")

    assert (done.stdout, done.stderr, done.returncode) == ("0 1\n", "", 0)


@pytest.mark.parametrize(
    "text",
    [
        "router = Router(CONFIG, sender=Scripted(200)); ask(router)",
        "ask(Router(CONFIG, sender=Scripted(200)))",
        "router = Router(CONFIG, sender=Scripted(200)); ask(router); raise SystemExit(0)",
        "router = Router(CONFIG)",
    ],
    ids=["held", "dropped", "exit", "unused"],
)
def test_a_program_that_never_closes_its_router_ends(text):
    done = script(text)

    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


def test_a_router_shows_where_its_config_came_from(tmp_path):
    path = tmp_path / "cats.yaml"
    path.write_text("provider: openai\napi_key: sk-x\n")

    assert repr(Router.from_file(path)) == f"Router({str(path)!r})"
    assert repr(Router.from_folder(tmp_path, default="cats")) == f"Router({str(path)!r})"
    assert "sk-x" not in repr(Router.from_file(path))


def test_the_blocking_method_has_the_words_of_the_async_one():
    from router.client import AsyncImages
    from router.sync import Images

    assert Images.generate.__doc__ == AsyncImages.generate.__doc__
    assert Images.generate.__name__ == "generate"

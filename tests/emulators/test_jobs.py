from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from router.emulators.drawing import fixed
from router.emulators.emulator import World
from router.emulators.jobs import Jobs, begin

NOW = 1_800_000_000.5

SECONDS = st.integers(0, 8000).map(lambda eighths: eighths / 8)


def job(job_id="j", now=NOW, queued=2.0, running=3.0, **more):
    return begin(job_id, {"prompt": "x"}, now, queued=queued, running=running, **more)


def test_a_job_is_queued_then_runs_then_has_ended():
    states = [job().state(NOW + seconds) for seconds in (0, 1.9, 2, 4.9, 5, 1000)]

    assert states == ["queued", "queued", "running", "running", "ended", "ended"]


@given(queued=SECONDS, running=SECONDS, waited=SECONDS)
def test_waiting_for_a_job_moves_its_beginning_back(queued, running, waited):
    at_once = job(queued=queued, running=running)
    held = job(queued=queued, running=running, waited=waited)

    assert held.created <= held.started <= held.ended
    assert abs(held.ended - max(NOW, at_once.ended - waited)) < 1e-3
    assert (held.state(NOW) == "ended") == (waited >= queued + running)


def test_a_cancelled_job_stays_cancelled_for_all_who_ask():
    jobs = Jobs()
    jobs.put(job())

    stopped = jobs.cancel("j", NOW + 1)

    assert stopped.cancelled == NOW + 1
    assert jobs.find("j").state(NOW + 1000) == "cancelled"
    assert jobs.cancel("j", NOW + 2) == stopped


def test_what_has_ended_cannot_be_cancelled():
    jobs = Jobs()
    jobs.put(job())

    assert jobs.cancel("j", NOW + 5).cancelled is None


def test_a_job_is_its_owners_alone():
    jobs = Jobs()
    jobs.put(job(owner="first key"))

    assert jobs.find("j", "first key").id == "j"
    assert jobs.find("j", "other") is None
    assert jobs.cancel("j", NOW, "other") is None
    assert jobs.find("j", "first key").cancelled is None
    assert "first key" not in repr(jobs.find("j", "first key"))


def test_the_oldest_job_is_forgotten_when_there_is_no_room():
    jobs = Jobs(room=4000)
    for name in "abc":
        jobs.put(job(name, size=1000))
    jobs.put(job("c", size=1))

    assert [jobs.find(name) is not None for name in "abc"] == [False, True, True]
    jobs.put(job("large", size=10_000))
    assert [jobs.find(name) is not None for name in ("b", "c", "large")] == [False, False, True]


def test_every_request_to_one_sandbox_sees_the_same_jobs():
    world = World(now=lambda: NOW, publish=lambda *_: "data:,", draw=fixed(b""))
    world.jobs.put(job())

    assert replace(world, serial=2).jobs.find("j") is not None
    assert World(now=world.now, publish=world.publish).jobs.find("j") is None

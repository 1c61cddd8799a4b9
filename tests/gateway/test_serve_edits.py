"""Edits of a folder while it is served: every worker sees them, and a broken one breaks nothing."""

import os

import pytest
from gateway_process import served, until
from slow_upstream import upstream_running

from router.gateway.keys import digest_of

KEY = "pxr-edits-0123456789"
OTHER = "pxr-other-0123456789"


@pytest.fixture(scope="module")
def upstream():
    with upstream_running() as running:
        yield running


@pytest.fixture(scope="module")
def folder(upstream, tmp_path_factory):
    folder = tmp_path_factory.mktemp("served") / "configs"
    folder.mkdir()
    (folder / "own.yaml").write_text(upstream.config)
    return folder


@pytest.fixture(scope="module")
def gateway(folder):
    with served(folder, "--workers", 2) as gateway:
        yield gateway


@pytest.fixture
def callers(gateway):
    """A connection to each of the two workers."""
    found = {}
    while len(found) < 2:
        caller = gateway.caller()
        worker = caller.ask(config="nobody-has-this").worker
        if worker in found:
            caller.close()
        found.setdefault(worker, caller)
    yield list(found.values())
    for caller in found.values():
        caller.close()


def all_answer(callers, status, **asked):
    """Wait until every worker answers so."""
    until(lambda: all(caller.ask(**asked).status == status for caller in callers))


def test_a_new_file_is_served_and_a_deleted_one_no_more(callers, folder, upstream):
    assert {caller.ask(config="new").status for caller in callers} == {400}

    (folder / "new.yaml").write_text(upstream.config)
    all_answer(callers, 200, config="new")

    (folder / "new.yaml").unlink()
    all_answer(callers, 400, config="new")


def test_a_broken_edit_is_told_once_by_each_worker_and_the_old_config_serves_on(
    callers, gateway, folder, upstream
):
    (folder / "edited.yaml").write_text(upstream.config)
    all_answer(callers, 200, config="edited")

    (folder / "edited.yaml").write_text("strategy: {mode: fallback}\ntargts: []\n")
    gateway.expect("edited.yaml cannot be used, it stays as it was:", times=2)
    assert {caller.ask(config="edited").status for caller in callers} == {200}
    gateway.expect("did you mean 'targets'?", times=2)
    (folder / "next.yaml").write_text(upstream.config)
    all_answer(callers, 200, config="next")
    assert gateway.told.count("edited.yaml cannot be used") == 2

    (folder / "edited.yaml").write_text(f"override_params: {{size: 7x7}}\n{upstream.config[1:-2]}")
    all_answer(callers, 200, config="next")


JUNK = {
    "empty": b"",
    "no-text": b"\x00\xff\xfe\x80",
    "loop": b"a: &a [*a]\n",
    "deep": b"[" * 100_000,
    "deeper": b"{a: " * 20_000,
    "long": b"- x\n" * 20_000,
    "laughs": b"a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]\n",
    "number": b"9" * 10_000,
    "date": b"2026-99-99",
    "cut": "strategy: {mode: fållback".encode(),
}


def test_nothing_that_stands_in_a_folder_takes_a_worker_down(callers, gateway, folder, upstream):
    before = gateway.workers()
    for name, content in JUNK.items():
        (folder / f"junk-{name}.yaml").write_bytes(content)
    (folder / "folder.yaml").mkdir()
    (folder / "nowhere.yaml").symlink_to(folder / "is-not-there.yaml")
    (folder / "itself.yaml").symlink_to(folder / "itself.yaml")
    os.mkfifo(folder / "pipe.yaml")
    (folder / "marker.yaml").write_text(upstream.config)

    all_answer(callers, 200, config="marker")

    assert {caller.ask(config="junk-deep").status for caller in callers} == {503}
    assert gateway.workers() == before
    for path in [*folder.glob("junk-*"), *map(folder.joinpath, ODD)]:
        path.unlink()
    (folder / "folder.yaml").rmdir()


ODD = ("nowhere.yaml", "itself.yaml", "pipe.yaml", "marker.yaml")


def test_a_folder_that_is_gone_for_a_while_is_served_all_the_same(callers, gateway, folder):
    aside = folder.with_name("aside")

    folder.rename(aside)
    gateway.expect("has none of its files any more", times=2)
    assert {caller.ask().status for caller in callers} == {200}
    aside.rename(folder)

    assert {caller.ask().status for caller in callers} == {200}


def test_virtual_keys_are_read_again(callers, folder, upstream):
    (folder / "by-key.yaml").write_text("{virtual_key: mine}")
    all_answer(callers, 503, config="by-key")

    (folder / "virtual-keys.yaml").write_text(f"mine: {upstream.config}")

    all_answer(callers, 200, config="by-key")


def test_a_key_opens_soon_after_it_is_made_and_closes_soon_after_it_is_revoked(
    callers, gateway, folder
):
    def write(*keys):
        rows = [f"  k{digest_of(key)[:4]}: {{digest: 'sha256:{digest_of(key)}'}}\n" for key in keys]
        (folder / "gateway.yaml").write_text("keys:\n" + "".join(rows))

    write(KEY, OTHER)
    all_answer(callers, 401)
    assert {caller.ask(key=KEY).status for caller in callers} == {200}

    write(OTHER)
    all_answer(callers, 401, key=KEY)
    assert {caller.ask(key=OTHER).status for caller in callers} == {200}

    (folder / "gateway.yaml").write_text("keys: [not, a, mapping]\n")
    gateway.expect("gateway.yaml cannot be used, the settings stay as they were:", times=2)
    assert {caller.ask(key=OTHER).status for caller in callers} == {200}
    assert {caller.ask(key=KEY).status for caller in callers} == {401}

    (folder / "gateway.yaml").unlink()
    gateway.expect("gateway.yaml is gone; its settings stay", times=2)
    assert {caller.ask().status for caller in callers} == {401}
    (folder / "gateway.yaml").write_text("{}")
    all_answer(callers, 200)

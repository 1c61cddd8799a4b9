"""Folder: edits are picked up whole, and a broken one changes nothing but what is told."""

import json
import os

import pytest

from router.gateway.folder import Folder
from router.gateway.keys import digest_of
from router.gateway.keys import written as written_digest
from router.gateway.pages import ready
from router.gateway.reader import Reader
from router.testing import Scripted, simulate
from router.workspace import Loader
from tests.gateway.drive import ENVIRONMENT, ask, opened, written

GOOD = {"provider": "openai"}
BETTER = {"provider": "stability-ai"}
BROKEN = "provider: opnai"
TORN = "provider: [opena"
KEYS = {"prod": {"provider": "openai", "api_key": "sk-1"}}
KEYED = {"keys": {"app": {"digest": written_digest(digest_of("pxr-1"))}}}


class Watched:
    """A folder, and what it has told of mistakes."""

    def __init__(self, path, **keywords):
        self.path, self.told, self.noted = path, [], []
        reader = Reader(folder=path, loader=Loader(environment=ENVIRONMENT))
        self.folder = Folder(reader, self.told.append, note=self.noted.append, **keywords)

    def edit(self, **files):
        written(self.path, **files)
        return self.folder.refresh()

    def remove(self, name):
        (self.path / name).unlink()
        return self.folder.refresh()

    @property
    def state(self):
        return self.folder.state

    def provider(self, name):
        return self.state.configs[name].document.route.provider


@pytest.fixture
def watched(tmp_path):
    written(tmp_path, main=GOOD, other=GOOD)
    return Watched(tmp_path)


def test_every_config_has_its_files_name(watched):
    assert set(watched.state.configs) == {"main", "other"}
    assert watched.told == []


def test_scenarios_and_reports_beside_configs_are_left_alone(watched):
    day = {"duration": "1m", "arrivals": {"poisson": "6/m"}}
    watched.edit(day=day, report={"scenario": "a day", "seconds_played": 60.0, "targets": []})

    assert set(watched.state.configs) == {"main", "other"}
    assert (watched.told, watched.state.broken) == ([], {})

    watched.edit(day=GOOD)
    assert watched.provider("day") == "openai"


def test_nothing_has_changed_where_nothing_was_edited(watched):
    before = watched.state

    assert watched.folder.refresh() is False
    assert watched.state is before


def test_an_edit_is_picked_up(watched):
    assert watched.edit(main=BETTER) is True
    assert watched.provider("main") == "stability-ai"


def test_a_new_config_is_picked_up_and_one_that_is_gone_let_go(watched):
    watched.edit(third=BETTER)
    watched.remove("other.yaml")

    assert set(watched.state.configs) == {"main", "third"}


def test_a_request_keeps_the_state_that_it_began_with(watched):
    before = watched.state

    watched.edit(main=BETTER)

    assert before.configs["main"].document.route.provider == "openai"


@pytest.mark.parametrize("twin", ["main.json", "main.yml"])
def test_of_two_configs_of_one_name_neither_is_served(twin, tmp_path):
    written(tmp_path, main=GOOD, other=GOOD)
    (tmp_path / twin).write_text(json.dumps(BETTER))

    watched = Watched(tmp_path)

    assert set(watched.state.configs) == {"other"}
    assert set(watched.state.broken) == {"main"}
    assert "'main' is the name of" in watched.told[0]


@pytest.mark.parametrize("twin", ["main.json", "main.yml"])
def test_a_second_config_of_a_name_changes_nothing_until_the_first_is_gone(watched, twin):
    (watched.path / twin).write_text(json.dumps(BETTER))
    watched.folder.refresh()
    both = watched.provider("main")
    watched.remove("main.yaml")

    assert (both, watched.provider("main")) == ("openai", "stability-ai")
    assert len(watched.told) == 1


@pytest.mark.parametrize("text", [BROKEN, TORN, "", "[]", "\x00"], ids=repr)
def test_a_broken_edit_is_told_and_the_old_config_goes_on(watched, text):
    watched.edit(main=text)

    assert watched.provider("main") == "openai"
    assert watched.state.broken == {}
    assert len(watched.told) == 1
    assert "main.yaml" in watched.told[0]
    assert "stays as it was" in watched.told[0]


def test_what_is_broken_is_told_once(watched):
    watched.edit(main=BROKEN)
    watched.edit(other=BETTER)
    watched.edit(third=GOOD)

    assert len(watched.told) == 1


def test_another_mistake_is_told_anew(watched):
    watched.edit(main=BROKEN)
    watched.edit(main=TORN)

    assert len(watched.told) == 2


def test_a_mistake_that_comes_back_is_told_again(watched):
    watched.edit(main=BROKEN)
    watched.edit(main=GOOD)
    watched.edit(main=BROKEN)

    assert len(watched.told) == 2


def test_a_broken_edit_keeps_nothing_else_from_being_picked_up(watched):
    watched.edit(main=BROKEN, other=BETTER)

    assert watched.provider("other") == "stability-ai"


def test_an_edit_that_mends_is_picked_up(watched):
    watched.edit(main=BROKEN)
    watched.edit(main=BETTER)

    assert watched.provider("main") == "stability-ai"


def test_a_config_that_is_removed_while_it_is_broken_is_gone(watched):
    watched.edit(main=BROKEN)
    watched.remove("main.yaml")

    assert set(watched.state.configs) == {"other"}


def test_what_is_broken_from_the_beginning_is_no_config(tmp_path):
    written(tmp_path, main=BROKEN, other=GOOD)

    watched = Watched(tmp_path)

    assert set(watched.state.configs) == {"other"}
    assert set(watched.state.broken) == {"main"}
    assert len(watched.told) == 1


@pytest.mark.parametrize("text", ["config: nobody", "keys: [", "max_body: -1", "deadlin: 3"])
def test_broken_settings_stay_as_they_were(watched, text):
    watched.edit(gateway={"config": "main", "grace": 3})
    watched.edit(gateway=text)

    assert (watched.state.settings.config, watched.state.settings.grace) == ("main", 3)
    assert len(watched.told) == 1


def test_settings_that_are_broken_from_the_beginning_let_nobody_in(tmp_path):
    written(tmp_path, main=GOOD, gateway="keys: [")

    assert Watched(tmp_path).state.settings.needs_key


def test_an_empty_folder_lets_anybody_in(tmp_path):
    assert not Watched(tmp_path).state.settings.needs_key


def test_a_guarded_folder_lets_nobody_in_without_keys(tmp_path):
    watched = Watched(tmp_path, guarded=True)
    watched.edit(main=GOOD)

    assert watched.state.settings.needs_key


def test_settings_may_name_a_config_that_is_broken(watched):
    watched.edit(main=BROKEN, gateway={"config": "main"})

    assert watched.state.settings.config == "main"


def test_the_settings_go_when_their_file_goes(watched):
    watched.edit(gateway={"config": "main"})
    watched.remove("gateway.yaml")

    assert watched.state.settings.config is None


def test_virtual_keys_that_come_later_are_known(watched):
    keys = {"prod": {"provider": "openai", "api_key": "sk-1"}}

    watched.edit(main={"virtual_key": "prod"})
    assert len(watched.told) == 1
    watched.edit(virtual_keys=keys)

    assert watched.state.configs["main"].document.route.credential == "prod"


def test_broken_virtual_keys_leave_every_config_as_it_was(watched):
    watched.edit(virtual_keys={"prod": {"provider": "openai", "api_key": "sk-1"}})
    watched.edit(main={"virtual_key": "prod"})
    watched.edit(virtual_keys="prod: [")

    assert set(watched.state.configs) == {"main", "other"}
    assert watched.state.configs["main"].document.route.credential == "prod"


def test_a_folder_that_is_away_for_a_while_is_served_as_it_was(watched, tmp_path):
    away = tmp_path.parent / f"{tmp_path.name}-away"
    watched.edit(gateway=KEYED)
    before = watched.state

    tmp_path.rename(away)
    assert [watched.folder.refresh() for _ in range(3)] == [False] * 3
    tmp_path.mkdir()
    (tmp_path / "requests.sqlite3").touch()
    assert [watched.folder.refresh() for _ in range(3)] == [False] * 3
    assert watched.state is before
    assert len(watched.told) == 1
    assert "has none of its files any more" in watched.told[0]
    (tmp_path / "requests.sqlite3").rename(away / "requests.sqlite3")
    tmp_path.rmdir()
    away.rename(tmp_path)
    watched.edit(main=BETTER)

    assert watched.provider("main") == "stability-ai"


def test_a_folder_that_goes_twice_is_told_twice(watched):
    for _ in range(2):
        for name in ("main.yaml", "other.yaml"):
            watched.remove(name)
        watched.edit(main=GOOD, other=GOOD)

    assert sum("has none of its files" in line for line in watched.told) == 2
    assert sum("has files again" in line for line in watched.noted) == 2


def test_who_needed_a_key_needs_one_when_the_settings_file_is_gone(watched):
    watched.edit(gateway=KEYED)
    before = watched.state.settings
    watched.remove("gateway.yaml")
    watched.edit(main=BETTER)

    assert watched.state.settings is before
    assert watched.told == [
        "gateway.yaml is gone; its settings stay until the gateway is started anew"
    ]
    assert watched.state.stale == ("gateway.yaml",)


def test_a_settings_file_that_says_so_lets_anybody_in_again(watched):
    watched.edit(gateway=KEYED)
    watched.remove("gateway.yaml")
    watched.edit(gateway={"grace": 3})
    watched.remove("gateway.yaml")

    assert not watched.state.settings.needs_key


def test_settings_that_were_broken_let_nobody_in_when_their_file_is_gone(tmp_path):
    written(tmp_path, main=GOOD, gateway="keys: [")
    watched = Watched(tmp_path)
    watched.remove("gateway.yaml")

    assert watched.state.settings.needs_key


def test_a_worker_that_comes_later_lets_nobody_in_where_the_keys_are_gone(tmp_path):
    watched = Watched(written(tmp_path, main=GOOD), keyed=True)

    assert watched.state.settings.needs_key
    assert "gateway.yaml is gone" in watched.told[0]


def test_files_are_stale_while_what_they_said_before_is_served(watched):
    watched.edit(gateway={"config": "main"}, virtual_keys=KEYS)
    assert watched.state.stale == ()
    watched.edit(main=BROKEN, gateway="keys: [", third=BROKEN)
    assert watched.state.stale == ("gateway.yaml", "main.yaml")
    assert ready(watched.state, 1).body.count(b'"gateway.yaml"') == 1
    watched.edit(main=GOOD, gateway={}, virtual_keys="prod: [", third=GOOD)

    assert watched.state.stale == ("virtual-keys.yaml",)


def test_virtual_keys_that_are_broken_are_told_once_for_all_configs(watched):
    watched.edit(virtual_keys=KEYS)
    watched.edit(virtual_keys="prod: [")

    assert len(watched.told) == 1
    assert watched.told[0].startswith("virtual-keys.yaml cannot be used, configs stay")


def test_a_repair_is_noted_in_one_line(watched):
    watched.edit(main=BROKEN, gateway="keys: [", virtual_keys="prod: [")
    watched.edit(main=GOOD, gateway={}, virtual_keys=KEYS)
    watched.edit(other=BETTER)

    assert sorted(watched.noted) == [
        f"{name} has been read again, and is used"
        for name in ("gateway.yaml", "main.yaml", "virtual-keys.yaml")
    ]


def test_what_is_read_at_the_start_only_is_noted_once_when_it_changes(watched):
    watched.edit(gateway={"log": {"path": "requests.sqlite3"}})
    watched.edit(gateway={"log": {"path": "other.sqlite3"}, "grace": 3})
    watched.edit(gateway={"log": {"path": "other.sqlite3"}, "public_url": "https://a.example"})
    watched.edit(gateway={"grace": 4})

    assert watched.noted == [
        "log of gateway.yaml takes effect when the gateway is started anew",
        "log and public_url of gateway.yaml take effect when the gateway is started anew",
    ]


def test_a_file_that_is_swapped_in_is_seen_though_its_time_and_size_are_the_same(watched):
    path, before = watched.path / "main.yaml", watched.state.configs["main"]
    about = path.stat()
    other = watched.path / "draft"
    other.write_text(path.read_text())
    os.utime(other, ns=(about.st_atime_ns, about.st_mtime_ns))
    other.replace(path)

    assert watched.folder.refresh() is True
    assert watched.state.configs["main"] is not before


@pytest.mark.parametrize("name", ["main.test.yaml", ".main.yaml", "main.txt", "main.yaml~"])
def test_what_is_no_config_is_not_read(watched, name):
    (watched.path / name).write_text(BROKEN)
    watched.folder.refresh()

    assert set(watched.state.configs) == {"main", "other"}
    assert watched.told == []


def test_an_alias_finds_a_config(watched):
    watched.edit(gateway={"aliases": {"pc-1": "main"}})

    assert watched.state.find("pc-1") is watched.state.configs["main"]
    assert watched.state.find("main") is watched.state.configs["main"]
    assert watched.state.find("nobody") is None


def test_a_broken_edit_never_takes_the_gateway_down(tmp_path):
    written(tmp_path, main=GOOD, gateway={"config": "main"})
    sender = Scripted(200, repeat=True)
    told = []

    async def main():
        gateway = opened(tmp_path, sender=sender, tell=told.append)
        statuses = []
        for name in ("main", "gateway", "virtual_keys"):
            written(tmp_path, **{name: TORN})
            if gateway.folder.refresh():
                gateway.desk.chooser.forget()
            statuses.append((await ask(gateway)).status)
            inline = {"x-portkey-config": json.dumps(GOOD)}
            statuses.append((await ask(gateway, headers=inline)).status)
        return statuses

    assert simulate(main) == [200] * 6
    assert told

"""Retention: the oldest go first, with all that belongs to them, and the room comes back."""

import sqlite3

import pytest
from log_exchanges import DAY, NOON, exchange, opened, picture, read, written

from router.gateway.request_log.log import pictures_folder
from router.gateway.request_log.pictures import FolderKeeper
from router.gateway.request_log.retention import Retention, used_bytes
from router.gateway.request_log.schema import connect
from router.gateway.settings import LogSettings

FULL = LogSettings(keep="full")
HUGE = 10**12  # bytes
LONG = 10_000  # days


@pytest.fixture
def path(tmp_path):
    return tmp_path / "requests.db"


def swept(path, *, days=LONG, max_bytes=HUGE, now=NOON, keeper=None):
    """Sweep a log until nothing is too much; return its ids that are left."""
    connection = connect(path)
    retention = Retention(days=days, max_bytes=max_bytes)
    while retention.sweep(connection, keeper, now):
        pass
    connection.close()
    return [record.request_id for record in read(path)]


def fill(path, count):
    """Write that many requests of one size, a second apart, the newest first."""
    written(
        path,
        *[exchange(request_id=f"{n:04}", began=NOON - count + n) for n in range(count)][::-1],
    )


def used(path):
    connection = connect(path)
    found = used_bytes(connection)
    connection.close()
    return found


def count(path, table):
    connection = sqlite3.connect(path)
    found = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    connection.close()
    return found


def test_records_older_than_so_many_days_are_deleted(path):
    ages = (0, 1, 6.9, 7.1, 400)
    written(path, *(exchange(request_id=str(age), began=NOON - age * DAY) for age in ages))

    assert swept(path, days=7) == ["6.9", "1", "0"]


def test_what_belongs_to_a_record_goes_with_it(path):
    written(path, exchange(), exchange(began=NOON - 8 * DAY))

    swept(path, days=7)

    assert (count(path, "attempts"), count(path, "decisions")) == (2, 1)


def test_retention_by_size_keeps_the_newest(path):
    fill(path, 600)
    room = used(path) // 2

    left = swept(path, max_bytes=room)

    assert left == [f"{number:04}" for number in range(600 - len(left), 600)]
    assert 200 < len(left) < 400
    assert used(path) <= room


def test_what_fits_stays(path):
    fill(path, 20)

    assert len(swept(path, days=1, max_bytes=used(path))) == 20


def test_the_room_is_given_back_to_the_disk(path):
    fill(path, 600)
    before = path.stat().st_size

    swept(path, max_bytes=used(path) // 3)

    assert path.stat().st_size < before / 2


def test_room_that_is_free_costs_no_record(path):
    fill(path, 600)
    connection = connect(path)
    connection.execute("DELETE FROM requests WHERE id > 60")
    connection.close()

    assert len(swept(path, max_bytes=path.stat().st_size // 2)) == 60


def test_no_room_at_all_keeps_nothing_and_comes_to_an_end(path):
    fill(path, 20)

    assert swept(path, max_bytes=0) == []


def test_the_pictures_of_deleted_records_are_deleted_unless_another_shows_them(path):
    keeper = FolderKeeper(pictures_folder(path))
    log = opened(path, settings=FULL, keeper=keeper)
    log.end(exchange(began=NOON - 8 * DAY, pictures=(picture(b"old"), picture(b"both"))))
    log.end(exchange(began=NOON, pictures=(picture(b"both"), picture(b"new"))))
    log.close()

    swept(path, days=7, keeper=keeper)

    contents = {file.read_bytes() for file in keeper.folder.iterdir()}
    assert contents == {b"both", b"new"}


def test_pictures_count_for_the_size(path):
    keeper = FolderKeeper(pictures_folder(path))
    log = opened(path, settings=FULL, keeper=keeper)
    for number in range(4):
        large = picture(bytes([number]) * 1_000_000)
        log.end(exchange(request_id=str(number), began=NOON + number, pictures=(large,)))
    log.close()

    left = swept(path, max_bytes=2_500_000, keeper=keeper)

    assert left == ["2", "3"]
    assert len(list(keeper.folder.iterdir())) == 2


def test_the_log_sweeps_by_itself_and_then_only_now_and_then(path):
    clock = [NOON]
    log = opened(path, now=lambda: clock[0])

    def after(seconds, began):
        clock[0] += seconds
        log.end(exchange(began=began))
        log.flush()
        return len(read(path))

    assert after(0, NOON - 31 * DAY) == 0
    assert after(1, NOON - 31 * DAY) == 1
    assert after(60, NOON - 31 * DAY) == 0
    log.close()

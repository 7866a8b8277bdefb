"""Files: those that rows leave go after their rows, those without a row are found, needed and young ones stay."""

import os
from collections.abc import Collection
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from portal import retention
from portal.keeping import files, running
from portal.keeping.models import LeftFile, RetentionRun
from portal.retention import Folder
from tests.portal.keeping.conftest import keep_house, step

OLD = timezone.now() - timedelta(days=5)


@pytest.fixture(autouse=True)
def needed(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """One folder whose rows need what stands in this set."""
    found: set[str] = set()

    def among(paths: Collection[str]) -> Collection[str]:
        return found & set(paths)

    monkeypatch.setattr(retention, "_folders", {"things": Folder("things", "Things", among)})
    return found


def stored(path: str, *, is_old: bool = True) -> str:
    default_storage.save(path, ContentFile(b"x"))
    if is_old:
        os.utime(default_storage.path(path), (OLD.timestamp(), OLD.timestamp()))
    return path


def there(*paths: str) -> list[bool]:
    return [default_storage.exists(path) for path in paths]


def test_file_without_a_row_is_found_and_removed_and_a_needed_or_young_one_stays(db: None, needed: set[str]) -> None:
    lost, held = stored("things/aa/lost"), stored("things/aa/held")
    young, flat = stored("things/bb/young", is_old=False), stored("things/flat")
    needed.add(held)

    trial = step(keep_house(is_trial=True), "files:things")
    assert (trial.looked, trial.gone, sorted(trial.examples)) == (4, 2, ["things/aa/lost", "things/flat"])
    assert there(lost, held, young, flat) == [True] * 4
    keep_house()

    assert there(lost, held, young, flat) == [False, True, True, False]


def test_file_that_a_row_left_goes_when_no_other_row_names_it(db: None, needed: set[str]) -> None:
    left, shared = stored("things/left", is_old=False), stored("things/shared", is_old=False)
    needed.add(shared)
    LeftFile.objects.bulk_create([LeftFile(path=path) for path in (left, shared, "things/never")])

    assert files.remove_left() == 1

    assert there(left, shared) == [False, True]
    assert not LeftFile.objects.exists()


def test_file_that_is_stored_once_more_just_now_stays(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "FRESH", timedelta(minutes=10))
    left = stored("things/left", is_old=False)
    LeftFile.objects.create(path=left)

    assert files.remove_left() == 0

    assert there(left) == [True]


def test_row_that_comes_while_the_folder_is_walked_keeps_its_file(
    db: None, needed: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, judge = stored("things/aa/x"), files._judge

    def come_in_between(*args: Any, **more: Any) -> None:
        needed.add(path)
        judge(*args, **more)

    monkeypatch.setattr(files, "_judge", come_in_between)
    keep_house()

    assert there(path) == [True]


def test_folder_that_nobody_registered_is_left_alone(db: None) -> None:
    foreign = stored("elsewhere/x")
    LeftFile.objects.create(path=foreign)

    keep_house()

    assert there(foreign) == [True]


def test_walk_over_a_folder_goes_on_where_a_worker_was_killed(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [stored(f"things/{part}/x") for part in ("aa", "bb", "cc")]
    walk, walked = files._walk, []

    def die_at_second(path: str) -> Any:
        walked.append(path)
        if len(walked) == 2:
            raise KeyboardInterrupt
        return walk(path)

    run = running.begin(is_trial=False)
    with monkeypatch.context() as patched:
        patched.setattr(files, "_walk", die_at_second)
        with pytest.raises(KeyboardInterrupt):
            running.work(60)
    assert there(*paths) == [False, True, True]
    RetentionRun.objects.update(leased_until=None)
    running.work(60)

    assert there(*paths) == [False, False, False]
    assert step(run, "files:things").gone == 3


def test_the_night_walks_over_the_storage_once_a_week(db: None) -> None:
    assert running.begin(is_trial=False, with_folders=False).steps.filter(kind__startswith="files:").count() == 0

"""Onboarding files that wait for their button."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from companies import uploads


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_files_whose_plan_nobody_confirmed_are_dropped_after_their_time():
    default_storage.save("onboarding/1/abc.csv", ContentFile(b"x"))
    now = timezone.now()

    kept, dropped = uploads.prune(now - timedelta(days=1)), uploads.prune(now + timedelta(seconds=1))

    assert (kept, dropped) == (0, 1)
    assert not default_storage.exists("onboarding/1/abc.csv")


def test_nothing_is_dropped_where_nothing_was_uploaded():
    assert uploads.prune(timezone.now()) == 0

"""Files of companies in the storage: encrypted, and dropped after their time."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from companies.enums import ImportState
from companies.files import storing, uploads
from companies.models import ImportFile
from portal.partners.models import PartnerAccount
from tests.companies.csv_files import sheet


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def file(account: PartnerAccount) -> ImportFile:
    return storing.take_in(account, "customers.csv", sheet({}).getvalue())


@pytest.mark.parametrize("size", [1, 768 * 1024, 768 * 1024 + 1, 3_000_000])
def test_content_comes_back_as_it_was_kept(size: int) -> None:
    content = bytes(range(251)) * (size // 251) + b"x" * (size % 251)

    path = uploads.keep(content, 1)

    assert uploads.content_of(path) == content


def test_content_that_was_dropped_is_gone_and_says_what_to_do(file: ImportFile) -> None:
    uploads.drop(file)
    file.refresh_from_db()

    with pytest.raises(uploads.UploadGoneError) as caught:
        uploads.content_of(file.path)
    assert "Upload it once more" in caught.value.text


def test_content_whose_key_was_rotated_away_is_gone_too(file: ImportFile, settings: Any) -> None:
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]

    with pytest.raises(uploads.UploadGoneError):
        uploads.content_of(file.path)


def test_a_file_that_nobody_carried_out_is_dropped_whole_after_its_time(file: ImportFile) -> None:
    now = timezone.now()

    kept, dropped = uploads.prune(now - timedelta(days=1)), uploads.prune(now + timedelta(seconds=1))

    assert (kept, dropped) == (0, 1)
    assert not ImportFile.objects.exists()
    assert not default_storage.exists(file.path)


def test_of_a_file_that_was_carried_out_only_the_content_is_dropped(file: ImportFile) -> None:
    storing.decide(file, storing.columns_of(file))
    storing.read_rows(file)
    ImportFile.objects.update(started_at=timezone.now(), state=ImportState.DONE)

    uploads.prune(timezone.now() + timedelta(seconds=1))

    assert not default_storage.exists(file.path)
    assert ImportFile.objects.get().path == ""
    assert ImportFile.objects.get().rows.count() == 1


def test_content_that_no_file_names_is_dropped(transactional_db: None) -> None:
    default_storage.save("onboarding/1/abc.enc", ContentFile(b"x"))

    assert uploads.prune(timezone.now() + timedelta(seconds=1)) == 1
    assert not default_storage.exists("onboarding/1/abc.enc")


def test_nothing_is_dropped_where_nothing_was_uploaded(transactional_db: None) -> None:
    assert uploads.prune(timezone.now()) == 0

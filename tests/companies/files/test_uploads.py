"""Files of companies in the storage: encrypted, and dropped after their time."""

from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

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

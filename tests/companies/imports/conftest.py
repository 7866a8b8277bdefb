"""Staff who upload files, and files as spreadsheets write them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from companies.files import storing
from companies.models import ImportFile
from portal.partners.models import PartnerAccount
from tests.companies.csv_files import sheet
from tests.companies.staff import client_of

Upload = Callable[..., Any]
Stored = Callable[..., ImportFile]


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def nobody() -> PartnerAccount:
    """An account that is not stored: reading needs no database."""
    return PartnerAccount(name="Partner", default_method="visma_sign", own_kyc=False)


@pytest.fixture
def stored(account: PartnerAccount) -> Stored:
    """Take a file in and read its rows, as a worker does."""

    def make(*rows: dict[str, str], name: str = "customers.csv", content: bytes = b"", **options: Any) -> ImportFile:
        file = storing.take_in(account, name, content or sheet(*rows, **options).getvalue())
        storing.decide(file, storing.columns_of(file))
        storing.read_rows(file)
        file.refresh_from_db()
        return file

    return make


@pytest.fixture
def agent(account: PartnerAccount) -> Client:
    """A member of the support staff, logged in."""
    return client_of("agent", account)


@pytest.fixture
def upload(agent: Client, account: PartnerAccount) -> Upload:
    """Upload a file in the browser; returns the answer, of which redirects were followed."""

    def send(content: bytes, name: str = "customers.csv", *, follow: bool = True) -> Any:
        data = {"account": account.pk, "file": SimpleUploadedFile(name, content)}
        return agent.post(reverse("admin:onboard_file"), data, follow=follow)

    return send

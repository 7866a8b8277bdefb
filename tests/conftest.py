"""
What every test may lean on; `tests/environment.py` says which servers a run has.

Django is set up while this file is imported, because the conftest files below it import models.
"""

import os

from tests import environment

if "DJANGO_SETTINGS_MODULE" in os.environ:
    raise SystemExit("unset DJANGO_SETTINGS_MODULE: the tests bring settings of their own")
environment.prepare()
os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"

import django  # noqa: E402
from django.conf import settings  # noqa: E402

settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the real one is slow on purpose
settings.STORAGES = {
    **settings.STORAGES,
    # The manifest that production serves from exists only after collectstatic.
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
django.setup()

from collections.abc import Iterator  # noqa: E402
from typing import Any  # noqa: E402

import pytest  # noqa: E402
import redis  # noqa: E402

from tests import flushing, scheduling  # noqa: E402

DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server", "admin_client"}
_valkey = redis.Redis.from_url(settings.CACHES["default"]["LOCATION"])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Let no worker inherit the name of the settings: they would be read before it has taken its share."""
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> scheduling.ByPortal:
    config.option.loadscopereorder = False  # by number of tests, which says little of how long they take
    return scheduling.ByPortal(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """
    Mark what depends on the database, before -m chooses: `make test` runs that part on SQLite as well.

    What takes long begins first, though pytest-django puts tests without a database last.
    """
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if item.get_closest_marker("django_db") or DATABASE_FIXTURES.intersection(fixtures):
            item.add_marker(pytest.mark.database)
    yield
    items.sort(key=lambda item: not scheduling.is_long(item.nodeid))


@pytest.fixture(autouse=True)
def _empty_valkey() -> Iterator[None]:
    """Leave no token, lease, heartbeat or message to the next test; the broker's own bindings stay."""
    yield
    if keys := [key for key in _valkey.scan_iter() if not key.startswith(b"_kombu")]:
        _valkey.delete(*keys)


@pytest.fixture(scope="module")
def chrome() -> Iterator[Any]:
    """A browser for pages of the tests' own process; tests of the whole stack have one of their own."""
    from tests.e2e.here import chromium_here

    with chromium_here() as started:
        yield started


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    flushing.be_quick()

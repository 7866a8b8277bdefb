"""Members of staff who are logged in, for tests of pages."""

from collections.abc import Callable

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.test import Client

from portal import groups
from portal.partners.models import PartnerAccount

LogIn = Callable[..., Client]


@pytest.fixture
def log_in(account: PartnerAccount) -> LogIn:
    """Log a member of staff in, of one group and with the account unless told otherwise."""

    def make(group: str = "agent", accounts: tuple[PartnerAccount, ...] = (account,)) -> Client:
        Group.objects.get_or_create(name=group)
        groups.grant([app for app in apps.get_app_configs() if app.models_module is not None][-1], "default")
        user = User.objects.create_user(f"{group}@example.com", password="x", is_staff=True)
        user.groups.add(Group.objects.get(name=group))
        for one in accounts:
            one.staff.add(user)
        client = Client()
        client.force_login(user)
        return client

    return make

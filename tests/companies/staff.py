"""Members of staff who are logged in, for tests of pages."""

from collections.abc import Callable

from django.apps import apps
from django.contrib.auth.models import Group, User
from django.test import Client

from portal import groups
from portal.partners.models import PartnerAccount

LogIn = Callable[..., Client]


def client_of(group: str, *accounts: PartnerAccount) -> Client:
    """Return the browser of a new member of a group, who was given the accounts."""
    Group.objects.get_or_create(name=group)
    groups.grant([app for app in apps.get_app_configs() if app.models_module is not None][-1], "default")
    name = f"{group}@example.com"
    user = User.objects.create_user(name, name, password="x", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    for one in accounts:
        one.staff.add(user)
    client = Client()
    client.force_login(user)
    return client

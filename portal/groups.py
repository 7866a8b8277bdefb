"""
The groups of staff and what they may do. Each app names its grants in `<app>/rights.py`; each group also has the rights
of those before it.

Granted after every migration, so that a new verb reaches its group with the release that brings it. Rights are only
added: who needs other ones makes a group of their own.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import AppConfig, apps

GROUPS = ("viewer", "agent", "lead", "admin")


def grants() -> dict[str, set[str]]:
    """Return each group's permissions ("app.codename"), those of the groups before it included."""
    modules = [import_module(f"{app.name}.rights") for app in apps.get_app_configs() if _has_rights(app)]
    granted: dict[str, set[str]] = {}
    so_far: set[str] = set()
    for group in GROUPS:
        so_far = so_far.union(*(module.GRANTS.get(group, ()) for module in modules))
        granted[group] = so_far
    return granted


def grant(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Make the groups and give them their rights, once all apps have made their permissions."""
    # The signal is not sent for apps without models.
    if sender is not [app for app in apps.get_app_configs() if app.models_module is not None][-1]:
        return
    group_model, permission_model = apps.get_model("auth.Group"), apps.get_model("auth.Permission")
    known = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in permission_model.objects.using(using).select_related("content_type")
    }
    for name, wanted in grants().items():
        group, _created = group_model.objects.using(using).get_or_create(name=name)
        group.permissions.add(*(known[permission] for permission in sorted(wanted)))


def _has_rights(app: AppConfig) -> bool:
    return not app.name.startswith(("django.", "unfold")) and find_spec(f"{app.name}.rights") is not None

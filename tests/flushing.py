"""
What a test that commits leaves behind is flushed: quickly, for thousands of tests do.

Content types and their permissions are the same for every test and are kept: making them anew takes longer than all the
rest. Tables are truncated, not emptied by DELETE, though that is faster: PostgreSQL then plans as for a table that was
never filled.
"""

from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.management import create_contenttypes
from django.contrib.contenttypes.models import ContentType
from django.core.management.commands import flush
from django.db.models.signals import post_migrate

_KEPT = {model._meta.db_table for model in (ContentType, Permission)}
_sql_flush = flush.sql_flush


def be_quick() -> None:
    """Call it once the test database stands."""
    assert post_migrate.disconnect(create_contenttypes)
    assert post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    flush.sql_flush = _sql_of_flush


def _sql_of_flush(style: Any, connection: Any, **options: Any) -> list[str]:
    introspection = connection.introspection
    all_tables = introspection.django_table_names
    introspection.django_table_names = lambda **asked: [name for name in all_tables(**asked) if name not in _KEPT]
    try:
        return list(_sql_flush(style, connection, **options))
    finally:
        del introspection.django_table_names

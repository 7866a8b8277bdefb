"""`manage.py read_bounce`: the end of a mail pipe that takes what comes back of reminders."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from companies.reminders import bounces

DATA_ERROR, TRY_LATER = 65, 75  # as mail servers understand them (sysexits.h)


class Command(BaseCommand):
    help = (
        "Read one delivery status notification (RFC 3464) on standard input and mark the reminder that it returns. "
        "Exit codes are those of mail pipes: 65 it is no notification, 75 try again later."
    )

    def handle(self, *_arguments: Any, **_options: Any) -> None:
        content = sys.stdin.buffer.read(bounces.LARGEST + 1)
        try:
            marked = bounces.apply(bounces.read(content))
        except bounces.NotANotificationError as error:
            raise CommandError(f"This is no delivery status notification: {error}.", returncode=DATA_ERROR) from None
        except DatabaseError as error:
            raise CommandError(f"The database is away: {type(error).__name__}.", returncode=TRY_LATER) from None
        if marked is None:
            self.stdout.write("About no reminder of this portal; nothing was done.")
        else:
            self.stdout.write(f"Requests marked: {marked}.")

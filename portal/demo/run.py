"""One run of the demo, from its folder to its exit code."""

import sys

from portal.demo import place as places
from portal.demo.place import DemoError, Place
from portal.demo.supervisor import Supervisor, say

WRONG_USE = 2
USER = "demo"


def run(place: Place, *, reset: bool, tell_story: bool) -> int:
    """Return the exit code: 0 ended on request, 1 something did not work, 2 it could not start at all."""
    try:
        place.var.mkdir(parents=True, exist_ok=True)
        _lock = places.lock(place)
        places.check_port(place.port, "PORT")
        places.check_port(place.sandbox_port, "SANDBOX_PORT")
        if reset:
            place.forget()
        place.make()
    except (DemoError, OSError) as exc:
        return _complain(f"demo: {exc}", WRONG_USE)
    try:
        Supervisor(place).run(lambda supervisor: _open(supervisor, tell_story=tell_story))
    except DemoError as exc:
        return _complain(f"demo: {exc}", 1)
    return 0


def _complain(text: str, code: int) -> int:
    print(text, file=sys.stderr, flush=True)
    return code


def _open(supervisor: Supervisor, *, tell_story: bool) -> None:
    place = supervisor.place
    if tell_story and not place.summary_file.exists():
        pass
    say(_welcome(place, supervisor.settings["DEMO_PASSWORD"]))


def _welcome(place: Place, password: str) -> str:
    return f"""
The portal runs.

  portal      {place.url}/admin/     user {USER}     password {password}
  simulator   {place.sandbox_url}/_sandbox/
  logs        {place.var / "logs"}

Ctrl-C ends everything; the next `make demo` keeps the data, `make demo-reset` begins anew.
"""

"""Which tests go to one worker: those of one file, and all that share a running portal, which is slow to start."""

from xdist.scheduler import LoadFileScheduling

_SHARED = ("tests/e2e/with_moved_clock/", "tests/e2e/", "tests/faults/")
_LONG = (*_SHARED, "tests/load/")


class ByPortal(LoadFileScheduling):
    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return next((folder for folder in _SHARED if file.startswith(folder)), file)


def is_long(nodeid: str) -> bool:
    """Tell what had better begin early, so that no worker waits for it in the end."""
    return nodeid.startswith(_LONG)

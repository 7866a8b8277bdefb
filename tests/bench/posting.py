"""
A client that posts as many events as it can over some connections, in a process of its own:

    python -m tests.bench.posting PORT PATH CONNECTIONS SECONDS

It prints JSON: how many a second were answered 204, and the latencies' median and 99th percentile in ms.
"""

import asyncio
import itertools
import json
import sys
import time
import uuid

_numbers = itertools.count()
_TEXT = "x" * 400


def request(path: str) -> bytes:
    number = next(_numbers)
    data = {"invoice_id": str(uuid.uuid4()), "number": number, "status": "DELIVERED", "text": _TEXT}
    happened = {"event": "DOCUMENTS.INVOICE.DELIVERED", "company_id": str(uuid.UUID(int=number % 500))}
    body = json.dumps({**happened, "event_data": data, "event_timestamp": "2026-11-21T08:00:00Z"}).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return f"{head}\r\nUser-Agent: Maventa\r\nAccept: */*\r\n\r\n".encode() + body


async def post(port: int, path: str, until: float, took: list[float], refused: list[bytes]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while time.perf_counter() < until:
        asked = request(path)
        began = time.perf_counter()
        writer.write(asked)
        head = await reader.readuntil(b"\r\n\r\n")
        took.append(time.perf_counter() - began)
        if not head.startswith(b"HTTP/1.1 204"):
            refused.append(head)
    writer.close()


async def run(port: int, path: str, connections: int, seconds: float) -> dict[str, float]:
    took: list[float] = []
    refused: list[bytes] = []
    began = time.perf_counter()
    await asyncio.gather(*(post(port, path, began + seconds, took, refused) for _ in range(connections)))
    lasted = time.perf_counter() - began
    took.sort()
    stored = len(took) - len(refused)
    return {
        "rate": stored / lasted,
        "stored": stored,
        "refused": len(refused),
        "median": took[len(took) // 2] * 1000,
        "p99": took[len(took) * 99 // 100] * 1000,
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(run(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4])))))

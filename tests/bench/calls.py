"""Token look-up and own overhead of one call, against a bare `requests.Session` call to the same server."""

import json
import multiprocessing
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection

import msgspec
import requests

from tests.bench.figures import Figure, median_of, prepare, report, side_by_side

TIMES = 2000
COMPANIES = [{"id": str(uuid.UUID(int=number)), "name": f"Company {number}", "bid": "12345671"} for number in range(10)]


class Fast(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65_536  # head and body in one packet

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        token = {"access_token": "t", "expires_in": 3600, "token_type": "Bearer"}
        body = json.dumps(token if self.path.endswith("token") else COMPANIES).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = answer

    def log_message(self, *_arguments: object) -> None:
        pass


def serve(pipe: Connection) -> None:
    ThreadingHTTPServer.daemon_threads = True
    server = ThreadingHTTPServer(("127.0.0.1", 0), Fast)
    pipe.send(server.server_port)
    server.serve_forever()


class Company(msgspec.Struct, frozen=True):
    id: uuid.UUID
    name: str
    bid: str


def measure(port: int) -> None:
    from portal import maventa
    from portal.maventa import tokens
    from portal.maventa.deadline import Deadline

    url, company = f"http://127.0.0.1:{port}", uuid.uuid4()
    credentials = maventa.Credentials(
        1, 1, maventa.Environment.SANDBOX, {maventa.Api.AX: url}, company, "key", "vendor", 1e6, 64
    )
    client = maventa.Client(credentials, company, log=lambda record: None)
    session = requests.Session()

    def ours() -> object:
        return client.call(maventa.Api.AX, "GET", "/v1/companies", answer=list[Company], scope="company")

    def bare() -> object:
        return session.get(f"{url}/v1/companies", headers={"Authorization": "Bearer t"}, timeout=(3, 10)).json()

    ours()
    one, other = side_by_side(ours, bare, times=TIMES)
    key = tokens.key_for(credentials, company, "company")

    def never(_deadline: Deadline) -> tokens.Token:
        raise AssertionError("the token was there")

    look_up = median_of(lambda: tokens.get(key, Deadline(30), never), TIMES)
    report(
        Figure(
            "one call with token, pacing, deadline and typed answer",
            f"{one * 1e3:.2f} ms",
            f"{other * 1e3:.2f} ms, `requests.Session`",
            one / other,
        ),
        Figure(
            "token look-up, in the same process",
            f"{look_up * 1e6:.1f} µs",
            f"{other * 1e6:.0f} µs, one bare call",
            look_up / other,
        ),
    )


def main() -> None:
    here, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("fork").Process(target=serve, args=(there,), daemon=True)
    server.start()
    prepare("sqlite")
    try:
        measure(here.recv())
    finally:
        server.terminate()
        server.join()


if __name__ == "__main__":
    main()

"""A server that answers as badly as a test wants: resets, drips, lies."""

import json
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Heard:
    """One request as it arrived."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, list[str]]:
        return parse_qs(self.body.decode())


class Line:
    """The connection a request came on."""

    def __init__(self, handler: BaseHTTPRequestHandler) -> None:
        self.handler = handler

    def answer(self, status: int = 200, body: Any = None, **headers: str) -> None:
        """Answer properly; `body` is bytes, or is written as JSON."""
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        given = {"Content-Type": "application/json", "Content-Length": str(len(raw))}
        given.update({name.replace("_", "-"): value for name, value in headers.items()})
        self.handler.send_response(status)
        for name, value in given.items():
            self.handler.send_header(name, value)
        self.handler.end_headers()
        self.handler.wfile.write(raw)

    def reset(self) -> None:
        """Break the connection with a TCP reset."""
        self.handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.handler.close_connection = True
        self.handler.connection.close()

    def raw(self, data: bytes) -> None:
        """Send these bytes and hang up."""
        self.handler.wfile.write(data)
        self.handler.wfile.flush()
        self.handler.close_connection = True

    def drip(self, start: bytes, piece: bytes, pause: float) -> None:
        """Send `start`, then `piece` again and again until the other side hangs up."""
        self.handler.close_connection = True
        try:
            self.handler.wfile.write(start)
            while True:
                self.handler.wfile.write(piece)
                self.handler.wfile.flush()
                time.sleep(pause)
        except OSError:
            return


Answer = Callable[[Heard, Line], None]


class FakeApi:
    """Gives tokens by itself ("token-1", "token-2" …); everything else is scripted with `on`."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.tokens = 0
        self.token_life = 3600
        self._scripts: dict[tuple[str, str], list[Answer]] = {}
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.on("POST", "/ax/oauth2/token", self.give_token)

    def use_tls(self, context: Any) -> None:
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"https://localhost:{self._server.server_port}"

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def on(self, method: str, path: str, *answers: Answer) -> None:
        """Answer the first call with the first answer, and so on; the last one stays."""
        self._scripts[method, path] = list(answers)

    def give_token(self, heard: Heard, line: Line) -> None:
        with self._lock:
            self.tokens += 1
            token = f"token-{self.tokens}"
        line.answer(body={"access_token": token, "token_type": "bearer", "expires_in": self.token_life})

    def calls(self, path: str) -> list[Heard]:
        return [heard for heard in self.heard if heard.path == path]

    def answer(self, heard: Heard, line: Line) -> None:
        with self._lock:
            self.heard.append(heard)
            script = self._scripts.get((heard.method, heard.path))
            step = None if script is None else script.pop(0) if len(script) > 1 else script[0]
        if step is None:
            line.answer(404, {"code": "not_found", "message": "no such path", "details": []})
        else:
            step(heard, line)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        api = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                parts = urlsplit(self.path)
                api.answer(Heard(self.command, parts.path, parts.query, dict(self.headers), body), Line(self))

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

            def log_message(self, *args: object) -> None:
                pass

            def handle(self) -> None:
                try:
                    super().handle()
                except OSError:
                    return

        return Handler


def says(status: int = 200, body: Any = None, **headers: str) -> Answer:
    """Return an answer that is the same every time."""
    return lambda heard, line: line.answer(status, body, **headers)

"""Handing a mail to a mail server, over a socket: what its answers mean."""

import socketserver
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from portal import maventa
from portal.outbound.mailing import Mail, MailService, one_line

MAIL = Mail(
    to="signer@example.com", subject="Bitte\r\nBcc: all@example.com", body="Hei Äijä\n", sender="Desk <desk@x.example>",
    message_id="<remind.1@x.example>",
)  # fmt: skip


class Server(socketserver.ThreadingTCPServer):
    """A mail server that answers as it is told; `None` as an answer hangs up."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.answers: dict[str, str | None] = {}
        self.taken: list[str] = []


class _Talk(socketserver.StreamRequestHandler):
    server: Server

    def handle(self) -> None:
        if not self._say("hello", "220 mail.example"):
            return
        while line := self.rfile.readline().decode().strip():
            verb = line.split(":")[0].split()[0].upper()
            if verb == "DATA":
                self._say("DATA", "354 go on")
                if "DATA" in self.server.answers:
                    continue
                self._take()
                if not self._say("taken", "250 taken"):
                    return
            elif not self._say(verb, "221 bye" if verb == "QUIT" else "250 fine"):
                return

    def _take(self) -> None:
        lines = []
        while (line := self.rfile.readline().decode()).strip() != ".":
            lines.append(line)
        self.server.taken.append("".join(lines))

    def _say(self, verb: str, usual: str) -> bool:
        answer = self.server.answers.get(verb, usual)
        if answer is not None:
            self.wfile.write(f"{answer}\r\n".encode())
        return answer is not None


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "127.0.0.1", "", ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_TIMEOUT = 5
    with Server() as running:
        settings.EMAIL_PORT = running.server_address[1]
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def test_a_mail_goes_as_it_was_written_and_its_headers_hold_one_line_each(server: Server) -> None:
    MailService().send(MAIL)

    (taken,) = server.taken
    assert "Message-ID: <remind.1@x.example>" in taken
    assert "Subject: Bitte Bcc: all@example.com" in taken
    assert "\nBcc:" not in taken
    assert "Auto-Submitted: auto-generated" in taken


@pytest.mark.parametrize(
    ("verb", "answer", "error", "code"),
    [
        ("RCPT", "550 5.1.1 no such user", maventa.RejectedError, "recipient_refused"),
        ("MAIL", "553 not yours", maventa.RejectedError, "sender_refused"),
        ("DATA", "554 looks like spam", maventa.RejectedError, "message_refused"),
        ("taken", "554 looks like spam", maventa.RejectedError, "message_refused"),
        ("RCPT", "450 come back later", maventa.TemporaryError, ""),
        ("taken", "452 disk is full", maventa.TemporaryError, ""),
        ("hello", "554 not you", maventa.TemporaryError, ""),
    ],
)
def test_what_a_refusal_means(server: Server, verb: str, answer: str, error: type[Exception], code: str) -> None:
    server.answers[verb] = answer

    with pytest.raises(error) as caught:
        MailService().send(MAIL)

    assert getattr(caught.value, "code", "") == code


def test_a_server_that_hangs_up_over_the_text_leaves_it_open_whether_the_mail_went(server: Server) -> None:
    server.answers["taken"] = None

    with pytest.raises(maventa.OutcomeUnknownError):
        MailService().send(MAIL)

    assert len(server.taken) == 1


def test_a_server_that_hangs_up_when_all_is_said_has_taken_the_mail(server: Server) -> None:
    server.answers["QUIT"] = None

    MailService().send(MAIL)

    assert len(server.taken) == 1


def test_where_nobody_listens_nothing_was_sent(server: Server, settings: Any) -> None:
    settings.EMAIL_PORT = 1

    with pytest.raises(maventa.TemporaryError):
        MailService().send(MAIL)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a\r\nb", "a b"), ("a\tb\x00c", "a b c"), ("  Ääkkönen  ", "Ääkkönen"), ("a\u2028b", "a b")],
)
def test_a_header_is_one_line(text: str, expected: str) -> None:
    assert one_line(text) == expected

"""
One mail to one person, through Django's mail back end, with the failures named as those of calls to AutoInvoice are.

Nothing is sent before the server has taken the recipient; what fails until then was surely not sent.
"""

import smtplib

import msgspec
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from portal import maventa

RECIPIENT_REFUSED = "recipient_refused"
SENDER_REFUSED = "sender_refused"
MESSAGE_REFUSED = "message_refused"
_FOR_GOOD = 500  # SMTP codes from here on: trying again does not help
_CONFIGURED = (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError)


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """A text without attachments. `sender` may hold a name: "Partner <desk@partner.example>"."""

    to: str
    subject: str
    body: str
    sender: str
    reply_to: str = ""
    message_id: str = ""  # with its angle brackets
    is_automatic: bool = True  # machines do not answer it


class MailService:
    """The mail server that the settings name."""

    def send(self, mail: Mail) -> None:
        """
        Hand one mail over.

        :raises maventa.RejectedError: the server refused it for good; `code` says what it refused
        :raises maventa.TemporaryError: surely not sent, later it may work
        :raises maventa.OutcomeUnknownError: the connection broke while the mail went over
        :raises maventa.ConfigurationError: the server does not let us in
        """
        connection = get_connection()
        try:
            connection.open()
        except _CONFIGURED as error:
            raise maventa.ConfigurationError(_said(error)) from error
        except (smtplib.SMTPException, OSError) as error:
            raise maventa.TemporaryError(reason=_said(error)) from error
        try:
            _message(mail, connection).send()
        except smtplib.SMTPRecipientsRefused as error:
            raise _refused(RECIPIENT_REFUSED, *_first(error.recipients)) from error
        except smtplib.SMTPSenderRefused as error:
            raise _refused(SENDER_REFUSED, error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPResponseException as error:
            raise _refused(MESSAGE_REFUSED, error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPException, OSError) as error:
            raise maventa.OutcomeUnknownError(_said(error)) from error
        finally:
            _close(connection)


def _message(mail: Mail, connection: BaseEmailBackend) -> EmailMessage:
    headers = {"Message-ID": mail.message_id} if mail.message_id else {}
    if mail.is_automatic:
        headers |= {"Auto-Submitted": "auto-generated"}
    return EmailMessage(
        subject=one_line(mail.subject),
        body=mail.body,
        from_email=one_line(mail.sender),
        to=[one_line(mail.to)],
        reply_to=[one_line(mail.reply_to)] if mail.reply_to else [],
        headers=headers,
        connection=connection,
    )


def one_line(text: str) -> str:
    """Return a text that can stand in a header: without line ends and other control characters."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _first(recipients: dict[str, tuple[int, bytes]]) -> tuple[int, bytes]:
    return next(iter(recipients.values()), (_FOR_GOOD, b""))


def _refused(what: str, code: int, text: bytes | str) -> maventa.MaventaError:
    said = one_line(text.decode("utf-8", "replace") if isinstance(text, bytes) else text)[:300]
    if code < _FOR_GOOD:  # greylisting, a full mailbox: not now
        return maventa.TemporaryError(reason=f"{code} {said}")
    return maventa.RejectedError(code, what, said)


def _said(error: Exception) -> str:
    return one_line(f"{type(error).__name__}: {error}")[:300]


def _close(connection: BaseEmailBackend) -> None:
    """Say goodbye; the mail is away, so that a server which hangs up now changes nothing."""
    try:
        connection.close()
    except (smtplib.SMTPException, OSError):
        return

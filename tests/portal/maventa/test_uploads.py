"""Files are sent piece by piece, with a length, and again when a token was renewed."""

import io
from email.parser import BytesParser
from email.policy import HTTP

import pytest

from portal import maventa
from portal.maventa import Api, FilePart
from tests.portal.maventa.fake_api import Heard, says

PATH = "/ax/v1/invoices"


def parts(heard: Heard) -> list[tuple[str, str | None, bytes]]:
    """Return name, file name and content of each part."""
    message = BytesParser(policy=HTTP).parsebytes(
        b"Content-Type: " + heard.headers["Content-Type"].encode() + b"\r\n\r\n" + heard.body
    )
    return [
        (part.get_param("name", header="content-disposition"), part.get_filename(), part.get_payload(decode=True))
        for part in message.iter_parts()
    ]


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "invoice.xml"
    path.write_bytes(b"<Finvoice/>" * 9_000)
    return path


@pytest.mark.parametrize("kind", ["bytes", "path", "function", "stream without number"])
def test_file_arrives_whole_with_its_length(api, client, path, kind):
    api.on("POST", PATH, says(201))
    content = {
        "bytes": path.read_bytes(),
        "path": path,
        "function": lambda: path.open("rb"),
        "stream without number": lambda: io.BytesIO(path.read_bytes()),
    }[kind]
    form = {"disabled_routes": ["PRINT", "EMAIL"], "recipient_type": None, "prevent": True}

    client.call(Api.AX, "POST", "/v1/invoices", form=form, files=[FilePart("file", "lasku ä.xml", content, "text/xml")])

    (heard,) = api.heard
    assert parts(heard)[:3] == [
        ("disabled_routes", None, b"PRINT"),
        ("disabled_routes", None, b"EMAIL"),
        ("prevent", None, b"true"),
    ]
    assert parts(heard)[3][2] == path.read_bytes()
    assert 'filename="lasku ä.xml"'.encode() in heard.body
    assert int(heard.headers["Content-Length"]) == len(heard.body)
    assert "Transfer-Encoding" not in heard.headers


def test_file_is_sent_whole_again_after_a_renewed_token(api, client, path):
    api.on("POST", PATH, says(401, {"code": "unauthorized"}), says(201))

    client.call(Api.AX, "POST", "/v1/invoices", scope="invoice:send", files=[FilePart("file", "a.xml", path)])

    first, second = api.calls(PATH)
    assert parts(first)[0][2] == parts(second)[0][2] == path.read_bytes()


def test_file_is_never_read_whole(api, client):
    class Big(io.RawIOBase):
        size, at, largest = 30_000_000, 0, 0

        def seekable(self):
            return True

        def tell(self):
            return self.at

        def seek(self, offset, whence=0):
            self.at = self.size + offset if whence == 2 else offset
            return self.at

        def read(self, size=-1):
            Big.largest = max(Big.largest, size if size >= 0 else self.size)
            size = min(size, self.size - self.at) if size >= 0 else self.size - self.at
            self.at += size
            return b"x" * size

    api.on("POST", PATH, says(201))

    client.call(Api.AX, "POST", "/v1/invoices", files=[FilePart("file", "big.zip", Big)])

    assert len(api.heard[0].body) > 30_000_000
    assert Big.largest < 1_000_000


def test_file_that_shrinks_while_it_is_sent_leaves_no_hanging_call(api, client):
    class Shrunk(io.BytesIO):
        def read(self, size=-1):
            return b""

    api.on("POST", PATH, says(201))

    with pytest.raises(maventa.OutcomeUnknownError):
        client.call(Api.AX, "POST", "/v1/invoices", files=[FilePart("file", "a", lambda: Shrunk(b"1234"))])


def test_form_can_be_multipart_without_files(api, client):
    api.on("POST", "/ax/v1/companies", says(201))

    client.call(Api.AX, "POST", "/v1/companies", form={"name": "Ä", "key": maventa.USER_KEY}, multipart=True)

    assert parts(api.heard[0]) == [("name", None, "Ä".encode()), ("key", None, b"user-key-0123456789")]


def test_file_that_cannot_be_opened_sends_nothing(api, client, tmp_path):
    with pytest.raises(maventa.ConfigurationError):
        client.call(Api.AX, "POST", "/v1/invoices", files=[FilePart("file", "a", tmp_path / "missing")])
    assert api.heard == []

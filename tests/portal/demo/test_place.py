import os
import socket
import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from portal.demo import place as places
from portal.demo.place import DemoError, Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = Place(tmp_path / "var", 8000, 8001)
    made.make()
    return made


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_folder_and_settings_are_readable_for_their_owner_alone(place: Place) -> None:
    place.write_settings()

    assert mode(place.var) == 0o700
    assert mode(place.env_file) == 0o600


def test_settings_stay_private_where_the_umask_is_generous(place: Place) -> None:
    before = os.umask(0)

    place.write_settings()

    os.umask(before)
    assert mode(place.env_file) == 0o600


def test_keys_are_made_once_and_kept(place: Place) -> None:
    first = place.write_settings()

    second = Place(place.var, 9000, 9001).write_settings()

    assert {name: first[name] for name in ("SECRET_KEY", "FIELD_KEYS", "DIGEST_KEY", "DEMO_PASSWORD")} == {
        name: second[name] for name in ("SECRET_KEY", "FIELD_KEYS", "DIGEST_KEY", "DEMO_PASSWORD")
    }
    assert second["PUBLIC_URL"] == "http://127.0.0.1:9000"


def test_two_places_have_different_keys(place: Place, tmp_path: Path) -> None:
    other = Place(tmp_path / "other", 8000, 8001)
    other.make()

    assert place.write_settings()["SECRET_KEY"] != other.write_settings()["SECRET_KEY"]


def test_field_key_is_one_that_the_encrypted_columns_take(place: Place) -> None:
    key = place.write_settings()["FIELD_KEYS"]

    assert Fernet(key).decrypt(Fernet(key).encrypt(b"id")) == b"id"


def test_broker_socket_moves_to_a_short_folder_when_the_path_is_too_long(tmp_path: Path) -> None:
    place = Place(tmp_path / ("long" * 30), 8000, 8001)

    assert len(bytes(place.broker_socket)) < 108
    place.clean_up()
    assert not place.broker_socket.parent.exists()


def test_reset_forgets_what_the_demo_wrote_and_nothing_else(place: Place) -> None:
    place.write_settings()
    (place.var / "portal.sqlite3").write_text("data")
    (place.var / "portal.sqlite3-wal").write_text("data")
    (place.var / "mine.txt").write_text("kept")

    place.forget()

    assert [path.name for path in place.var.iterdir()] == ["mine.txt"]


def test_a_second_demo_in_the_same_folder_is_refused(place: Place) -> None:
    held = places.lock(place)

    with pytest.raises(DemoError, match="VAR_DIR="):
        places.lock(place)
    os.close(held)
    os.close(places.lock(place))


def test_a_taken_port_is_named_with_the_variable_that_changes_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(DemoError, match=rf"port {port} is taken.*SANDBOX_PORT="):
            places.check_port(port, "SANDBOX_PORT")

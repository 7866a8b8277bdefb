"""No account reaches a host outside its environment."""

import pytest
import requests

from portal import maventa
from portal.maventa import Api, Environment, environments, hosts
from portal.maventa.sessions import session_for


def test_real_environments_ignore_sandbox_addresses():
    assert hosts("STAGE", {"ax_url": "http://127.0.0.1:1"})[Api.AX] == "https://ax-stage.maventa.com"
    assert hosts("PRODUCTION")[Api.BILLING] == "https://bling.maventa.com"


@pytest.mark.parametrize("form", ["AX", "ax", "ax_url", Api.AX])
def test_sandbox_addresses_are_found_under_each_way_of_naming_them(form):
    assert hosts("SANDBOX", {form: "http://127.0.0.1:8001/ax/"})[Api.AX] == "http://127.0.0.1:8001/ax"


@pytest.mark.parametrize(
    "url",
    [
        "https://ax.maventa.com",
        "http://10.0.0.1/ax",
        "http://127.0.0.1.example.org/",
        "http://127.0.0.1@ax.maventa.com/",
        "http://localhost.example.org",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1/?to=elsewhere",
        "//127.0.0.1/",
        "",
    ],
)
def test_sandbox_address_must_be_on_this_machine(url):
    with pytest.raises(maventa.ConfigurationError):
        hosts("SANDBOX", {"ax_url": url})


@pytest.mark.parametrize(
    ("environment", "url"),
    [
        (Environment.STAGE, "https://ax.maventa.com"),
        (Environment.PRODUCTION, "https://ax-stage.maventa.com"),
        (Environment.PRODUCTION, "http://ax.maventa.com"),
        (Environment.PRODUCTION, "http://127.0.0.1:8001"),
        (Environment.SANDBOX, "https://ax.maventa.com"),
    ],
)
def test_credentials_refuse_addresses_of_another_environment(make_credentials, environment, url):
    with pytest.raises(maventa.ConfigurationError):
        make_credentials(environment=environment, urls={Api.AX: url})


@pytest.mark.parametrize(
    "url",
    [
        "https://ax.maventa.com/v1/companies",
        "http://127.0.0.2:8001/",
        "http://127.0.0.1:8002/",
        "https://127.0.0.1:8001/",
        "http://127.0.0.1:800/",
        "http://127.0.0.1:8001@ax.maventa.com/",
    ],
)
def test_session_of_one_origin_sends_to_no_other(url):
    session = session_for("http://127.0.0.1:8001/ax")

    with pytest.raises(maventa.ConfigurationError):
        session.get(url, timeout=1)


def test_session_uses_no_proxy(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    session = session_for("http://127.0.0.1:8001/ax")

    with pytest.raises(maventa.ConfigurationError):
        session.get("http://127.0.0.1:8001/", proxies={"http": "http://127.0.0.1:9"}, timeout=1)
    with pytest.raises(requests.ConnectionError) as caught:
        session.get("http://127.0.0.1:8001/", timeout=1)
    assert "8001" in str(caught.value)


def test_port_is_part_of_an_origin():
    assert environments.origin("https://ax.maventa.com") == environments.origin("https://AX.maventa.com:443/v1")
    assert environments.origin("http://[::1]:8001/a") == "http://[::1]:8001"

"""Errors travel between processes and show no secret."""

import pickle

import pytest

from portal import maventa

ERRORS = [
    maventa.ConfigurationError("no address"),
    maventa.TemporaryError(7.5, "status 503"),
    maventa.TemporaryError(),
    maventa.OutcomeUnknownError("reset", True),
    maventa.UnexpectedResponseError("Expected `int`, got `str`", "$[0].id"),
    maventa.RejectedError(422, "bid_taken", "BID ALREADY TAKEN", ("bid",), ""),
    maventa.RejectedError(401, "unauthorized", "", (), "invoice:send"),
    maventa.AccessRefusedError(401, "unauthorized", "no", (), "company"),
]


@pytest.mark.parametrize("error", ERRORS, ids=repr)
def test_error_survives_pickling(error):
    copy = pickle.loads(pickle.dumps(error))

    assert type(copy) is type(error)
    assert copy.args == error.args
    assert vars(copy) == vars(error)
    assert (str(copy), copy.staff_text, copy.remote) == (str(error), error.staff_text, error.remote)


@pytest.mark.parametrize("error", ERRORS, ids=repr)
def test_error_has_words_for_staff(error):
    assert len(error.staff_text) > 20


def test_second_401_names_the_missing_right():
    assert "invoice:send" in maventa.RejectedError(401, "unauthorized", "Unauthorized", (), "invoice:send").staff_text


def test_credentials_hide_their_keys(make_credentials):
    shown = repr(make_credentials())

    assert "user-key" not in shown
    assert "vendor-key" not in shown

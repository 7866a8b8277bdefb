"""
Having a watch look at once: what somebody wants to know now need not wait for the next beat.

The rows are due by their own `next_check_at`; the message only says "now". One that is lost costs the seconds until the
beat; while one is under way, others are not sent: whoever gets it finds all rows that are due by then.
"""

import logging

from django.core.cache import cache
from redis.exceptions import RedisError

from portal.operations import waking

logger = logging.getLogger(__name__)
_UNDER_WAY = 5  # seconds after which a message that nobody got counts as lost


def look_at_once(name: str, account_id: int) -> None:
    """Have a worker run a watch of the account once the transaction is committed."""
    waking.after_commit(_send, name, account_id)


def taken(name: str, account_id: int) -> None:
    """Say that a message has come: what is asked for from now on needs another one."""
    try:
        cache.delete(_key(name, account_id))
    except RedisError as exc:
        logger.warning("messages for %s wait some seconds: %s", name, type(exc).__name__)


def _send(name: str, account_id: int) -> None:
    try:
        is_first = cache.add(_key(name, account_id), 1, _UNDER_WAY)
    except RedisError as exc:
        logger.warning("%s looks with the next beat: %s", name, type(exc).__name__)
        return
    if is_first:
        waking.send("sync.look", name, account_id)


def _key(name: str, account_id: int) -> str:
    return f"sync.look:{name}:{account_id}"

"""What a client needs to speak for a partner account: addresses, keys, pace."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from portal.maventa import environments
from portal.maventa.environments import Api, Environment
from portal.maventa.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Credentials:
    """
    One partner account's way in. Its addresses are checked against its environment when it is made.

    :raises ConfigurationError: an address does not belong to the environment
    """

    account_id: int  # 0 for an account that is not stored yet
    version: int  # of the keys; a new one makes tokens of the old keys unused
    environment: Environment
    urls: Mapping[Api, str]
    partner_company: UUID
    user_key: str = field(repr=False)
    vendor_key: str = field(repr=False)
    calls_per_second: float = 50.0
    parallel_calls: int = 16

    def __post_init__(self) -> None:
        if self.calls_per_second <= 0 or self.parallel_calls < 1:
            raise ConfigurationError("The pace of a partner account must allow at least one call.")
        allowed = environments.hosts(self.environment, {str(api): url for api, url in self.urls.items()})
        strangers = [api for api, url in self.urls.items() if allowed.get(Api(api)) != url.rstrip("/")]
        if strangers:
            raise ConfigurationError(f"Not an address of {self.environment}: {', '.join(sorted(strangers))}.")

    def base_url(self, api: Api) -> str:
        """
        Return the address of one API, without a final slash.

        :raises ConfigurationError: the account has none
        """
        url = self.urls.get(api)
        if not url:
            raise ConfigurationError(f"This partner account has no address for the {api} API.")
        return url.rstrip("/")

"""What is found wrong with deliveries and subscriptions, and what is not."""

from collections.abc import Callable
from datetime import timedelta

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from portal.operations.models import Operation
from portal.partners.models import PartnerAccount
from portal.webhooks import subscription_watch, watched
from portal.webhooks.enums import DeliveryState
from portal.webhooks.models import Delivery

Deliver = Callable[..., Delivery]


def test_delivery_that_nobody_processes_is_found_and_named(account: PartnerAccount, deliver: Deliver) -> None:
    delivery = deliver()
    assert watched.lag(account, 300) is None

    Delivery.objects.update(received_at=timezone.now() - timedelta(hours=1))

    found = watched.lag(account, 300)
    assert found is not None
    (example,) = found.examples()
    assert (found.count, example.company_uuid) == (1, delivery.company_uuid)
    Delivery.objects.update(state=DeliveryState.DONE)
    assert watched.lag(account, 300) is None


def test_failed_delivery_is_found(account: PartnerAccount, deliver: Deliver) -> None:
    deliver()
    Delivery.objects.update(state=DeliveryState.FAILED)

    found = watched.failed(account, 1)

    assert found is not None
    assert len(list(found.examples())) == 1


def test_each_trouble_of_subscriptions_is_a_thing_of_its_own(account: PartnerAccount) -> None:
    used = ContentType.objects.get_for_model(account)
    Operation.objects.create(account=account, kind="companies.register", target_type=used, target_id=account.pk)
    missing = watched.trouble(subscription_watch.MISSING)(account, 1)

    assert missing is not None
    assert [str(example.title) for example in missing.examples()] == [str(missing.text)]
    assert watched.trouble(subscription_watch.DOUBLED)(account, 1) is None

"""Who has which users and passwords: a Secret for each party of a graph. `iomt apply` makes them once.

With broker and store of the user's there is one Secret for all: what it may do is decided there.
"""

from iomt.contract import names
from iomt.contract.settings import BROKER_PASSWORD, BROKER_USER, STORE_ACCESS_KEY, STORE_SECRET_KEY
from iomt.plan.grants import GraphGrants
from iomt.targets.kubernetes.choices import Choices
from iomt.targets.kubernetes.place import SECRET, secret_of

Keys = dict[str, str]
"""Keys of a Secret, and what each must say; empty for a password that nobody has made yet."""


def accounts(held: GraphGrants, choices: Choices) -> dict[str, Keys]:
    """The Secrets that must be there before the pods, by name."""
    at_broker = [each.name for each in held.at_broker]
    at_store = [each.name for each in held.at_store]
    if at_store:  # the store's administrator
        at_store.append(names.BOOTSTRAP)
    if choices.platform == "external":
        keys = _keys(BROKER_USER, BROKER_PASSWORD, "") if at_broker else {}
        keys |= _keys(STORE_ACCESS_KEY, STORE_SECRET_KEY, "") if at_store else {}
        return {SECRET: keys} if keys else {}
    found: dict[str, Keys] = {}
    if at_broker and choices.servers > 1:
        at_broker.append(names.ROUTES)
    for parties, name, password in (
        (at_broker, BROKER_USER, BROKER_PASSWORD),
        (at_store, STORE_ACCESS_KEY, STORE_SECRET_KEY),
    ):
        for party in parties:
            keys = _keys(name, password, names.account(held.graph, party))
            found.setdefault(secret_of(party, shared=False), {}).update(keys)
    return found


def _keys(name: str, password: str, user: str) -> Keys:
    return {name: user, password: ""}

"""What the broker is told: its settings, and a user for each party with what it may do.

One file, as long as a ConfigMap holds it. Otherwise the users stand in files beside it, which it includes.
nats-server includes no items of a list, so each user is a variable there, and the list names these.
"""

import json
from collections.abc import Iterable, Iterator

from iomt.contract import names
from iomt.contract.limits import MAX_PAYLOAD
from iomt.plan.grants import Grants, GraphGrants
from iomt.plan.permissions import nats_permissions
from iomt.targets.kubernetes import config_files
from iomt.targets.kubernetes.choices import Choices
from iomt.targets.kubernetes.place import BROKER_PORT, MONITOR_PORT
from iomt.targets.kubernetes.servers import clustering
from iomt.targets.kubernetes.stores import DATA_FOLDER

CONFIG = "nats.conf"
# Not JSON, for the sake of $NAMES: the server takes their values from its environment.
# no_fast_producer_stall: one stalled viewer must not slow a camera down.
_SETTINGS = f"""\
port: {BROKER_PORT}
http_port: {MONITOR_PORT}
max_payload: {MAX_PAYLOAD}
no_fast_producer_stall: true
"""
_ALONE, _TOGETHER = DATA_FOLDER, f"{DATA_FOLDER}/together"
"""One server does not see the streams of several, nor they its own."""


def broker_files(held: GraphGrants, choices: Choices) -> dict[str, str]:
    """Names of files to their texts, the server's own first."""
    if choices.platform == "external" or not held.at_broker:
        return {}
    folder, together = (_ALONE, "") if choices.servers == 1 else (_TOGETHER, clustering(held.graph))
    rest = f'jetstream {{ store_dir: "{folder}" }}\n{together}'
    users = {each.name: _user(held.graph, each, nats_permissions(each)) for each in held.at_broker}
    listed = "".join([f"  {user}\n" for user in users.values()])
    whole = f"{_SETTINGS}{rest}authorization {{ users: [\n{listed}] }}\n"
    if len(whole) <= config_files.ROOM:
        return {CONFIG: whole}
    included = _Included()
    listed = ""
    for each in held.at_broker:
        user = users[each.name]
        long = len(user) > config_files.ROOM // 8
        listed += f"  {_by_subjects(held.graph, each, included) if long else included.name(user)}\n"
    files = dict(included.files(config_files.ROOM))
    includes = "".join([f'include "{file}"\n' for file in files])
    return {CONFIG: f"{_SETTINGS}{rest}{includes}authorization {{ users: [\n{listed}] }}\n", **files}


def variable(party: str) -> str:
    """Of a party's password. Nodes have no _ in their names, and begin with no -."""
    return f"PASSWORD_{party.replace('-', '_')}"


def _user(graph: str, party: Grants, permissions: object) -> str:
    name = json.dumps(names.account(graph, party.name))
    return f"{{user: {name}, password: ${variable(party.name)}, permissions: {json.dumps(permissions)}}}"


def _by_subjects(graph: str, party: Grants, included: "_Included") -> str:
    """A user with so many subjects that these are what is included."""
    name = json.dumps(names.account(graph, party.name))
    may = ", ".join(
        [
            f"{json.dumps(verb)}: {_listed(kind, subjects, included)}"
            for verb, rule in nats_permissions(party).items()
            for kind, subjects in rule.items()
        ]
    )
    return f"{{user: {name}, password: ${variable(party.name)}, permissions: {{{may}}}}}"


def _listed(kind: str, subjects: Iterable[str], included: "_Included") -> str:
    inner = ", ".join([included.name(json.dumps(each)) for each in subjects])
    return f"{{{json.dumps(kind)}: [{inner}]}}"


class _Included:
    """Values that stand in files beside the main one."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def name(self, value: str) -> str:
        """What the main file says in its place."""
        return f"${self._names.setdefault(value, f'v{len(self._names)}')}"

    def files(self, room: int) -> Iterator[tuple[str, str]]:
        """Names of files and their texts."""
        lines: list[str] = []
        size = number = 0
        for value, name in self._names.items():
            line = f"{name}: {value}\n"
            if lines and size + len(line) > room:
                yield f"users-{number}.conf", "".join(lines)
                lines, size, number = [], 0, number + 1
            lines.append(line)
            size += len(line)
        yield f"users-{number}.conf", "".join(lines)

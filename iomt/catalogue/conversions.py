"""What would close a gap between two media: devices of the catalogue, found by what they take and give."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence

from iomt.catalogue.declaration import Device, Port
from iomt.catalogue.load import Catalogue
from iomt.catalogue.resolved import ResolvedNode
from iomt.catalogue.tasks import TASKS
from iomt.contract import media
from iomt.language.graph import Graph
from iomt.language.suggest import one_of

_MOST_STEPS = 2


def conversion(
    catalogue: Catalogue,
    offered: Sequence[str],
    accepted: Sequence[str],
    is_fed: Callable[[Port], bool],
) -> tuple[tuple[Device, Port], ...]:
    """The shortest chain of devices, each with the input that the one before is linked to.

    ``is_fed`` tells whether the graph has something for an input that the chain does not reach. Of
    equal chains the one that says least of what is seen, and needs least to be written. Empty where
    nothing fits.
    """
    devices = [device for name in catalogue.names if (device := catalogue.device(name)) and _can_run(device)]
    found: list[tuple[tuple[Device, Port], ...]] = []
    waiting: deque[tuple[str, tuple[tuple[Device, Port], ...]]] = deque((each, ()) for each in offered)
    while waiting:
        given, chain = waiting.popleft()
        if len(chain) == _MOST_STEPS or (found and len(chain) >= len(found[0])):
            continue
        for device in devices:
            port = _takes(device, given, is_fed)
            if port is None or device.name in {each.name for each, _ in chain}:
                continue
            longer, gives = (*chain, (device, port)), device.produces[0].media[0]
            if any(media.accepts(each, gives) for each in accepted):
                found.append(longer)
            elif "*" not in gives:
                waiting.append((gives, longer))
    shortest = [each for each in found if len(each) == len(found[0])]
    return min(shortest, key=lambda chain: [_cost(device) for device, _ in chain], default=())


def told(
    chain: Sequence[tuple[Device, Port]],
    graph: Graph,
    nodes: dict[str, ResolvedNode],
    source: str,
    target: str,
) -> str:
    """The nodes and links to write."""
    names: list[str] = []
    lines: list[str] = []
    more: list[str] = []
    for device, port in chain:
        name = _free(device.name, [*graph.nodes, *names])
        names.append(name)
        lines.append(f"`{name}: {{kind: {device.kind}, device: {device.name}{_options(device)}}}`")
        for other in device.accepts:
            if other is not port:
                feeders = feeders_of(other, source, graph, nodes)
                together = feeders[0] if len(feeders) == 1 else f"[{', '.join(feeders)}]"
                more.append(f"`{together} -> {name}`")
    links = one_of([f"`{' -> '.join([source, *names, target])}`", *more], "and")
    what = f"the device {chain[0][0].name} does" if len(chain) == 1 else "two devices do"
    return f"{what}: add {one_of(lines, 'and')}, and write {links}"


def task_for(offered: Sequence[str], accepted: Iterable[str]) -> str:
    """A task whose model would turn the one into the other, empty where there is none."""
    wanted = tuple(accepted)
    for task in TASKS.values():
        fits = any(media.accepts(task.accepts, each) for each in offered)
        if task.runs and fits and any(media.accepts(each, task.produces) for each in wanted):
            return task.name
    return ""


def _can_run(device: Device) -> bool:
    whole = device.produces and device.accepts and device.runtime
    return bool(whole and (device.is_converter or device.model))


def _cost(device: Device) -> tuple[bool, int, int]:
    """A converter before a model, then what needs fewest links and options."""
    return not device.is_converter, len(device.accepts), len(device.options.get("required", ()))


def _takes(device: Device, offered: str, is_fed: Callable[[Port], bool]) -> Port | None:
    for port in device.accepts:
        if any(media.accepts(each, offered) for each in port.media):
            others = [other for other in device.accepts if other is not port]
            return port if all(is_fed(other) for other in others) else None
    return None


def _options(device: Device) -> str:
    """Those that it cannot do without, with an example of each."""
    properties = device.options.get("properties", {})
    needed = []
    for name in device.options.get("required", ()):
        examples = properties.get(name, {}).get("examples") or ["..."]
        needed.append(f"{name}: {examples[0]}")
    return f", options: {{{', '.join(needed)}}}" if needed else ""


def _free(name: str, taken: Iterable[str]) -> str:
    names, number, free = set(taken), 2, name
    while free in names:
        free, number = f"{name}-{number}", number + 1
    return free


def feeders_of(port: Port, source: str, graph: Graph, nodes: dict[str, ResolvedNode]) -> list[str]:
    """The nearest nodes before the source that give what the port takes: the cameras of a detector."""
    level, seen = [source], {source}
    while level:
        before = list(
            dict.fromkeys(
                link.source.node
                for link in graph.links
                if link.target.node in level and link.source.node in nodes and link.source.node not in seen
            )
        )
        found = [name for name in before if _gives(nodes[name], port)]
        if found:
            return found
        seen.update(before)
        level = before
    return []


def _gives(node: ResolvedNode, port: Port) -> bool:
    given = [each.media[0] for each in node.device.produces if each.media]
    return any(media.accepts(one, each) for one in port.media for each in given)

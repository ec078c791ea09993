"""Where a node runs, how often, and with what; and the sites of a graph."""

from typing import Literal, TypedDict, cast

from iomt.language.document import Mapping, Scalar, Value
from iomt.language.fields import Fields
from iomt.language.graph import Autoscale, Gpu, Resources, Site
from iomt.language.place_keys import AUTOSCALE, GPU, LIMITS, RESOURCES, SITE, TARGETS
from iomt.language.shape import Key
from iomt.language.suggest import one_of

_LABELS = ("selector", "prefers", "taints", "devices")


class Placement(TypedDict, total=False):
    """What a `Node` has of it; what the author did not write, or wrote wrongly, is not there."""

    site: str | None
    replicas: int | None
    autoscale: Autoscale | None
    resources: Resources
    gpu: Gpu | None


def read_placement(fields: Fields, taken: dict[str, Value], keys: dict[str, Key]) -> Placement:
    """Those of a node's keys that say how it runs."""
    placement: Placement = {}
    if "site" in taken:
        placement["site"] = fields.text(taken["site"], keys["site"])
    if "replicas" in taken:
        placement["replicas"] = fields.count(taken["replicas"], keys["replicas"])
    if "autoscale" in taken:
        placement["autoscale"] = _autoscale(fields, taken["autoscale"])
        if "replicas" in taken:
            fields.note(
                "bad-value",
                "replicas and autoscale both say how many of it run",
                taken["replicas"],
                "remove one of the two",
            )
    if "resources" in taken:
        placement["resources"] = _resources(fields, taken["resources"])
    if "gpu" in taken:
        placement["gpu"] = _gpu(fields, taken["gpu"], keys["gpu"])
    return placement


def read_sites(fields: Fields, value: Value) -> dict[str, Site]:
    """All sites by name."""
    if not isinstance(value, Mapping):
        fields.wrong_type(value, "sites", "a map", "write for example sites: {hall: {cores: 4}}")
        return {}
    return {key.text: _site(fields, key, inner) for key, inner in value.entries}


def _site(fields: Fields, key: Scalar, value: Value) -> Site:
    name = fields.name(key, "a site")
    taken = fields.take(value, SITE, f"site {name}", key)
    keys = SITE.by_name
    amounts = {
        each: fields.quantity(taken[each], keys[each])
        for each in ("cores", "memory", "uplink")
        if each in taken
    }
    memory = amounts.get("memory")
    return Site(
        name=name,
        span=fields.span(key),
        cores=amounts.get("cores"),
        memory=None if memory is None else int(memory),
        gpus=fields.count(taken["gpus"], keys["gpus"]) if "gpus" in taken else None,
        uplink=amounts.get("uplink"),
        **{each: fields.labels(taken[each], keys[each]) for each in _LABELS if each in taken},
        spans={each: fields.span(inner) for each, inner in taken.items()},
    )


def _autoscale(fields: Fields, value: Value) -> Autoscale | None:
    before = len(fields.findings)
    taken = fields.take(value, AUTOSCALE, "autoscale", value)
    keys = AUTOSCALE.by_name
    counts = {each: fields.count(taken[each], keys[each]) for each in ("min", "max", "lag") if each in taken}
    amounts = {each: fields.quantity(taken[each], keys[each]) for each in ("cpu", "age") if each in taken}
    by = [each for each in TARGETS if each in taken]
    least, most = counts.get("min"), counts.get("max")
    if isinstance(value, Mapping) and len(by) != 1:
        found = f"has {one_of(by, 'and')}" if by else "does not say by what"
        help_text = f"write one of {one_of(TARGETS)}, such as lag: 20"
        fields.note("bad-value", f"autoscale {found}", taken[by[1]] if by else value, help_text)
    if least is not None and most is not None and least > most:
        fields.note("bad-value", f"min {least} is more than max {most}", taken["min"], "swap them")
    if len(fields.findings) > before or least is None or most is None:
        return None
    target = counts.get("lag") or amounts.get("cpu") or amounts.get("age") or 0.0
    return Autoscale(least, most, cast(Literal["lag", "cpu", "age"], by[0]), float(target))


def _resources(fields: Fields, value: Value) -> Resources:
    taken = fields.take(value, RESOURCES, "resources", value)
    limits = fields.take(taken["limits"], LIMITS, "limits", value) if "limits" in taken else {}
    keys = RESOURCES.by_name
    cpu, memory, cpu_limit, memory_limit = (
        fields.quantity(each[name], keys[name]) if name in each else None
        for each in (taken, limits)
        for name in ("cpu", "memory")
    )
    for name, asked, limit in (("cpu", cpu, cpu_limit), ("memory", memory, memory_limit)):
        if asked is not None and limit is not None and asked > limit:
            message = f"{name} asks for more than its limit"
            fields.note("bad-value", message, taken[name], f"raise limits.{name}, or ask for less")
    return Resources(
        cpu,
        None if memory is None else int(memory),
        cpu_limit,
        None if memory_limit is None else int(memory_limit),
    )


def _gpu(fields: Fields, value: Value, key: Key) -> Gpu | None:
    if not isinstance(value, Mapping):
        count = fields.count(value, key)
        return None if count is None else Gpu(count)
    taken, keys = fields.take(value, GPU, "gpu", value), GPU.by_name
    count = fields.count(taken["count"], keys["count"]) if "count" in taken else None
    if count is None:
        return None
    if "resource" not in taken:
        return Gpu(count)
    resource = fields.text(taken["resource"], keys["resource"])
    return Gpu(count, resource) if resource else None

"""`iomt diff`: what `iomt apply` would change, object by object: the API server says it, in dry runs."""

import difflib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from iomt.cluster.api import APPLY, MANAGER, PARALLEL, Api, Body, Refused
from iomt.cluster.apply import why
from iomt.cluster.applyset import PART_OF, SAID, ApplySet
from iomt.cluster.change import Effect, effect, written
from iomt.cluster.found import Key, find_namespace, find_objects
from iomt.cluster.kinds import NAMESPACE, SECRET, WORKLOADS, Kind, kind_of
from iomt.cluster.unchanged import unchanged
from iomt.cluster.writers import beside
from iomt.diagnostics.masking import masked_line
from iomt.targets.kubernetes import Rendered
from iomt.targets.kubernetes.manifest import SOURCE, Manifest
from iomt.targets.yaml_text import document

_CONFLICT = 409
_CONTEXT_LINES = 3


@dataclass(frozen=True, slots=True)
class Difference:
    """One object that is not as the graph wants it, or that somebody has written into.

    ``effect`` is what `iomt apply` would do; ``lines`` is a unified diff of YAML, passwords starred;
    ``taken`` says which fields of the graph's somebody else has written, ``beside`` what else was set and
    would stay; ``restarts``: its pods are made anew.
    """

    kind: Kind
    name: str
    node: str
    origin: str
    effect: Effect
    lines: tuple[str, ...] = ()
    taken: str = ""
    beside: tuple[str, ...] = ()
    restarts: bool = False

    @property
    def what(self) -> str:
        """As kubectl names it: `deployment/lake`."""
        return f"{self.kind.name.lower()}/{self.name}"

    @property
    def counts(self) -> bool:
        """Whether an apply would do something, or be refused."""
        return self.effect is not Effect.UNCHANGED


def differences(api: Api, rendered: Rendered) -> list[Difference]:
    """Of all objects, those that differ. Writes nothing. Raises `NotAllowed`, `Refused` and `NoCluster`."""
    owner = ApplySet(api, rendered.plan.graph, rendered.choices.namespace)
    namespace, ours = find_namespace(api, owner)
    manifests = [each for each in rendered.manifests if each.body["kind"] != NAMESPACE.name or ours]
    wanted = {_key(each) for each in rendered.manifests}
    there = {} if namespace is None else find_objects(api, owner, wanted)
    if namespace is not None and ours:
        there[NAMESPACE, owner.namespace] = namespace

    def of(manifest: Manifest) -> Difference:
        before = there.get(_key(manifest))
        return _new(manifest) if before is None else _differs(api, owner, manifest, before)

    with ThreadPoolExecutor(PARALLEL) as pool:
        found = [each for each in pool.map(of, manifests) if each.counts or each.beside]
    if namespace is None:
        return found + [_secret(name, Effect.CREATED) for name in rendered.accounts]
    return [*found, *_of_secrets(owner, rendered), *_left(owner, wanted, rendered)]


def _differs(api: Api, owner: ApplySet, manifest: Manifest, before: Body) -> Difference:
    kind, name = _key(manifest)
    path = kind.path(owner.namespace, name)
    body = owner.joined(manifest.body) if kind.scoped else manifest.body
    query = {"fieldManager": MANAGER, "dryRun": "All"}
    taken = ""
    if unchanged(before, body):
        return _made(manifest, Effect.UNCHANGED, beside=tuple(beside(before)))
    try:
        after = api.patch(path, body, APPLY, **query)
    except Refused as refused:
        taken = why(refused)
        if refused.status != _CONFLICT:
            return _made(manifest, Effect.REFUSED, taken=taken)
        after = api.patch(path, body, APPLY, force="true", **query)
    what = Effect.REFUSED if taken else effect(before, after)
    template = [each.get("spec", {}).get("template") for each in (before, after)]
    return _made(
        manifest,
        what,
        lines=tuple(_lines(before, after)),
        taken=taken,
        beside=tuple(each for each in beside(before) if each.partition(": ")[2] not in taken),
        restarts=kind in WORKLOADS and template[0] != template[1],
    )


def _new(manifest: Manifest) -> Difference:
    return _made(manifest, Effect.CREATED, lines=tuple(_lines(None, manifest.body)))


def _made(
    manifest: Manifest,
    what: Effect,
    *,
    lines: tuple[str, ...] = (),
    taken: str = "",
    beside: tuple[str, ...] = (),
    restarts: bool = False,
) -> Difference:
    kind, name = _key(manifest)
    origin = manifest.body["metadata"]["annotations"][SOURCE]
    return Difference(kind, name, manifest.owner.name, origin, what, lines, taken, beside, restarts)


def _lines(before: Body | None, after: Body) -> Iterator[str]:
    """A unified diff without its head. Every line is masked by itself: what a password was is nobody's."""
    old, new = ([] if each is None else _text(each).splitlines() for each in (before, after))
    if old != new:
        for line in list(difflib.unified_diff(old, new, n=_CONTEXT_LINES, lineterm=""))[2:]:
            yield line[:1] + masked_line(line[1:])


def _text(body: Body) -> str:
    shown = written(body)
    shown["labels"] = {name: value for name, value in shown["labels"].items() if name != PART_OF}
    shown["annotations"] = {name: value for name, value in shown["annotations"].items() if name != SAID}
    metadata = {"labels": shown.pop("labels"), "annotations": shown.pop("annotations")}
    return document({"metadata": metadata, **shown})


def _of_secrets(owner: ApplySet, rendered: Rendered) -> Iterator[Difference]:
    """Those that lack something; never what is in them."""
    if rendered.choices.platform == "external":
        return
    there = owner.members(SECRET) if rendered.accounts else {}
    for name, keys in rendered.accounts.items():
        if name not in there:
            yield _secret(name, Effect.CREATED)
        elif lacking := [key for key in keys if key not in there[name].get("data", {})]:
            yield _secret(name, Effect.CHANGED, tuple(f"+ data: {key}: ****" for key in lacking))


def _secret(name: str, what: Effect, lines: tuple[str, ...] = ()) -> Difference:
    return Difference(SECRET, name, name.partition(".")[2] or name, "", what, lines)


def _left(owner: ApplySet, wanted: set[Key], rendered: Rendered) -> Iterator[Difference]:
    kept = wanted | {(SECRET, name) for name in rendered.accounts}
    for kind in sorted(owner.kinds(), key=lambda kind: kind.plural):
        for name, body in owner.members(kind).items():
            if (kind, name) not in kept:
                metadata = body["metadata"]
                node = metadata["labels"].get("app.kubernetes.io/instance", name)
                origin = metadata.get("annotations", {}).get(SOURCE, "")
                yield Difference(kind, name, node, origin, Effect.LEFT)


def _key(manifest: Manifest) -> Key:
    return kind_of(manifest.body), manifest.body["metadata"]["name"]

"""`iomt apply`: bring a cluster in line with a rendered graph.

In the order in which things need each other: namespace, the set's parent, Secrets, broker and store, then
the bootstrap that makes streams and buckets, then the devices. Each stage is ready before the next is
applied, so that a first message finds its stream and its readers. What is there already is changed by
server-side apply: an object that is as it should be costs no write, and only fields that the graph speaks
of are touched.
"""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from iomt.cluster import access, credentials
from iomt.cluster.api import APPLY, MANAGER, PARALLEL, Api, Body, Refused
from iomt.cluster.applyset import ApplySet
from iomt.cluster.change import Change, Effect, effect
from iomt.cluster.found import NotAllowed, find_namespace, find_objects
from iomt.cluster.kinds import CONFIG_MAP, JOB, NAMESPACE, POD, SECRET, Kind, kind_of
from iomt.cluster.reread import edited, misled
from iomt.cluster.reruns import outlived
from iomt.cluster.revisions import digest_of
from iomt.cluster.unchanged import unchanged
from iomt.cluster.waiting import Waiting
from iomt.targets.kubernetes import Rendered
from iomt.targets.kubernetes.bootstrap import COMPONENT as BOOTSTRAP
from iomt.targets.kubernetes.manifest import SOURCE, Manifest
from iomt.targets.kubernetes.platform import COMPONENT as PLATFORM

_STAGES = (PLATFORM, BOOTSTRAP, "")
"""Components of the stages after the namespace; the last one has all that is left: devices."""
_CONFLICT = re.compile(r'conflict with "([^"]*)"')


@dataclass(frozen=True, slots=True)
class Wishes:
    """How to apply. ``seconds`` is how long to wait for each stage, 0 not at all."""

    dry_run: bool = False
    prune: bool = False
    force: bool = False
    seconds: float = 300.0


@dataclass(slots=True)
class Outcome:
    """What was done, and which nodes are not ready, with the reason of each."""

    changes: list[Change] = field(default_factory=list)
    unready: dict[str, str] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """Whether the cluster is not as the graph wants it."""
        return bool(self.unready) or any(each.effect is Effect.REFUSED for each in self.changes)


class Apply:
    """One apply of one graph. ``tell`` gets a line whenever there is something to say."""

    def __init__(self, api: Api, rendered: Rendered, wishes: Wishes, tell: Callable[[str], None]) -> None:
        self._api = api
        self._rendered = rendered
        self._wishes = wishes
        self._tell = tell
        self._namespace = rendered.choices.namespace
        self._set = ApplySet(api, rendered.plan.graph, self._namespace)
        self._before: dict[tuple[Kind, str], Body] = {}
        self._wanted = {(kind_of(each.body), each.body["metadata"]["name"]) for each in rendered.manifests}
        self._replaced: set[tuple[Kind, str]] = set()
        self._taken_back: dict[str, str] = {}

    def run(self) -> Outcome:
        """Do it. Raises `NotAllowed` before anything is changed, `Refused` and `NoCluster` at any time."""
        accounts = self._rendered.accounts
        namespace, ours = find_namespace(self._api, self._set)
        if namespace is not None and not ours:
            self._tell(f"namespace {self._namespace} is not of this graph: used, not changed")
        elif namespace is not None:
            self._before[NAMESPACE, self._namespace] = namespace
        kinds = {kind for kind, _ in self._wanted if kind.scoped} | ({SECRET} if accounts else set())
        self._check_known(kinds)
        self._check(kinds, new=namespace is None)
        former = self._set.kinds() if namespace else set()
        if not former:
            self._tell_of_namesakes()
        if former - kinds:
            self._check(former - kinds, new=False)
        if namespace is not None:
            self._before |= find_objects(self._api, self._set, self._wanted)
        external = self._rendered.choices.platform == "external"
        if external:
            self._check_credentials()
        outcome = Outcome()
        if ours:
            first = [each for each in self._rendered.manifests if _stage(each) is None]
            outcome.changes += self._apply_all(first, there=namespace is not None)
        if not self._wishes.dry_run:
            self._set.declare(kinds | former, digest_of(self._rendered), self._rendered.plan.file)
            # One of somebody else's is complete, or we would not be here.
            made = [] if external else credentials.keep(self._api, self._set, accounts)
            outcome.changes += [Change(SECRET, name, Effect.CREATED) for name in made]
        self._apply_stages(outcome, known=namespace is not None)
        if namespace is not None:
            outcome.changes += self._leave(former, whole=not outcome.failed)
        if not self._wishes.dry_run and self._wishes.prune and not outcome.failed:
            self._set.declare(kinds, digest_of(self._rendered), self._rendered.plan.file)
        return outcome

    def _apply_stages(self, outcome: Outcome, *, known: bool) -> None:
        """One after the other, until one does not get ready. ``known``: the namespace was there before."""
        for stage in _STAGES:
            manifests = [each for each in self._rendered.manifests if _stage(each) == stage]
            if stage == BOOTSTRAP and known:
                outcome.changes += self._make_room(manifests)
            outcome.changes += self._apply_all(manifests, there=known or not self._wishes.dry_run)
            self._end_misled()
            if not self._wait(manifests, outcome):
                break

    def _check(self, kinds: set[Kind], *, new: bool) -> None:
        lacking = access.for_apply(self._api, self._namespace, kinds, prune=self._wishes.prune, new=new)
        if lacking:
            raise NotAllowed(
                f"context {self._api.context} may not do in namespace {self._namespace}: {', '.join(lacking)}"
            )

    def _tell_of_namesakes(self) -> None:
        """A graph that was renamed is another graph: nobody would look after the old one any more."""
        for graph, namespace in self._set.namesakes(self._rendered.plan.file):
            self._tell(
                f"graph {graph} in namespace {namespace} was applied from a file of this name, too: if it is"
                f" the old name of this graph, delete it with iomt delete --name {graph}"
                f" --namespace {namespace}"
            )

    def _check_known(self, kinds: set[Kind]) -> None:
        for kind in sorted(access.unknown(self._api, kinds), key=lambda kind: kind.plural):
            origins = sorted({
                each.body["metadata"]["annotations"][SOURCE]
                for each in self._rendered.manifests
                if kind_of(each.body) is kind
            })  # fmt: skip
            raise NotAllowed(
                f"the cluster has no kind {kind.name} ({kind.api_version}), which {', '.join(origins)} needs:"
                " install what defines it (docs/cluster.md), leave it out: --keda none, without that --with"
            )

    def _check_credentials(self) -> None:
        """A broker of somebody else's knows no passwords that are made here."""
        lacking = credentials.lacking(self._api, self._namespace, self._rendered.accounts)
        if lacking:
            raise NotAllowed(
                f"in namespace {self._namespace} there is no {', no '.join(lacking)}: make that Secret"
                " with users and passwords of your own broker and store (--platform external)"
            )

    def _apply_all(self, manifests: list[Manifest], *, there: bool) -> Iterator[Change]:
        """``there``: the namespace is, and the API server can be asked, in a dry run too."""
        if not there and self._wishes.dry_run:
            return iter([self._change(each, Effect.CREATED) for each in manifests])
        with ThreadPoolExecutor(PARALLEL) as pool:
            return iter(list(pool.map(self._apply, manifests)))

    def _make_room(self, manifests: list[Manifest]) -> Iterator[Change]:
        """Delete Jobs of the bootstrap that have had their day, first: an apply that is killed here runs one
        again, and never takes an old one's word.
        """
        wanted = {each.body["metadata"]["name"] for each in manifests if kind_of(each.body) is JOB}
        pods = self._api.get(POD.path(self._namespace))["items"]
        kept = bool(self._rendered.choices.volume)
        for there in list(outlived(self._set.members(JOB).values(), wanted, pods, kept=kept)):
            name = there["metadata"]["name"]
            if not self._wishes.dry_run:
                self._api.delete(JOB.path(self._namespace, name), deletion(there))
            self._before.pop((JOB, name), None)
            self._replaced.add((JOB, name))
            yield Change(JOB, name, Effect.PRUNED, there["metadata"].get("annotations", {}).get(SOURCE, ""))

    def _apply(self, manifest: Manifest) -> Change:
        kind, name = kind_of(manifest.body), manifest.body["metadata"]["name"]
        query = {"fieldManager": MANAGER} | ({"dryRun": "All"} if self._wishes.dry_run else {})
        if self._wishes.force:
            query["force"] = "true"
        body = self._set.joined(manifest.body) if kind.scoped else manifest.body
        before = self._before.get((kind, name))
        if before is not None and unchanged(before, body):
            return self._change(manifest, Effect.UNCHANGED)
        try:
            after = self._api.patch(kind.path(self._namespace, name), body, APPLY, **query)
        except Refused as refused:
            return self._change(manifest, Effect.REFUSED, why(refused))
        if kind is CONFIG_MAP and before and before.get("data") != after.get("data") and edited(before):
            self._taken_back[name] = edited(before)
        return self._change(manifest, effect(before, after))

    def _end_misled(self) -> None:
        """Pods that run with what was taken back: others come in their place, and read what is there now."""
        if self._wishes.dry_run or not self._taken_back:
            return
        path = POD.path(self._namespace)
        for name in misled(self._api.get(path)["items"], self._taken_back):
            told = f"pod {name} has read what was changed by hand"
            try:
                self._api.delete(f"{path}/{name}")
            except Refused as refused:
                self._tell(f"{told}: delete it, so that another one takes its place ({refused.message})")
            else:
                self._tell(f"{told}: another one takes its place")
        self._taken_back.clear()

    def _change(self, manifest: Manifest, what: Effect, why: str = "") -> Change:
        metadata = manifest.body["metadata"]
        return Change(kind_of(manifest.body), metadata["name"], what, metadata["annotations"][SOURCE], why)

    def _wait(self, manifests: list[Manifest], outcome: Outcome) -> bool:
        """Whether the next stage may come."""
        if any(each.effect is Effect.REFUSED for each in outcome.changes):
            return False
        if self._wishes.dry_run or not self._wishes.seconds:
            return True
        waiting = Waiting(self._api, self._namespace, manifests, self._tell)
        outcome.unready |= waiting.until_ready(self._wishes.seconds)
        return not outcome.unready

    def _leave(self, former: set[Kind], *, whole: bool) -> Iterator[Change]:
        """What was of the graph and is not any more: deleted with ``prune``, told without.

        Nothing is deleted while something is not ready: what leaves may be what still works.
        """
        kept = self._wanted | self._replaced | {(SECRET, name) for name in self._rendered.accounts}
        for kind in sorted(former, key=lambda kind: kind.plural):
            for name, there in self._set.members(kind).items():
                if (kind, name) in kept:
                    continue
                origin = there["metadata"].get("annotations", {}).get(SOURCE, "")
                if not (self._wishes.prune and whole):
                    yield Change(kind, name, Effect.LEFT, origin)
                    continue
                if not self._wishes.dry_run:
                    self._api.delete(kind.path(self._namespace, name), deletion(there))
                yield Change(kind, name, Effect.PRUNED, origin)


def deletion(there: Body) -> Body:
    """Deletes this very object and not a newer one of its name; what it owns goes with it."""
    return {
        "apiVersion": "v1",
        "kind": "DeleteOptions",
        "propagationPolicy": "Background",
        "preconditions": {"uid": there["metadata"]["uid"]},
    }


def _stage(manifest: Manifest) -> str | None:
    if manifest.body["kind"] == NAMESPACE.name:
        return None
    component = manifest.owner.component
    return component if component in _STAGES else ""


def why(refused: Refused) -> str:
    """Which field and whose, where somebody else has written it."""
    conflicts = [
        f"{cause['field'].lstrip('.')} is {owner[1]}'s"
        for cause in refused.causes
        if cause.get("reason") == "FieldManagerConflict"
        and (owner := _CONFLICT.search(cause.get("message", "")))
    ]
    if conflicts:
        return f"{'; '.join(conflicts)} (--force-conflicts takes it)"
    return refused.message

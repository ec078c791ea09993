"""Back to a form of the graph that was ready."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from iomt.cluster.api import Api
from iomt.cluster.apply import Apply, Outcome, Wishes, deletion
from iomt.cluster.applyset import ApplySet
from iomt.cluster.change import Change, Effect
from iomt.cluster.found import Key
from iomt.cluster.kinds import SECRET, kind_of
from iomt.cluster.revisions import Revision, keep


def roll_back(
    api: Api, revision: Revision, wishes: Wishes, tell: Callable[[str], None], made: Iterable[Change] = ()
) -> Outcome:
    """Apply a revision. What was ``made`` since, by an apply that failed, is deleted again where the
    revision does not have it. Where all is ready, it is the newest revision from then on.
    """
    rendered = revision.rendered
    outcome = Apply(api, rendered, wishes, tell).run()
    owner = ApplySet(api, rendered.plan.graph, rendered.choices.namespace)
    wanted: set[Key] = {(kind_of(each.body), each.body["metadata"]["name"]) for each in rendered.manifests}
    wanted |= {(SECRET, name) for name in rendered.accounts}
    since = {
        (each.kind, each.name) for each in made if each.effect is Effect.CREATED and each.kind.scoped
    } - wanted
    for kind in {kind for kind, _ in since}:
        members = owner.members(kind)
        for name in sorted(name for each, name in since if each is kind and name in members):
            api.delete(kind.path(owner.namespace, name), deletion(members[name]))
            outcome.changes.append(Change(kind, name, Effect.PRUNED))
    left = [
        each
        for each in outcome.changes
        if each.effect is not Effect.LEFT or (each.kind, each.name) not in since
    ]
    outcome = replace(outcome, changes=left)
    if not outcome.failed and wishes.seconds and not wishes.dry_run:
        keep(api, owner, rendered, revision.files)
    return outcome

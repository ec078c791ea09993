"""An Application of Argo CD: keep a cluster as a folder of a git repository says."""

from typing import NamedTuple

from iomt.targets.kubernetes import Rendered
from iomt.targets.kubernetes.text import expected, mark
from iomt.targets.yaml_text import Value, document


class Repository(NamedTuple):
    """Where the folder is that `iomt compile -o DIR` wrote: ``path`` inside the repository."""

    url: str
    path: str
    revision: str


def application_text(rendered: Rendered, repository: Repository) -> str:
    """The Application, which belongs into the namespace that Argo CD runs in."""
    graph = rendered.plan.graph
    body: dict[str, Value] = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {"name": graph, "namespace": "argocd"},
        "spec": {
            "project": "default",
            "source": {
                "repoURL": repository.url,
                "targetRevision": repository.revision,
                "path": repository.path,
            },
            "destination": {
                "server": "https://kubernetes.default.svc",
                "namespace": rendered.choices.namespace,
            },
            # As `iomt apply` does it. Nothing happens before somebody says so: that is a choice to add here.
            "syncPolicy": {"syncOptions": ["ServerSideApply=true"]},
        },
    }
    return mark(rendered) + expected(rendered) + document(body)

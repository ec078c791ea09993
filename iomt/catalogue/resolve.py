"""Graph and catalogue to `Resolved`: nodes to devices, then links to ports."""

import os.path
from typing import TYPE_CHECKING, Any

from iomt.catalogue.declaration import ANY_MODEL, Device, Profile
from iomt.catalogue.load import Catalogue
from iomt.catalogue.measured import NOTHING_MEASURED, Measured
from iomt.catalogue.model_place import is_local
from iomt.catalogue.resolve_links import resolve_links
from iomt.catalogue.resolved import Resolved, ResolvedNode
from iomt.catalogue.task_device import without_program
from iomt.catalogue.tasks import TASKS, known
from iomt.diagnostics.finding import Finding, Related, Span
from iomt.language.graph import Graph, Node
from iomt.language.suggest import cure, nearest, one_of

if TYPE_CHECKING:
    from iomt.catalogue.model_folder import ModelFolder


def resolve(
    graph: Graph, catalogue: Catalogue, measured: Measured = NOTHING_MEASURED
) -> tuple[Resolved, list[Finding]]:
    """Everything that can be resolved, and what cannot."""
    resolver = _NodeResolver(graph, catalogue, measured)
    nodes = {name: each for name, node in graph.nodes.items() if (each := resolver.resolve(node))}
    links = resolve_links(graph, nodes, catalogue)
    alike = tuple(filter(None, resolver.alike.values()))
    resolved = Resolved(graph, nodes, links.links, alike, links.alike, links.ends)
    return resolved, resolver.findings + links.findings


_Words = tuple[str, str | None, str | None, str | None, str | None]
"""What a node is resolved by, beside its options."""
_make = tuple.__new__  # what the constructor of a named tuple does, at half its cost


class _NodeResolver:
    def __init__(self, graph: Graph, catalogue: Catalogue, measured: Measured) -> None:
        self._graph, self._catalogue, self._measured = graph, catalogue, measured
        self._folders: dict[tuple[str, str], ModelFolder | Finding] = {}
        self._like: dict[_Words, tuple[ResolvedNode, dict[str, Any]]] = {}
        self.findings: list[Finding] = []
        self.alike: dict[tuple[_Words, int], list[ResolvedNode]] = {}

    def resolve(self, node: Node) -> ResolvedNode | None:
        words = (node.kind, node.device, node.model, node.revision, node.task)
        # Nodes that were written alike share their options.
        alike = self.alike.setdefault((words, id(node.options)), [])
        like = self._like.get(words)
        if like and not self._measured.profiles:  # what is measured is measured of one node
            resolved, defaults = like
            options = alike[0].options if alike else {**defaults, **node.options}
            known: ResolvedNode = _make(ResolvedNode, (node, resolved[1], options, *resolved[3:]))
            alike.append(known)
            return known
        found = self._by_model(node, node.model) if node.model else self._by_device(node)
        if found:
            self._like[words] = found, _defaults(found.device)
            alike.append(found)
        return found

    def _by_device(self, node: Node) -> ResolvedNode | None:
        name, span = node.device or "", node.device_span or node.span
        device = self._catalogue.device(name)
        if device is None:
            if name not in self._catalogue.names:  # else its own file has the findings
                names = [each for each in self._catalogue.names if each not in (*TASKS, ANY_MODEL)]
                help_text = cure(name, names, f"there are {one_of(names, 'and')}")
                self._note("unknown-device", f"there is no device called {name}", span, help_text)
            return None
        if device.kind != node.kind:
            message = f"{name} is an {device.kind}, and node {node.name} an {node.kind}"
            related = (Related(node.span, "the node"),)
            self.findings.append(
                Finding("kind-mismatch", message, span, f"write kind: {device.kind}", related)
            )
            return None
        if device.kind == "MAnalyzer" and not device.model and not device.is_converter:
            message = f"{name} needs a model to be told which"
            help_text = "write model: instead of device:, with a Hugging Face id or a folder"
            self._note("device-or-model", message, span, help_text)
            return None
        if device.kind == "MAnalyzer" and device.model:
            return self._by_declared_model(node, device)
        options, profile = _defaults(device) | node.options, self._profile(node, device)
        return ResolvedNode(node, device, options, profile=profile)

    def _by_declared_model(self, node: Node, device: Device) -> ResolvedNode | None:
        """A model that a declaration names: its folder, if it is one, is beside the declaration."""
        span = device.model_span or node.span
        model, task, labels = device.model, device.task, device.labels
        if task and task not in TASKS:
            self._unknown_task(task, span)
            return None
        licence = device.licence
        if is_local(model, directory := os.path.dirname(span.file) or "."):
            folder = self._folder(model, directory, span, task)
            if folder is None:
                return None
            model, task, labels = folder.path, folder.task, labels or folder.labels
            licence = licence or folder.licence or ""
        options, profile = _defaults(device) | node.options, self._profile(node, device)
        return ResolvedNode(node, device, options, model, task, labels, device.revision, licence, profile)

    def _by_model(self, node: Node, model: str) -> ResolvedNode | None:
        span = node.model_span or node.span
        labels: tuple[str, ...] = ()
        licence: str | None = None
        task, path = node.task or "", model
        if task and task not in TASKS:
            self._unknown_task(task, span)
            return None
        if is_local(model, self._graph.directory):
            folder = self._folder(model, self._graph.directory, span, task)
            if folder is None:
                return None
            task, labels, path, licence = folder.task, folder.labels, folder.path, folder.licence
        device = self._task_device(task)
        if device is None:
            message = f"the catalogue has no device called {task or ANY_MODEL}"
            self._note(
                "unknown-device", message, span, "a declaration of that name beside the graph is broken"
            )
            return None
        options, profile = _defaults(device) | node.options, self._profile(node, device)
        revision = node.revision or ""
        return ResolvedNode(node, device, options, path, task, labels, revision, licence, profile)

    def _profile(self, node: Node, device: Device) -> Profile:
        measured = self._measured.of(node)
        return measured.over(device.profile) if measured else device.profile

    def _task_device(self, task: str) -> Device | None:
        name = task or ANY_MODEL
        if task and name not in self._catalogue.names:
            return without_program(task)
        return self._catalogue.device(name)

    def _folder(self, model: str, directory: str, span: Span, task: str) -> "ModelFolder | None":
        """The model of a folder, None where it cannot be used or does not do the task that was asked."""
        from iomt.catalogue.model_folder import read_model_folder

        key = (model, directory)
        if key not in self._folders:
            self._folders[key] = read_model_folder(model, directory, span)
        folder = self._folders[key]
        if isinstance(folder, Finding):
            self._note(folder.rule, folder.message, span, folder.help)
            return None
        if task and task != folder.task:
            message = f"{model} does {folder.task}, not {task}"
            self._note(
                "unsupported-task",
                message,
                span,
                "remove `task`, or name another model: what this one does stands in its config.json",
            )
            return None
        return folder

    def _unknown_task(self, task: str, span: Span) -> None:
        near = nearest(task, TASKS)
        help_text = f"did you mean {near}?" if near else known()
        self._note("unsupported-task", f"iomt does not know the task {task}", span, help_text)

    def _note(self, rule: str, message: str, span: Any, help_text: str) -> None:
        self.findings.append(Finding(rule, message, span, help_text))


def _defaults(device: Device) -> dict[str, Any]:
    """The declaration's own, for where nothing was written. Plain data, never written to."""
    properties = device.options.get("properties", {})
    return {
        name: schema["default"]
        for name, schema in properties.items()
        if isinstance(schema, dict) and "default" in schema
    }

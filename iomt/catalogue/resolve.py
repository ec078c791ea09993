"""Graph and catalogue to `Resolved`: nodes to devices, then links to ports."""

import copy
from typing import Any

from iomt.catalogue.declaration import Device
from iomt.catalogue.load import Catalogue
from iomt.catalogue.model_folder import TASKS, ModelFolder, is_local, read_model_folder, supported
from iomt.catalogue.resolve_links import resolve_links
from iomt.catalogue.resolved import Resolved, ResolvedNode
from iomt.diagnostics.finding import Finding, Related
from iomt.language.graph import Graph, Node
from iomt.language.suggest import cure, nearest, one_of

ANY_MODEL = "any-model"
"""The device of a model whose task only the network could tell."""


def resolve(graph: Graph, catalogue: Catalogue) -> tuple[Resolved, list[Finding]]:
    """Everything that can be resolved, and what cannot."""
    resolver = _NodeResolver(graph, catalogue)
    nodes = {name: each for name, node in graph.nodes.items() if (each := resolver.resolve(node))}
    links, findings = resolve_links(graph, nodes)
    return Resolved(graph, nodes, links), resolver.findings + findings


class _NodeResolver:
    def __init__(self, graph: Graph, catalogue: Catalogue) -> None:
        self._graph, self._catalogue = graph, catalogue
        self._folders: dict[str, ModelFolder | Finding] = {}
        self.findings: list[Finding] = []

    def resolve(self, node: Node) -> ResolvedNode | None:
        return self._by_model(node, node.model) if node.model else self._by_device(node)

    def _by_device(self, node: Node) -> ResolvedNode | None:
        name, span = node.device or "", node.device_span or node.span
        device = self._catalogue.device(name)
        if device is None:
            if name not in self._catalogue.names:  # else its own file has the findings
                names = [each for each in self._catalogue.names if each not in (*TASKS.values(), ANY_MODEL)]
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
        if device.kind == "MAnalyzer" and not device.model:
            message = f"{name} needs a model to be told which"
            help_text = "write model: instead of device:, with a Hugging Face id or a folder"
            self._note("device-or-model", message, span, help_text)
            return None
        options = with_defaults(device, node.options)
        return ResolvedNode(node, device, options, device.model, device.task, device.labels)

    def _by_model(self, node: Node, model: str) -> ResolvedNode | None:
        span, directory = node.model_span or node.span, self._graph.directory
        labels: tuple[str, ...] = ()
        task, path = node.task or "", model
        if task and task not in TASKS.values():
            near = nearest(task, TASKS.values())
            self._note(
                "unsupported-task",
                f"iomt does not support the task {task}",
                span,
                f"did you mean {near}?" if near else supported(),
            )
            return None
        if is_local(model, directory):
            if model not in self._folders:
                self._folders[model] = read_model_folder(model, directory, span)
            folder = self._folders[model]
            if isinstance(folder, Finding):
                self._note(folder.rule, folder.message, span, folder.help)
                return None
            if task and task != folder.task:
                message = f"{model} does {folder.task}, not {task}"
                self._note("unsupported-task", message, span, "remove `task`: the model's folder tells")
                return None
            task, labels, path = folder.task, folder.labels, folder.path
        device = self._catalogue.device(task or ANY_MODEL)
        if device is None:
            message = f"the catalogue has no device called {task or ANY_MODEL}"
            self._note(
                "unknown-device", message, span, "a declaration of that name beside the graph is broken"
            )
            return None
        return ResolvedNode(node, device, with_defaults(device, node.options), path, task, labels)

    def _note(self, rule: str, message: str, span: Any, help_text: str) -> None:
        self.findings.append(Finding(rule, message, span, help_text))


def with_defaults(device: Device, options: dict[str, Any]) -> dict[str, Any]:
    """The options as written, and the declaration's defaults where nothing was written."""
    properties = device.options.get("properties", {})
    filled = {
        name: copy.deepcopy(schema["default"])
        for name, schema in properties.items()
        if isinstance(schema, dict) and "default" in schema
    }
    return filled | options

"""Objects as a Helm chart: a template for each, its values the graph's own knobs.

What an option decides beside the settings of its device (policies, volumes, ports) is fixed: see `knobs`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from iomt import __version__
from iomt.catalogue.resolved import Resolved
from iomt.targets.kubernetes import Rendered
from iomt.targets.kubernetes.choices import PARTS, part_of
from iomt.targets.kubernetes.device import FILE, ORIGIN
from iomt.targets.kubernetes.knobs import is_whole, knobs
from iomt.targets.kubernetes.kustomize import file_names
from iomt.targets.kubernetes.manifest import SETTINGS, Body, Manifest
from iomt.targets.kubernetes.pod import hash_of
from iomt.targets.kubernetes.rollout import BUDGET, budget_manifest
from iomt.targets.kubernetes.text import expected, mark
from iomt.targets.kubernetes.values import values_text
from iomt.targets.yaml_text import document

_HOLE = "IOMT-TEMPLATE-HOLE-"
# What Go writes in another way than Python, though it means the same.
_UNESCAPED = "".join(
    f' | replace "\\\\u{code}" "{sign}"' for code, sign in (("003c", "<"), ("003e", ">"), ("0026", "&"))
)


class Knobs(NamedTuple):
    """What may be changed of one node: its replicas, where it may have several, and these options."""

    replicas: int | None
    options: dict[str, Any]


def chart_texts(rendered: Rendered, resolved: Resolved) -> dict[str, str]:
    """File names to texts."""
    head = mark(rendered)
    found = {
        device.name: Knobs(_replicas(rendered, device.name), knobs(device, resolved.nodes[device.name]))
        for device in rendered.plan.devices
    }
    chart = _Chart(rendered, found)
    made = {
        f"templates/{name}": head + chart.template(each)
        for name, each in file_names((*rendered.manifests, *_budgets(rendered, found))).items()
    }
    made["templates/NOTES.txt"] = head + _literal(expected(rendered))
    schemas = {name: node.device.options.get("properties", {}) for name, node in resolved.nodes.items()}
    made["values.yaml"] = head + values_text(chart.images, found, schemas)
    made["Chart.yaml"] = head + document(
        {
            "apiVersion": "v2",
            "name": rendered.plan.graph,
            "description": f"The graph {rendered.plan.graph}, from {rendered.plan.file}",
            "type": "application",
            "version": __version__,
            "appVersion": __version__,
        }
    )
    return made


def _replicas(rendered: Rendered, name: str) -> int | None:
    """Of a node that may run several times and is not scaled by another program."""
    if rendered.plan.device(name).kind != "MAnalyzer":
        return None
    for each in rendered.manifests:
        if each.owner.name == name and each.body["kind"] == "Deployment":
            count = each.body["spec"].get("replicas")
            return count if isinstance(count, int) else None
    return None


def _budgets(rendered: Rendered, found: Mapping[str, Knobs]) -> Iterator[Manifest]:
    """Of nodes that run once, for charts in which they run more often."""
    once = {name for name, each in found.items() if each.replicas == 1}
    for each in rendered.manifests:
        if each.outline["kind"] == "Deployment" and each.owner.name in once:
            yield budget_manifest(each.owner)


class _Chart:
    """``images`` are those in use, by part."""

    def __init__(self, rendered: Rendered, found: Mapping[str, Knobs]) -> None:
        self._rendered = rendered
        self._knobs = found
        self._devices = {device.name: device for device in rendered.plan.devices}
        self.images: dict[str, str] = {}
        self._holes: list[str] = []

    def template(self, each: Manifest) -> str:
        """The text of one object."""
        self._holes = []
        kind, owner = each.body["kind"], each.owner.name
        before, body = "", each.body
        if kind == "ConfigMap" and owner in self._devices and self._knobs[owner].options:
            before, body = self._settings(each)
        elif pod := body.get("spec", {}).get("template", {}).get("spec"):
            body = self._workload(each, pod)
        text = _literal(document(body))
        for number, expression in enumerate(self._holes):
            text = text.replace(f"{_HOLE}{number}-", expression)
        if kind == "Namespace":
            return f"{{{{- if .Values.createNamespace }}}}\n{text}{{{{- end }}}}\n"
        if kind == BUDGET and self._varies(owner):
            return f"{{{{- if gt (int {self._replicas(owner)}) 1 }}}}\n{text}{{{{- end }}}}\n"
        return before + text

    def _hole(self, expression: str) -> str:
        self._holes.append(f"{{{{ {expression} }}}}")
        return f"{_HOLE}{len(self._holes) - 1}-"

    def _settings(self, each: Manifest) -> tuple[str, Body]:
        """A template of the settings, with the options out of the values."""
        name = each.owner.name
        told = each.body["data"][FILE].removesuffix("\n")
        options = self._devices[name].options
        written = json.dumps(options, indent=2, sort_keys=True, ensure_ascii=False).replace("\n", "\n  ")
        fixed = {key: value for key, value in options.items() if key not in self._knobs[name].options}
        merged = f"merge ({_go(json.dumps(fixed))} | fromJson) (deepCopy .of.options)"
        expression = f'toPrettyJson ({merged}) | replace "\\n" "\\n  "{_UNESCAPED}'
        for key in (key for key, value in options.items() if is_whole(value)):
            line = f"(?m)^(    {re.escape(json.dumps(key))}: -?[0-9]+)(,?)$"
            expression = f'regexReplaceAll {_go(line)} ({expression}) "${{1}}.0${{2}}"'
        start, _, end = told.partition(f'  "options": {written},\n')
        start, end = (ORIGIN.sub('  "origin": IOMT-ORIGIN,', part, count=1) for part in (start, end))
        whole = _literal(start) + f'  "options": {{{{ {expression} }}}},\n' + _literal(end)
        whole = whole.replace("IOMT-ORIGIN", "{{ .origin }}")
        origin = json.dumps(json.loads(told)["origin"], ensure_ascii=False)
        included = self._included(name, origin)
        data = {FILE: self._hole(f'{included} | printf "%s\\n" | toJson')}
        before = f"{{{{- define {_go(self._define(name))} -}}}}\n{whole}\n{{{{- end }}}}\n"
        return before, {**each.body, "data": data}

    def _define(self, name: str) -> str:
        return f"{self._rendered.plan.graph}.{name}.settings"

    def _included(self, name: str, origin: str) -> str:
        of = f"(index .Values.nodes {_go(name)})"
        return f'include {_go(self._define(name))} (dict "of" {of} "origin" {_go(origin)})'

    def _workload(self, each: Manifest, pod: Body) -> Body:
        owner, spec = each.owner.name, each.body["spec"]
        images: dict[str, str] = {}
        made = dict(pod)
        for kind in ("initContainers", "containers"):
            if kind in pod:
                made[kind] = [self._container(container, owner, images) for container in pod[kind]]
        template = {**spec["template"], "spec": made}
        if self._knobs.get(owner, Knobs(None, {})).options:
            metadata = template["metadata"]
            annotations = {**metadata["annotations"], SETTINGS: self._hole(self._hash(owner))}
            template["metadata"] = {**metadata, "annotations": annotations}
        body = {**each.body, "spec": {**spec, "template": template}}
        if self._varies(owner):
            body["spec"]["replicas"] = self._hole(self._replicas(owner))
        if body["kind"] == "Job":
            body["metadata"] = {**body["metadata"], "name": self._job_name(each, images)}
        return body

    def _varies(self, owner: str) -> bool:
        return owner in self._knobs and self._knobs[owner].replicas is not None

    def _replicas(self, owner: str) -> str:
        return f"(index .Values.nodes {_go(owner)}).replicas"

    def _container(self, container: Body, owner: str, images: dict[str, str]) -> Body:
        image = container["image"]
        device = self._devices.get(owner)
        likely = [part_of(device)] if device else [owner]
        for part in (*likely, *PARTS):
            if part in PARTS and self._rendered.choices.image(part) == image:
                self.images[part] = image
                images[image] = part
                return {**container, "image": self._hole(f".Values.images.{part} | quote")}
        return container

    def _hash(self, name: str) -> str:
        """Of the settings without the graph's line, as in the plain output."""
        return self._included(name, json.dumps("")) + " | sha256sum | trunc 16 | quote"

    def _job_name(self, each: Manifest, images: Mapping[str, str]) -> str:
        """A Job cannot be changed: with another image it has another name."""
        name = str(each.body["metadata"]["name"])
        text = json.dumps(each.body["spec"], sort_keys=True)
        stem = name.removesuffix(hash_of(text))
        if stem == name:
            return name
        replaced = "".join(f" | replace {_go(image)} .Values.images.{part}" for image, part in images.items())
        return stem + self._hole(f"{_go(text)}{replaced} | sha256sum | trunc 16")


def _go(text: str) -> str:
    """A string of Go's templates: JSON's escapes mean the same there."""
    return json.dumps(text, ensure_ascii=False)


def _literal(text: str) -> str:
    """Text in which nothing is a template."""
    return text.replace("{{", '{{ "{{" }}')

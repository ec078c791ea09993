"""The pods of a graph as services of Docker Compose, for one host: same programs, settings and users.

Passwords are variables of the environment (a file .env beside it): nothing here makes or holds one.
"""

import os.path
import re
from collections.abc import Iterator
from typing import Any

from iomt.contract.secret import references
from iomt.plan.grants import grants
from iomt.plan.plan import Plan, PlannedDevice
from iomt.targets.kubernetes import Rendered
from iomt.targets.kubernetes.manifest import Body, Manifest
from iomt.targets.kubernetes.place import BOOTSTRAP, BROKER, HTTP_PORT, SECRET, STORE
from iomt.targets.kubernetes.text import mark
from iomt.targets.yaml_text import document

_VOLUMES = "iomt-volumes"
_WORKLOADS = ("StatefulSet", "Job", "Deployment")
_DONE, _STARTED = {"condition": "service_completed_successfully"}, {"condition": "service_started"}
_OUTSIDE = {"outside", "hub", "page"}
_HEAD = """\
# Changes made here are lost when it is compiled again. It needs Docker Compose 2.23.1 or later, and stands in
# the folder of the graph: files are named from there. Passwords are read from the file .env beside it:
#   grep -o 'IOMT_[A-Z0-9_]\\+' compose.yaml | grep -v IOMT_SECRET | sort -u | while read -r name; do
#     echo "$name=k$(od -An -tx1 -N16 /dev/urandom | tr -d ' \\n')"; done > .env
# Those that begin with IOMT_SECRET_ are yours to add.
"""


def compose_text(rendered: Rendered, plan: Plan, directory: str) -> str:
    """``plan`` is the graph's as this machine has it, ``directory`` the graph's folder."""
    return mark(rendered) + _HEAD + document(_Composed(rendered, plan, directory).body())


class _Composed:
    def __init__(self, rendered: Rendered, plan: Plan, directory: str) -> None:
        self._rendered = rendered
        self._directory = directory
        self._here = {device.name: device for device in plan.devices}
        self._inside = {device.name: device for device in rendered.plan.devices}
        bodies = [each.body for each in rendered.manifests]
        self._maps = {
            each["metadata"]["name"]: each["data"] for each in bodies if each["kind"] == "ConfigMap"
        }
        parties = grants(rendered.plan).devices
        self._outside = {
            each.name
            for each in parties
            if _OUTSIDE & {str(connection.kind) for connection in each.connections}
        }
        self._configs: dict[str, Body] = {}
        self._secrets: dict[str, Body] = {}
        self._volumes: dict[str, Body] = {}

    def body(self) -> Body:
        """The whole file as plain data."""
        services: dict[str, Body] = {}
        workloads = [each for each in self._rendered.manifests if each.body["kind"] in _WORKLOADS]
        for each in workloads:
            services |= self._services(each)
        if self._volumes:
            services = {_VOLUMES: self._owner(), **services}
        made: Body = {"name": self._rendered.plan.graph, "services": services}
        made["networks"] = {"inside": {"internal": True}, "outside": {}}
        parts = {"volumes": self._volumes, "configs": self._configs, "secrets": self._secrets}
        return made | {key: value for key, value in parts.items() if value}

    def _services(self, each: Manifest) -> Iterator[tuple[str, Body]]:
        name, spec = each.owner.name, each.body["spec"]
        pod, claims = spec["template"]["spec"], spec.get("volumeClaimTemplates", ())
        kept = {claim["metadata"]["name"] for claim in claims}
        depends: dict[str, Body] = {}
        for container in pod.get("initContainers", ()):
            before = f"{name}-{container['name']}"
            yield before, {**self._service(name, container, pod, kept), "restart": "on-failure"}
            depends[before] = _DONE
        service = self._service(name, pod["containers"][0], pod, kept)
        service["restart"] = "on-failure" if each.body["kind"] == "Job" else "unless-stopped"
        there = {each.owner.name for each in self._rendered.manifests if each.body["kind"] in _WORKLOADS}
        if name == BOOTSTRAP:
            depends |= {part: _STARTED for part in (BROKER, STORE) if part in there}
        elif name in self._inside and BOOTSTRAP in there:
            depends[BOOTSTRAP] = _DONE
        service["depends_on"] = service.get("depends_on", {}) | depends
        if "terminationGracePeriodSeconds" in pod:
            service["stop_grace_period"] = f"{pod['terminationGracePeriodSeconds']}s"
        if name in self._inside:
            service |= self._of_device(self._inside[name], service, spec.get("replicas", 1))
        yield name, {key: value for key, value in service.items() if value}

    def _service(self, name: str, container: Body, pod: Body, kept: set[str]) -> Body:
        security = pod["securityContext"]
        made: Body = {
            "image": _plain(container["image"]),
            "entrypoint": [_plain(word) for word in container.get("command", ())],
            "command": [_plain(word) for word in container.get("args", ())],
            "user": f"{security['runAsUser']}:{security['runAsGroup']}",
            "cap_drop": ["ALL"],
            "security_opt": ["no-new-privileges:true"],
            "environment": {each["name"]: self._variable(each) for each in container.get("env", ())},
            "networks": ["inside"],
        }
        volumes = {each["name"]: each for each in pod.get("volumes", ())}
        for mount in container.get("volumeMounts", ()):
            volume, path = volumes.get(mount["name"], {}), mount["mountPath"]
            if "configMap" in volume:
                self._files(made, volume["configMap"]["name"], path)
            elif "secret" in volume:
                self._account(made, volume["secret"]["secretName"], path, None)
            elif "projected" in volume:
                for source in volume["projected"]["sources"]:
                    if "configMap" in source:
                        self._files(made, source["configMap"]["name"], path)
                    else:
                        self._account(made, source["secret"]["name"], path, source["secret"].get("items"))
            elif path == "/tmp":
                made["tmpfs"] = ["/tmp"]
            elif "emptyDir" in volume or mount["name"] in kept:
                self._volumes[f"{name}-{mount['name']}"] = {}
                made.setdefault("volumes", []).append(f"{name}-{mount['name']}:{path}")
                made["depends_on"] = {_VOLUMES: _DONE}
        return {key: value for key, value in made.items() if value}

    def _of_device(self, device: PlannedDevice, service: Body, replicas: int) -> Body:
        made: Body = {}
        here, volumes = self._here[device.name], list(service.get("volumes", ()))
        paths = [(here.options[option], device.options[option]) for option in device.files]
        if device.model.startswith("/"):
            paths.append((here.model, device.model))
        for source, target in paths:
            below = os.path.relpath(str(source), self._directory)
            below = below if below.startswith(".") else f"./{below}"
            volumes.append(
                {"type": "bind", "source": _plain(below), "target": _plain(target), "read_only": True}
            )
        made["volumes"] = volumes
        if device.name in self._outside or any(True for _ in references(device.options)):
            made["networks"] = ["inside", "outside"]
        if device.page:
            made["ports"] = [f"127.0.0.1:{device.listens or ''}:{HTTP_PORT}"]
        machine = [value for value in device.options.values() if str(value).startswith("/dev/")]
        if machine:
            made["devices"] = [f"{_plain(path)}:{_plain(path)}" for path in machine]
            made["group_add"] = ["video"]
        deploy: Body = {"replicas": replicas} if replicas > 1 else {}
        if found := _resources(device):
            deploy["resources"] = found
        return made | {"deploy": deploy}

    def _variable(self, each: Body) -> str:
        if "value" in each:
            return _plain(each["value"])
        of = each["valueFrom"]["secretKeyRef"]
        known = self._rendered.accounts.get(of["name"], {}).get(of["key"])
        return _plain(known) if known else f"${{{_name(of['name'], of['key'])}:?see the first lines}}"

    def _account(self, service: Body, secret: str, path: str, items: list[Body] | None) -> None:
        """Files of a Secret: users as they are, passwords from the environment."""
        known = self._rendered.accounts.get(secret, {})
        paths = (
            {item["key"]: item["path"] for item in items}
            if items is not None
            else {key: key for key in known}
        )
        for key, file in paths.items():
            source = f"{secret.removeprefix(f'{SECRET}.')}-{key}"
            if known.get(key):
                self._config(service, source, f"{path}/{file}", known[key])
            else:
                self._secrets[source] = {"environment": _name(secret, key)}
                service.setdefault("secrets", []).append({"source": source, "target": f"{path}/{file}"})

    def _files(self, service: Body, config_map: str, path: str) -> None:
        for file, text in self._maps[config_map].items():
            self._config(service, f"{config_map}-{file}", f"{path}/{file}", self._here_named(text))

    def _config(self, service: Body, source: str, target: str, text: str) -> None:
        self._configs[source] = {"content": _plain(text)}
        service.setdefault("configs", []).append({"source": source, "target": target})

    def _here_named(self, text: str) -> str:
        """With names of services: a peer's port is that of its container."""
        domain = f".{self._rendered.choices.namespace}.svc.cluster.local"
        return text.replace(f"{domain}/", f":{HTTP_PORT}/").replace(domain, "")

    def _owner(self) -> Body:
        """A new volume is root's, and nobody else is root here."""
        return {
            "image": _plain(self._rendered.choices.image("device")),
            "entrypoint": ["chown", "65532:65532", *(f"/volumes/{name}" for name in self._volumes)],
            "user": "0:0",
            "cap_drop": ["ALL"],
            "cap_add": ["CHOWN"],
            "network_mode": "none",
            "volumes": [f"{name}:/volumes/{name}" for name in self._volumes],
        }


def _resources(device: PlannedDevice) -> Body:
    asked = device.resources
    limits = {"cpus": f"{asked.cpu_limit:g}"} if asked.cpu_limit else {}
    if asked.memory_limit:
        limits["memory"] = f"{asked.memory_limit}b"
    reservations: Body = {"memory": f"{asked.memory}b"} if asked.memory else {}
    if device.gpu:
        gpu = {"driver": "nvidia", "count": device.gpu.count, "capabilities": ["gpu"]}
        reservations["devices"] = [gpu]
    made = {"limits": limits, "reservations": reservations}
    return {key: value for key, value in made.items() if value}


def _name(secret: str, key: str) -> str:
    """The variable of a password; of a secret of the user's the one that `iomt run` reads."""
    own = secret.startswith(f"{SECRET}.")
    words = f"{secret.removeprefix(f'{SECRET}.')}-{key}" if own else f"secret-{secret}"
    if not own and key != "value":
        words += f"-{key}"
    return "IOMT_" + re.sub("[^A-Z0-9]", "_", words.upper())


def _plain(text: Any) -> str:
    """Text in which Compose puts no variables."""
    return str(text).replace("$", "$$")

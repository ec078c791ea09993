"""Broker, store and bootstrap out of rendered objects, as processes of this machine.

What a kubelet does with the objects, done here: Secrets with passwords, files of ConfigMaps and Secrets,
variables, arguments. Only addresses and folders are not those of a pod.
"""

import json
import os
import re
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from iomt.contract import names
from iomt.local.ports import free_ports
from iomt.targets.kubernetes import Rendered
from iomt.targets.kubernetes.place import secret_of

_PROGRAMS = Path(sys.executable).parent
_READY_SECONDS = 30


class PodsHere:
    """A graph's platform. ``objects`` by kind and name; ``broker`` and ``store`` are where they are now."""

    def __init__(self, rendered: Rendered, folder: Path) -> None:
        self.rendered = rendered
        self.objects = {
            (each.body["kind"], each.body["metadata"]["name"]): each.body for each in rendered.manifests
        }
        self.broker = self.store = ""
        self.brokers: list[str] = []
        self.servers: list[subprocess.Popen] = []
        self.store_program = str(_PROGRAMS / "juicefs")
        self.program = str(_PROGRAMS / "nats-server")
        self._folder = folder
        self._secrets = {
            name: {key: value or f"k{secrets.token_hex(16)}" for key, value in keys.items()}
            for name, keys in rendered.accounts.items()
        }

    @contextmanager
    def running(self) -> Iterator["PodsHere"]:
        """Both of them, and the bootstrap done."""
        with ExitStack() as stack:
            if ("StatefulSet", "nats") in self.objects:
                number = self.objects["StatefulSet", "nats"]["spec"]["replicas"]
                ports = free_ports(number)
                for server in range(number):
                    stack.enter_context(self._server(server, ports))
            if ("StatefulSet", "store") in self.objects:
                stack.enter_context(self._store())
            self.bootstrap()
            yield self

    def pod(self, kind: str, name: str) -> dict:
        """The spec of its pods."""
        return self.objects[kind, name]["spec"]["template"]["spec"]

    def job(self) -> dict:
        """That of the bootstrap's, whose name has a hash in it."""
        (name,) = [name for kind, name in self.objects if kind == "Job" and "bootstrap" in name]
        return self.pod("Job", name)

    def secret(self, party: str, key: str) -> str:
        """What a party's pod finds in its folder of credentials. Raises OSError where it has none."""
        if party == names.OBSERVER:  # no pod: `iomt status` reads it from the Secret
            return self._secrets[secret_of(party, shared=False)][key]
        pod = self.job() if party == names.BOOTSTRAP else self.pod("Deployment", party)
        return (self._mounted(pod, party) / key).read_text()

    def bootstrap(self) -> None:
        """Run the Job, which is started again where three servers do not agree in time on a busy machine."""
        pod = self.job()
        (container,) = pod["containers"]
        _, *program, module = container["command"][:3]
        paths = []
        for file in container["command"][3:]:
            told = json.loads(self._config_maps(pod, file)[Path(file).name])
            told["broker"], told["store"] = self.broker, self.store
            there, here = told["credentials"], str(self._mounted(pod, names.BOOTSTRAP))
            paths.append(self._folder / Path(file).name)
            paths[-1].write_text(json.dumps(told).replace(f'"{there}', f'"{here}'))
        assert pod["restartPolicy"] == "OnFailure"
        command = [sys.executable, *program, module, *paths]
        assert any(subprocess.run(command, check=False).returncode == 0 for _ in range(3))

    @contextmanager
    def _server(self, number: int, routes: list[int]) -> Iterator[None]:
        """One server of the broker; ``routes`` are the ports where they find each other."""
        pod = self.pod("StatefulSet", "nats")
        (container,) = pod["containers"]
        path = self._folder / f"nats-{number}.conf"
        _, file, *more = container["args"]
        files = self._config_maps(pod, file)
        text = files.pop(Path(file).name).replace('"/data', f'"{self._folder / f"jetstream-{number}"}')
        for beside, included in files.items():
            (self._folder / beside).write_text(included)
        path.write_text(text.replace("port: 6222", f"host: 127.0.0.1, port: {routes[number]}"))
        variables = self._environment(container, pod=f"nats-{number}")
        arguments = [re.sub(r"\$\((\w+)\)", lambda found: variables[found[1]], each) for each in more]
        for peer, port in enumerate(routes):
            name = f"nats-{peer}.nats-pods.{self.rendered.choices.namespace}.svc.cluster.local:6222"
            arguments = [each.replace(name, f"127.0.0.1:{port}") for each in arguments]
        (port,) = free_ports(1)
        # On the command line these go before what the file says.
        command = [self.program, "-c", str(path), "-a", "127.0.0.1", "-p", str(port), "-m", "-1"]
        log = self._folder / f"nats-{number}.log"
        with _started([*command, *arguments], variables, port, log) as process:
            self.servers.append(process)
            self.brokers.append(f"nats://127.0.0.1:{port}")
            self.broker = self.brokers[0]
            yield

    @contextmanager
    def _store(self) -> Iterator[None]:
        pod = self.pod("StatefulSet", "store")
        (container,) = pod["containers"]
        (port,) = free_ports(1)
        for folder in ("data", "tmp"):
            (self._folder / folder).mkdir()
        program = self.store_program
        for before in pod.get("initContainers", ()):
            words = [program, *self._moved(before["args"], port)]
            subprocess.run(words, env=self._environment(before), check=True, capture_output=True)
        command = [program, *self._moved(container["args"], port)]
        with _started(command, self._environment(container), port, self._folder / "store.log"):
            self.store = f"http://127.0.0.1:{port}"
            yield

    def _moved(self, arguments: list[str], port: int) -> list[str]:
        """A pod's arguments with folders and address of ours."""
        folders = {"/data": self._folder / "data", "/tmp": self._folder / "tmp"}
        made = []
        for each in arguments:
            word = each.replace("0.0.0.0:9000", f"127.0.0.1:{port}")
            for there, here in folders.items():
                word = word.replace(there, str(here)) if there in each else word
            made.append(word)
        return made

    def _environment(self, container: dict, pod: str = "") -> dict[str, str]:
        made = {"PATH": os.environ["PATH"]}
        for each in container.get("env", ()):
            if "value" in each:
                made[each["name"]] = each["value"]
            elif "fieldRef" in each["valueFrom"]:
                made[each["name"]] = pod
            else:
                wanted = each["valueFrom"]["secretKeyRef"]
                made[each["name"]] = self._secrets[wanted["name"]][wanted["key"]]
        return made | {"HOME": str(self._folder)}

    def _config_maps(self, pod: dict, path: str) -> dict[str, str]:
        """The files of the folder that a file is in, which ConfigMaps are mounted as."""
        (container,) = pod["containers"]
        mount = next(each for each in container["volumeMounts"] if path.startswith(f"{each['mountPath']}/"))
        volume = next(each for each in pod["volumes"] if each["name"] == mount["name"])
        sources = volume["projected"]["sources"] if "projected" in volume else [volume]
        found = {}
        for each in sources:
            found |= self.objects["ConfigMap", each["configMap"]["name"]]["data"]
        return found

    def _mounted(self, pod: dict, party: str) -> Path:
        """The folder of credentials, made as the volume says."""
        root = self._folder / "credentials" / party
        if root.exists():
            return root
        root.mkdir(parents=True)
        for volume in pod["volumes"]:
            if volume["name"] == "credentials":
                plain = [{"secret": {"name": volume["secret"]["secretName"]}}] if "secret" in volume else []
                for source in plain or volume["projected"]["sources"]:
                    self._write(root, source["secret"])
        return root

    def _write(self, root: Path, source: dict) -> None:
        kept = self._secrets[source["name"]]
        items = source.get("items") or [{"key": key, "path": key} for key in kept]
        for item in items:
            path = root / item["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(kept[item["key"]])


@contextmanager
def _started(
    command: list[str], environment: dict[str, str], port: int, log: Path
) -> Iterator[subprocess.Popen]:
    with log.open("w") as told, subprocess.Popen(command, env=environment, stdout=told, stderr=told) as made:
        try:
            deadline = time.monotonic() + _READY_SECONDS
            while not _listens(port):
                assert made.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.02)
            yield made
        finally:
            made.terminate()
            made.wait(20)


def _listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0

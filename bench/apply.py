"""How long an apply of a large graph takes, beside kubectl's of the same objects, and again unchanged.

    IOMT_TEST_KUBECONFIG=FILE python bench/apply.py [--nodes 1000] [--json FILE]

Wants an API server; a node is not needed. kubectl is found on PATH or in IOMT_TEST_KUBECTL. Each of the two
gets a namespace of its own, deleted at the end. What is applied makes Deployments, and these make pods:
both are waited for in between, so that one does not pay for the other's.
"""

import argparse
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from graphs import sparse

_KUBECTL = os.environ.get("IOMT_TEST_KUBECTL", "kubectl")
_RUN = secrets.token_hex(3)
_SPACES = (f"iomt-bench-{_RUN}-kubectl", f"iomt-bench-{_RUN}-iomt")
_SETTLED_SECONDS = 300


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=1000)
    parser.add_argument("--json", metavar="FILE")
    arguments = parser.parse_args()
    os.environ["KUBECONFIG"] = os.environ["IOMT_TEST_KUBECONFIG"]
    with tempfile.TemporaryDirectory() as folder:
        graph = Path(folder, "graph.yaml")
        graph.write_text(sparse(arguments.nodes))
        objects = Path(folder, "objects")
        _run(
            sys.executable,
            "-m",
            "iomt",
            "compile",
            str(graph),
            "--namespace",
            _SPACES[0],
            "-o",
            f"{objects}/",
        )
        for each in objects.rglob("kustomization.yaml"):  # no object
            each.unlink()
        try:
            figures = _measure(graph, objects)
        finally:
            _run(_KUBECTL, "delete", "namespace", *_SPACES, "--ignore-not-found", "--wait=false")
    figures["nodes"] = arguments.nodes
    print(json.dumps(figures, indent=2))
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(figures, indent=2) + "\n")
    return 0


def _measure(graph: Path, objects: Path) -> dict[str, float]:
    count = sum(1 for _ in objects.rglob("*.yaml"))
    command = (sys.executable, "-m", "iomt", "apply", str(graph), "--namespace", _SPACES[1], "--no-wait")
    space = next(each for each in objects.rglob("*namespace.yaml"))
    kubectl = _timed(_KUBECTL, "apply", "--server-side", "-f", str(space), "-R", "-f", str(objects))
    _settle(_SPACES[0])
    first = _timed(*command)
    _settle(_SPACES[1])
    again = _timed(*command)
    return {
        "objects": count,
        "kubectl_seconds": kubectl,
        "apply_seconds": first,
        "again_seconds": again,
        "apply_to_kubectl": round(first / kubectl, 3),
        "again_to_first": round(again / first, 3),
    }


def _settle(namespace: str) -> None:
    """Until the controllers have seen all Deployments and made their pods."""
    deadline = time.monotonic() + _SETTLED_SECONDS
    said = "{.metadata.generation}={.status.observedGeneration}/{.status.replicas}"
    path = f"jsonpath={{range .items[*]}}{said} {{end}}"
    while time.monotonic() < deadline:
        told = _run(_KUBECTL, "-n", namespace, "get", "deployments", "-o", path).split()
        if told and all(each == "1=1/1" for each in told):
            return
        time.sleep(1)
    raise TimeoutError(f"the controllers have not seen all of {namespace}")


def _timed(*command: str) -> float:
    begun = time.monotonic()
    _run(*command)
    return round(time.monotonic() - begun, 2)


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())

"""Objects against the schemas of one version of Kubernetes, where a key that it does not know is wrong.

The schemas come with the package kubernetes-validate, an extra: our tests hold what is rendered against all
versions, so that nobody who compiles has to.
"""

import json
import re
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Any

from iomt.targets.kubernetes.manifest import Manifest
from iomt.targets.kubernetes.verify import Fault, fault_of

_DOMAIN = re.compile(r"^([^./]*)(?:\.[^/]*)?/")


def strict_faults(manifests: Iterable[Manifest], version: str) -> tuple[list[Fault], list[str]]:
    """What does not fit, and the kinds that ``version`` ("1.30") has no schema of: those of operators.

    Raises ModuleNotFoundError without kubernetes-validate, LookupError for a version that it does not have.
    """
    found: list[Fault] = []
    unknown: dict[str, None] = {}
    for each in manifests:
        validator = _validator(version, each.body["apiVersion"], each.body["kind"])
        if validator is None:
            unknown[f"{each.body['kind']}.{each.body['apiVersion']}"] = None
            continue
        for error in validator.iter_errors(each.body):
            found.append(fault_of(each, f"{error.json_path.removeprefix('$.')}: {error.message}"))
    return found, list(unknown)


@cache
def _validator(version: str, api_version: str, kind: str) -> Any:
    from jsonschema.validators import Draft202012Validator
    from referencing import Registry, Resource

    folder = resources.files("kubernetes_validate") / "kubernetes-json-schema"
    versions = [each.name for each in folder.iterdir() if each.name.startswith(f"v{version}.")]
    strict = next((each for each in versions if each.endswith("-strict")), None)
    if strict is None:
        raise LookupError(version)
    group = _DOMAIN.sub(r"\1-", api_version)
    file = folder / strict / f"{kind.lower()}-{group}.json"
    if not file.is_file():
        return None
    registry: Any = _definitions(strict) @ Registry()
    return Draft202012Validator(
        json.loads(file.read_text()), registry=Resource.from_contents(json.loads(file.read_text())) @ registry
    )


@cache
def _definitions(folder: str) -> Any:
    from referencing import Resource

    path = resources.files("kubernetes_validate") / "kubernetes-json-schema" / folder / "_definitions.json"
    return Resource.from_contents(json.loads(path.read_text()))

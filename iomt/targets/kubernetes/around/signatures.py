"""Images must be signed: a policy of Kyverno 1.17 or newer, for the pods of this graph alone."""

from collections.abc import Iterator

from iomt.plan.plan import Plan
from iomt.targets.kubernetes.around.asked import Asked
from iomt.targets.kubernetes.choices import Choices
from iomt.targets.kubernetes.manifest import PART_OF, Manifest, manifest
from iomt.targets.kubernetes.place import SIGNATURES
from iomt.targets.kubernetes.platform import platform_owner

_CONTAINERS = ("containers", "initContainers")


def signature_manifests(plan: Plan, asked: Asked, choices: Choices) -> Iterator[Manifest]:
    """A pod with an image that cosign has not signed with this key, and logged, is refused."""
    pods = {
        "apiGroups": [""],
        "apiVersions": ["v1"],
        "operations": ["CREATE", "UPDATE"],
        "resources": ["pods"],
    }
    owner = platform_owner(plan, SIGNATURES, choices)
    spec = {
        "validationActions": ["Deny"],
        "failurePolicy": "Fail",
        "matchConstraints": {
            "resourceRules": [pods],
            "objectSelector": {"matchLabels": {PART_OF: plan.graph}},
        },
        "matchImageReferences": [{"glob": "*"}],
        "attestors": [
            {
                "name": "cosign",
                "cosign": {"key": {"data": asked.value}, "ctlog": {"url": "https://rekor.sigstore.dev"}},
            }
        ],
        "validations": [
            {
                "expression": (
                    f"images.{each}.map(image, verifyImageSignatures(image, [attestors.cosign]))"
                    ".all(number, number > 0)"
                ),
                "message": "an image is not signed with the key that `iomt compile` was given",
            }
            for each in _CONTAINERS
        ],
    }
    kind = "NamespacedImageValidatingPolicy"
    yield manifest("policies.kyverno.io/v1", kind, owner, SIGNATURES, spec=spec)

"""Pages for people outside of the cluster, each at a host name of its own: NODE.HOST.

Pages ask for their pictures from the root of their host, so that several cannot share one.
"""

from collections.abc import Iterator

from iomt.plan.plan import Plan
from iomt.targets.kubernetes.around.asked import Asked
from iomt.targets.kubernetes.choices import Choices
from iomt.targets.kubernetes.device import device_owner
from iomt.targets.kubernetes.manifest import Body, Manifest, manifest
from iomt.targets.kubernetes.place import SERVICE_PORT

_ISSUER = "cert-manager.io/cluster-issuer"


def ingress_manifests(plan: Plan, asked: Asked, choices: Choices) -> Iterator[Manifest]:
    """With TLS always: the certificate is cert-manager's by ``issuer``, or in a Secret of the user's."""
    for device in plan.devices:
        if not device.page:
            continue
        host = f"{device.name}.{asked.value}"
        backend = {"service": {"name": device.name, "port": {"name": "http"}}}
        path = {"path": "/", "pathType": "Prefix", "backend": backend}
        spec: Body = {"ingressClassName": asked.more["class"]} if "class" in asked.more else {}
        spec |= {
            "tls": [{"hosts": [host], "secretName": f"{device.name}-tls"}],
            "rules": [{"host": host, "http": {"paths": [path]}}],
        }
        made = manifest(
            "networking.k8s.io/v1", "Ingress", device_owner(plan, device, choices), device.name, spec=spec
        )
        if "issuer" in asked.more:
            made.body["metadata"]["annotations"][_ISSUER] = asked.more["issuer"]
        yield made


def route_manifests(plan: Plan, asked: Asked, choices: Choices) -> Iterator[Manifest]:
    """TLS is the Gateway's listener's; without a time limit, since a live picture never ends."""
    namespace, _, gateway = asked.more["gateway"].rpartition("/")
    parent = {"name": gateway} | ({"namespace": namespace} if namespace else {})
    for device in plan.devices:
        if device.page:
            rule = {
                "matches": [{"path": {"type": "PathPrefix", "value": "/"}}],
                "timeouts": {"request": "0s"},
                "backendRefs": [{"name": device.name, "port": SERVICE_PORT}],
            }
            spec = {"parentRefs": [parent], "hostnames": [f"{device.name}.{asked.value}"], "rules": [rule]}
            owner = device_owner(plan, device, choices)
            yield manifest("gateway.networking.k8s.io/v1", "HTTPRoute", owner, device.name, spec=spec)

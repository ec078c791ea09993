"""Keeps the packet filter of the testbed's network in line with the cluster's NetworkPolicies.

    python enforce.py STATE_FOLDER PODS_NETWORK

What is refused is answered at once ("No route to host"), so that it can be told from a port that nobody
listens on. STATE_FOLDER/policies.json says which versions of which policies are in force.
"""

import json
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from feed import Feed, Server
from policies import Pod, guard, table

TABLE = "inet iomt"
_GUARD = "inet iomt-guard"
_CACHE = Path("/var/lib/cni/results")
_DNS = "/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices?labelSelector=" + (
    "kubernetes.io/service-name%3Dkube-dns"
)
_TOGETHER_SECONDS = 0.02
"""Changes come in groups."""


class Addresses:
    """Which pod has which address by the CNI's own notes: before its first program starts, and before the API
    server is told.
    """

    def __init__(self, prefix):
        self._prefix = prefix
        self._stamp = None
        self._notes = {}

    def changed(self):
        stamp = _CACHE.stat().st_mtime_ns if _CACHE.exists() else None
        if stamp == self._stamp:
            return False
        names = {each.name for each in _CACHE.glob("*-eth0")}
        self._notes = {name: note for name, note in self._notes.items() if name in names}
        whole = True
        for name in names - {*self._notes}:
            try:
                note = json.loads((_CACHE / name).read_text())
                uid = dict(note["cniArgs"])["K8S_POD_UID"]
                self._notes[name] = uid, [each["address"].partition("/")[0] for each in note["result"]["ips"]]
            except (OSError, ValueError, KeyError, TypeError):
                whole = False  # not written to its end yet
        self._stamp = stamp if whole else None
        return True

    def owners(self):
        return {
            address: uid
            for uid, addresses in self._notes.values()
            for address in addresses
            if address.startswith(self._prefix)
        }


def pods_of(pods, slices, owners):
    """The pods that have an address, and the node's DNS as one of them."""
    found = []
    for pod in pods:
        metadata, spec, status = pod["metadata"], pod["spec"], pod.get("status") or {}
        if spec.get("hostNetwork") or status.get("phase") in ("Succeeded", "Failed"):
            continue
        uid = metadata["uid"]
        told = {one["ip"] for one in status.get("podIPs") or () if owners.get(one["ip"], uid) == uid}
        addresses = sorted(told | {address for address, owner in owners.items() if owner == uid})
        if not addresses:
            continue
        ports = [
            (
                port.get("protocol", "TCP").lower(),
                port.get("name"),
                port["containerPort"],
                port["containerPort"],
            )
            for container in spec["containers"] + spec.get("initContainers", [])
            for port in container.get("ports") or ()
        ]
        labels = metadata.get("labels") or {}
        found.append(Pod(metadata["namespace"], metadata["name"], labels, addresses, ports))
    for each in slices:
        addresses = [address for end in each["endpoints"] for address in end["addresses"]]
        ports = [(port["protocol"].lower(), port["name"], 53, port["port"]) for port in each["ports"]]
        found.append(Pod("kube-system", "dns", {"k8s-app": "kube-dns"}, addresses, ports, outside=True))
    return sorted(found, key=lambda pod: (pod.namespace, pod.name))


def _nft(text):
    return subprocess.run(["nft", "-f", "-"], input=text, text=True, capture_output=True, check=False)


def main(state, network):
    """Until it is ended; then every pod is open again."""
    # Without it the kernel filters nothing between two pods on one bridge.
    knob = Path("/proc/sys/net/bridge/bridge-nf-call-iptables")
    if not knob.exists():
        subprocess.run(["modprobe", "br_netfilter"], capture_output=True, check=False)
    knob.write_text("1")

    def stop(*_):
        _nft("".join(f"table {each}\ndelete table {each}\n" for each in (_GUARD, TABLE)))
        sys.exit(0)

    signal.signal(signal.SIGTERM, stop)
    changed, server = threading.Event(), Server(state)
    paths = ("/api/v1/pods", "/api/v1/namespaces", "/apis/networking.k8s.io/v1/networkpolicies", _DNS)
    feeds = [Feed(server, path, changed) for path in paths]
    for each in feeds:
        each.start()
    _nft(guard(_GUARD, network))
    addresses = Addresses(network.rpartition(".")[0] + ".")
    in_force = None
    while True:
        woken = changed.wait(0.05)
        if not (addresses.changed() or woken) or any(each.items is None for each in feeds):
            continue
        time.sleep(_TOGETHER_SECONDS)
        changed.clear()
        pods, namespaces, policies, slices = (list(each.items.values()) for each in feeds)
        labels = {each["metadata"]["name"]: each["metadata"].get("labels") or {} for each in namespaces}
        text = table(TABLE, pods_of(pods, slices, addresses.owners()), labels, policies)
        if text != in_force:
            done = _nft(text)
            if done.returncode:
                print(done.stderr, text, sep="\n", file=sys.stderr, flush=True)
                time.sleep(1)
                changed.set()
                continue
            in_force = text
        _tell(Path(state), policies)


def _tell(state, policies):
    versions = {
        f"{each['metadata']['namespace']}/{each['metadata']['name']}": each["metadata"]["resourceVersion"]
        for each in policies
    }
    (state / "policies.json.new").write_text(json.dumps(versions))
    (state / "policies.json.new").replace(state / "policies.json")


if __name__ == "__main__":
    main(*sys.argv[1:])

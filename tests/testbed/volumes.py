"""Gives each PersistentVolumeClaim of the class `iomt-testbed`, the cluster's default, a folder of this node.

    python volumes.py STATE_FOLDER NODE

A `local` volume, not `hostPath`: the kubelet gives it to the pod's group (fsGroup), as it does for a disk.
The folder goes when its claim has gone.
"""

import shutil
import sys
import threading
from pathlib import Path

from feed import Feed, Server

CLASS = "iomt-testbed"
_VOLUMES = "/api/v1/persistentvolumes"


def volume(claim, folder, node):
    """What the claim gets. Its name holds the claim's uid, so that making it twice is refused."""
    metadata, spec = claim["metadata"], claim["spec"]
    bound = {key: metadata[key] for key in ("namespace", "name", "uid")}
    this_node = {"key": "kubernetes.io/hostname", "operator": "In", "values": [node]}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": f"{CLASS}-{metadata['uid']}"},
        "spec": {
            "capacity": spec["resources"]["requests"],
            "accessModes": spec["accessModes"],
            "storageClassName": CLASS,
            "persistentVolumeReclaimPolicy": "Retain",
            "claimRef": {"apiVersion": "v1", "kind": "PersistentVolumeClaim", **bound},
            "local": {"path": str(folder / metadata["uid"])},
            "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [this_node]}]}},
        },
    }


def see_to(server, folder, node, claims, volumes):
    """Make what is asked for, and remove what nobody claims any more."""
    for claim in claims.values():
        ours = claim["spec"].get("storageClassName") == CLASS and not claim["spec"].get("volumeName")
        if not ours or ("", f"{CLASS}-{claim['metadata']['uid']}") in volumes:
            continue
        made = volume(claim, folder, node)
        Path(made["spec"]["local"]["path"]).mkdir(parents=True, exist_ok=True)
        server.ask(_VOLUMES, "POST", made)
        print(f"made {made['metadata']['name']}", flush=True)
    for (_, name), each in volumes.items():
        if each["spec"].get("storageClassName") != CLASS or each["status"]["phase"] != "Released":
            continue
        server.ask(f"{_VOLUMES}/{name}", "DELETE")
        shutil.rmtree(each["spec"]["local"]["path"], ignore_errors=True)
        print(f"removed {name}", flush=True)


def main(state, node):
    """Until it is ended."""
    server, changed = Server(state), threading.Event()
    claims = Feed(server, "/api/v1/persistentvolumeclaims", changed)
    volumes = Feed(server, _VOLUMES, changed)
    for each in (claims, volumes):
        each.start()
    while changed.wait():
        changed.clear()
        if claims.items is None or volumes.items is None:
            continue
        try:
            see_to(server, Path(state, "volumes"), node, claims.items, volumes.items)
        except OSError as error:  # a change that has not reached us yet: its event comes
            print(error, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

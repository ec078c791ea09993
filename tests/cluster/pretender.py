"""What a kubelet would say of pods that no node takes: all of them are ready."""

import threading

from iomt.cluster.api import MERGE, Refused, connect
from iomt.cluster.kinds import POD

_PAUSE_SECONDS = 0.1


class Pretender:
    """Writes the status of unscheduled pods of a namespace until it is stopped, but for one node's."""

    def __init__(self, namespace, but=""):
        self._but = but
        self._api = connect(None)
        self._path = POD.path(namespace)
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        self._thread.join()

    def _run(self):
        while not self._end.wait(_PAUSE_SECONDS):
            for pod in self._api.get(self._path)["items"]:
                if not pod["spec"].get("nodeName") and "containerStatuses" not in pod["status"]:
                    self._say(pod)

    def _say(self, pod):
        name, image = pod["metadata"]["name"], pod["spec"]["containers"][0]["image"]
        labels = pod["metadata"]["labels"]
        said = {"name": "c", "image": image, "imageID": "", "restartCount": 0, "ready": True}
        if labels["app.kubernetes.io/instance"] == self._but:
            return
        if "batch.kubernetes.io/job-name" in labels:
            ended = {"exitCode": 0, "reason": "Completed"}
            status = {"phase": "Succeeded", "containerStatuses": [{**said, "state": {"terminated": ended}}]}
        else:
            status = {"phase": "Running", "containerStatuses": [{**said, "state": {"running": {}}}]}
            status["conditions"] = [{"type": "Ready", "status": "True"}]
        try:
            self._api.patch(f"{self._path}/{name}/status", {"status": status}, MERGE)
        except Refused as refused:  # it was deleted in the meantime
            assert refused.status in (404, 409), refused

"""Why a pod does not come up, in the cluster's own words."""

from collections.abc import Iterable

from iomt.cluster.api import Api, Body, NoCluster, Refused
from iomt.cluster.kinds import EVENT, POD

_IMAGE = ("ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName")
_LINES = 5


def word(pods: Iterable[Body], loads_model: bool) -> str:
    """How far the newest pod of a node is, in a word or two."""
    pod = newest(pods)
    if pod is None:
        return "applied"
    if pod["status"].get("phase") == "Pending" and _condition(pod, "PodScheduled") == "False":
        return "not scheduled"
    if not _containers(pod):
        return "applied"
    for status in _containers(pod):
        waiting = status.get("state", {}).get("waiting", {}).get("reason", "")
        if waiting in _IMAGE:
            return "no image"
        if waiting == "CrashLoopBackOff" or _crashed(status):
            return "crashing"
        if waiting == "CreateContainerConfigError":
            return "not configured"
        if waiting:
            return "pulling, mounting"
    return "loading model" if loads_model else "starting"


def reason(api: Api, namespace: str, workload: Body, pods: Iterable[Body]) -> str:
    """What to tell of a node that did not become ready: a line, and last lines of its log if it crashed."""
    pod = newest(pods)
    if pod is None:
        return _of_conditions(workload) or _of_events(api, namespace, [workload]) or "it has no pod yet"
    for condition in pod["status"].get("conditions", ()):
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            return f"no node takes its pod: {condition.get('message', '')}"
    for status in _containers(pod):
        state = status.get("state", {})
        waiting = state.get("waiting", {})
        if waiting.get("reason") in _IMAGE:
            return f"image {status['image']}: {waiting.get('message', waiting['reason'])}"
        if waiting.get("reason") == "CrashLoopBackOff" or _crashed(status):
            return _of_crash(api, namespace, pod, status)
        if waiting.get("message"):
            return f"{waiting['reason']}: {waiting['message']}"
    told = _of_events(api, namespace, [pod]) or _of_conditions(workload)
    if told:
        return told
    pulling = _newest_event(api, namespace, [pod])
    if pulling and pulling["reason"] == "Pulling":
        return f"it is still {pulling['message'][:1].lower()}{pulling['message'][1:]}"
    return f"its pod {pod['metadata']['name']} is {pod['status'].get('phase', 'unknown').lower()}"


def newest(pods: Iterable[Body]) -> Body | None:
    """The pod that was made last, of those that are not on their way out."""
    staying = [each for each in pods if "deletionTimestamp" not in each["metadata"]]
    return max(staying, key=lambda pod: pod["metadata"]["creationTimestamp"], default=None)


def restarts(pods: Iterable[Body]) -> int:
    """How often containers of these pods were started again."""
    return sum(status.get("restartCount", 0) for pod in pods for status in _containers(pod))


def _containers(pod: Body) -> list[Body]:
    status = pod["status"]
    return [*status.get("initContainerStatuses", ()), *status.get("containerStatuses", ())]


def _crashed(status: Body) -> bool:
    """Ended badly the last time, though it may be running again."""
    ended = status.get("state", {}).get("terminated") or status.get("lastState", {}).get("terminated")
    return bool(ended and ended.get("exitCode"))


def _of_crash(api: Api, namespace: str, pod: Body, status: Body) -> str:
    state, last = status.get("state", {}), status.get("lastState", {})
    ended = state.get("terminated") or last.get("terminated") or {}
    killed = ended.get("reason") == "OOMKilled"
    code = ended.get("exitCode", "unknown")
    first = "it needs more memory than its limit" if killed else f"it ends with exit code {code}"
    path = f"{POD.path(namespace, pod['metadata']['name'])}/log"
    query = {"container": status["name"], "tailLines": str(_LINES)}
    if "terminated" not in state:
        query["previous"] = "true"
    try:
        log = api.text(path, **query).rstrip()
    except (Refused, NoCluster):
        log = ""
    return f"{first} ({status.get('restartCount', 0)} restarts)" + (f":\n{log}" if log else "")


def _condition(body: Body, name: str) -> str:
    found = (each["status"] for each in body["status"].get("conditions", ()) if each["type"] == name)
    return next(found, "")


def _of_conditions(workload: Body) -> str:
    """Quota and admission: a Deployment says so itself."""
    for condition in workload.get("status", {}).get("conditions", ()):
        if condition["type"] in ("ReplicaFailure", "Failed") and condition["status"] == "True":
            return str(condition.get("message", condition["type"]))
    return ""


def _of_events(api: Api, namespace: str, about: Iterable[Body]) -> str:
    """The newest warning."""
    latest = _newest_event(api, namespace, about, fieldSelector="type=Warning")
    return f"{latest['reason']}: {latest['message']}" if latest else ""


def _newest_event(api: Api, namespace: str, about: Iterable[Body], **query: str) -> Body | None:
    names = {each["metadata"]["uid"] for each in about}
    try:
        events = api.get(EVENT.path(namespace), **query).get("items", ())
    except Refused:
        return None
    found = [each for each in events if each["involvedObject"].get("uid") in names]
    return max(found, key=lambda each: each.get("lastTimestamp") or each.get("eventTime") or "", default=None)

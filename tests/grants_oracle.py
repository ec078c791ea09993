"""What links allow, told a second time: not by what is granted, but by asking of each thing who may.

Written apart from `iomt.plan.grants`, from the links alone, so that the two can be compared.
"""

from iomt.plan.plan import Plan

OWNER, READER, NOBODY = "owner", "reader", ""


def may_publish(plan: Plan, node: str, subject: str) -> bool:
    """Whether a device may say something there."""
    graph = plan.graph
    for link in plan.links:
        if link.transport == "http":
            continue
        if link.source == node and subject == f"iomt.{graph}.{link.source}.{link.source_port}":
            return True
        if link.target == node and link.delivery == "durable":
            stream = f"{graph}_{link.source}_{link.source_port}"
            consumer = f"{link.target}_{link.target_port}"
            if subject == f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}":
                return True
            if subject.startswith(f"$JS.ACK.{stream}.{consumer}."):
                return True
    return False


def may_subscribe(plan: Plan, node: str, subject: str) -> bool:
    """Whether a device may hear what is said there."""
    graph = plan.graph
    for link in plan.links:
        if link.transport == "http":
            continue
        ends = {link.source, link.target} if link.delivery == "durable" else set()
        if node in ends and subject.startswith(f"_INBOX.{graph}.{node}."):
            return True
        live = link.target == node and link.delivery == "latest"
        if live and subject == f"iomt.{graph}.{link.source}.{link.source_port}":
            return True
    return False


def role_at(plan: Plan, node: str, bucket: str) -> str:
    """What a device is for a bucket: its owner, a reader of the lake, or nobody."""
    if bucket == f"{plan.graph}-{node}" and plan.device(node).kind == "MStorage":
        return OWNER
    for link in plan.links:
        if link.target == node and link.transport == "bucket" and bucket == f"{plan.graph}-{link.source}":
            return READER
    return NOBODY


def may_connect(plan: Plan, source: str, target: str, port: int) -> bool:
    """Whether one party of the graph may open a TCP connection to another, in a cluster."""
    links = [link for link in plan.links if source in (link.source, link.target)]
    if (target, port) == ("nats", 4222):
        return (source == "iomt-bootstrap" and any(link.delivery == "durable" for link in plan.links)) or any(
            link.transport != "http" for link in links
        )
    if (target, port) == ("store", 9000):
        return (source == "iomt-bootstrap" and any(device.bucket for device in plan.devices)) or any(
            role_at(plan, source, bucket) != NOBODY for bucket in plan.buckets if source in _names(plan)
        )
    if port == 8080:
        return any(
            link.source == target and link.target == source and link.transport == "http" for link in links
        )
    return False


def _names(plan: Plan) -> set[str]:
    return {device.name for device in plan.devices}


def subjects(plan: Plan) -> list[str]:
    """Every subject that devices of the graph have, and what somebody could want besides."""
    graph = plan.graph
    made = [f"iomt.{graph}.{each.name}.{port.port}" for each in plan.devices for port in each.outputs]
    made += [f"iomt.{graph}.{each.name}.other" for each in plan.devices]
    parties = [*(each.name for each in plan.devices), "_bootstrap", "_observer"]
    made += [f"_INBOX.{graph}.{party}.x" for party in parties]
    for stream in plan.streams:
        made.append(f"_IOMT.provision.{stream.name}")
    return [
        *made,
        f"iomt.{graph}",
        "iomt.elsewhere.left.frames",
        "_INBOX.x",
        "anything",
        "$SYS.REQ.SERVER.PING",
    ]


def requests(plan: Plan) -> list[str]:
    """Every request of JetStream's API that concerns what the graph has, one by one."""
    made = ["$JS.API.INFO", "$JS.API.STREAM.LIST", "$JS.API.STREAM.NAMES", "$JS.API.STREAM.CREATE.another"]
    verbs = ["CREATE", "UPDATE", "INFO", "DELETE", "PURGE", "SNAPSHOT", "RESTORE", "MSG.GET", "MSG.DELETE"]
    for stream in plan.streams:
        made += [f"$JS.API.STREAM.{verb}.{stream.name}" for verb in verbs]
        made += [f"$JS.API.CONSUMER.{verb}.{stream.name}" for verb in ("LIST", "NAMES", "CREATE")]
        made.append(f"$JS.API.DIRECT.GET.{stream.name}")
        consumers = [each.name for each in plan.consumers if each.stream == stream.name]
        for consumer in [*consumers, "another"]:
            for verb in ("INFO", "DELETE", "CREATE", "DURABLE.CREATE", "MSG.NEXT", "PAUSE", "UNPIN", "RESET"):
                made.append(f"$JS.API.CONSUMER.{verb}.{stream.name}.{consumer}")
            made.append(f"$JS.ACK.{stream.name}.{consumer}.1.1.1.1.1")
    return made


WIDE = [">", "*", "iomt.>", "iomt.*.*.*", "_INBOX.>", "$JS.>", "$JS.ACK.>", "$JS.EVENT.>", "$SYS.>"]
"""Subscriptions to everything of a kind."""

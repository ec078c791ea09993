"""Graphs of any size, as a site might have them: cameras, analyzers, lakes and logs."""


def text(nodes: int) -> str:
    """A graph of so many nodes, a multiple of 4, and three links to each."""
    sites = nodes // 4
    lines = _nodes(sites)
    lines.append("  links:")
    for at in range(sites):
        lines += [f"    - camera-{at} -> lake-{(at + step) % sites}" for step in range(min(6, sites))]
        lines.append(f"    - camera-{at} -> people-{at} -> log-{at}")
        for step in (1, 2):
            lines.append(f"    - camera-{at} -> people-{(at + step) % sites}")
            lines.append(f"    - people-{at} -> log-{(at + step) % sites}")
    return "\n".join(lines) + "\n"


def sparse(nodes: int) -> str:
    """The same nodes with the links that they cannot do without: its users fit into one broker's file."""
    sites = nodes // 4
    links = [
        f"    - camera-{at} -> [lake-{at}, people-{at}]\n    - people-{at} -> log-{at}" for at in range(sites)
    ]
    return "\n".join([*_nodes(sites), "  links:", *links]) + "\n"


def _nodes(sites: int) -> list[str]:
    lines = ["apiVersion: iomt.dev/v1", "kind: DeviceGraph", "metadata: {name: large}", "spec:", "  nodes:"]
    for at in range(sites):
        url = f"rtsp://10.{at // 62500}.{at // 250 % 250}.{at % 250}/stream1"
        lines += [
            f'    camera-{at}: {{kind: MSensor, device: rtsp-camera, options: {{url: "{url}"}}}}',
            f"    people-{at}: {{kind: MAnalyzer, model: hustvl/yolos-tiny, revision: v1, "
            "task: object-detection, options: {threshold: 0.7, labels: [person]}}",
            f"    lake-{at}: {{kind: MStorage, device: object-lake, options: {{retain: 7d}}}}",
            f"    log-{at}: {{kind: MStorage, device: result-log}}",
        ]
    return lines

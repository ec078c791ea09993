"""`iomt apply` killed with SIGKILL at twenty places: the next one always makes it whole."""

import time

from tests.testbed.cluster import iomt, objects
from tests.testbed.line import MADE

_HEAD = """\
apiVersion: iomt.dev/v1
kind: DeviceGraph
metadata: {name: broken-off}
spec:
  nodes:
"""
_NODES = {
    "one": ("gate", "yard", "3"),
    "two": ("gate", "door", "5"),
}
"""Two forms of the graph: a camera comes, another goes, and the alarm's option changes."""


def _text(form):
    first, second, count = _NODES[form]
    camera = "{kind: MSensor, device: video-file, options: {path: media/conveyor-a.mp4}}"
    return (
        f"{_HEAD}    {first}: {camera}\n    {second}: {camera}\n"
        "    lake: {kind: MStorage, device: object-lake}\n"
        "    shapes: {kind: MAnalyzer, model: ../devices/models/shapes-rtdetr}\n"
        f"    alarm: {{kind: MActuator, device: log, options: {{when: count(red box) >= {count}}}}}\n"
        f'  links: ["[{first}, {second}] -> lake", "{first} -> shapes -> alarm"]\n'
    )


def test_an_apply_killed_at_twenty_places_is_made_whole_by_the_next(lines):
    """No image is there, so that no time goes to programs that start: it is the objects that count."""
    line = lines(_text("one"))
    line.images = [
        word for part in ("device", "analyzer", "nats", "store") for word in ("--image", f"{part}=none:1")
    ]
    whole = ("--no-wait", "--prune")
    line.applied(*whole)
    line.path.write_text(_text("two"))
    begun = time.monotonic()
    line.applied(*whole)
    seconds = time.monotonic() - begun
    killed, tries, places = 0, 0, set()
    while killed < 20:
        tries += 1
        assert tries <= 40
        line.path.write_text(_text("one" if tries % 2 else "two"))
        begun = time.monotonic()
        if line.apply(*whole, killed_after=seconds * (0.3 + 0.7 * killed / 20)) is None:
            killed += 1
        else:  # the machine has become faster
            seconds = time.monotonic() - begun
        places.add(_fingerprint(line))
        line.applied(*whole)
        told = line.applied(*whole).splitlines()[-1]
        assert told == "42 unchanged"
    print(f"20 killed, {tries - killed} were done before; {len(places)} different states left behind")
    assert len(places) > 5
    done = iomt("delete", str(line.path), "--namespace", line.namespace, "--yes")
    assert done.returncode == 0, done.stdout + done.stderr


def _fingerprint(line):
    """What of the graph is there: names and how often each was written."""
    found = objects(line.namespace, MADE)
    return frozenset(
        (each["kind"], each["metadata"]["name"], each["metadata"].get("generation", 0)) for each in found
    )

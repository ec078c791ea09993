"""Files that are made to break a reader: whatever stands in them, the answer comes soon and costs little.

Each is checked and printed in a process of its own, which may have 1 GiB, and whose time on the processor is
measured: the machine may be busy with other things.
"""

import json
import subprocess
import sys

import pytest

_MEBI = 2**20
_SECONDS, _MEBIBYTES = 2.0, 512
_BUSY = 3
"""How much longer the same work takes on the processor where all its cores are busy."""
_RUN = """
import resource, sys, time
resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))
import json
from iomt.checks import check
from iomt.diagnostics import as_json
from iomt.diagnostics.text import render
start = time.process_time()
checked = check(sys.argv[1])
printed = render(checked.findings, checked.lines) + as_json.render(checked.findings)
took = time.process_time() - start
status = open("/proc/self/status").read() if sys.platform == "linux" else "VmHWM: 0 kB"
peak = int(status.split("VmHWM:")[1].split()[0]) // 1024
print(json.dumps([took, peak, len(printed), sorted({each.rule for each in checked.findings})]))
"""
_HEAD = b"""\
apiVersion: iomt.dev/v1
kind: DeviceGraph
metadata: {name: street}
spec:
  nodes:
    gate: {kind: MSensor, device: usb-camera}
    lake: {kind: MStorage, device: object-lake}
"""


def _many(pattern, count):
    return b"".join(pattern % ((number,) * pattern.count(b"%d")) for number in range(count))


def _laughs(first, line):
    return first + b"".join(line(number - 1, number) for number in range(1, 40))


def _condition(text):
    return _HEAD + b'    horn: {kind: MActuator, device: log, options: {when: "%s"}}\n' % text


def _links(text):
    return _HEAD + b"  links:\n" + text


def _list(word, count):
    return b"[" + b",".join(word % number if b"%" in word else word for number in range(count)) + b"]"


def _with_texts(node):
    texts = b", ".join(b'o%d: "%d"' % (option, node) for option in range(3000))
    return b"    n%d: {kind: MSensor, device: usb-camera, options: {%s}}\n" % (node, texts)


_SMALL = {
    "nested dashes": (lambda: b"- " * 100_000, "too-large"),
    "nested keys": (lambda: b"".join(b" " * deep + b"a:\n" for deep in range(3000)), "too-large"),
    "laughs": (
        lambda: _laughs(
            b"a0: &a0 [x, x, x, x, x, x, x, x]\n",
            lambda last, this: b"a%d: &a%d [%s]\n" % (this, this, b", ".join([b"*a%d" % last] * 10)),
        ),
        "too-large",
    ),
    "merge keys": (
        lambda: _laughs(
            b"a0: &a0 {a: x, b: x}\n",
            lambda last, this: (
                b"a%d: &a%d {<<: [*a%d, *a%d], b%d: *a%d}\n" % (this, this, last, last, this, last)
            ),
        ),
        "too-large",
    ),
    "brackets": (lambda: b"[" * (15 * _MEBI), "too-large"),
    "line ends": (lambda: b"\n" * (15 * _MEBI) + b"x", "too-large"),
    "tags": (lambda: b"- !x y\n" * 1_000_000, "too-large"),
    "one range": (
        lambda: _HEAD + b"    cam: {kind: MSensor, device: usb-camera, each: 1..999999999}\n",
        "too-large",
    ),
}
_LARGE = {
    "braces": (lambda: b"{a: " * 100_000, "too-large"),
    "question marks": (lambda: b"? " * 100_000, "too-large"),
    "larger than any": (lambda: b"a" * (100 * _MEBI), "too-large"),
    "lists that multiply": (
        lambda: _links(b'    - "%s -> %s"\n' % (_list(b"gate", 3000), _list(b"lake", 3000))),
        "too-large",
    ),
    "aliases": (lambda: b"a: &a x\nb: [" + b"*a," * 100_000 + b"]", "missing-key"),
    "long text": (lambda: b"a" * (15 * _MEBI), "wrong-type"),
    "long text in quotes": (lambda: b'"' + b"a" * (15 * _MEBI) + b'"', "wrong-type"),
    "escapes": (lambda: b'"' + b"\\x41" * (3 * _MEBI) + b'"', "wrong-type"),
    "long list": (lambda: b"[" + b"a," * (7 * _MEBI) + b"]", "too-large"),
    "list of empty maps": (lambda: b"[" + b"{}," * (5 * _MEBI) + b"]", "too-large"),
    "comment": (lambda: b"#" + b"a" * (15 * _MEBI), "empty-file"),
    "line ends of Macs": (lambda: b"x" + b"\r" * (15 * _MEBI), "too-large"),
    "spaces": (lambda: b" " * (15 * _MEBI) + b"x", "wrong-type"),
    "keys": (lambda: _many(b"k%d: v\n", 120_000), "missing-key"),
    "more keys": (lambda: _many(b"k%d: v\n", 1_200_000), "too-large"),
    "one key": (lambda: b"a: b\n" * 250_000, "duplicate-key"),
    "zeros": (lambda: b"\0" * (15 * _MEBI), "bad-yaml"),
    "half a character": (lambda: b"a" * (15 * _MEBI) + b"\xc3", "not-utf8"),
    "digits": (lambda: b"9" * (15 * _MEBI), "wrong-type"),
    "digits of a buffer": (
        lambda: _links(b"    - {from: gate, to: lake, buffer: " + b"9" * _MEBI + b"}\n"),
        "bad-quantity",
    ),
    "anchors": (lambda: _many(b"k%d: &a%d x\n", 120_000), "missing-key"),
    "passwords that never end": (lambda: b"a: " + b"://a:" * _MEBI + b"x", "missing-key"),
    "passwords on one line": (lambda: b"a: [" + b"password: x, " * 20_000 + b"]\nb: 1", "missing-key"),
    "silencers": (lambda: _HEAD + b"# iomt: x\n" * 100_000, "bad-silencer"),
    "unknown devices": (
        lambda: _HEAD + _many(b"    n%d: {kind: MSensor, device: x}\n", 15_000),
        "unknown-device",
    ),
    "unknown keys": (
        lambda: _HEAD + _many(b"    n%d: {kind: MSensor, device: usb-camera, optoins: 1}\n", 15_000),
        "unknown-key",
    ),
    "nodes that differ in very many quoted texts": (
        lambda: _HEAD + b"".join(map(_with_texts, range(35))),
        "bad-option",
    ),
    "unknown names": (
        lambda: (
            _HEAD
            + _many(b"    n%d: {kind: MSensor, device: usb-camera}\n", 5000)
            + b"  links:\n"
            + _many(b"    - m%d -> lake\n", 5000)
        ),
        "unknown-node",
    ),
    "unknown names that multiply": (
        lambda: _links(b'    - "%s -> %s"\n' % (_list(b"a%d", 200), _list(b"b%d", 200))),
        "unknown-node",
    ),
    "a chain": (lambda: _links(b'    - "' + b"gate -> " * 90_000 + b'lake"\n'), "no-port"),
    "a link of many lines": (
        lambda: _links(b"    - >-\n" + _many(b"      x%d ->\n", 3000) + b"      lake\n"),
        "unknown-node",
    ),
    "brackets of a condition": (lambda: _condition(b"(" * 100_000), "bad-condition"),
    "a condition without an end": (
        lambda: _condition(b"count(a) > 1" + b" and count(a) > 1" * 100_000),
        "bad-condition",
    ),
}


def _parameters(breakers):
    return pytest.mark.parametrize(
        ("make", "rule"), [pytest.param(*each, id=name) for name, each in breakers.items()]
    )


def _breaks_nothing(folder, make, rule):
    path = folder / "graph.yaml"
    path.write_bytes(make())
    done = subprocess.run(
        [sys.executable, "-c", _RUN, str(path)], capture_output=True, text=True, timeout=120, check=False
    )
    path.unlink()
    assert done.returncode == 0, done.stderr[-1000:]
    seconds, mebibytes, printed, rules = json.loads(done.stdout)
    assert rule in rules
    assert seconds < _SECONDS * _BUSY
    assert mebibytes < _MEBIBYTES
    assert printed < 2 * _MEBI


@_parameters(_SMALL)
def test_a_breaker_ends_soon_and_costs_little(tmp_path, make, rule):
    _breaks_nothing(tmp_path, make, rule)


@pytest.mark.slow
@_parameters(_LARGE)
def test_a_breaker_that_takes_a_second_ends_and_costs_little(tmp_path, make, rule):
    _breaks_nothing(tmp_path, make, rule)

"""Texts that are nearly graphs: bytes, words and lines of real ones, changed at random by a number.

The same number gives the same bytes as long as the corpus is the same, so that a failure can be run again.
"""

import json
import random
import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

_ROOT = Path(__file__).parents[1]
_SUITE = _ROOT / "tests" / "language" / "yaml_test_suite.json"
_EXAMPLE = re.compile(r"```yaml\n(.*?)```", re.DOTALL)
_TOKEN = re.compile(rb"[\w./-]+|[^\w\s]")
_BYTES = [
    b"\x00",
    b"\xff",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\xef\xbb\xbf",
    b"\xe2\x80\xa8",
    b"\xc2\x85",
    b"\r",
    b"\r\n",
    b"\t",
    b"\x1b[31m",
    b"\x7f",
    "\U0001f600".encode(),
    "é".encode(),
    b"\xef\xbf\xbe",
]
_YAML = [
    b"{",
    b"}",
    b"[",
    b"]",
    b": ",
    b":",
    b"- ",
    b", ",
    b"? ",
    b"&a ",
    b"*a",
    b"&a [*a]",
    b"!!str ",
    b"!x ",
    b"!<y> ",
    b"<<: *a",
    b"<<: [*a, *a]",
    b"|",
    b">",
    b"|2-\n",
    b">+\n",
    b"'",
    b'"',
    b"\\",
    b'"\\x',
    b'"\\ud800"',
    b"#",
    b" # ",
    b"---\n",
    b"...\n",
    b"%YAML 1.2\n---\n",
    b"%TAG ! x\n",
    b"~",
    b"null",
    b"@",
    b"`",
    b"\n",
    b"\n\n",
    b"  ",
    b"\n      ",
]
_WORDS = [
    b"->",
    b" -> ",
    b"[a, b] -> c",
    b"=>",
    b"nodes",
    b"links",
    b"spec",
    b"metadata",
    b"name",
    b"kind",
    b"device",
    b"model",
    b"options",
    b"from",
    b"to",
    b"delivery",
    b"durable",
    b"latest",
    b"max_rate",
    b"buffer",
    b"transport",
    b"bucket",
    b"when",
    b"each",
    b"site",
    b"sites",
    b"replicas",
    b"autoscale",
    b"resources",
    b"gpu",
    b"templates",
    b"privacy",
    b"secret: x",
    b"{count: 3}",
    b"[1, 2, 3]",
    b"1..1000000000",
    b"${item}",
    b"{{item}}",
    b"MSensor",
    b"MAnalyzer",
    b"MStorage",
    b"MActuator",
    b"monitor",
    b"object-lake",
    b"result-log",
    b"log",
    b"video-file",
    b"a/b",
    b"./m",
    b"../../../etc",
    b"count(person) > 2 for 3s",
    b"count(",
    b"# iomt: allow unused-node because so",
    b"# iomt: allow ",
    b"0",
    b"-1",
    b"1e999",
    b"0x1F",
    b"0o17",
    b"9" * 400,
    b"1." + b"0" * 400,
    b"0/s",
    b"5/s",
    b"1e9/s",
    b"7d",
    b"99999999999999999999w",
    b"2Gi",
    b".inf",
    b".nan",
    b"true",
    b"no",
    b"2024-01-01",
    b"1:30",
    b'"a\\nb"',
]


@lru_cache(maxsize=1)
def corpus() -> tuple[bytes, ...]:
    """Example graphs, broken ones, the examples of the rules' pages, and the YAML test suite."""
    models = str(_ROOT / "devices" / "models").encode()  # so that some of what comes out is still a graph
    graphs = [
        path.read_bytes().replace(b"../devices/models", models)
        for path in sorted((_ROOT / "graphs").glob("*.yaml"))
    ]
    broken = [path.read_bytes() for path in sorted((_ROOT / "tests" / "broken").glob("**/*.yaml"))]
    pages = [
        text.encode()
        for path in sorted((_ROOT / "docs").glob("**/*.md"))
        for text in _EXAMPLE.findall(path.read_text())
    ]
    suite = [each["yaml"].encode() for each in json.loads(_SUITE.read_text())["documents"].values()]
    return (*graphs * 100, *broken, *pages, *suite)


def mutated(number: int, seed: int = 0) -> bytes:
    """Input ``number``: one text of the corpus after one to eight changes."""
    chance = random.Random(f"{seed}-{number}")
    data = chance.choice(corpus())
    for _ in range(chance.choice([1, 1, 2, 2, 3, 5, 8])):
        data = chance.choice(_CHANGES)(data, chance)
    return data[:100_000]


def _flip(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]


def _insert(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.choice(chance.choice([_BYTES, _YAML, _YAML, _WORDS])) + data[at:]


def _delete(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + data[at + chance.choice([1, 1, 2, 5, 20, 200]) :]


def _repeat(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    piece = data[at : at + chance.choice([1, 4, 30, 200])]
    return data[:at] + piece * chance.choice([2, 2, 3, 50]) + data[at:]


def _truncate(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _replace_token(data: bytes, chance: random.Random) -> bytes:
    tokens = list(_TOKEN.finditer(data))
    if not tokens:
        return data
    token = chance.choice(tokens)
    new = chance.choice([*_WORDS, *_YAML, chance.choice(tokens)[0], chance.choice(tokens)[0]])
    return data[: token.start()] + new + data[token.end() :]


def _misspell(data: bytes, chance: random.Random) -> bytes:
    tokens = [each for each in _TOKEN.finditer(data) if len(each[0]) > 3]
    if not tokens:
        return data
    at = (token := chance.choice(tokens)).start() + chance.randrange(len(token[0]) - 1)
    return data[:at] + data[at + 1 : at + 2] + data[at : at + 1] + data[at + 2 :]


def _lines(change: Callable[[list[bytes], random.Random], None]) -> "Change":
    def changed(data: bytes, chance: random.Random) -> bytes:
        lines = data.split(b"\n")
        change(lines, chance)
        return b"\n".join(lines)

    return changed


def _indent(lines: list[bytes], chance: random.Random) -> None:
    at = chance.randrange(len(lines))
    lines[at] = chance.choice([b" ", b"  ", b"\t", b"        "]) + lines[at]


def _outdent(lines: list[bytes], chance: random.Random) -> None:
    at = chance.randrange(len(lines))
    lines[at] = lines[at][chance.choice([1, 2, 4]) :]


def _swap(lines: list[bytes], chance: random.Random) -> None:
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]


def _copy(lines: list[bytes], chance: random.Random) -> None:
    lines.insert(chance.randrange(len(lines)), chance.choice(lines))


def _drop(lines: list[bytes], chance: random.Random) -> None:
    del lines[chance.randrange(len(lines))]


def _splice(lines: list[bytes], chance: random.Random) -> None:
    others = chance.choice(corpus()).split(b"\n")
    at = chance.randrange(len(others))
    lines[chance.randrange(len(lines)) :] = others[at:]


def _deepen(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    opening, closing = chance.choice([(b"[", b"]"), (b"{a: ", b"}"), (b"- ", b""), (b"? ", b"")])
    depth = chance.choice([3, 30, 70, 2000])
    return data[:at] + opening * depth + b"x" + closing * depth + data[at:]


Change = Callable[[bytes, random.Random], bytes]
_CHANGES: tuple[Change, ...] = (
    _flip,
    _insert,
    _insert,
    _delete,
    _repeat,
    _truncate,
    _replace_token,
    _replace_token,
    _replace_token,
    _misspell,
    _misspell,
    _deepen,
    *map(_lines, (_indent, _outdent, _swap, _copy, _drop, _splice)),
)

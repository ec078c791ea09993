"""Valid graphs with one mistake at a place that is known from the text alone, without any reader of YAML."""

import random
import re
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).parents[1]
_EXAMPLES = [
    path.read_text().replace("../devices", str(_ROOT / "devices"))
    for path in sorted((_ROOT / "graphs").glob("*.yaml"))
]


@dataclass(frozen=True, slots=True)
class Mistake:
    """A text, where it is wrong (lines and columns from 1, the end one past), and the rule that says so."""

    text: str
    rule: str
    line: int
    column: int
    length: int


_OPTIONS = "quality|loop|retain|threshold|interval|window|port|when"
_MADE: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    # (where, the group `at` is the place; the rule; what is written there instead)
    (r"\bkind: (?P<at>M\w+)", "unknown-kind", ("MSensr", "Storage", "msensor", '"MActr"')),
    (r"\bkind: (?P<at>M\w+)", "wrong-type", ("7", "[MSensor]", "{a: b}", "true", "~", "1.5")),
    (r"(?P<at>\bkind)(?=: M)", "unknown-key", ("knid", "Kind", '"kind "', "kindd")),
    (r"\bdevice: (?P<at>[a-z][\w-]+)", "unknown-device", ("usb-camra", "x", "'no such'", "カメラ")),
    (r"\bdevice: (?P<at>[a-z][\w-]+)", "wrong-type", ("7", "[a, b]", "false", "null", "0x1F")),
    (r"(?P<at>\bdevice)(?=: [a-z])", "unknown-key", ("devise", "DEVICE", "'devic'")),
    (r"(?P<at>\boptions)(?=: )", "unknown-key", ("optoins", "option", "opts")),
    (rf"(?P<at>\b(?:{_OPTIONS}))(?=: )", "bad-option", ("qxz", "lop", "'re tain'", "größe")),
    (r"(?P<at>\bpath)(?=: )", "bad-option", ("paht", "Path", "'pathh'")),
    (r"\b(?:retain|window): (?P<at>\w+)", "bad-option", ("7", "[7d]", "null", "true")),
    (r"\bquality: (?P<at>\d+)", "bad-option", ("999", "high", "0", "[70]", "'70'", "70.5", "true")),
    (r"\bloop: (?P<at>\w+)", "bad-option", ("yes", "1", "'true'", "[true]")),
    (r"\b(?:retain|window): (?P<at>\w+)", "bad-quantity", ("a week", "7 days", '"0s"', "'x y'")),
    (r"\bmax_rate: (?P<at>[\w./]+)", "bad-quantity", ("5", "fast", "5 fps", "0/s", "'5/x'", "-1/s")),
    (r"\bbuffer: (?P<at>\w+)", "bad-quantity", ("plenty", "0", "-3", "'2 lots'")),
    (r"\bdelivery: (?P<at>\w+)", "bad-value", ("durabel", "now", "'last est'")),
    (r"\btransport: (?P<at>(?:nats|http))", "bad-value", ("mqtt", "pigeon")),
    (r"(?P<at>\b(?:max_rate|delivery|buffer))(?=: )", "unknown-key", ("max-rate", "deliver", "zzz")),
    (r"apiVersion: (?P<at>\S+)", "unknown-version", ("iomt.dev/v9", "v1")),
    (r"metadata: \{name: (?P<at>[\w-]+)", "bad-name", ("Main_Street", "'a b'", "é", "-x", "x" * 41)),
    (r"\) (?P<at>>=?)(?= \d)", "bad-condition", ("=>", "=<", "is")),
    (r"[-,\[] (?P<at>[a-z][\w-]*)(?=[ ,\]][^{}\n]*->)", "unknown-node", ("qqqq", "zz-9", "カメラ")),
    (r"-> (?P<at>[a-z][\w-]*)(?=[\s\"'.])", "unknown-node", ("qqqq", "zz-9", "no_where")),
    (r"\b(?:from|to): (?P<at>[a-z][\w-]*)(?=[,}])", "unknown-node", ("qqqq", "zz-9")),
    (r"\w\.(?P<at>frames)(?=[ ,\]\"'])", "unknown-port", ("framez", "x")),
)  # fmt: skip
_PLACES = [(re.compile(place), rule, instead) for place, rule, instead in _MADE]
_NAMED = re.compile(r"^( +)([a-z][\w-]*)(: +)\{kind: M\w+, (.*)\}", re.MULTILINE)


def mistake(number: int, seed: int = 0) -> Mistake:
    """Mistake ``number``: the same for the same number."""
    chance = random.Random(f"{seed}-{number}")
    text = chance.choice(_EXAMPLES) if chance.random() < 0.3 else graph(chance)
    made = None
    while made is None:
        made = chance.choice([_replaced, _replaced, _replaced, _replaced, _without_kind, _twice])(
            text, chance
        )
    return made


def graph(chance: random.Random) -> str:
    """A valid graph, written in many ways; its first camera and its first screen are always there."""
    end = chance.choice(["\n", "\n", "\r\n"])
    out = ["apiVersion: iomt.dev/v1", "kind: DeviceGraph", "metadata: {name: street}", "spec:", "  nodes:"]
    cameras = [f"{chance.choice(['gate', 'tor-', 'c'])}{n}" for n in range(chance.randint(1, 4))]
    for name in cameras:
        out += _node(name, "MSensor", "usb-camera", [f"quality: {chance.randint(1, 100)}"], chance)
    film = ["path: film.mp4", f"loop: {chance.choice(['true', 'false'])}", "quality: 70"]
    out += _node("film", "MSensor", "video-file", film, chance)
    out += _node(
        "lake", "MStorage", "object-lake", [f"retain: {chance.choice(['7d', '12h', '90s'])}"], chance
    )
    out += ["    people: {kind: MAnalyzer, model: a/b, revision: v1, task: object-detection}"]
    words = chance.choice(["", "message: 'größer 👋 als', ", 'message: "\\u00e9: # \\"x\\"", '])
    when = chance.choice(["count(person) > 2", "count(person) >= 1 and not (count(car) > 3)"])
    out += [f"    alarm: {{kind: MActuator, device: log, options: {{{words}when: {when}}}}}  # ü"]
    out += _node("wall", "MActuator", "monitor", ["port: 8088"], chance)
    quote = chance.choice(['"', "'"])
    ends = ", ".join(chance.choice([name, f"{name}.frames"]) for name in [*cameras, "film"])
    out += ["  links:", f"    - {quote}[ {ends}] -> lake{quote}"]
    out += [f"    - {cameras[0]} -> people -> alarm"]
    out += chance.choice([
        [f"    - {{from: {cameras[0]}, to: wall, max_rate: 5/s, delivery: latest, buffer: 4}}"],
        [f"    - from: {cameras[0]}", "      to: wall", "      max_rate: 30/min", "      delivery: latest"],
        ["    - >-", f"      [ {cameras[0]},", "      film]", "      -> wall"],
    ])  # fmt: skip
    return end.join(out) + end


def _node(name: str, kind: str, device: str, options: list[str], chance: random.Random) -> list[str]:
    pad = " " * chance.randint(1, 4)
    shape = chance.randrange(3)
    if shape == 0:
        inner = ", ".join(options)
        return [f"    {name}:{pad}{{kind: {kind}, device: {device}, options: {{{inner}}}}}"]
    lines = [f"      kind: {kind}", f"      device: {device}  # {chance.choice(['ok', 'é', '日本 -> x'])}"]
    if shape == 1:
        chance.shuffle(lines)
        return [f"    {name}:", *lines, "      options:", *(f"        {each}" for each in options)]
    return [f"    {name}:", "", *lines, f"      options: {{{', '.join(options)}}}"]


def _replaced(text: str, chance: random.Random) -> Mistake | None:
    place, rule, instead = chance.choice(_PLACES)
    found = [each for each in place.finditer(text) if "#" not in _line_before(text, each.start("at"))]
    if not found:
        return None
    where, new = chance.choice(found), chance.choice(instead)
    start, end = where.span("at")
    return _at(text[:start] + new + text[end:], rule, start, len(new))


def _without_kind(text: str, chance: random.Random) -> Mistake | None:
    found = list(_NAMED.finditer(text))
    if not found:
        return None
    node = chance.choice(found)
    new = f"{node[1]}{node[2]}{node[3]}{{{node[4]}}}"
    return _at(text[: node.start()] + new + text[node.end() :], "missing-key", node.start(2), len(node[2]))


def _twice(text: str, chance: random.Random) -> Mistake | None:
    found = list(_NAMED.finditer(text))
    if not found:
        return None
    node = chance.choice(found)
    line_end = text.index("\n", node.end()) + 1
    again = f"{node[1]}{node[2]}: {{kind: MActuator, device: monitor}}\n"
    start = line_end + len(node[1])
    return _at(text[:line_end] + again + text[line_end:], "duplicate-key", start, len(node[2]))


def _at(text: str, rule: str, start: int, length: int) -> Mistake:
    return Mistake(text, rule, text.count("\n", 0, start) + 1, len(_line_before(text, start)) + 1, length)


def _line_before(text: str, at: int) -> str:
    return text[text.rfind("\n", 0, at) + 1 : at]

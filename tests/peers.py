"""What other tools say of the same mistakes, as bench/peers/record.py recorded it."""

import json
from functools import lru_cache
from typing import Any

from bench.peers.record import HERE, TOOLS


@lru_cache(maxsize=1)
def _recorded() -> dict[str, Any]:
    recorded: dict[str, Any] = json.loads((HERE / "said.json").read_text())
    return recorded


def peers_note() -> str:
    """Which tools there are, and where their part comes from."""
    versions = _recorded()["versions"]
    names = ", ".join(f"{TOOLS[tool][0]} {versions[tool]}".rstrip() for tool in TOOLS if tool in versions)
    return (
        f"Beside {len(_recorded()['cases'])} of them stands what other tools say of an equivalent mistake in "
        f"their own language, word for word: {names}. The files are in\n"
        "[bench/peers/equivalents](../bench/peers/equivalents); [record.py](../bench/peers/record.py) runs "
        "the tools. An exit code of 0 means\nthat the mistake was not noticed.\n\n"
    )


def peer_section(case: str) -> str:
    """What they said of the equivalent of one broken graph; empty where there is none."""
    told = _recorded()["cases"].get(case, {})
    if not told:
        return ""
    out = ["<details><summary>What other tools say of an equivalent mistake</summary>\n\n"]
    for tool, (name, file, _) in TOOLS.items():
        if tool in told:
            link = f"[{file}](../bench/peers/equivalents/{case}/{file})"
            out.append(f"{name} ({link}, exit code {told[tool]['exit']}):\n\n")
            out.append(f"```text\n{told[tool]['text']}\n```\n\n")
    return "".join([*out, "</details>\n\n"])

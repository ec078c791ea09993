"""What other tools say of mistakes that are equivalent to those of tests/broken, recorded word for word.

    python bench/peers/record.py TOOL=COMMAND ...

for example `compose=docker-compose pkl=pkl kcl="python -c ..."`; a tool that is not named keeps what was
recorded before. kubectl asks a real API server (KUBECONFIG) with --dry-run=server. Writes said.json.
"""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
_KCL = (
    "import kcl_lib.api as a, sys\n"
    "try: print(a.API().exec_program(a.ExecProgramArgs(k_filename_list=['main.k'])).yaml_result)\n"
    "except Exception as error: sys.exit(str(error))"
)
TOOLS = {
    "compose": ("Docker Compose", "compose.yaml", ["-f", "compose.yaml", "config", "--quiet"]),
    "kube": ("kubectl apply --dry-run=server", "pod.yaml", ["apply", "--dry-run=server", "-f", "pod.yaml"]),
    "kcl": ("KCL", "main.k", ["-c", _KCL]),
    "pkl": ("Pkl", "main.pkl", ["eval", "main.pkl"]),
    "esphome": ("ESPHome", "esphome.yaml", ["config", "esphome.yaml"]),
}
"""Name for people, the file of the equivalent mistake, and the arguments that check it."""
_TERMINAL = re.compile(r"\x1b\[[0-9;]*m")
_LONGEST = 60
"""Lines; what stands after them is left out, and said so."""


def said(tool: str, command: list[str], folder: Path) -> dict[str, object]:
    """What the tool prints about one file, without colours and without the names of this machine."""
    done = subprocess.run(
        [*command, *TOOLS[tool][2]],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "NO_COLOR": "1", "TERM": "dumb"},
        check=False,
    )
    text = _TERMINAL.sub("", done.stdout + done.stderr).replace(f"{folder}/", "").replace(str(folder), ".")
    lines = [line.rstrip() for line in text.strip("\n").split("\n")]
    cut = [f"({len(lines) - _LONGEST} more lines)"] if len(lines) > _LONGEST else []
    return {"exit": done.returncode, "text": "\n".join([*lines[:_LONGEST], *cut])}


def main() -> None:
    """Run the named tools on every equivalent mistake."""
    path = HERE / "said.json"
    recorded = json.loads(path.read_text()) if path.exists() else {"versions": {}, "cases": {}}
    for argument in sys.argv[1:]:
        tool, _, rest = argument.partition("=")
        command, _, version = rest.partition("@@")
        recorded["versions"][tool] = version
        for file in sorted((HERE / "equivalents").glob(f"*/*/{TOOLS[tool][1]}")):
            case = file.parent.relative_to(HERE / "equivalents").as_posix()
            recorded["cases"].setdefault(case, {})[tool] = said(tool, shlex.split(command), file.parent)
    path.write_text(json.dumps(recorded, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()

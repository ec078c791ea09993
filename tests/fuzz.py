"""`make fuzz`: random inputs through the front end, each of which must give findings or a graph.

python -m tests.fuzz --count 200000 --jobs 2     every input has a number
python -m tests.fuzz --only 1234                 one again, with what is printed
"""

import argparse
import json
import resource
import sys
import tempfile
import time
import traceback
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from iomt.checks import check
from iomt.diagnostics import as_json
from iomt.diagnostics.text import render
from iomt.language.document import Mapping, plain_value
from iomt.language.formatted import CannotFormat, formatted
from iomt.language.reader import read_document
from iomt.language.source import SourceText
from tests.mutations import mutated

SLOWEST = 2.0
"""Seconds of the processor that any input may take."""


@dataclass(slots=True)
class Tally:
    """What came of many inputs."""

    inputs: int = 0
    graphs: int = 0
    formatted: int = 0
    findings: int = 0
    slowest: float = 0.0
    slowest_input: int = 0
    megabytes: int = 0

    def add(self, other: "Tally") -> None:
        """Take in the results of another worker."""
        self.inputs += other.inputs
        self.graphs += other.graphs
        self.formatted += other.formatted
        self.findings += other.findings
        self.megabytes = max(self.megabytes, other.megabytes)
        if other.slowest > self.slowest:
            self.slowest, self.slowest_input = other.slowest, other.slowest_input


def examine(data: bytes, folder: Path) -> tuple[bool, bool, int]:
    """Whether the bytes are a graph, whether they can be formatted, and how many findings they have.

    Raises AssertionError for a finding outside the file or a normal form that means something else.
    """
    path = folder / "graph.yaml"
    path.write_bytes(data)
    checked = check(str(path))
    assert checked.findings or checked.resolved
    assert render(checked.findings, checked.lines) or not checked.findings
    json.loads(as_json.render(checked.findings))
    for finding in checked.findings:
        span, lines = finding.span, checked.lines(finding.span.file)
        assert (span.line, span.column) <= (span.end_line, span.end_column), finding
        if lines:  # else the file could not be shown at all
            assert span.end_line <= len(lines), finding
            assert 1 <= span.column <= len(lines[span.line - 1]) + 1, finding
    return checked.resolved is not None, _keeps_its_meaning(checked.source), len(checked.findings)


def _keeps_its_meaning(source: SourceText) -> bool:
    """Whether `iomt fmt` would rewrite the file; then it means the same, and is its own normal form."""
    if not source.text.strip():
        return False
    document, findings = read_document(source)
    if document is None or findings or not isinstance(document.root, Mapping):
        return False
    try:
        after = formatted(document)
    except CannotFormat:
        return False
    again, broken = read_document(SourceText(source.path, after))
    assert again is not None, after
    assert not broken, broken
    assert plain_value(again.root) == plain_value(document.root)
    assert formatted(again) == after
    return True


def run(first: int, last: int, seed: int) -> Tally:
    """Inputs ``first`` to ``last``, the last one not; exits with the number of the first that fails."""
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(first, last):
            data = mutated(number, seed)
            start = time.process_time()  # the machine may be busy with other things
            try:
                graph, can_format, findings = examine(data, Path(folder))
            except Exception as error:
                where = traceback.format_exc()
                raise AssertionError(
                    f"input {number} of seed {seed}: {error!r}\n{data!r}\n{where}"
                ) from error
            took = time.process_time() - start
            assert took < SLOWEST, f"input {number} of seed {seed} took {took:.1f} s"
            tally.inputs += 1
            tally.graphs += graph
            tally.formatted += can_format
            tally.findings += findings
            if took > tally.slowest:
                tally.slowest, tally.slowest_input = took, number
    tally.megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return tally


def main() -> None:
    """Share the inputs among processes and say what came of them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=200_000, help="how many inputs")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--only", type=int, help="the number of one input")
    arguments = parser.parse_args()
    if arguments.only is not None:
        run(arguments.only, arguments.only + 1, arguments.seed)
        return
    start, total, share = time.perf_counter(), Tally(), 2000
    with ProcessPoolExecutor(arguments.jobs) as pool:
        firsts = range(0, arguments.count, share)
        lasts = [min(first + share, arguments.count) for first in firsts]
        for done in pool.map(run, firsts, lasts, [arguments.seed] * len(lasts)):
            total.add(done)
            if sys.stderr.isatty():
                sys.stderr.write(f"\r{total.inputs} of {arguments.count}")
    took = time.perf_counter() - start
    print(
        f"{total.inputs} inputs in {took:.0f} s: {total.graphs} graphs, {total.findings} findings,"
        f" {total.formatted} formatted; the slowest took {total.slowest:.2f} s (input {total.slowest_input}),"
        f" a process at most {total.megabytes} MiB"
    )


if __name__ == "__main__":
    main()

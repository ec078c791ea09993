import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from iomt.runtime.analyzers.huggingface import HuggingFaceAnalyzer
from tests.contexts import make_context

Prepare = Callable[..., HuggingFaceAnalyzer]


@pytest.fixture
def prepare(tmp_path: Path) -> Iterator[Prepare]:
    """Makes an analyzer of a model (id or folder) and gets it ready, as the shell does."""
    made: list[HuggingFaceAnalyzer] = []

    def start(model: Path | str, revision: str = "", task: str = "", **options: Any) -> HuggingFaceAnalyzer:
        context = make_context(tmp_path / "state", {"threads": 1, **options}, str(model), revision, task)
        analyzer = HuggingFaceAnalyzer(context)
        made.append(analyzer)
        asyncio.run(analyzer.prepare())
        return analyzer

    yield start
    for analyzer in made:
        asyncio.run(analyzer.drain())
        analyzer.context.ledger.close()

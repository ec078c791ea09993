"""graphs/sorting-line.yaml as `make demo` runs it: stored, found, alarmed, and seen in a browser."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.browser import browser
from tests.end_to_end.running import ROOT, assert_books_are_exact, running

__all__ = ["browser"]
pytestmark = pytest.mark.slow

SCREENSHOTS = ROOT / "tests" / "screenshots"
# The clip is grey, red and blue; what is colourful and neither is a box that the page drew.
DRAWN = """
const canvas = document.querySelector(`canvas[data-source="${arguments[0]}"]`);
if (!canvas || !canvas.width) return 0;
const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
let drawn = 0;
for (let at = 0; at < data.length; at += 4) {
  const [red, green, blue] = [data[at], data[at + 1], data[at + 2]];
  const colourful = Math.max(red, green, blue) - Math.min(red, green, blue) > 80;
  const ofTheClip = green < 90 && (red < 90 || blue < 90);
  if (colourful && !ofTheClip) drawn += 1;
}
return drawn;
"""


def test_the_demo_stores_finds_alarms_and_shows_both_cameras_with_boxes(tmp_path: Path, browser: Any) -> None:
    data = tmp_path / "data"
    with running(ROOT / "graphs" / "sorting-line.yaml", "--for", "30s", "--data", str(data)) as run:
        browser.get(run.started()["wall"])
        seen: dict[str, tuple[str, int]] = {}
        deadline = time.monotonic() + 20
        while len(seen) < 2 and time.monotonic() < deadline:
            for source in ("left", "right"):
                drawn = browser.execute_script(DRAWN, source)
                found = browser.find_elements("css selector", f"canvas[data-source={source}]")
                said = found[0].get_attribute("aria-label") or "" if found else ""
                if drawn > 200 and ("red box" in said or "blue disc" in said):
                    seen[source] = (said, drawn)
            time.sleep(0.1)
        SCREENSHOTS.mkdir(exist_ok=True)
        browser.save_screenshot(str(SCREENSHOTS / "demo.png"))
        assert set(seen) == {"left", "right"}, seen
        summary = run.summary()
    assert run.process.returncode == 0, summary
    assert_books_are_exact(summary)
    assert any("count(red box) >= 3" in event.get("message", "") for event in run.events)
    score = [sys.executable, str(ROOT / "graphs" / "scripts" / "score_demo.py"), str(data)]
    judged = subprocess.run(score, capture_output=True, text=True, check=False)
    print(seen, judged.stdout)
    assert judged.returncode == 0, judged.stdout + judged.stderr

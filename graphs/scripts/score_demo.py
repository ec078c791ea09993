"""What `make demo` left behind, held against the truth: frames stored, detections right, alarm fired.

    python graphs/scripts/score_demo.py build/demo

Opens the kept object store of the run and reads every object back; nothing is taken from what
the run printed.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from minio import Minio

from iomt.contract import ledger, metrics
from iomt.local.folder import FolderInUse
from iomt.local.kept import bodies, kept_store
from iomt.local.services import ServiceFailed

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
from score_conveyor import BadInput, Truth, read_results, score_results  # noqa: E402

LAKE, LOG = "sorting-line-lake", "sorting-line-findings"
CAMERAS = {"left": "conveyor-a", "right": "conveyor-b"}
LEAST_PRECISION, LEAST_RECALL = 0.95, 0.90


def frames_are_stored(client: Minio, data: Path) -> bool:
    """Print published and stored of each camera; whether all are equal."""
    good = True
    for camera in CAMERAS:
        counts = ledger.read(data / "nodes" / camera / ledger.FILE_NAME)
        published = counts.get(metrics.key(metrics.PUBLISHED, port="frames"), 0)
        stored = sum(1 for _ in client.list_objects(LAKE, prefix=f"{camera}/", recursive=True))
        print(f"{camera}: published {published} = stored {stored}, lost {published - stored}")
        good &= published == stored > 0
    return good


def detections_are_right(client: Minio, media: Path) -> bool:
    """Print precision and recall over the whole result log; whether they are good enough."""
    truths = {camera: Truth.read(media / f"{clip}.json") for camera, clip in CAMERAS.items()}
    score = score_results(read_results(_lines(client), LOG), truths)
    print(f"detections: {score.results} frames, precision {score.precision:.3f}, recall {score.recall:.3f}")
    return score.results > 0 and score.precision >= LEAST_PRECISION and score.recall >= LEAST_RECALL


def alarm_fired(data: Path) -> bool:
    """Print how often the alarm fired; whether it did."""
    log = (data / "nodes" / "alarm" / "log.jsonl").read_text("utf-8")
    lines = [line for line in map(json.loads, log.splitlines()) if "condition" in line]
    print(f"alarm: fired {len(lines)} times")
    return bool(lines)


def _lines(client: Minio) -> Iterator[bytes]:
    for _, body in bodies(client, LOG):
        yield from body.splitlines()


async def score(data: Path, media: Path) -> bool:
    """Start the store of a finished run and judge what is in it."""
    async with kept_store(data) as (client, _):
        return all(
            [
                await asyncio.to_thread(frames_are_stored, client, data),
                await asyncio.to_thread(detections_are_right, client, media),
                alarm_fired(data),
            ]
        )


def main() -> int:
    """0 when everything holds, 1 when something does not, 2 when there is nothing to judge."""
    parser = argparse.ArgumentParser(description="Judge what a run of sorting-line.yaml stored.")
    parser.add_argument("data", type=Path, help="the folder given to `iomt run --data`")
    parser.add_argument("--media", type=Path, default=HERE.parent / "media", help="where the truth is")
    arguments = parser.parse_args()
    if not (arguments.data / "nodes").is_dir():
        print(f"error: {arguments.data} is no data folder of `iomt run`", file=sys.stderr)
        return 2
    try:
        return 0 if asyncio.run(score(arguments.data, arguments.media)) else 1
    except (BadInput, FolderInUse, ServiceFailed, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())

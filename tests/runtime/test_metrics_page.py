"""What `/metrics` shows, read by Prometheus' own parser."""

from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from iomt.contract import metrics
from iomt.contract.envelope import Envelope
from iomt.contract.ledger import Ledger
from iomt.runtime.exposition import exposition
from iomt.runtime.inputs.account import LatestAccount

LINK = "gate.frames->people.media"


def scrape(ledger: Ledger) -> dict[str, Any]:
    """The page, as families by name."""
    return {family.name: family for family in text_string_to_metric_families(exposition(ledger.items()))}


def value(families: dict[str, Any], family: str, sample: str, **labels: str) -> float:
    """The one sample with this name and these labels."""
    (found,) = (
        each.value for each in families[family].samples if each.name == sample and each.labels == labels
    )
    return float(found)


def envelope(sequence: int, captured_ns: int) -> Envelope:
    return Envelope("gate", "frames", 1, sequence, "gate", sequence, captured_ns, "image/jpeg")


def test_counts_carry_their_labels_and_type(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger")
    account = LatestAccount(ledger, LINK)
    for sequence in (1, 2, 5):  # 3 and 4 went by while the reader was away
        assert account.arrived(envelope(sequence, 0))
        account.delivered(envelope(sequence, 0))
    families = scrape(ledger)
    assert families["iomt_link_delivered"].type == "counter"
    assert value(families, "iomt_link_delivered", metrics.DELIVERED, link=LINK) == 3
    assert value(families, "iomt_link_dropped", metrics.DROPPED, link=LINK, reason=metrics.AWAY) == 2
    assert families[metrics.SEEN_SEQUENCE].type == "gauge"


def test_times_are_seconds_though_the_ledger_keeps_nanoseconds(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger")
    ledger.add(metrics.MODEL_SECONDS, 1_250_000_000)
    newest = metrics.key(metrics.NEWEST, port="frames")
    ledger.set(newest, 1_795_000_000_500_000_000)
    families = scrape(ledger)
    assert value(families, "iomt_model_seconds", metrics.MODEL_SECONDS) == 1.25
    assert value(families, metrics.NEWEST, metrics.NEWEST, port="frames") == 1_795_000_000.5


def test_ages_are_a_cumulative_histogram_whose_last_bucket_is_its_count(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger")
    account = LatestAccount(ledger, LINK)
    account.delivered(envelope(1, 0))  # captured in 1970
    for edge, count in ((metrics.AGE_EDGES[3], 4), (metrics.AGE_EDGES[10], 2)):
        ledger.add(metrics.key(metrics.AGE_BUCKET, link=LINK, le=str(edge)), count)
    family = scrape(ledger)["iomt_link_age_seconds"]
    assert family.type == "histogram"
    buckets = [
        (float(each.labels["le"]), each.value) for each in family.samples if each.name == metrics.AGE_BUCKET
    ]
    assert [edge for edge, _ in buckets] == [*metrics.AGE_EDGES, float("inf")]
    counts = [count for _, count in buckets]
    assert counts == sorted(counts)
    assert counts[2:4] == [0, 4]
    assert counts[10] == 6
    assert counts[-2:] == [6, 7]
    (total,) = (each.value for each in family.samples if each.name == "iomt_link_age_seconds_count")
    assert total == 7

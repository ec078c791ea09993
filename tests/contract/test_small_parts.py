"""Names, quantities, envelope, settings, results: what is written reads back, the rest is refused."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iomt.contract import ledger, media, metrics, names, quantity
from iomt.contract.envelope import BadEnvelope, Envelope
from iomt.contract.ledger import Ledger
from iomt.contract.provision import Consumer, Provision, Stream
from iomt.contract.results import Box, Item, Result
from iomt.contract.settings import BadSettings, Input, Output, Settings

SETTINGS = Settings(
    graph="street", node="lake", kind="MStorage", device="object-lake", runtime="a:B", origin="g.yaml:3",
    options={"retain": "7d"}, outputs=(Output("objects", "image/jpeg", "iomt.street.lake.objects"),),
    inputs=(Input("gate.frames->lake.media", "media", "gate", "durable", "nats", "s", "st", "c"),),
    host="127.0.0.1", http_port=1, broker="nats://x", store="http://y", bucket="b", credentials="/c",
    state_dir="/s",
)  # fmt: skip


@pytest.mark.parametrize(
    ("read", "text", "amount"),
    [
        (quantity.bandwidth, "20Mbit/s", 2.5e6),
        (quantity.bandwidth, "100 kbit / s", 12500.0),
        (quantity.bandwidth, "1MiB/s", 2.0**20),
        (quantity.bandwidth, "8bit/s", 1.0),
        (quantity.cores, "500m", 0.5),
        (quantity.cores, "2", 2.0),
        (quantity.share, "70%", 0.7),
    ],
)
def test_bandwidths_cores_and_shares(read, text: str, amount: float) -> None:  # type: ignore[no-untyped-def]
    assert read(text) == amount


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (quantity.bandwidth, "20Mbps"),
        (quantity.bandwidth, "20"),
        (quantity.bandwidth, "9" * 400 + "MB/s"),
        (quantity.cores, "half"),
        (quantity.cores, "9" * 400),
        (quantity.share, "0.7"),
    ],
)
def test_what_is_no_amount_is_refused_in_words(read, text: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(quantity.BadQuantity, match="write"):
        read(text)


def test_settings_read_back_equal() -> None:
    assert Settings.from_json(SETTINGS.to_json()) == SETTINGS


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"version": 99}', SETTINGS.to_json().replace("host", "hostess")]
)
def test_a_foreign_settings_file_is_refused_in_words(text: str) -> None:
    with pytest.raises(BadSettings):
        Settings.from_json(text)


def test_a_provision_reads_back_equal() -> None:
    wanted = Provision("n", "s", "c", (Stream("a", "b", 1),), (Consumer("c", "a"),), ("bucket",), True)
    assert Provision.from_json(wanted.to_json()) == wanted


texts = st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True)
numbers = st.integers(min_value=0, max_value=2**62)


@given(texts, texts, numbers, numbers, texts, numbers, numbers, st.sampled_from([media.JPEG, media.PCM]))
def test_an_envelope_reads_back_equal_whatever_the_case_of_its_headers(
    node: str, port: str, epoch: int, sequence: int, source: str, frame: int, at: int, kind: str
) -> None:
    envelope = Envelope(node, port, epoch, sequence, source, frame, at, kind, 4, 3, "id", "trace", "b/k")
    headers = {name.upper(): value for name, value in envelope.headers().items()}
    assert Envelope.from_headers(headers) == envelope


@pytest.mark.parametrize("headers", [None, {}, {"Iomt-Node": "a"}])
def test_a_message_of_somebody_else_is_told_by_the_missing_header(headers: dict[str, str] | None) -> None:
    with pytest.raises(BadEnvelope, match="Iomt-"):
        Envelope.from_headers(headers)


def test_a_header_that_is_no_number_is_told() -> None:
    headers = Envelope("a", "b", 1, 2, "c", 3, 4, media.JPEG).headers() | {"Iomt-Sequence": "-1"}
    with pytest.raises(BadEnvelope, match="Iomt-Sequence is '-1'"):
        Envelope.from_headers(headers)


def test_object_keys_sort_by_capture_time_and_repeat_for_a_redelivery() -> None:
    hour = 3600 * 10**9
    keys = [
        names.object_key("gate", at, number, "jpg") for number, at in enumerate((5, 10**9, hour, 30 * hour))
    ]
    assert keys == sorted(keys)
    assert (
        keys[0]
        == names.object_key("gate", 5, 0, "jpg")
        == "gate/1970/01/01/00/0000000000000000005-000000000.jpg"
    )


@pytest.mark.parametrize(
    ("text", "seconds"), [("500ms", 0.5), ("7d", 604800), ("1h30m", 5400), ("2 min", 120), ("10us", 1e-5)]
)
def test_durations(text: str, seconds: float) -> None:
    assert quantity.seconds(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("text", "size"), [("2Gi", 2**31), ("10M", 10**7), ("1Ki", 1024), ("7", 7), ("5k", 5000)]
)
def test_sizes(text: str, size: int) -> None:
    assert quantity.size(text) == size


@pytest.mark.parametrize(("text", "rate"), [("30/s", 30), ("6/min", 0.1), ("3600/h", 1)])
def test_rates(text: str, rate: float) -> None:
    assert quantity.per_second(text) == pytest.approx(rate)


@given(st.text(max_size=12))
def test_any_other_text_is_no_quantity_but_never_an_accident(text: str) -> None:
    for read in (quantity.seconds, quantity.size, quantity.per_second):
        try:
            assert read(text) >= 0
        except quantity.BadQuantity as error:
            assert "such as" in str(error)


def test_media_types_match_by_essence_and_wildcards() -> None:
    assert media.accepts("image/*", "image/jpeg")
    assert media.accepts("*/*", "audio/pcm;rate=16000")
    assert media.accepts("application/vnd.iomt.labels+json", "application/*")
    assert not media.accepts("image/jpeg", "audio/pcm")
    assert media.parameters("audio/pcm;rate=16000; channels=1") == {"rate": "16000", "channels": "1"}


def test_a_result_reads_back_equal_and_an_item_without_box_has_no_key_for_it() -> None:
    items = (Item("a", 0.5, Box(1, 2, 3, 4)), Item("b", 0.25))
    result = Result("people", "gate", 7, 8, "object-detection", "m", "r", 0.01, 640, 480, items)
    assert Result.from_json(result.to_json()) == result
    assert result.to_json().count(b'"box"') == 1


def test_a_ledger_keeps_its_counts_and_epoch_and_grows(tmp_path: Path) -> None:
    first = Ledger(tmp_path / "ledger")
    for number in range(300):
        first.add(metrics.key("a_total", link=f"link-{number}"), number)
    first.close()
    again = Ledger(tmp_path / "ledger")
    assert again.epoch == first.epoch
    assert again.get(metrics.key("a_total", link="link-299")) == 299
    assert ledger.read(tmp_path / "ledger") == again.items()
    assert ledger.read(tmp_path / "nowhere") == {}
    with pytest.raises(ValueError, match="at most"):
        again.add("x" * 300)


@given(texts, texts)
def test_a_ledger_key_splits_into_what_it_was_made_of(link: str, reason: str) -> None:
    assert metrics.split(metrics.key("a_total", link=link, reason=reason)) == (
        "a_total",
        {"link": link, "reason": reason},
    )

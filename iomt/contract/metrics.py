"""Names of the counts that a device keeps in its ledger and serves at ``/metrics``.

Names follow Prometheus: ``_total`` counts up, ``_seconds`` are kept as whole nanoseconds in the
ledger and divided when shown. A key is the name with its labels, as Prometheus prints it.
"""

PUBLISHED = "iomt_output_published_total"  # {port} given a sequence
PUBLISHED_BYTES = "iomt_output_published_bytes_total"  # {port} without headers
ACCEPTED = "iomt_output_accepted_total"  # {port} acknowledged by the stream
DEDUPLICATED = "iomt_output_deduplicated_total"  # {port} the stream had it already
OUTPUT_WAITING = "iomt_output_waiting"  # {port} not yet acknowledged by the stream
OUTPUT_DROPPED = "iomt_output_dropped_total"  # {port,reason} never reached the stream
SEEN = "iomt_link_seen_total"  # {link} latest links: sequences accounted for
SEEN_EPOCH = "iomt_link_epoch"  # {link} whose sequences SEEN_SEQUENCE counts
SEEN_SEQUENCE = "iomt_link_sequence"  # {link} newest sequence seen
DELIVERED = "iomt_link_delivered_total"  # {link} handled to the end
DROPPED = "iomt_link_dropped_total"  # {link,reason}
REDELIVERED = "iomt_link_redelivered_total"  # {link}
DUPLICATE = "iomt_link_duplicate_total"  # {link} seen again and passed over
RETRIED = "iomt_link_retried_total"  # {link} handed back after a failure
AGE_BUCKET = "iomt_link_age_seconds_bucket"  # {link,le} capture to handled, not cumulative here
HANDLE_BUCKET = "iomt_handle_seconds_bucket"  # {le} taken to effect done, not cumulative here
NEWEST = "iomt_newest_capture_timestamp_seconds"  # {port}
MODEL_RUNS = "iomt_model_runs_total"
MODEL_SECONDS = "iomt_model_seconds_total"
SOURCE_GAP = "iomt_source_gap_seconds_total"  # time without frames while a source was away
SOURCE_RECONNECTS = "iomt_source_reconnects_total"
STORED_BYTES = "iomt_stored_bytes_total"
STORED_OBJECTS = "iomt_stored_objects_total"
FIRED = "iomt_alarm_fired_total"
STARTS = "iomt_process_starts_total"
RECONNECTS = "iomt_broker_reconnects_total"
STATE_EPOCH = "iomt_ledger_epoch"

# Reasons of a drop.
REPLACED = "replaced"  # a newer one came first: freshness
MAX_RATE = "max-rate"  # the link asked for fewer
AWAY = "away"  # the reader was not connected, or the broker let go
SHARED = "shared"  # not given to this replica: another one of its node has it, or it was away
CRASH = "crash"  # taken by a process that died before it was done
BUFFER_FULL = "buffer-full"  # the broker was away or full for longer than the buffer holds
TOO_LARGE = "too-large"  # over the broker's message limit
GAVE_UP = "gave-up"  # the effect failed for every attempt
UNREADABLE = "unreadable"  # not an image, not a message of ours

AGE_EDGES = tuple(round(0.001 * 1.25**step, 6) for step in range(50))
"""Upper edges of the age histogram, seconds: 1 ms to 56 s, each 1.25 times the one before."""

HANDLE_EDGES = tuple(round(0.00005 * 1.1**step, 7) for step in range(148))
"""Upper edges of the time that one message takes, seconds: 50 us to 61 s, each 1.1 times the one before."""


def key(name: str, **labels: str) -> str:
    """``key("a_total", link="x->y")`` -> ``a_total{link="x->y"}``."""
    if not labels:
        return name
    inner = ",".join(f'{label}="{value}"' for label, value in labels.items())
    return f"{name}{{{inner}}}"


def split(ledger_key: str) -> tuple[str, dict[str, str]]:
    """The name and labels of what `key` wrote. Label values hold no quotes or commas."""
    name, _, inner = ledger_key.rstrip("}").partition("{")
    pairs = (pair.partition("=") for pair in inner.split(",") if pair)
    return name, {label: value.strip('"') for label, _, value in pairs}

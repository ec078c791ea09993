"""How `iomt prove` tells what it found."""

from iomt.cli.prove import _matrix, _sampled, _told
from iomt.cluster.attempts import Attempt
from iomt.cluster.prove import Tried
from iomt.contract.probe import ALLOWED, REFUSED
from iomt.plan.grants import Reason

_LINK = (Reason("gate.frames->lake.media", "street.yaml:9"),)
_SAID = Attempt("gate", "publish", "gate", "iomt.street.gate.frames", _LINK)
_OTHERS = Attempt("gate", "publish", "lake", "iomt.street.lake.x", ())
_BUCKET = Attempt("lake", "objects", "lake", "put street-lake", _LINK)
_BROKER = Attempt("lake", "connect", "nats", "nats:4222", _LINK)
_STRANGE = Attempt("lake", "connect", "gate", "gate:8080", ())


def test_the_matrix_says_who_may_reach_whom_and_where_it_is_otherwise():
    found = [
        Tried(_SAID, ALLOWED),
        Tried(_OTHERS, REFUSED),
        Tried(_BUCKET, ALLOWED),
        Tried(_BROKER, ALLOWED),
        Tried(_STRANGE, ALLOWED),
    ]
    assert _matrix(found).splitlines() == [
        "        1 2 3",
        "1 gate  + .",
        "2 lake  ! + +",
        "3 nats",
        "+ as a link says   . not at all   ! not as planned",
    ]


def test_one_try_that_went_otherwise_is_seen_among_many_that_did_not():
    found = [Tried(_SAID, ALLOWED), Tried(_SAID._replace(what="more"), REFUSED), Tried(_SAID, ALLOWED)]
    assert "1 gate  !" in _matrix(found)


def test_what_works_without_a_link_and_what_a_link_needs_are_told_apart():
    assert _told(Tried(_OTHERS, ALLOWED)) == "gate can publish on iomt.street.lake.x, and no link says so"
    assert _told(Tried(_STRANGE, ALLOWED)) == "lake can connect to gate:8080, and no link says so"
    assert _told(Tried(_BUCKET, REFUSED)) == (
        "lake cannot put street-lake, which it needs for gate.frames->lake.media (street.yaml:9): refused"
    )


def test_what_cannot_be_tried_is_as_planned_only_where_it_must_not_work():
    broken = "no connection: timeout"
    assert Tried(_OTHERS, broken).as_planned
    assert not Tried(_SAID, broken).as_planned


def test_a_sample_has_all_that_is_allowed_and_so_many_of_the_rest_of_each_device():
    rest = [_OTHERS._replace(node=node, what=str(at)) for node in ("gate", "lake") for at in range(50)]
    chosen = _sampled([_SAID, _BUCKET, *rest], 7)
    assert chosen[:2] == [_SAID, _BUCKET]
    for node in ("gate", "lake"):
        assert sum(each.node == node and not each.reasons for each in chosen) == 7
    assert _sampled([_SAID, _BUCKET, *rest], 7) == chosen
    assert _sampled(rest, 0) == rest

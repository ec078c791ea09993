"""Grants in the words of those who hold them: permissions of nats-server, policies of an S3 store."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from iomt.contract.indented import indented
from iomt.plan.grants import Grants, Subject

_ON_BUCKET = {"list": "s3:ListBucket"}
_ON_OBJECTS = {"get": "s3:GetObject", "put": "s3:PutObject", "delete": "s3:DeleteObject"}


def nats_permissions(party: Grants) -> dict[str, Any]:
    """The ``permissions`` of a user in nats-server's configuration.

    nats-server reads an empty ``allow`` as "anything" (2.15): who may do nothing is denied all.
    """
    return {"publish": _only(party.publish), "subscribe": _only(party.subscribe)}


def _only(subjects: Sequence[Subject]) -> dict[str, list[str]]:
    return {"allow": [each.subject for each in subjects]} if subjects else {"deny": [">"]}


def s3_policy(party: Grants) -> str:
    """The policy of a party as IAM's JSON; empty where it has no objects to do with."""
    # Printed once for all who may do the same: in a large graph their buckets alone differ.
    made = list(_policy(tuple([(each.prefix, each.verbs) for each in party.objects])))
    made[1::2] = [party.objects[int(number)].bucket for number in made[1::2]]
    return "".join(made)


@lru_cache(maxsize=1024)
def _policy(objects: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[str, ...]:
    """The pieces of a policy; each second one is the number of the object whose bucket stands there."""
    statements: list[dict[str, Any]] = []
    for number, (prefix, verbs) in enumerate(objects):
        bucket = f"arn:aws:s3:::\0{number}\0"
        if actions := [_ON_BUCKET[verb] for verb in verbs if verb in _ON_BUCKET]:
            below = {"Condition": {"StringLike": {"s3:prefix": [f"{prefix}*"]}}} if prefix else {}
            statements.append({"Effect": "Allow", "Action": actions, "Resource": [bucket], **below})
        if actions := [_ON_OBJECTS[verb] for verb in verbs if verb in _ON_OBJECTS]:
            objects_below = [f"{bucket}/{prefix}*"]
            statements.append({"Effect": "Allow", "Action": actions, "Resource": objects_below})
    if not statements:
        return ()
    text = indented({"Version": "2012-10-17", "Statement": statements}, order=list)
    return tuple(text.split("\\u0000"))

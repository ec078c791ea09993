"""Grants in the words of those who hold them: permissions of nats-server, policies of an S3 store."""

from collections.abc import Sequence
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
    statements: list[dict[str, Any]] = []
    for each in party.objects:
        bucket = f"arn:aws:s3:::{each.bucket}"
        if actions := [_ON_BUCKET[verb] for verb in each.verbs if verb in _ON_BUCKET]:
            below = {"Condition": {"StringLike": {"s3:prefix": [f"{each.prefix}*"]}}} if each.prefix else {}
            statements.append({"Effect": "Allow", "Action": actions, "Resource": [bucket], **below})
        if actions := [_ON_OBJECTS[verb] for verb in each.verbs if verb in _ON_OBJECTS]:
            objects = [f"{bucket}/{each.prefix}*"]
            statements.append({"Effect": "Allow", "Action": actions, "Resource": objects})
    return indented({"Version": "2012-10-17", "Statement": statements}, order=list) if statements else ""

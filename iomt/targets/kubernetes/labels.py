"""What Kubernetes takes as labels, and as names of resources (apimachinery, util/validation)."""

import re

_WORD = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")
_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")
_LONGEST_DOMAIN = 253


def wrong_key(text: str) -> str:
    """Why it is no key of a label, a taint or an annotation; empty where it is one."""
    domain, slash, word = text.rpartition("/")
    if slash and not (len(domain) <= _LONGEST_DOMAIN and _DOMAIN.fullmatch(domain)):
        return f"{text!r} has no domain before its /"
    return "" if _WORD.fullmatch(word) else f"{text!r} is no key of a label"


def wrong_value(text: str) -> str:
    """Why it is no value of a label; empty where it is one."""
    return "" if not text or _WORD.fullmatch(text) else f"{text!r} is no value of a label"


def wrong_resource(text: str) -> str:
    """Why it is no resource beyond processors and memory: these have a domain of their own."""
    domain, _, word = text.partition("/")
    if (
        not domain
        or not word
        or domain.endswith("kubernetes.io")
        or len(f"requests.{domain}") > _LONGEST_DOMAIN
    ):
        return f"{text!r} is no resource that a device plugin offers"
    return wrong_key(text)

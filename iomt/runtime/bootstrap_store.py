"""The bootstrap's half at the object store: buckets, accounts and their policies."""

import contextlib
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import urllib3
from minio import Minio, MinioAdmin
from minio.credentials.providers import StaticProvider
from minio.error import MinioAdminException, S3Error

from iomt.contract import names
from iomt.contract.provision import Provision, StoreUser
from iomt.contract.settings import STORE_ACCESS_KEY, STORE_SECRET_KEY

_ATTEMPTS = 3
_ANSWER_SECONDS = 2
_REGION = "us-east-1"
_STRANGERS = {"InvalidAccessKeyId", "SignatureDoesNotMatch"}


def provision_store(wanted: Provision) -> None:
    """Make what is missing and return. Raises what minio and urllib3 raise."""
    keys = _keys(wanted.credentials)
    client = _client(wanted, *keys)
    for name in wanted.buckets:
        if not client.bucket_exists(name):
            client.make_bucket(name)
    if wanted.users is not None:
        _accounts(wanted, wanted.users, keys)


def _accounts(wanted: Provision, users: tuple[StoreUser, ...], keys: tuple[str, str]) -> None:
    parts = urlsplit(wanted.store)
    admin = MinioAdmin(
        endpoint=parts.netloc,
        credentials=StaticProvider(*keys),
        region=_REGION,
        secure=parts.scheme == "https",
        http_client=_pool(),
    )
    kept = {user.name for user in users}
    ours = names.account(wanted.graph, "")
    for stale in json.loads(admin.policy_list()):
        if stale.startswith(ours) and stale not in kept:
            with contextlib.suppress(MinioAdminException):  # a policy whose user was never made
                admin.user_remove(stale)
            admin.policy_remove(stale)  # refused while somebody has it

    def account(user: StoreUser) -> None:
        admin.policy_add(user.name, policy=json.loads(user.policy))
        access, secret = _keys(user.credentials)
        if not _known(wanted, access, secret):
            admin.user_add(access, secret)
        admin.policy_set(user.name, user=access)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(account, users))


def _known(wanted: Provision, access: str, secret: str) -> bool:
    """Whether the store takes this pair. To ask costs a hundredth of making it again: the body of
    that call is encrypted with a key that is slow to derive on both sides.
    """
    try:
        _client(wanted, access, secret).list_buckets()
    except S3Error as error:
        return error.code not in _STRANGERS
    return True


def _client(wanted: Provision, access: str, secret: str) -> Minio:
    parts = urlsplit(wanted.store)
    return Minio(
        parts.netloc,
        access_key=access or None,
        secret_key=secret or None,
        secure=parts.scheme == "https",
        region=_REGION,
        http_client=_pool(),
    )


def _pool() -> urllib3.PoolManager:
    return urllib3.PoolManager(
        timeout=urllib3.Timeout(connect=_ANSWER_SECONDS, read=10),
        retries=urllib3.Retry(_ATTEMPTS - 1, read=0, backoff_factor=0.2),
    )


def _keys(folder: str) -> tuple[str, str]:
    return _secret(folder, STORE_ACCESS_KEY), _secret(folder, STORE_SECRET_KEY)


def _secret(folder: str, name: str) -> str:
    path = Path(folder, name)
    return path.read_text().strip() if path.exists() else ""

"""Programs that can be the object store: each enforces policies, and has MinIO's API for users."""

from typing import NamedTuple

from iomt.targets.kubernetes.place import STORE_PORT

DATA_FOLDER = "/data"
_META = f"badger://{DATA_FOLDER}/meta"


class Program(NamedTuple):
    """Arguments of an image's program: what is run before, again without a change, and what serves."""

    prepare: tuple[str, ...]
    serve: tuple[str, ...]


PROGRAMS = {
    # Of k8s/images/store, the same as `iomt run` has.
    "juicefs": Program(
        (
            "format",
            "--storage",
            "file",
            "--bucket",
            f"{DATA_FOLDER}/blobs/",
            "--trash-days",
            "0",
            _META,
            "iomt",
        ),
        (
            "gateway",
            *("--multi-buckets", "--keep-etag", "--object-tag", "--object-meta", "--no-banner", "--no-bgjob"),
            # 512 MiB; without a size up to 100 GiB of the machine's disk.
            *("--cache-dir", "/tmp/cache", "--cache-size", "512", _META, f"0.0.0.0:{STORE_PORT}"),
        ),
    ),
    # MinIO's last free release and its forks, among them pgsty/silo: the image is the user's to name.
    "silo": Program(
        (), ("server", "--quiet", "--address", f"0.0.0.0:{STORE_PORT}", f"{DATA_FOLDER}/objects")
    ),
}

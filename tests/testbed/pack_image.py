"""Write an image of one program that `ctr images import` reads: pack_image.py NAME PROGRAM OUT.tar"""

import hashlib
import io
import json
import sys
import tarfile
from pathlib import Path


def image(name, program):
    """An archive in Docker's form: a layer with the program, its description, and the image's name."""
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as files:
        files.add(program, Path(program).name)
    digest = hashlib.sha256(layer.getvalue()).hexdigest()
    described = {
        "architecture": "amd64",
        "os": "linux",
        "config": {"Entrypoint": [f"/{Path(program).name}"]},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}"]},
    }
    listed = [{"Config": "config.json", "RepoTags": [name], "Layers": ["layer.tar"]}]
    return {
        "config.json": json.dumps(described).encode(),
        "layer.tar": layer.getvalue(),
        "manifest.json": json.dumps(listed).encode(),
    }


def main(name, program, out):
    with tarfile.open(out, "w") as archive:
        for path, data in image(name, program).items():
            entry = tarfile.TarInfo(path)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))


if __name__ == "__main__":
    main(*sys.argv[1:])

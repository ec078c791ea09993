"""Stand-ins for the CUDA packages that torch's wheel asks for: an image without a GPU has 1.9 GB, not 5.5.

    python stub_wheels.py TORCH.whl FOLDER

For the testbed alone, where the only torch to be had is one with CUDA: images of users take PyTorch's own
wheels for processors. pip prefers a stand-in because its version ends with `+stub`. A stand-in of a library
has all functions that torch's libraries link to, and each of them ends the process: on a processor none is
ever called. Needs gcc, nm and readelf.
"""

import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

_KEPT = "libcudart"
"""Called whenever torch is imported, so this one stays real."""


def _run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def write_wheel(folder, name, version, files=(), head=""):
    """A wheel with some (path inside, file) and lines of metadata."""
    base = f"{name.replace('-', '_')}-{version}"
    info = f"{base}.dist-info"
    texts = {
        "METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{head}",
        "WHEEL": "Wheel-Version: 1.0\nGenerator: iomt\nRoot-Is-Purelib: false\nTag: py3-none-any\n",
    }
    with zipfile.ZipFile(folder / f"{base}-py3-none-any.whl", "w", zipfile.ZIP_DEFLATED) as archive:
        for inside, file in files:
            archive.write(file, inside)
        for each, text in texts.items():
            archive.writestr(f"{info}/{each}", text)
        rows = [f"{each},," for each in [*archive.namelist(), f"{info}/RECORD"]]
        archive.writestr(f"{info}/RECORD", "\n".join([*rows, ""]))


class Torch:
    """What a torch wheel asks of the system: ``libraries`` maps each CUDA library to the functions it must
    have, ``versions`` to the symbol version that these are looked up under.
    """

    def __init__(self, wheel, folder):
        with zipfile.ZipFile(wheel) as archive:
            names = archive.namelist()
            inside = [each for each in names if re.fullmatch(r"torch/lib/[^/]+\.so", each)]
            files = [archive.extract(each, folder) for each in inside]
            metadata = next(each for each in names if each.endswith(".dist-info/METADATA"))
            self.metadata = archive.read(metadata).decode()
        own = {Path(each).name for each in files}
        needed = {
            name
            for each in files
            for name in re.findall(r"NEEDED.*\[(lib(?:cu|nv|nccl)[^\]]+)\]", _run("readelf", "-d", each))
        }
        self.libraries = {each: set() for each in needed - own if not each.startswith(_KEPT)}
        self.versions = {}
        # A function is the library's whose name it begins with: cublasSgemm is libcublas.so's.
        stems = {re.sub(r"^lib|(_host)?\.so.*", "", each).lower(): each for each in needed - own}
        for each in files:
            for library, told in re.findall(
                r"File: (\S+) .*\n((?:.*Name: .*\n)+)", _run("readelf", "-VW", each)
            ):
                self.versions.setdefault(library, re.search(r"Name: (\S+)", told)[1])
            for name in re.findall(r" U ([A-Za-z_]\w+)", _run("nm", "-D", "--undefined-only", each)):
                stem = max((stem for stem in stems if name.lower().startswith(stem)), key=len, default="")
                if stems.get(stem) in self.libraries:
                    self.libraries[stems[stem]].add(name)


def compiled(library, functions, version, folder):
    """A shared object in which every function is a trap."""
    code, symbols, made = (folder / each for each in ("stub.c", "stub.map", library))
    code.write_text("".join(f"void {each}(void) {{ __builtin_trap(); }}\n" for each in sorted(functions)))
    symbols.write_text(f"{version} {{ global: *; }};\n")
    flags = ["-shared", "-nostdlib", "-w", "-fno-builtin", "-fPIC", f"-Wl,-soname,{library}"]
    _run("gcc", *flags, f"-Wl,--version-script={symbols}", str(code), "-o", str(made))
    return made


def main(wheel, out):
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        torch = Torch(wheel, folder)
        toolkit = re.search(r"Requires-Dist: cuda-toolkit\[(.*)\]==([\d.]+)", torch.metadata)
        if toolkit is None:
            print("this torch has no CUDA: nothing to stand in for")
            return
        extras, version = toolkit.groups()
        major, minor = version.split(".")[:2]
        files = [
            (
                f"nvidia/cu{major}/lib/{library}",
                compiled(library, functions, torch.versions.get(library, library), folder),
            )
            for library, functions in sorted(torch.libraries.items())
        ]
        head = f"Requires-Dist: nvidia-cuda-runtime=={major}.{minor}.*\n"
        head += "".join(f"Provides-Extra: {each}\n" for each in extras.split(","))
        write_wheel(out, "cuda-toolkit", f"{version}+stub", files, head)
    write_wheel(out, "cuda-bindings", f"{major}.999+stub")
    asked = re.findall(r"Requires-Dist: (nvidia-\S+|triton)[=~]=([\d.]+)", torch.metadata)
    for package, version in asked:
        write_wheel(out, package, f"{version}+stub")


if __name__ == "__main__":
    main(*sys.argv[1:])

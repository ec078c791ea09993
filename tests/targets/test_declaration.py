"""A declaration that is written reads as what it was."""

from hypothesis import given
from hypothesis import strategies as st

from iomt.catalogue.declaration import Device, ModelInput, Weights
from iomt.catalogue.declared import read_device
from iomt.targets.declaration import declaration_text

_DEVICE = Device(
    name="mine",
    kind="MAnalyzer",
    summary="Finds things and their boxes in images.",
    runtime="",
    model="owner/name",
    revision="0123",
    task="object-detection",
    labels=("red box", "0", "no", "1.10", "a: b", "- c", "# d"),
    licence="cc-by-4.0",
    input=ModelInput(96, 64, 16000),
    weights=Weights(1_164_928, "safetensors"),
    custom_code=True,
)
_TEXTS = st.text(min_size=1, max_size=30).filter(lambda text: bool(text.strip()))


def _read_back(folder, device):
    path = folder / "mine.yaml"
    path.write_text(declaration_text(device), "utf-8", newline="")
    again, findings, _ = read_device(str(path))
    assert findings == []
    return again._replace(model_span=None, options={})


def test_the_text_is_short_and_says_what_it_is(tmp_path):
    assert declaration_text(_DEVICE) == (
        "# What `iomt devices add` read of the model. Yours to change; ports, options and program are\n"
        "# those of the task: `iomt devices show mine`.\n"
        "apiVersion: iomt.dev/v1\n"
        "kind: MAnalyzer\n"
        "metadata:\n"
        "  name: mine\n"
        "spec:\n"
        '  summary: "Finds things and their boxes in images."\n'
        "  model: owner/name\n"
        '  revision: "0123"\n'
        "  task: object-detection\n"
        "  licence: cc-by-4.0\n"
        "  input:\n"
        "    width: 96\n"
        "    height: 64\n"
        "    sample_rate: 16000\n"
        "  weights:\n"
        "    bytes: 1164928\n"
        "    format: safetensors\n"
        "  custom_code: true\n"
        "  labels:\n"
        '  - "red box"\n'
        '  - "0"\n'
        '  - "no"\n'
        '  - "1.10"\n'
        '  - "a: b"\n'
        '  - "- c"\n'
        '  - "# d"\n'
    )
    assert _read_back(tmp_path, _DEVICE) == _DEVICE


@given(labels=st.lists(_TEXTS, max_size=5), licence=_TEXTS, revision=_TEXTS)
def test_whatever_a_model_says_of_itself_is_read_back(tmp_path_factory, labels, licence, revision):
    device = _DEVICE._replace(labels=tuple(labels), licence=licence, revision=revision)
    assert _read_back(tmp_path_factory.mktemp("d"), device) == device

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iomt.checks import check
from iomt.contract.settings import Input, Output, Settings
from iomt.contract.settings_forms import SettingsForms
from iomt.plan.make import make
from iomt.plan.place import settings
from iomt.targets.kubernetes.place import place

_ROOT = Path(__file__).parents[2]
_GRAPHS = sorted([*(_ROOT / "graphs").glob("*.yaml"), *(_ROOT / "tests" / "graphs").glob("*.yaml")])
_TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])) | st.sampled_from(
    ["", '"', "\\", "%s", "{0}", "0", "\\u0000", "a\nb", "é"]
)
_OPTIONS = st.dictionaries(
    _TEXTS, _TEXTS | st.integers() | st.booleans() | st.lists(_TEXTS, max_size=2), max_size=3
)
_SETTINGS = st.builds(
    Settings,
    **dict.fromkeys(("graph", "node", "kind", "device", "runtime", "origin"), _TEXTS),
    **dict.fromkeys(("host", "broker", "store", "bucket", "credentials", "state_dir", "model"), _TEXTS),
    options=_OPTIONS,
    outputs=st.lists(st.builds(Output, _TEXTS, _TEXTS, _TEXTS, _TEXTS), max_size=2).map(tuple),
    inputs=st.lists(
        st.builds(
            Input,
            **dict.fromkeys(
                ("link", "port", "source", "subject", "stream", "consumer", "url", "queue"), _TEXTS
            ),
            delivery=st.sampled_from(["latest", "durable"]),
            transport=st.sampled_from(["nats", "http", "bucket"]),
            max_rate=st.sampled_from([0.0, 0.5, 30.0]),
            buffer=st.integers(1, 3),
        ),
        max_size=3,
    ).map(tuple),
    http_port=st.integers(1, 65535),
)


@given(every=st.lists(_SETTINGS, min_size=1, max_size=4))
def test_settings_of_any_texts_are_printed_as_they_are_one_by_one(every):
    forms = SettingsForms()
    for each in every:
        for told in (each, each._replace(node="another", origin="graph.yaml:1", options={"other": 1})):
            assert forms.text(told) == told.to_json()


@pytest.mark.parametrize("graph", _GRAPHS, ids=lambda path: path.stem)
def test_the_settings_of_every_device_are_printed_as_they_are_one_by_one(graph):
    plan, forms = make(check(str(graph)).resolved), SettingsForms()
    every = [settings(plan, device, place("yard")) for device in plan.devices]
    assert every
    assert [forms.text(each) for each in every] == [each.to_json() for each in every]

"""What all tests on a cluster need: one, kubectl, and the images of the examples in it."""

import os
import time

import pytest

from tests.testbed.cluster import IMAGES, KUBECONFIG, KUBECTL, LOAD, built
from tests.testbed.line import Line

_BEGUN = time.monotonic()
_SECONDS = float(os.environ.get("IOMT_TEST_SECONDS") or "inf")


def pytest_collection_modifyitems(items):
    here = [each for each in items if "tests/testbed/" in each.nodeid]
    for lacking, reason in (
        (not KUBECONFIG, "IOMT_TEST_KUBECONFIG names no cluster"),
        (not KUBECTL, "there is no kubectl: put it on PATH or into IOMT_TEST_KUBECTL"),
        (not (LOAD or IMAGES), "neither IOMT_TEST_LOAD_IMAGE nor IOMT_TEST_IMAGES is set"),
    ):
        for each in here if lacking else ():
            each.add_marker(pytest.mark.skip(reason=reason))
    for each in here:
        each.add_marker(pytest.mark.timeout(900))


def pytest_runtest_setup(item):
    if "tests/testbed/" in item.nodeid and time.monotonic() - _BEGUN > _SECONDS:
        pytest.skip(f"not begun within the {_SECONDS:.0f} s of IOMT_TEST_SECONDS")


@pytest.fixture(scope="session")
def images(tmp_path_factory):
    """The arguments of `iomt apply` that name them."""
    return built(tmp_path_factory.mktemp("files"))


@pytest.fixture(scope="module")
def lines(tmp_path_factory, images):
    """Makes a `Line` of a graph's text; its namespace is deleted after the module's last test."""
    made = []

    def line(text, volume="none", namespace=None):
        made.append(Line(tmp_path_factory.mktemp("line"), text, images, volume, namespace))
        return made[-1]

    yield line
    for each in made:
        each.end()

import pytest

from tests.examples import FOLDER, GRAPHS, compiled


@pytest.mark.parametrize("graph", GRAPHS, ids=lambda path: path.stem)
def test_what_stands_in_k8s_examples_is_what_is_made_today(graph):
    there = (FOLDER / graph.name).read_text()
    assert there == compiled(graph), "if the change is meant, `make examples` writes it"


def test_there_is_an_example_for_every_graph_and_nothing_else():
    assert {path.name for path in FOLDER.iterdir()} == {graph.name for graph in GRAPHS}

"""Objects that came out of a program, to compare."""

import yaml

from iomt.cli import OK, main


def by_name(text):
    """The documents of a stream by kind and name; none is there twice."""
    every = [each for each in yaml.load_all(text, yaml.CSafeLoader) if each]
    made = {(each["kind"], each["metadata"]["name"]): each for each in every}
    assert len(made) == len(every)
    return made


def plain_output(graph, capsys, *more):
    """What `iomt compile` prints for a graph."""
    capsys.readouterr()
    assert main(["compile", str(graph), *more]) == OK
    return by_name(capsys.readouterr().out)

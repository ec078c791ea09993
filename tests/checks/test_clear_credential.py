"""Passwords in graphs are told, and never printed: whatever is wrong, and in whichever form."""

import json

import pytest

from iomt.cli import main
from iomt.diagnostics.masking import masked, masked_line
from tests.graphs import LAKE, check_text, graph_text, printed

_SECRET = "xyzzy42"
_CAMERA = "gate: {kind: MSensor, device: rtsp-camera, options: {url: %s}}"
_URL = f'"rtsp://admin:{_SECRET}@10.0.0.12/stream1"'


def _graph(options, link="gate -> lake"):
    return graph_text([f"gate: {{kind: MSensor, device: rtsp-camera, options: {options}}}", LAKE], [link])


def test_the_password_of_a_url_is_marked_and_not_shown(tmp_path):
    assert printed(tmp_path, graph_text([_CAMERA % _URL, LAKE], ["gate -> lake"])) == (
        "warning[clear-credential]: the password in the url of gate can be read by whoever has this file\n"
        " --> graph.yaml:6:77\n"
        "  |\n"
        "6 |     gate: {kind: MSensor, device: rtsp-camera, options: "
        '{url: "rtsp://admin:*******@10.0.0.12/stream1"}}\n'
        "  |                                                                             ^^^^^^^\n"
        "  |\n"
        "  = help: keep it in a secret, and name that: url: {secret: gate}"
    )


@pytest.mark.parametrize(
    "options",
    [
        f"{{url: {_URL}}}",
        f"{{url: {_URL}, transport: tpc}}",
        f"{{url: {_URL.replace('rtsp', 'http')}}}",
        f"{{url: {_URL}, transprt: tcp}}",
        f'{{url: "rtsp://a", password: {_SECRET}}}',
        f'{{url: "rtsp://a", Camera-Password: "{_SECRET}"}}',
        f'{{url: "rtsp://a", secret: {_SECRET}}}',
        f'{{url: "rtsp://a", login: {{token: {_SECRET}, secret: {_SECRET}}}}}',
        f'{{url: "rtsp://a", api-key: [{_SECRET}]}}',
        f"\n  url: >-\n    rtsp://admin:\\\n    {_SECRET}@10.0.0.12/stream1\n  ",
        f"\n        url: rtsp://a\n        password: >-\n          {_SECRET}\n  ",
        f'\n        url: rtsp://a\n        "token": &mine {_SECRET}, or not # no comment\n  ',
    ],
)
@pytest.mark.parametrize("format", ["text", "json", "sarif", "github"])
def test_no_form_of_output_shows_it(tmp_path, options, format, capsys):
    text = _graph(options) if "\n" not in options else _block(options)
    (tmp_path / "graph.yaml").write_text(text)
    main(["check", str(tmp_path / "graph.yaml"), "--format", format])
    shown = capsys.readouterr()
    assert _SECRET not in shown.out + shown.err
    assert shown.out + shown.err


def _block(options):
    node = f"gate:\n  kind: MSensor\n  device: rtsp-camera\n  options:{options.rstrip()}"
    return graph_text([LAKE], ["gate -> lake"]).replace(
        "  links:", "".join(f"    {line}\n" for line in node.split("\n")) + "  links:"
    )


@pytest.mark.parametrize(
    "broken",
    [
        f"    gate: {{device: rtsp-camera, options: {{url: {_URL}, password: {_SECRET}}}}}",
        f"    gate: {{kind: MSensor, device: rtsp-camera, options: {{url: {_URL}, password: {_SECRET}",
        f"    gate: [{{password: {_SECRET}}}, {_URL}]",
        f"    gate: {{kind: MSensor, device: rtsp-camera, password: '{_SECRET}', url: {_URL}}}",
    ],
)
def test_nor_does_a_file_that_cannot_be_understood(tmp_path, broken, capsys):
    path = tmp_path / "graph.yaml"
    path.write_text(graph_text([LAKE], ["gate -> lake"]).replace("  links:", broken + "\n  links:"))
    assert main(["check", str(path)]) == 1
    shown = capsys.readouterr()
    assert _SECRET not in shown.out + shown.err
    assert "gate: " in shown.out + shown.err


def test_a_silenced_one_is_not_shown_by_its_neighbour(tmp_path):
    options = f"{{url: {_URL}, transport: tpc}}"
    allowed = "  # iomt: allow clear-credential because it is the maker's"
    text = graph_text(
        [f"gate: {{kind: MSensor, device: rtsp-camera, options: {options}}}{allowed}", LAKE], ["gate -> lake"]
    )
    shown = printed(tmp_path, text)
    assert "bad-option" in shown
    assert "clear-credential]" not in shown
    assert _SECRET not in shown


def test_what_is_no_password_is_left_alone(tmp_path):
    for url in ("rtsp://10.0.0.12:554/a@b", "rtsp://admin@10.0.0.12/", "rtsp://10.0.0.12:554/?m=a:b@c"):
        text = graph_text([_CAMERA % f'"{url}"', LAKE], ["gate -> lake"])
        assert not check_text(tmp_path, text).findings
        assert masked(url) == url


def test_a_reference_to_a_secret_is_none(tmp_path):
    text = _graph("{url: {secret: camera}}")
    assert "clear-credential" not in {each.rule for each in check_text(tmp_path, text).findings}
    assert masked_line("url: {secret: camera}") == "url: {secret: camera}"


def test_a_line_is_masked_up_to_the_end_of_the_value():
    assert masked_line("{password: a b, size: 3}") == "{password: ***, size: 3}"
    assert masked_line("password: a, b # why") == "password: **** # why"
    assert masked_line("{'api_key': 'it''s', b: 1}") == "{'api_key': *******, b: 1}"
    assert masked_line("rtsp://u:a/b@c/d") == "rtsp://u:***@c/d"
    assert masked_line("passwords: 3") == "passwords: 3"


def test_json_keeps_its_places(tmp_path, capsys):
    (tmp_path / "graph.yaml").write_text(_graph(f"{{url: {_URL}}}"))
    main(["check", str(tmp_path / "graph.yaml"), "--format", "json"])
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert finding["end_column"] - finding["column"] == len(_SECRET)

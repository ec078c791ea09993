"""Findings as SARIF and as commands of GitHub Actions."""

import json

from jsonschema import Draft202012Validator

from iomt.diagnostics import as_github, as_sarif
from iomt.diagnostics.as_sarif import RuleText
from iomt.diagnostics.finding import Finding, Related, Severity, Span

_TWICE = Finding(
    "duplicate-key",
    "the key gate stands twice",
    Span("my graphs/a.yaml", 3, 3, 3, 7),
    "remove one",
    (Related(Span("my graphs/a.yaml", 2, 3, 2, 7), "it stands here first"),),
)
_UNUSED = Finding(
    "unused-node", "100 %, a: b", Span("a,b:c.yaml", 1, 1, 2, 5), "", (), severity=Severity.WARNING
)
_HINT = Finding("unpinned", "name a commit", Span("a.yaml", 9, 1, 9, 2), severity=Severity.HINT)

_TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
_POSITION = {"type": "integer", "minimum": 1}
_LOCATION = {
    "type": "object",
    "required": ["physicalLocation"],
    "properties": {
        "message": _TEXT,
        "physicalLocation": {
            "type": "object",
            "additionalProperties": False,
            "required": ["artifactLocation", "region"],
            "properties": {
                "artifactLocation": {
                    "required": ["uri"],
                    "properties": {"uri": {"type": "string", "pattern": "^[A-Za-z0-9%/._~:-]+$"}},
                },
                "region": {
                    "additionalProperties": False,
                    "required": ["startLine", "startColumn", "endLine", "endColumn"],
                    "properties": dict.fromkeys(
                        ("startLine", "startColumn", "endLine", "endColumn"), _POSITION
                    ),
                },
            },
        },
    },
}
_SARIF = {
    "type": "object",
    "additionalProperties": False,
    "required": ["$schema", "version", "runs"],
    "properties": {
        "$schema": {"type": "string"},
        "version": {"const": "2.1.0"},
        "runs": {
            "minItems": 1,
            "items": {
                "additionalProperties": False,
                "required": ["tool", "results", "columnKind"],
                "properties": {
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "tool": {
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "additionalProperties": False,
                                "required": ["name", "version", "rules"],
                                "properties": {
                                    "name": {"const": "iomt"},
                                    "version": {"type": "string"},
                                    "rules": {
                                        "uniqueItems": True,
                                        "items": {
                                            "additionalProperties": False,
                                            "required": ["id"],
                                            "properties": {
                                                "id": {"type": "string"},
                                                "shortDescription": _TEXT,
                                                "help": {**_TEXT, "required": ["text", "markdown"]},
                                            },
                                        },
                                    },
                                },
                            }
                        },
                    },
                    "results": {
                        "items": {
                            "additionalProperties": False,
                            "required": ["ruleId", "ruleIndex", "level", "message", "locations"],
                            "properties": {
                                "ruleId": {"type": "string"},
                                "ruleIndex": {"type": "integer", "minimum": 0},
                                "level": {"enum": ["none", "note", "warning", "error"]},
                                "message": _TEXT,
                                "locations": {"minItems": 1, "maxItems": 1, "items": _LOCATION},
                                "relatedLocations": {
                                    "minItems": 1,
                                    "items": {**_LOCATION, "required": ["id", "message", "physicalLocation"]},
                                },
                            },
                        }
                    },
                },
            },
        },
    },
}
"""What SARIF 2.1.0 asks of the parts that are used here (OASIS standard, sections 3.14 to 3.49)."""


def _described(rule):
    return RuleText("Twice.", "# duplicate-key\n") if rule == "duplicate-key" else None


def _sarif(*findings):
    document = json.loads(as_sarif.render(findings, _described, "1.2.3"))
    Draft202012Validator(_SARIF).validate(document)
    return document["runs"][0]


def test_sarif_has_the_rule_the_region_the_related_place_and_the_cure():
    run = _sarif(_TWICE, _UNUSED, _HINT)
    assert run["tool"]["driver"]["rules"] == [
        {
            "id": "duplicate-key",
            "shortDescription": {"text": "Twice."},
            "help": {"text": "# duplicate-key\n", "markdown": "# duplicate-key\n"},
        },
        {"id": "unpinned"},
        {"id": "unused-node"},
    ]
    place = {"uri": "my%20graphs/a.yaml"}
    region = {"startLine": 3, "startColumn": 3, "endLine": 3, "endColumn": 7}
    first = {**region, "startLine": 2, "endLine": 2}
    assert run["results"][2] == {
        "ruleId": "duplicate-key",
        "ruleIndex": 0,
        "level": "error",
        "message": {"text": "the key gate stands twice\nhelp: remove one"},
        "locations": [{"physicalLocation": {"artifactLocation": place, "region": region}}],
        "relatedLocations": [
            {
                "id": 1,
                "message": {"text": "it stands here first"},
                "physicalLocation": {"artifactLocation": place, "region": first},
            }
        ],
    }
    assert [each["level"] for each in run["results"]] == ["warning", "note", "error"]


def test_every_result_of_sarif_points_at_its_rule():
    run = _sarif(_TWICE, _UNUSED, _HINT, _TWICE)
    assert len(run["results"]) == 3
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[each["ruleIndex"]]["id"] == each["ruleId"] for each in run["results"])


def test_a_path_from_the_root_is_a_file_uri_in_sarif():
    run = _sarif(Finding("r", "m", Span("/a b/ü.yaml", 1, 1, 1, 2)))
    place = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place == {"uri": "file:///a%20b/%C3%BC.yaml"}


def test_sarif_without_findings_is_a_run_without_results():
    assert _sarif()["results"] == []


def test_github_gets_one_command_for_each_finding():
    assert as_github.render([_TWICE, _HINT]) == (
        "::notice file=a.yaml,line=9,endLine=9,col=1,endColumn=2,title=iomt unpinned::name a commit\n"
        "::error file=my graphs/a.yaml,line=3,endLine=3,col=3,endColumn=7,title=iomt duplicate-key"
        "::the key gate stands twice%0Amy graphs/a.yaml:2:3 it stands here first%0Ahelp: remove one\n"
    )


def test_what_a_command_of_github_is_made_of_is_escaped_and_no_column_spans_lines():
    assert as_github.render([_UNUSED]) == (
        "::warning file=a%2Cb%3Ac.yaml,line=1,endLine=2,title=iomt unused-node::100 %25, a: b\n"
    )


def test_a_message_cannot_begin_a_command_of_its_own():
    forged = Finding("r", "a\r\n::error::forged", Span("a.yaml", 1, 1, 1, 2))
    assert as_github.render([forged]).count("\n") == 1

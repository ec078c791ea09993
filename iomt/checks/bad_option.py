"""Options that the device's JSON Schema refuses."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from iomt.catalogue.resolved import Resolved, ResolvedNode
from iomt.checks.credentials import is_credential_name
from iomt.checks.quick_schema import Test, quick_test
from iomt.contract.secret import is_reference
from iomt.diagnostics.finding import Finding, Span
from iomt.language.source import SourceText
from iomt.language.suggest import cure, nearest, one_of

_RULE = "bad-option"
_OF_TEXTS = ("pattern", "minLength", "maxLength", "format", "enum", "const")
_TYPES = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a map",
    "null": "nothing",
}


def bad_option(resolved: Resolved, source: SourceText) -> Iterable[Finding]:
    """An option that is unknown, missing, of the wrong type or out of range."""
    validators: dict[str, Callable[[Any], Iterable[Any]]] = {}
    tests: dict[str, Test] = {}
    for nodes in resolved.alike:
        device = nodes[0].device
        test = tests.get(device.name) or tests.setdefault(device.name, quick_test(device.options))
        if test(nodes[0].node.options):
            continue
        if device.name not in validators:
            validators[device.name] = _validator(device.options)
        for node in nodes:
            yield from _findings(node, validators[device.name])


def _validator(schema: dict[str, Any]) -> Callable[[Any], Iterable[Any]]:
    # Slow to import, so only where something is wrong; nothing is ever fetched for a $ref.
    from jsonschema import Draft202012Validator, TypeChecker
    from jsonschema.validators import extend
    from referencing import Registry

    def is_text(_: TypeChecker, value: Any) -> bool:
        return isinstance(value, str) or is_reference(value)

    rules = Draft202012Validator.VALIDATORS
    unseen = {name: _unless_secret(rules[name]) for name in _OF_TEXTS}
    types = Draft202012Validator.TYPE_CHECKER.redefine("string", is_text)
    extended: Callable[..., Any] = extend
    checked = extended(Draft202012Validator, validators=unseen, type_checker=types)
    iter_errors: Callable[[Any], Iterable[Any]] = checked(schema, registry=Registry()).iter_errors
    return iter_errors


def _unless_secret(rule: Callable[..., Any]) -> Callable[..., Iterator[Any]]:
    """What a secret's text is, nobody knows before it is read."""

    def checked(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[Any]:
        if not is_reference(instance):
            yield from rule(validator, wanted, instance, schema) or ()

    return checked


def _findings(node: ResolvedNode, errors: Callable[[Any], Iterable[Any]]) -> list[Finding]:
    from referencing.exceptions import Unresolvable

    try:
        found = [finding for error in errors(node.node.options) for finding in _explain(node, error)]
    except (Unresolvable, re.error) as error:
        message = f"the options of {node.device.name} cannot be checked: {error}"
        return [
            Finding(
                "bad-declaration", message, _span(node, ()), "mend the schema in the device's declaration"
            )
        ]
    return list(dict.fromkeys(found))  # the schema library tells a missing option once for each


def _explain(node: ResolvedNode, error: Any) -> Iterator[Finding]:
    path = tuple(error.absolute_path)
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        known = _known(error)
        for key in error.instance:
            if key not in known:
                message = f"{node.device.name} has no option {'.'.join(map(str, (*path, key)))}"
                otherwise = f"its options are {one_of(known, 'and')}" if known else "it has no options"
                span = node.node.option_key_spans.get((*path, key)) or _span(node, path)
                yield Finding(_RULE, message, span, cure(key, known, otherwise))
    elif error.validator == "required":
        known = _known(error)
        misspelt = {nearest(key, known) for key in error.instance if key not in known}
        for name in error.validator_value:
            if name not in error.instance and name not in misspelt:
                option = ".".join(map(str, (*path, name)))
                schema = error.schema.get("properties", {}).get(name, {})
                message = f"{node.device.name} needs the option {option}"
                yield Finding(_RULE, message, _key_span(node, path), _example(name, schema))
    else:
        message, help_text = _words(".".join(map(str, path)) or "options", error)
        if path and is_credential_name(path[-1]):
            message = f"{path[-1]} is not what {node.device.name} allows"  # and its value is not shown
        yield Finding(_RULE, message, _span(node, path), help_text)


def _known(error: Any) -> list[str]:
    return list(error.schema.get("properties", {}))


def _words(option: str, error: Any) -> tuple[str, str]:
    """What is wrong with one value, and what to do."""
    value, found = error.validator_value, error.instance
    example = _example(option.rpartition(".")[2], error.schema)
    shown = _shown(found)
    match error.validator:
        case "type":
            expected = one_of(
                _TYPES.get(each, each) for each in ([value] if isinstance(value, str) else value)
            )
            is_quantity = str(error.schema.get("format", "")).endswith("-quantity")
            if value == "string" and isinstance(found, int | float) and not is_quantity:
                example = f'put it in quotes: "{shown}"'
            return f"{option} must be {expected}, found {shown}", example
        case "enum":
            near = nearest(str(found), [str(each) for each in value])
            help_text = f"did you mean {near}?" if near else f"write for example {value[0]}"
            return f"{option} must be {one_of(str(each) for each in value)}, found {shown}", help_text
        case "minimum" | "exclusiveMinimum":
            return f"{option} must be {_above(error)} {value}, found {shown}", _range(error.schema)
        case "maximum" | "exclusiveMaximum":
            word = "at most" if error.validator == "maximum" else "below"
            return f"{option} must be {word} {value}, found {shown}", _range(error.schema)
        case "pattern":
            return f"{option} cannot be {shown}", example or f"it must match {value}"
        case "minLength" | "minItems" if value == 1:
            return f"{option} is empty", example
        case "minLength" | "minItems" | "maxLength" | "maxItems":
            word = "at least" if error.validator.startswith("min") else "at most"
            unit = "items" if error.validator.endswith("Items") else "characters"
            return f"{option} must have {word} {value} {unit}, found {len(found)}", example
        case _:
            if isinstance(found, dict | list):  # the library would print all that is in it
                return f"{option} is not what the device allows", example
            return f"{option} is not what the device allows: {error.message}", example


def _above(error: Any) -> str:
    return "at least" if error.validator == "minimum" else "above"


def _range(schema: dict[str, Any]) -> str:
    if "minimum" in schema and "maximum" in schema:
        return f"it goes from {schema['minimum']} to {schema['maximum']}"
    return ""


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= 60 else f'"{value[:60]}..."'
    return "a map" if isinstance(value, dict) else "a list" if isinstance(value, list) else str(value)


def _example(name: str, schema: dict[str, Any]) -> str:
    examples = schema.get("examples") if isinstance(schema, dict) else None
    if examples:
        return f"write for example {name}: {examples[0]}"
    description = schema.get("description", "") if isinstance(schema, dict) else ""
    if not description:
        return ""
    first = description[0] if description[:2].isupper() else description[0].lower()  # JPEG stays
    return f"{name}: {first}{description[1:].rstrip('.')}"


def _key_span(node: ResolvedNode, path: tuple[str | int, ...]) -> Span:
    """The key of a map that lacks something; the map itself in a list."""
    return node.node.option_key_spans.get(path) or _span(node, path)


def _span(node: ResolvedNode, path: tuple[str | int, ...]) -> Span:
    """The nearest thing that has a place: the value, or the map around it."""
    while path and path not in node.node.option_spans:
        path = path[:-1]
    return node.node.option_spans.get(path, node.node.span)

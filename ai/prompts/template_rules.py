"""What a template may do, checked before it is ever run.

The sandbox keeps a template from reaching out; these rules keep it from running away. With no
assignments, no arithmetic that multiplies, no methods and loops that cannot be nested freely,
the work and the size of a prompt are bounded by its text times its data.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from jinja2 import nodes

from ai.prompts.environment import SHARED_MACROS
from ai.prompts.errors import TemplateFault

ALLOWED_FILTERS: Final = frozenset(
    ["as_attribute", "as_data", "default", "first", "join", "last", "length", "on_one_line", "trim"]
)
ALLOWED_TESTS: Final = frozenset(["defined", "none", "odd", "even"])

_ALLOWED_NODES: Final = frozenset(
    [
        nodes.Add,
        nodes.And,
        nodes.Block,
        nodes.Call,
        nodes.Compare,
        nodes.CondExpr,
        nodes.Const,
        nodes.Filter,
        nodes.For,
        nodes.FromImport,
        nodes.Getattr,
        nodes.Getitem,
        nodes.If,
        nodes.Name,
        nodes.Not,
        nodes.Operand,
        nodes.Or,
        nodes.Output,
        nodes.Sub,
        nodes.Template,
        nodes.TemplateData,
        nodes.Test,
    ]
)
_SPELLING: Final = MappingProxyType(
    {
        nodes.Assign: "{% set %}",
        nodes.AssignBlock: "{% set %}",
        nodes.CallBlock: "{% call %}",
        nodes.Concat: "~",
        nodes.Extends: "{% extends %}",
        nodes.FilterBlock: "{% filter %}",
        nodes.Import: "{% import %}",
        nodes.Include: "{% include %}",
        nodes.Macro: "{% macro %}",
        nodes.Mul: "*",
        nodes.Pow: "**",
    }
)


def rule_faults(template: nodes.Template) -> list[TemplateFault]:
    """What `template` does that no template may, in the order it stands there."""
    macros = {
        name
        for found in template.find_all(nodes.FromImport)
        for name in found.names
        if isinstance(name, str)
    }
    return [*_faults_below(template, frozenset(macros), None)]


def _faults_below(
    node: nodes.Node, macros: frozenset[str], loop_target: str | None
) -> Iterator[TemplateFault]:
    message = _message(node, macros, loop_target)
    if message is not None:
        yield TemplateFault(node.lineno, message)
    if isinstance(node, nodes.For):
        loop_target = node.target.name if isinstance(node.target, nodes.Name) else ""
    for child in node.iter_child_nodes():
        yield from _faults_below(child, macros, loop_target)


def _message(node: nodes.Node, macros: frozenset[str], loop_target: str | None) -> str | None:
    if type(node) not in _ALLOWED_NODES:
        spelling = _SPELLING.get(type(node), type(node).__name__)
        return f"“{spelling}” is not allowed in a prompt"
    match node:
        case nodes.Call():
            return _call_message(node, macros)
        case nodes.For():
            return _loop_message(node, loop_target)
        case _:
            check = _CHECKS.get(type(node))
            return check(node) if check is not None else None


def _call_message(call: nodes.Call, macros: frozenset[str]) -> str | None:
    if isinstance(call.node, nodes.Name) and call.node.name in macros:
        return None
    return f"only macros imported from “{SHARED_MACROS}” may be called"


def _loop_message(loop: nodes.For, outer_target: str | None) -> str | None:
    if loop.recursive:
        return "a loop may not be recursive"
    if outer_target is not None and _root_name(loop.iter) != outer_target:
        return "a loop within a loop may only run over a part of what the outer one runs over"
    return None


def _root_name(expression: nodes.Node | None) -> str | None:
    while isinstance(expression, nodes.Getattr | nodes.Getitem | nodes.Filter):
        expression = expression.node
    return expression.name if isinstance(expression, nodes.Name) else None


def _import_message(node: nodes.Node) -> str | None:
    assert isinstance(node, nodes.FromImport)  # noqa: S101 - what it is registered for
    if isinstance(node.template, nodes.Const) and node.template.value == SHARED_MACROS:
        return None
    return f"only “{SHARED_MACROS}” may be imported from"


def _attribute_message(node: nodes.Node) -> str | None:
    name = getattr(node, "attr", None) or getattr(getattr(node, "arg", None), "value", "")
    if isinstance(name, str) and name.startswith("_"):
        return f"the attribute “{name}” may not be read"
    return None


def _filter_message(node: nodes.Node) -> str | None:
    assert isinstance(node, nodes.Filter)  # noqa: S101 - what it is registered for
    if node.name not in ALLOWED_FILTERS:
        return f"there is no filter “{node.name}”; there are: {', '.join(sorted(ALLOWED_FILTERS))}"
    if node.name == "join" and not all(isinstance(each, nodes.Const) for each in node.args):
        return "the separator of “join” must be written out"
    return None


def _test_message(node: nodes.Node) -> str | None:
    assert isinstance(node, nodes.Test)  # noqa: S101 - what it is registered for
    if node.name in ALLOWED_TESTS:
        return None
    return f"there is no test “{node.name}”; there are: {', '.join(sorted(ALLOWED_TESTS))}"


_CHECKS: Final[Mapping[type[nodes.Node], Callable[[nodes.Node], str | None]]] = MappingProxyType(
    {
        nodes.Filter: _filter_message,
        nodes.FromImport: _import_message,
        nodes.Getattr: _attribute_message,
        nodes.Getitem: _attribute_message,
        nodes.Test: _test_message,
    }
)

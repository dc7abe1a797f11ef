"""What a template may not do is refused before it runs, with the line."""

import pytest

from ai.prompts.environment import prompt_environment
from ai.prompts.errors import PromptTextError, PromptTooLongError, PromptVariableError
from ai.prompts.registry import render_template
from ai.prompts.template_file import MAXIMUM_TEMPLATE_CHARACTERS, PromptTemplate, parse_template

ENVIRONMENT = prompt_environment()
BODY = "{{% block system %}}\nTeach.\n{{% endblock %}}\n{{% block user %}}\n{0}\n{{% endblock %}}\n"
LINE = 5
"""Where the part under test stands in `BODY`."""


def parsed(body: str, *variables: str) -> PromptTemplate:
    return parse_template(
        name="a.prompt",
        version=1,
        variables=frozenset(variables),
        description="Teaches.",
        body=body,
        environment=ENVIRONMENT,
    )


@pytest.mark.parametrize(
    ("part", "complaint"),
    [
        ("{{ topic.__class__ }}", "the attribute “__class__” may not be read"),
        ("{{ topic['__class__'] }}", "the attribute “__class__” may not be read"),
        ("{{ topic.upper() }}", "only macros imported"),
        ("{{ topic(topic) }}", "only macros imported"),
        ("{{ topic * 9 }}", "“*” is not allowed"),
        ("{{ topic ** 9 }}", "“**” is not allowed"),
        ("{% set more = topic %}{{ more }}", "“{% set %}” is not allowed"),
        ("{% macro more() %}{{ topic }}{% endmacro %}", "“{% macro %}” is not allowed"),
        ("{% include topic %}", "“{% include %}” is not allowed"),
        ("{% import 'shared.jinja' as all %}{{ topic }}", "“{% import %}” is not allowed"),
        ("{% from '/etc/passwd' import x %}{{ topic }}", "only “shared.jinja” may be"),
        ("{{ topic | center(999999999) }}", "there is no filter “center”"),
        ("{{ topic | join(topic) }}", "the separator of “join” must be written out"),
        ("{{ topic is callable }}", "there is no test “callable”"),
        ("{% for a in topic recursive %}{{ a }}{% endfor %}", "may not be recursive"),
        (
            "{% for a in topic %}{% for b in topic %}{{ b }}{% endfor %}{% endfor %}",
            "a loop within a loop",
        ),
        ("{{ topic }}{{ mood }}", "reads “mood”, which is not declared"),
        ("{{ topic }}{{ range }}", "reads “range”, which is not declared"),
        ("{{ topic }}{% if %}", "Expected an expression, got 'end of statement block'"),
        ("{{ topic }}{% endfor %}", "Encountered unknown tag 'endfor'"),
    ],
)
def test_it_is_refused_with_the_line(part: str, complaint: str) -> None:
    with pytest.raises(PromptTextError) as refused:
        parsed(BODY.format(part), "topic")

    fault = next(fault for fault in refused.value.faults if complaint in fault.message)
    assert fault.line == LINE


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(PromptTextError) as refused:
        parsed(BODY.format("{{ mood }}{{ topic * 2 }}"), "topic", "level")

    assert len(refused.value.faults) == 3


def test_a_loop_over_a_part_of_the_outer_loop_is_allowed() -> None:
    part = (
        "{% for source in sources %}{% for h in source.heading %}{{ h }} {% endfor %}{% endfor %}"
    )
    prompt = parsed(BODY.format(part), "sources")

    made = render_template(prompt, {"sources": [{"heading": ["Energy", "Work"]}]})

    assert made.user == "Energy Work"


def test_a_template_that_is_too_long_is_refused() -> None:
    with pytest.raises(PromptTextError, match="longer than"):
        parsed(BODY.format("a" * MAXIMUM_TEMPLATE_CHARACTERS))


@pytest.mark.parametrize(
    "body",
    [
        "{% block system %}{% endblock %}",
        "{% block system %}{% block user %}{% endblock %}{% endblock %}{% block more %}"
        "{% endblock %}",
        "no blocks",
    ],
)
def test_a_template_without_its_two_blocks_is_refused(body: str) -> None:
    with pytest.raises(PromptTextError, match="needs exactly one block “system”"):
        parsed(body)


def test_a_prompt_that_grows_beyond_its_limit_is_not_made() -> None:
    prompt = parsed(BODY.format("{% for a in topic %}{{ topic }}{% endfor %}"), "topic")

    with pytest.raises(PromptTooLongError, match="user message is longer"):
        render_template(prompt, {"topic": "x" * 5_000})


def test_a_value_without_what_the_template_reads_is_an_error() -> None:
    prompt = parsed(BODY.format("{{ topic.title }}"), "topic")

    with pytest.raises(PromptVariableError, match="title"):
        render_template(prompt, {"topic": {}})

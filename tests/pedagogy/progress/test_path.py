"""What comes next is what a learner would be glad of, in an order that can be told."""

from uuid import UUID

import pytest

from pedagogy.progress.certificates import CertificateRule, Reached, is_met, requirements
from pedagogy.progress.path import ItemKind, PathItem, Why, next_step


def item(number: int, kind: ItemKind = "lesson", share: float = 0.0, **flags: bool) -> PathItem:
    states = {"is_begun": False, "is_done": False, **flags}
    return PathItem(UUID(int=number), kind, f"Item {number}", share, **states)


DONE = item(1, share=1, is_begun=True, is_done=True)
BEGUN = item(2, share=0.3, is_begun=True)
NEW = item(3)
TRIED = item(4, "quiz", share=0.4, is_begun=True)


@pytest.mark.parametrize(
    ("items", "due", "weak", "why", "number"),
    [
        ([DONE, NEW, BEGUN], 3, False, Why.BEGUN, 2),
        ([DONE, NEW], 3, False, Why.DUE, None),
        ([DONE, NEW, TRIED], 0, False, Why.IN_ORDER, 3),
        ([DONE, TRIED], 0, True, Why.TRIED, 4),
        ([DONE], 0, True, Why.WEAK, None),
        ([DONE], 0, False, Why.ALL_DONE, None),
        ([], 0, False, Why.ALL_DONE, None),
    ],
)
def test_the_next_step(
    items: list[PathItem], due: int, weak: bool, why: Why, number: int | None
) -> None:
    step = next_step(items, due_cards=due, has_weak_concepts=weak)

    assert step.why is why
    assert (None if step.item is None else step.item.id.int) == number


@pytest.mark.parametrize(
    ("rule", "met"),
    [
        (CertificateRule(), False),
        (CertificateRule(lessons_share=1), True),
        (CertificateRule(lessons_share=1, quiz_mark=0.8), True),
        (CertificateRule(lessons_share=1, quiz_mark=0.81), False),
        (CertificateRule(mastered_share=0.5), False),
        (CertificateRule(lessons_share=0, quiz_mark=0), False),
    ],
)
def test_a_certificate_is_given_when_all_that_is_asked_is_reached(
    rule: CertificateRule, met: bool
) -> None:
    assert is_met(rule, Reached(1, 0.8, None)) is met


def test_each_requirement_says_how_far_it_is() -> None:
    rule = CertificateRule(lessons_share=1, mastered_share=0.5)

    found = requirements(rule, Reached(0.25, None, 0.5))

    assert [(one.requirement, one.needed, one.reached, one.is_met) for one in found] == [
        ("lessons", 1, 0.25, False),
        ("concepts", 0.5, 0.5, True),
    ]

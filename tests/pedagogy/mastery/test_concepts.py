"""Concepts stand in an order of learning, and practice follows it."""

import pytest

from pedagogy.mastery.concepts import ConceptGraph
from pedagogy.mastery.errors import ConceptCycleError, UnknownConceptError
from pedagogy.mastery.knowledge_tracing import Mastery
from pedagogy.mastery.practice import is_ready, suggestions

MECHANICS = {
    "energy": ["work", "velocity"],
    "work": ["force"],
    "force": ["acceleration"],
    "acceleration": ["velocity"],
    "velocity": [],
    "heat": [],
}


def test_every_concept_comes_after_its_prerequisites() -> None:
    order = ConceptGraph(MECHANICS).order

    assert order == ("velocity", "acceleration", "force", "work", "energy", "heat")


def test_a_cycle_is_refused_with_the_way_round() -> None:
    with pytest.raises(ConceptCycleError) as refused:
        ConceptGraph({"a": ["b"], "b": ["c"], "c": ["a"], "d": []})

    assert refused.value.cycle == ("a", "b", "c", "a")


def test_a_concept_cannot_need_itself() -> None:
    with pytest.raises(ConceptCycleError):
        ConceptGraph({"a": ["a"]})


def test_two_ways_to_one_prerequisite_are_no_cycle() -> None:
    graph = ConceptGraph(
        {"top": ["left", "right"], "left": ["base"], "right": ["base"], "base": []}
    )

    assert graph.order == ("base", "left", "right", "top")
    assert graph.dependent_count("base") == 3


def test_a_prerequisite_must_be_a_concept() -> None:
    with pytest.raises(UnknownConceptError, match="'b' is no concept"):
        ConceptGraph({"a": ["b"]})


def test_two_thousand_concepts_in_a_chain_are_sorted() -> None:
    chain = {str(n): [str(n + 1)] if n < 1_999 else [] for n in range(2_000)}

    assert ConceptGraph(chain).order[0] == "1999"


def test_weak_prerequisites_are_found_behind_weak_ones() -> None:
    graph = ConceptGraph(MECHANICS)
    known = {"velocity": Mastery(0.9), "acceleration": Mastery(0.3), "work": Mastery(0.8)}

    assert graph.weak_prerequisites("force", known) == ("acceleration",)
    assert graph.weak_prerequisites("work", known) == ("acceleration", "force")
    assert graph.weak_prerequisites("energy", known) == ()
    assert not is_ready(graph, "work", known)


def test_practice_begins_where_nothing_stands_in_the_way() -> None:
    graph = ConceptGraph(MECHANICS)
    known = {"velocity": Mastery(0.97), "acceleration": Mastery(0.5), "heat": Mastery(0.5)}

    found = suggestions(graph, known)

    assert [s.concept for s in found] == ["acceleration", "heat", "force", "work", "energy"]
    assert found[3].weak_prerequisites == ("acceleration", "force")


def test_what_is_mastered_is_not_suggested() -> None:
    graph = ConceptGraph({"a": [], "b": ["a"]})

    assert suggestions(graph, {"a": Mastery(0.96), "b": Mastery(0.99)}) == []

"""Terms that stand in the place of others could be taken for right, and do not give it away."""

from ai.writing.changed_statements import denied_statement
from ai.writing.choosing import Centrality
from ai.writing.key_terms import find_terms, genus
from ai.writing.material import read_material
from ai.writing.questions.sentences import complete_the_sentence
from ai.writing.questions.terms import match_terms
from ai.writing.questions.workshop import Workshop
from content.questions import Cloze, Matching
from tests.ai.writing.examples import source

# Tension and thrust are forces in ropes and rods; the almanac has nothing to do with either.
ROPES = source(
    "The tension in a rope holds the load. The tension of a cable is a force on the bridge and its "
    "load. A heavy load makes the tension in the rope grow. The thrust in a rod holds the load. "
    "The thrust of a strut is a force on the bridge and its load. A heavy load makes the thrust "
    "in the rod grow. The compression in a post holds the load. The compression of a pillar is a "
    "force on the bridge and its load. A heavy load makes the compression in the post grow.",
    "Ropes and rods",
    0,
)
ALMANAC = source(
    "The almanac gives the tides of each harbour. Sailors have the almanac at hand on each voyage. "
    "The printer keeps an almanac for every harbour. The equinox is a time of high tides. Sailors "
    "say that gales begin with the equinox. The calendar gives the equinox for each year.",
    "Tides",
    2_000,
)


def workshop(*passages) -> Workshop:
    material = read_material(passages, "en")
    return Workshop(material, Centrality(material))


def gaps(known: Workshop) -> list[Cloze]:
    made = [candidate.question for candidate in complete_the_sentence(known)]
    return [question for question in made if isinstance(question, Cloze)]


def test_a_term_is_swapped_for_one_that_keeps_its_company():
    known = workshop(ROPES, ALMANAC)
    terms = {term.text: term for term in known.terms}

    others = [term.text for term in known.distractors(terms["tension"], "", 5)]

    assert {"thrust", "compression"} <= set(others)
    assert not {"almanac", "equinox"} & set(others)


def test_a_law_is_not_taken_for_a_quantity():
    passage = source(
        "- Law of levers: the moments of a balanced lever are equal\n"
        "- Moment: the turning effect of a force on a lever\n"
        "- Statics: the study of levers and of bodies at rest\n"
        "- Newton: the unit of the force on a lever\n",
        "Glossary",
        0,
    )

    sorts = {term.text: genus(term) for term in find_terms(read_material((passage,), "en"))}

    assert sorts == {
        "law of levers": "law", "moment": "thing", "statics": "field", "newton": "unit"
    }  # fmt: skip


def test_what_compares_or_is_of_no_subject_is_no_term():
    passage = source(
        "The definition of a load is short. The definition of a force is shorter. A definition of "
        "thrust is given. The load is the greater of the two. The force is the greater of both. "
        "The thrust was the greater in all of them.",
        "Loads",
        0,
    )

    terms = {term.text for term in find_terms(read_material((passage,), "en"))}

    assert not {"greater", "definition"} & terms


def test_no_gap_is_given_away_by_its_form():
    passage = source(
        "The load’s mass decides how the crane is built. A crane with a long arm begins to load "
        "the ground at its foot. The load of a crane hangs from a hook.",
        "Cranes",
        1_000,
    )

    keys = [question.gaps[0].accepted[0] for question in gaps(workshop(ROPES, passage))]

    assert "load’s" not in keys
    assert not any("begins to {{g1}}" in q.stem for q in gaps(workshop(ROPES, passage)))


def test_a_hedge_is_not_denied():
    assert denied_statement("The push of a rod is often called a thrust.") is None
    assert denied_statement("There are many ways in which a rope can break.") is None
    assert denied_statement("The push of a rod is called a thrust.") is not None


def test_matching_is_offered_with_fewer_pairs_too():
    passage = source(
        "- Tension: the pull within a rope\n- Thrust: the push within a rod\n"
        "- Torque: what turns a shaft about itself\n- Strain: how far a body is stretched\n"
        "- Creep: the slow giving way under a load\n",
        "Glossary",
        0,
    )

    sizes = [len(c.question.pairs) for c in match_terms(workshop(passage))
             if isinstance(c.question, Matching)]  # fmt: skip

    assert sizes[0] == 5
    assert set(sizes) == {5, 4, 3}

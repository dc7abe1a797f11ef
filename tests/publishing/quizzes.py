"""Quizzes to be published in tests: each kind of question, in two languages, and hostile ones."""

from content.questions import (
    Choice,
    Cloze,
    Expression,
    Gap,
    Matching,
    MultipleChoice,
    Numeric,
    Ordering,
    Pair,
    Quiz,
    ShortAnswer,
    SingleChoice,
)
from tests.publishing.decks import SPAN


def physics_quiz() -> Quiz:
    return Quiz(
        title="Work and energy",
        introduction="Answer **all** questions.",
        questions=(
            SingleChoice(
                id="unit",
                stem="What is the unit of work, $W = F s$?",
                explanation="Named after *Joule*.",
                points=2.0,
                choices=(
                    Choice(id="a", text="joule, $1\\,\\mathrm{N\\,m}$", is_right=True),
                    Choice(id="b", text="watt", feedback="That is power: $\\frac{W}{t}$."),
                ),
                concepts=("work",),
                sources=(SPAN,),
            ),
            MultipleChoice(
                id="forms",
                stem="Which are forms of energy?\n\n- think\n- choose",
                choices=(
                    Choice(id="1", text="heat", is_right=True),
                    Choice(id="2", text="`motion`", is_right=True),
                    Choice(id="3", text="time"),
                ),
            ),
            Numeric(id="g", stem="How large is $g$?", value=9.81, tolerance=0.05, unit="m/s**2"),
            Numeric(id="c", stem="How fast is light?", value=3e8, tolerance=0.02, is_relative=True),
            ShortAnswer(id="who", stem="Who?", accepted=("Joule", "J. P. Joule")),
            ShortAnswer(
                id="why", stem="Why?", key_points=("Energy is conserved", "Heat is energy $Q$")
            ),
            Expression(id="kinetic", stem="Give the kinetic energy.", expression="m*v^2/2"),
            Cloze(
                id="law",
                stem="Energy is {{verb}} and never {{end}}: $E = mc^2$.",
                gaps=(
                    Gap(id="verb", accepted=("conserved", "kept")),
                    Gap(id="end", accepted=("lost",), options=("lost", "found & used")),
                ),
            ),
            Ordering(
                id="steps", stem="Bring into order.", items=("measure $s$", "multiply", "write")
            ),
            Matching(
                id="units",
                stem="Match.",
                pairs=(Pair(left="power $P$", right="watt"), Pair(left="work", right="joule")),
                distractors=("volt",),
            ),
        ),
    )


def hindi_quiz() -> Quiz:
    return Quiz(
        title="कार्य और ऊर्जा",
        language="hi",
        questions=(
            SingleChoice(
                id="matrak",
                stem="कार्य का मात्रक क्या है?",
                explanation="जूल, $W = F s$ से।",
                choices=(
                    Choice(id="a", text="जूल", is_right=True),
                    Choice(id="b", text="वाट", feedback="यह शक्ति का मात्रक है।"),
                ),
            ),
            ShortAnswer(id="kaun", stem="किसने?", accepted=("जूल",)),
            Matching(
                id="jodi",
                stem="मिलाएँ।",
                pairs=(Pair(left="कार्य", right="जूल"), Pair(left="शक्ति", right="वाट")),
            ),
        ),
    )


def hostile_quiz() -> Quiz:
    nasty = '<script>alert(1)</script> "quoted" & {=right ~wrong} # : } ~ %100% \\ ]]> -->'
    return Quiz(
        title="../../x/$course$/<b>]]>",
        introduction="<img src=x onerror=alert(1)>",
        questions=(
            SingleChoice(
                id="0-nasty",
                stem=nasty + " $\\nonsense{x}$ \U0001f642 \u0001",
                choices=(
                    Choice(
                        id="0", text="=cmd|' /C calc'!A0 " + nasty, is_right=True, feedback=nasty
                    ),
                    Choice(id="1", text="~%100%free"),
                ),
            ),
            ShortAnswer(id="wild", stem="=1+1", accepted=("a*b", "#2", "x -> y {z}")),
            Cloze(
                id="gap",
                stem='Fill $x^{ {{inner}} }$ now. "<b>"',
                gaps=(Gap(id="inner", accepted=('}~="a"#', "2")),),
            ),
            Matching(
                id="pairs",
                stem="long " * 2_000,
                pairs=(Pair(left=nasty, right="=-> # ~"), Pair(left="l", right="r")),
            ),
        ),
    )

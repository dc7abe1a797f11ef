"""Lessons to be published in tests: in two languages, and a hostile one."""

from content.lessons import (
    Exercise,
    GlossaryEntry,
    Lesson,
    Objective,
    Section,
    StudyGuide,
    WorkedExample,
)
from tests.publishing.decks import SPAN

HINDI = "गुरुत्वाकर्षण बल और शक्ति, क्षेत्र, १२३।"


def physics_lesson() -> Lesson:
    return Lesson(
        title="Work & energy: $W = Fs$",
        objectives=(Objective(id="goal", text="Explain work with $W=Fs$."),),
        sections=(
            Section(
                id="work",
                heading="What work is",
                body="# Inner\n\nWork is **force** times way: $\\frac{a}{b}$.\n\n- one\n- two\n\n"
                "```python\nprint('work')\n```\n\n| a | b |\n|---|---|\n| $x^2$ | d |\n\nSo it is.",
                sources=(SPAN,),
            ),
            Section(id="hindi", heading="ऊर्जा", body=HINDI, sources=(SPAN,)),
        ),
        examples=(
            WorkedExample(
                id="lift",
                problem="Find $W$.",
                steps=("Take $F$.", "Multiply:\n\n$$W=Fs$$"),
                answer="$W=6$ J",
                sources=(SPAN,),
            ),
        ),
        exercises=(Exercise(id="why", problem="Why joule?", solution="Because of Joule."),),
        glossary=(GlossaryEntry(term="Joule", definition="The unit of work."),),
        summary="All is work.",
    )


def study_guide() -> StudyGuide:
    return StudyGuide(
        title="ऊर्जा",
        language="hi",
        sections=(Section(id="one", heading="कार्य", body=HINDI),),
        questions=(Exercise(id="ask", problem="कार्य क्या है?", solution="बल गुणा दूरी।"),),
    )


def hostile_lesson() -> Lesson:
    return Lesson(
        title="../../etc/passwd <script>alert(1)</script>",
        sections=(
            Section(
                id="marks",
                heading="<img src=x onerror=alert(1)> #panic()",
                body="Fine $x^2$, broken $\\nonsense{x}$, $\\input{/etc/passwd}$.\n\n"
                "<script>alert(2)</script>\n\n"
                '[text]{onclick="alert(3)"} [link](javascript:alert(4)){onclick="alert(5)"} '
                "[away](#nowhere) ![secret](/etc/passwd) `x`{=html}\n\n"
                "```{=html}\n<script>alert(6)</script>\n```\n\n"
                '::: {style="color:red"}\nboxed\n:::\n\n# Deep {onclick="alert(7)"}\n\n[^1]\n\n'
                "[^1]: note\n\n````\nleft open",
            ),
            Section(id="next", heading="After it", body="Not swallowed. \U0001f642 \u0001 [^1]"),
            Section(id="long", heading="Long", body="word " * 2_000),
        ),
    )

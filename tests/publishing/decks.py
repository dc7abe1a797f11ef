"""Slides to be published in tests: of every kind, in two languages, and hostile ones."""

import io
from uuid import UUID

from PIL import Image

from content.base import SourceSpan
from content.figures import Figure
from content.slides import Code, Plot, Slide, SlideDeck, Table, Theme

SPAN = SourceSpan(
    document_id=UUID(int=7),
    document_version=1,
    document_title="College Physics, chapter 7",
    place="page 3",
    char_start=10,
    char_end=60,
    quote="Work is the product of the force and the distance.",
)


def physics_deck(theme: Theme = "light") -> SlideDeck:
    return SlideDeck(
        title="Work and energy",
        theme=theme,
        slides=(
            Slide(
                id="work",
                heading="Work is force along a path",
                points=("No motion, no work.", "Its unit is the joule, $1\\,\\mathrm{N\\,m}$."),
                formula="W = \\int F(x)\\,dx",
                narration=("Work is done when a force moves something.", "First.", "Second."),
                sources=(SPAN,),
            ),
            Slide(
                id="speed",
                heading="Energy grows with the square of speed",
                points=("Twice the speed, four times the energy.",),
                plot=Plot(
                    x_label="speed in m/s", y_label="energy in J", points=((0, 0), (1, 1), (2, 4))
                ),
            ),
            Slide(
                id="code",
                heading="Euler's method",
                code=Code(language="python", text="def fall(h):\n\treturn 'seconds'  # 42"),
            ),
            Slide(
                id="table",
                heading="Everyday energies",
                table=Table(header=("Thing", "Joules"), rows=(("Apple", "$1$"), ("Car", "$10^5$"))),
            ),
            Slide(id="hindi", heading="कार्य और ऊर्जा", points=("इसका मात्रक जूल है: $W = F s$।",)),
        ),
    )


def hostile_deck() -> SlideDeck:
    return SlideDeck(
        title='"#panic()" <b>',
        slides=(
            Slide(
                id="marks",
                heading="Fine $x^2$, broken $\\nonsense{x}$, an emoji \U0001f642",
                points=(
                    '#read("/etc/passwd") \\" + panic() + "',
                    "<script>alert(1)</script> *stars* _lines_ @label",
                    "$\\input{/etc/passwd}$ and $#panic()$ seen",
                    "tab\tand\x07bell",
                ),
                formula="\\frac{a",
                code=Code(language='x"#panic()', text='"""#panic()"""\n```'),
            ),
            Slide(id="full", heading="long " * 99, points=("word " * 99,) * 8),
            Slide(
                id="plot",
                heading="Nothing finite",
                plot=Plot(
                    x_label="x", y_label="y", points=((float("nan"), 1.0), (1.0, float("inf")))
                ),
            ),
        ),
    )


def deck_with_figure() -> SlideDeck:
    """One slide with a picture twice as wide as it is high."""
    buffer = io.BytesIO()
    Image.new("RGB", (200, 100), "red").save(buffer, "PNG")
    figure = Figure.of(buffer.getvalue(), "Figure 1. A red square.")
    return SlideDeck(title="Shapes", slides=(Slide(id="shown", heading="A", figure=figure),))

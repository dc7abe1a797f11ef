from collections.abc import Callable

import pytest

from ingestion.errors import DamagedDocumentError

from ..outline import outline

MODULE = """<document xmlns="http://cnx.rice.edu/cnxml" xmlns:m="http://www.w3.org/1998/Math/MathML">
<title>Speed</title><metadata><title>Hidden</title></metadata>
<content>
<para>Speed is
<m:math><m:mfrac><m:mi>d</m:mi><m:mi>t</m:mi></m:mfrac></m:math> by <term>definition</term>.</para>
<section><title>Units</title>
<list list-type="enumerated"><item>metres</item><item>seconds</item></list>
<figure><media alt="A running dog"><image src="dog.jpg"/></media><caption>A dog.</caption></figure>
<table><tgroup><thead><row><entry>Animal</entry><entry>Speed</entry></row></thead>
<tbody><row><entry>Dog</entry><entry>10</entry></row></tbody></tgroup></table>
<exercise><problem><para>How fast?</para></problem><solution><para>Ten.</para></solution></exercise>
</section></content>
<glossary><definition><term>speed</term><meaning>distance by time</meaning></definition></glossary>
</document>"""


def test_a_module_keeps_formulas_exercises_captions_and_glossary(read: Callable) -> None:
    document = read("speed.cnxml", MODULE)

    assert document.title == "Speed"
    assert outline(document) == [
        ("heading", "Speed"),
        ("paragraph", r"Speed is $\frac{d}{t}$ by definition."),
        ("heading", "Units"),
        ("list", "1. metres\n2. seconds"),
        ("paragraph", "A running dog"),
        ("caption", "A dog."),
        ("table", "| Animal | Speed |\n| --- | --- |\n| Dog | 10 |"),
        ("paragraph", "How fast?"),
        ("paragraph", "Solution"),
        ("paragraph", "Ten."),
        ("heading", "Glossary"),
        ("paragraph", "speed: distance by time"),
    ]
    assert document.blocks[3].locator.heading == ("Speed", "Units")


def test_a_module_cut_within_is_refused(read: Callable) -> None:
    with pytest.raises(DamagedDocumentError, match="XML"):
        read("cut.cnxml", MODULE[:400])

"""A certificate is one page, and what stands on it is text, whatever it looks like."""

from pathlib import Path

import pypdfium2

from publishing.certificates import CertificatePage, certificate_pdf

HOSTILE = '#panic("x") $ \\ "Asha" /* राव'


def test_a_certificate_says_who_and_what_and_where_to_check(tmp_path: Path) -> None:
    page = CertificatePage(
        heading="Certificate",
        before="This certifies that",
        learner=HOSTILE,
        after="has completed the course",
        course="Physics",
        facts=("100% of the lessons read",),
        school="Our School",
        date="2026-11-27",
        signed_by="Dr Rao",
        check="Whether it is valid:",
        address="https://tutor.school.edu/certificates/ABCD",
        code="ABCD",
    )

    document = pypdfium2.PdfDocument(certificate_pdf(page, tmp_path))
    text = " ".join(document[0].get_textpage().get_text_bounded().split())

    assert len(document) == 1
    for said in ('#panic("x") $ \\ "Asha" /*', "Physics", "Dr Rao", page.address, "100% of"):
        assert said in text

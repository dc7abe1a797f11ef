"""What a notification says in a mail, and where it leads on the page."""

from collections.abc import Callable, Mapping
from typing import Any

from content.languages import SpokenLanguage
from services.notifications.channels import Told
from services.notifications.events import EventKind

KINDS_OF_CONTENT = {
    "lesson": "lessons",
    "quiz": "quizzes",
    "deck": "cards",
    "study_guide": "lessons",
    "slides": "lessons",
    "storyboard": "videos",
}
Words = Mapping[EventKind, Callable[[Mapping[str, Any]], str]]
"""What is said of each kind, from its payload."""

ENGLISH: Words = {
    EventKind.JOB_SUCCEEDED: lambda said: f"A job is done: {_job(said)}.",
    EventKind.JOB_FAILED: lambda said: f"A job has failed: {_job(said)}. {said.get('error', '')}",
    EventKind.CONTENT_PUBLISHED: lambda said: f"New: {said.get('title', '')}.",
    EventKind.ANSWER_CORRECTED: lambda said: (
        f"A teacher has corrected an answer of yours: {said.get('question', '')}"
    ),
    EventKind.GRADE_CHANGED: lambda said: f"A grade of yours was set: {said.get('title', '')}.",
    EventKind.APPEAL_DECIDED: lambda said: (
        "Your appeal was accepted." if said.get("is_accepted") else "Your appeal was rejected."
    ),
    EventKind.CERTIFICATE_REVOKED: lambda said: (
        f"Your certificate was revoked: {said.get('reason', '')}"
    ),
    EventKind.REVIEWS_DUE: lambda said: f"Cards to review: {said.get('cards', 0)}.",
    EventKind.PASSWORD_CHANGED: lambda _: "Your password was changed.",
}
JOBS_IN_HINDI = {
    "ingest": "सामग्री पढ़ना",
    "lesson": "पाठ",
    "quiz": "क्विज़",
    "flashcards": "फ़्लैशकार्ड",
    "study_guide": "अध्ययन मार्गदर्शिका",
    "slides": "स्लाइड",
    "video": "वीडियो",
}
HINDI: Words = {
    EventKind.JOB_SUCCEEDED: lambda said: f"काम पूरा हुआ: {_job_in_hindi(said)}।",
    # Why is said in English; the page has Hindi words for it, and the mail leads there.
    EventKind.JOB_FAILED: lambda said: f"काम विफल हुआ: {_job_in_hindi(said)}। कारण पेज पर देखें।",
    EventKind.CONTENT_PUBLISHED: lambda said: f"नया: {said.get('title', '')}।",
    EventKind.ANSWER_CORRECTED: lambda said: (
        f"शिक्षक ने आपको मिला एक उत्तर सुधारा है: {said.get('question', '')}"
    ),
    EventKind.GRADE_CHANGED: lambda said: f"आपका एक ग्रेड तय हुआ: {said.get('title', '')}।",
    EventKind.APPEAL_DECIDED: lambda said: (
        "आपकी आपत्ति स्वीकार हुई।" if said.get("is_accepted") else "आपकी आपत्ति अस्वीकार हुई।"
    ),
    EventKind.CERTIFICATE_REVOKED: lambda said: (
        f"आपका प्रमाणपत्र वापस ले लिया गया: {said.get('reason', '')}"
    ),
    EventKind.REVIEWS_DUE: lambda said: f"दोहराने के लिए कार्ड: {said.get('cards', 0)}।",
    EventKind.PASSWORD_CHANGED: lambda _: "आपका पासवर्ड बदला गया।",
}
WORDS: Mapping[SpokenLanguage, Words] = {"en": ENGLISH, "hi": HINDI}


def line_of(told: Told, language: SpokenLanguage = "en") -> str:
    """What it says, on one line, with the course it is about."""
    said = " ".join(WORDS[language][EventKind(told.kind)](told.payload).split())
    return said if told.course_title is None else f"{told.course_title}: {said}"


def path_of(told: Told) -> str:
    """Where on the page one reads more."""
    if told.course_slug is None:
        return "/account"
    course = f"/courses/{told.course_slug}"
    match told.kind:
        case EventKind.ANSWER_CORRECTED if "conversation_id" in told.payload:
            return f"{course}/conversations/{told.payload['conversation_id']}"
        case EventKind.CONTENT_PUBLISHED:
            return f"{course}/{KINDS_OF_CONTENT.get(told.payload.get('content_kind', ''), '')}"
        case EventKind.GRADE_CHANGED | EventKind.APPEAL_DECIDED:
            return f"{course}/quizzes"
        case EventKind.CERTIFICATE_REVOKED:
            return f"{course}/progress"
        case EventKind.REVIEWS_DUE:
            return f"{course}/cards"
        case EventKind.JOB_SUCCEEDED | EventKind.JOB_FAILED:
            is_upload = told.payload.get("job_kind") == "ingest"
            return f"{course}/{'materials' if is_upload else 'make'}"
        case _:
            return course


def _job(said: Mapping[str, Any]) -> str:
    return str(said.get("job_kind", "")).replace("_", " ")


def _job_in_hindi(said: Mapping[str, Any]) -> str:
    return JOBS_IN_HINDI.get(str(said.get("job_kind", "")), _job(said))

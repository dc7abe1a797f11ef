"""Why a job could not write from its material, in words that say what to do."""

from collections.abc import Sequence

from services.job_running import JobFailedError

NAMED_TOPICS = 6


def topic_not_held(topic: str, topics: Sequence[str]) -> JobFailedError:
    """The failure of a job whose topic the course does not hold; names what it does hold."""
    if not topics:
        return JobFailedError(
            "course_is_empty",
            "The course holds no material yet. Bring documents in first.",
        )
    named = ", ".join(f"“{each}”" for each in topics[:NAMED_TOPICS])
    about = f" about “{topic}”" if topic else " to write from"
    return JobFailedError(
        "topic_not_in_course",
        f"The chosen material holds nothing{about}, and nothing was made up. It treats: {named}.",
    )


def too_little(topic: str) -> JobFailedError:
    """The failure of a job whose material is there, but says nothing that it could be made of."""
    about = f" about “{topic}”" if topic else ""
    return JobFailedError(
        "material_too_thin",
        f"The material{about} says too little to make this of, and nothing was made up. Choose a"
        " wider topic, or bring in more about it.",
    )

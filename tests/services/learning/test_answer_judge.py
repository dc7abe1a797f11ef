"""A judge is asked about short answers in doubt only, on somebody's account, and kept with them."""

from collections.abc import Sequence
from uuid import uuid4

from ai.chat.attribution import Attribution
from content.answers import WrittenAnswer
from content.questions import ShortAnswer
from pedagogy.grading.grade import PointFinding, Verdict
from pedagogy.grading.grader import Grader
from pedagogy.grading.guarded_algebra import GuardedAlgebra
from services.learning.answer_grading import AnswerGrading
from services.learning.attempt_views import stored_grade
from services.question_encoding import QuestionEncoder
from tests.support.service import UnusedEmbedder

POINT = "The body moves on because of its inertia."
DOUBTFUL = "Because it has inertia."
QUESTIONS = {
    "doubtful": ShortAnswer(id="doubtful", stem="Why?", key_points=(POINT,)),
    "clear": ShortAnswer(id="clear", stem="Why?", key_points=(POINT,), accepted=("inertia",)),
}
ANSWERS = {
    "doubtful": WrittenAnswer(text=DOUBTFUL),
    "clear": WrittenAnswer(text="Inertia"),
}


class FindsAll:
    """Finds every point in the whole answer."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def verdicts(
        self, answers: Sequence[tuple[ShortAnswer, str]], account: Attribution
    ) -> list[Verdict | None]:
        assert account.user_id is not None
        self.asked += [question.id for question, _ in answers]
        return [Verdict("small", (PointFinding(POINT, True, text),)) for _, text in answers]


async def test_a_judge_is_asked_about_what_is_in_doubt() -> None:
    judge = FindsAll()
    grading = AnswerGrading(Grader(GuardedAlgebra()), QuestionEncoder(UnusedEmbedder(), 0), judge)
    account = Attribution(user_id=uuid4(), course_id=uuid4())

    alone = await grading.grades(QUESTIONS, ANSWERS)
    judged = await grading.grades(QUESTIONS, ANSWERS, account)

    assert judge.asked == ["doubtful"]
    assert (alone["doubtful"].score, judged["doubtful"].score) == (0, 1)
    assert not judged["doubtful"].is_certain
    assert judged["clear"] == alone["clear"]
    detail = stored_grade("doubtful", judged["doubtful"], is_answered=True).detail
    assert detail["verdict"]["findings"][0]["evidence"] == DOUBTFUL

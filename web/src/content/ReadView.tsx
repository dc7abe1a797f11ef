import { DeckText } from "../cards/DeckText";
import { LessonText, StudyGuideText } from "../lessons/LessonText";
import { ReadingDone } from "../lessons/ReadingDone";
import { QuestionList } from "../quizzes/QuestionList";
import { SlidesText } from "../slides/SlidesText";
import { VideoView } from "../videos/VideoView";
import { useOpenedContent } from "./ContentPage";
import type { Deck, Lesson, SlideDeck, StudyGuide } from "./values";

/** Content as it is read, watched or taken. */
export function ReadView() {
  const { collection, state, course, canReview } = useOpenedContent();
  const value: unknown = state.content;
  switch (collection) {
    case "lessons":
      return (
        <>
          <LessonText lesson={value as Lesson} />
          {!canReview && <ReadingDone key={state.id} lessonId={state.id} courseId={course.id} />}
        </>
      );
    case "study-guides":
      return <StudyGuideText guide={value as StudyGuide} />;
    case "slide-decks":
      return <SlidesText deck={value as SlideDeck} />;
    case "decks":
      return <DeckText deck={value as Deck} />;
    case "quizzes":
      return <QuestionList />;
    case "videos":
      return <VideoView />;
  }
}

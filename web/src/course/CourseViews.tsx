import "../styles/workspace.css";

import { lazy } from "react";
import { Route, Routes } from "react-router";

import { NotFoundPage } from "../shell/NotFoundPage";
import { CourseWorkspace } from "./CourseWorkspace";

// Each group of views comes in a file of its own: learners never fetch what teachers work with.
const TeachingViews = {
  Materials: lazy(async () => ({
    default: (await import("../materials/MaterialsPage")).MaterialsPage,
  })),
  Insights: lazy(async () => ({
    default: (await import("../insights/InsightsPage")).InsightsPage,
  })),
  People: lazy(async () => ({ default: (await import("../people/PeoplePage")).PeoplePage })),
  Tutor: lazy(async () => ({ default: (await import("../tutor/TutorPage")).TutorPage })),
  Settings: lazy(async () => ({
    default: (await import("./CourseSettingsPage")).CourseSettingsPage,
  })),
  Make: lazy(async () => ({ default: (await import("../making/MakePage")).MakePage })),
};
const Content = {
  Lessons: lazy(async () => ({ default: (await import("../lessons/LessonsPage")).LessonsPage })),
  Quizzes: lazy(async () => ({ default: (await import("../quizzes/QuizzesPage")).QuizzesPage })),
  Cards: lazy(async () => ({ default: (await import("../cards/CardsPage")).CardsPage })),
  Videos: lazy(async () => ({ default: (await import("../videos/VideosPage")).VideosPage })),
  Progress: lazy(async () => ({
    default: (await import("../progress/ProgressPage")).ProgressPage,
  })),
  Page: lazy(async () => ({ default: (await import("../content/ContentPage")).ContentPage })),
  Read: lazy(async () => ({ default: (await import("../content/ReadView")).ReadView })),
};
const Work = {
  Edit: lazy(async () => ({ default: (await import("../content/EditView")).EditView })),
  Quality: lazy(async () => ({ default: (await import("../content/QualityView")).QualityView })),
  Versions: lazy(async () => ({ default: (await import("../content/VersionsView")).VersionsView })),
  Comments: lazy(async () => ({ default: (await import("../content/CommentsView")).CommentsView })),
  Results: lazy(async () => ({ default: (await import("../quizzes/ResultsView")).ResultsView })),
  Rules: lazy(async () => ({ default: (await import("../quizzes/RulesView")).RulesView })),
};

/** The views of a course but the chat; `COURSE_TABS` leads to them. */
export default function CourseViews() {
  return (
    <Routes>
      <Route element={<CourseWorkspace />}>
        <Route path="materials" element={<TeachingViews.Materials />} />
        <Route path="insights" element={<TeachingViews.Insights />} />
        <Route path="people" element={<TeachingViews.People />} />
        <Route path="tutor" element={<TeachingViews.Tutor />} />
        <Route path="settings" element={<TeachingViews.Settings />} />
        <Route path="make" element={<TeachingViews.Make />} />
        <Route path="lessons" element={<Content.Lessons />} />
        <Route path="quizzes" element={<Content.Quizzes />} />
        <Route path="cards" element={<Content.Cards />} />
        <Route path="videos" element={<Content.Videos />} />
        <Route path="progress" element={<Content.Progress />} />
        <Route path=":collection/:content" element={<Content.Page />}>
          <Route index element={<Content.Read />} />
          <Route path="edit" element={<Work.Edit />} />
          <Route path="quality" element={<Work.Quality />} />
          <Route path="versions" element={<Work.Versions />} />
          <Route path="comments" element={<Work.Comments />} />
          <Route path="results" element={<Work.Results />} />
          <Route path="rules" element={<Work.Rules />} />
        </Route>
      </Route>
      <Route path="*" element={<NotFoundPage />} />
    </Routes>
  );
}

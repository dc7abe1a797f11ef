import { useTitle, usePerson } from "../session/session";
import { useWorkspace } from "../course/CourseWorkspace";
import { t } from "../words/words";
import { EnrolForm } from "./EnrolForm";
import { EnrolmentList } from "./EnrolmentList";
import { Invitations } from "./Invitations";

/** Who is in a course, and ways to bring others in. */
export function PeoplePage() {
  const { course } = useWorkspace();
  const person = usePerson();
  useTitle(t("{title}: people", { title: course.title }));
  const canManage = course.permissions.includes("manage");
  return (
    <>
      <h1>{t("People")}</h1>
      {canManage && <EnrolForm courseId={course.id} isAdmin={person.role === "admin"} />}
      <EnrolmentList courseId={course.id} canManage={canManage} />
      {person.role === "admin" && <Invitations />}
    </>
  );
}

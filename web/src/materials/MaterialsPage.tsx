import { useState } from "react";

import { useWorkspace } from "../course/CourseWorkspace";
import { useTitle } from "../session/session";
import { t } from "../words/words";
import { ActiveJobs } from "./ActiveJobs";
import { DocumentList } from "./DocumentList";
import { DocumentViewer, type OpenedDocument } from "./DocumentViewer";
import { DropZone } from "./DropZone";
import { SearchTest } from "./SearchTest";
import { UploadList } from "./UploadList";
import { useUploads } from "./useUploads";

/** A course's material: bringing it in, what is there, and what a question finds in it. */
export function MaterialsPage() {
  const { course } = useWorkspace();
  useTitle(t("{title}: materials", { title: course.title }));
  const { uploads, queue } = useUploads(course.id);
  const [opened, setOpened] = useState<OpenedDocument | null>(null);
  const canEdit = course.permissions.includes("edit");
  return (
    <>
      <h1>{t("Materials")}</h1>
      <div className="with-aside">
        <div className="stack">
          {canEdit && <DropZone onFiles={(files) => queue.add(files)} />}
          {uploads.length > 0 && <UploadList uploads={uploads} queue={queue} />}
          {canEdit && <ActiveJobs courseId={course.id} uploads={uploads} />}
          <DocumentList courseId={course.id} canEdit={canEdit} onOpen={setOpened} />
        </div>
        <SearchTest course={course} onOpen={setOpened} />
      </div>
      {opened !== null && <DocumentViewer opened={opened} onClose={() => setOpened(null)} />}
    </>
  );
}

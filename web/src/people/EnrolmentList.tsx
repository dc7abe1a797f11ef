import {
  type InfiniteData,
  useInfiniteQuery,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";

import { api, body } from "../api/client";
import type { components } from "../api/schema";
import { counted, day } from "../shell/formats";
import { Loading } from "../shell/Loading";
import { useNotify } from "../shell/Notices";
import { Problem } from "../shell/Problem";
import { SelectField } from "../shell/SelectField";
import { t } from "../words/words";
import { COURSE_ROLES, type CourseRole } from "./roles";

type Enrolment = components["schemas"]["EnrollmentRead"];
type EnrolmentPage = components["schemas"]["PageOf_EnrollmentRead_"];

interface Props {
  courseId: string;
  canManage: boolean;
}

/** The people of a course with their roles in it. */
export function EnrolmentList({ courseId, canManage }: Props) {
  const people = useInfiniteQuery({
    queryKey: ["enrollments", courseId],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      body(
        api.GET("/api/v1/courses/{course}/enrollments", {
          params: {
            path: { course: courseId },
            query: { size: 100, ...(pageParam === null ? {} : { cursor: pageParam }) },
          },
        }),
      ),
    getNextPageParam: (page) => page.next_cursor,
  });
  const { place, remove } = useEnrolling(courseId);
  const found = people.data?.pages.flatMap((page) => page.items) ?? [];
  const total = people.data?.pages[0]?.total ?? found.length;
  return (
    <section className="panel" aria-labelledby="people-heading">
      <h2 id="people-heading">{t("In this course")}</h2>
      {people.isPending && <Loading what={t("people")} />}
      {people.isError && <Problem error={people.error} onRetry={() => void people.refetch()} />}
      {people.isSuccess && <p className="fine-print">{counted(total, t("person"), t("people"))}</p>}
      {place.isError && <Problem error={place.error} />}
      {remove.isError && <Problem error={remove.error} />}
      <ul className="plain-rows">
        {found.map((person) => (
          <EnrolmentRow
            key={person.user_id}
            person={person}
            onPlace={canManage ? (role) => place.mutate({ person, role }) : null}
            onRemove={() => remove.mutate(person)}
          />
        ))}
      </ul>
      {people.hasNextPage && (
        <button
          type="button"
          className="button"
          disabled={people.isFetchingNextPage}
          onClick={() => void people.fetchNextPage()}
        >
          {t("Show more")}
        </button>
      )}
    </section>
  );
}

function useEnrolling(courseId: string) {
  const queries = useQueryClient();
  const notify = useNotify();
  const refresh = () => queries.invalidateQueries({ queryKey: ["enrollments", courseId] });
  const path = (person: Enrolment) => ({ path: { course: courseId, user_id: person.user_id } });
  const put = (person: Enrolment, role: CourseRole) =>
    api.PUT("/api/v1/courses/{course}/enrollments/{user_id}", {
      params: path(person),
      body: { role },
    });
  const place = useMutation({
    mutationFn: ({ person, role }: { person: Enrolment; role: CourseRole }) => put(person, role),
    // Shown at once; what is read afterwards puts it right where it was refused.
    onMutate: ({ person, role }) =>
      queries.setQueryData<InfiniteData<EnrolmentPage>>(["enrollments", courseId], (known) =>
        withRole(known, person.user_id, role),
      ),
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: (person: Enrolment) =>
      api.DELETE("/api/v1/courses/{course}/enrollments/{user_id}", { params: path(person) }),
    onSuccess: (_, person) =>
      notify(
        t("{displayName} is out of the course.", { displayName: person.display_name }),
        async () => {
          await put(person, person.role);
          await refresh();
        },
      ),
    onSettled: refresh,
  });
  return { place, remove };
}

function withRole(
  known: InfiniteData<EnrolmentPage> | undefined,
  userId: string,
  role: CourseRole,
): InfiniteData<EnrolmentPage> | undefined {
  if (known === undefined) return undefined;
  const pages = known.pages.map((page) => ({
    ...page,
    items: page.items.map((one) => (one.user_id === userId ? { ...one, role } : one)),
  }));
  return { ...known, pages };
}

interface RowProps {
  person: Enrolment;
  onPlace: ((role: CourseRole) => void) | null;
  onRemove: () => void;
}

function EnrolmentRow({ person, onPlace, onRemove }: RowProps) {
  const role = COURSE_ROLES.find(([name]) => name === person.role)?.[1] ?? person.role;
  return (
    <li>
      <div className="row-text">
        <p className="row-title">{person.display_name}</p>
        <p className="fine-print">
          {t("{email} · since {createdAt}", {
            email: person.email,
            createdAt: day(person.created_at),
          })}
        </p>
      </div>
      {onPlace === null ? (
        <span className="chip">{role}</span>
      ) : (
        <>
          <SelectField
            label={t("Role of {displayName}", { displayName: person.display_name })}
            isLabelHidden
            options={COURSE_ROLES}
            value={person.role}
            onChange={onPlace}
          />
          <button type="button" className="button quiet" onClick={onRemove}>
            {t("Remove")}
            <span className="visually-hidden"> {person.display_name}</span>
          </button>
        </>
      )}
    </li>
  );
}

import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";

import { api, body } from "../api/client";
import type { components } from "../api/schema";
import type { Collection } from "./collections";

type Schemas = components["schemas"];
export type ContentSummary = Schemas["ContentSummaryRead"];
export type ContentState = Schemas["ContentRead"];

const PAGE_SIZE = 50;

/** Reads content in the form that can be sent back edited. */
function readContent(collection: Collection, id: string): Promise<ContentState> {
  if (collection === "lessons") {
    const path = { lesson_id: id };
    return body(api.GET("/api/v1/lessons/{lesson_id}/structure", { params: { path } }));
  }
  const path = { collection, content_id: id };
  const call = api.GET("/api/v1/{collection}/{content_id}", { params: { path } });
  return body(call as Promise<{ data?: ContentState }>);
}

/** Keeps an edited state as the version worked on; refused where `base` is no longer that. */
export function replaceContent(
  collection: Collection,
  base: ContentState,
  content: object,
  why: string,
): Promise<ContentState> {
  const sent = {
    content: content as Record<string, unknown>,
    why,
    based_on: base.version,
  };
  if (collection === "lessons") {
    const path = { lesson_id: base.id };
    return body(api.PUT("/api/v1/lessons/{lesson_id}/structure", { params: { path }, body: sent }));
  }
  const path = { collection, content_id: base.id };
  return body(api.PUT("/api/v1/{collection}/{content_id}", { params: { path }, body: sent }));
}

/** Content with the version that its reader sees. */
export function useContent(collection: Collection, id: string) {
  return useQuery({
    queryKey: ["content", collection, id],
    queryFn: () => readContent(collection, id),
  });
}

/** Takes a new state of content: shown at once, and all that follows from it read again. */
export function useContentChange(collection: Collection) {
  const queries = useQueryClient();
  return useCallback(
    (state: ContentState) => {
      queries.setQueryData(["content", collection, state.id], state);
      void queries.invalidateQueries({ queryKey: ["contents", state.course_id] });
      void queries.invalidateQueries({ queryKey: ["versions", state.id] });
    },
    [queries, collection],
  );
}

/** The content of a course of one kind, the newest first; lessons in their order. */
export function useContents(courseId: string, collection: Collection) {
  return useInfiniteQuery({
    queryKey: ["contents", courseId, collection],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) => readPage(courseId, collection, pageParam),
    getNextPageParam: (page) => page.next_cursor,
  });
}

/** What a list shows of one piece of content. */
export interface ListedContent {
  id: string;
  title: string;
  status: "draft" | "published";
  updated_at: string;
  /** A sentence on it, where there is one. */
  summary?: string;
  is_stale?: boolean;
  version?: number;
  published_version?: number | null;
}

interface ContentPage {
  items: ListedContent[];
  next_cursor: string | null;
}

function readPage(
  course: string,
  collection: Collection,
  cursor: string | null,
): Promise<ContentPage> {
  const query = { size: PAGE_SIZE, ...(cursor === null ? {} : { cursor }) };
  if (collection === "lessons") {
    const params = { path: { course }, query: { ...query, sort: "position" as const } };
    return body(api.GET("/api/v1/courses/{course}/lessons", { params }));
  }
  const params = { path: { course, collection }, query };
  return body(api.GET("/api/v1/courses/{course}/{collection}", { params }));
}

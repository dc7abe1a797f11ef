import createClient, { type Middleware } from "openapi-fetch";

import { reportUnreachable } from "./connection";
import { ApiProblem } from "./problem";
import type { paths } from "./schema";

type OnSessionLost = () => void;

let csrfToken: string | null = null;
let onSessionLost: OnSessionLost = () => {};

/** Takes the token that shows a request to be the page's own; the session itself is a cookie. */
export function keepCsrfToken(token: string | null): void {
  csrfToken = token;
}

/** Tells the client what to do when the session is refused. */
export function whenSessionIsLost(act: OnSessionLost): void {
  onSessionLost = act;
}

/** Headers every request carries, the streaming ones included. */
export function authorisation(): Record<string, string> {
  return csrfToken === null ? {} : { "X-CSRF-Token": csrfToken };
}

/** Turns an unsuccessful response into an `ApiProblem` to throw. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const body: unknown = await response.json().catch(() => null);
  const retryAfterSeconds = Number(response.headers.get("Retry-After")) || 0;
  const problem = ApiProblem.from(response.status, body, retryAfterSeconds);
  // Another tab may have signed in as someone else: their cookie, this tab's token.
  if (problem.isOutage) reportUnreachable();
  const isLost = problem.code === "not_authenticated" || problem.code === "csrf_failed";
  if (isLost && csrfToken !== null) onSessionLost();
  return problem;
}

/** The problem of a request that nobody answered; the page then asks until somebody does. */
export function unreachable(): ApiProblem {
  reportUnreachable();
  return ApiProblem.unreachable();
}

const session: Middleware = {
  onRequest({ request }) {
    for (const [name, value] of Object.entries(authorisation())) request.headers.set(name, value);
    return request;
  },
  async onResponse({ response }) {
    if (!response.ok) throw await problemOf(response);
  },
  onError({ error }) {
    return error instanceof ApiProblem ? error : unreachable();
  },
};

/** The typed client of the public API; a failed call throws `ApiProblem`. */
export const api = createClient<paths>({ baseUrl: "" });
api.use(session);

/** The body of a successful call. */
export async function body<T>(call: Promise<{ data?: T }>): Promise<T> {
  const { data } = await call;
  return data as T;
}

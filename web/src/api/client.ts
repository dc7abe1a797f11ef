import createClient, { type Middleware } from "openapi-fetch";

import { ApiProblem } from "./problem";
import type { paths } from "./schema";

type TokenSource = () => string | null;
type OnUnauthorised = () => void;

let readToken: TokenSource = () => null;
let onUnauthorised: OnUnauthorised = () => {};

/** Tells the client whose token to send, and what to do when it is refused. */
export function connectSession(source: TokenSource, whenUnauthorised: OnUnauthorised): void {
  readToken = source;
  onUnauthorised = whenUnauthorised;
}

/** Headers every request carries, the streaming ones included. */
export function authorisation(): Record<string, string> {
  const token = readToken();
  return token === null ? {} : { Authorization: `Bearer ${token}` };
}

/** Turns an unsuccessful response into an `ApiProblem` to throw. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const body: unknown = await response.json().catch(() => null);
  if (response.status === 401) onUnauthorised();
  return ApiProblem.from(response.status, body);
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
    return error instanceof ApiProblem ? error : ApiProblem.unreachable();
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

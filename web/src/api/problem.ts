/** An error the API answered with (RFC 9457), or the network's silence. */
import { t, told } from "../words/words";

export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly requestId: string | null = null,
    /** How long the server asks to wait before the same is asked again. */
    readonly retryAfterSeconds = 0,
  ) {
    super(detail);
    this.name = "ApiProblem";
  }

  /** Whether the same may well succeed in a moment: the server is out of reach, or busy. */
  get isPassing(): boolean {
    return [0, 502, 503].includes(this.status);
  }

  /** Whether the service as a whole is away: its proxy finds nobody, or it has no database. */
  get isOutage(): boolean {
    return this.status === 502 || this.code === "storage_unavailable";
  }

  static unreachable(): ApiProblem {
    return new ApiProblem(
      0,
      "unreachable",
      t("The server does not answer. Check the connection; the page tries again by itself."),
    );
  }

  static from(status: number, body: unknown, retryAfterSeconds = 0): ApiProblem {
    const problem = (typeof body === "object" && body !== null ? body : {}) as Record<
      string,
      unknown
    >;
    const detail = typeof problem["detail"] === "string" ? problem["detail"] : "";
    const title = typeof problem["title"] === "string" ? problem["title"] : "";
    const code = typeof problem["code"] === "string" ? problem["code"] : "unknown";
    const said = detail || title || t("The server answered {status}.", { status });
    return new ApiProblem(
      status,
      code,
      told(code, said, retryAfterSeconds > 0 ? { seconds: retryAfterSeconds } : {}),
      typeof problem["request_id"] === "string" ? problem["request_id"] : null,
      retryAfterSeconds,
    );
  }
}

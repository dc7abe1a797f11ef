/** An error the API answered with (RFC 9457), or the network's silence. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly requestId: string | null = null,
  ) {
    super(detail);
    this.name = "ApiProblem";
  }

  static unreachable(): ApiProblem {
    return new ApiProblem(
      0,
      "unreachable",
      "The server does not answer. Check the connection; the page tries again by itself.",
    );
  }

  static from(status: number, body: unknown): ApiProblem {
    const problem = (typeof body === "object" && body !== null ? body : {}) as Record<
      string,
      unknown
    >;
    const detail = typeof problem["detail"] === "string" ? problem["detail"] : "";
    const title = typeof problem["title"] === "string" ? problem["title"] : "";
    return new ApiProblem(
      status,
      typeof problem["code"] === "string" ? problem["code"] : "unknown",
      detail || title || `The server answered ${status}.`,
      typeof problem["request_id"] === "string" ? problem["request_id"] : null,
    );
  }
}

import { authorisation, problemOf, unreachable } from "./client";

/** Fetches a file in the person's session and saves it under the name the server gives.
 *
 * Throws `ApiProblem`.
 */
export async function download(path: string, otherwise: string): Promise<void> {
  let response: Response;
  try {
    response = await fetch(path, { headers: authorisation() });
  } catch {
    throw unreachable();
  }
  if (!response.ok) throw await problemOf(response);
  const name = fileName(response.headers.get("Content-Disposition")) ?? otherwise;
  save(await response.blob(), name);
}

/** The file name of a Content-Disposition header, `filename*` before `filename` (RFC 6266). */
export function fileName(disposition: string | null): string | null {
  if (disposition === null) return null;
  const encoded = /filename\*=UTF-8''([^;\s]+)/i.exec(disposition)?.[1];
  const plain = /filename="([^"]*)"/i.exec(disposition)?.[1] ?? null;
  if (encoded === undefined) return plain;
  try {
    return decodeURIComponent(encoded);
  } catch {
    return plain;
  }
}

function save(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // Firefox reads the file only after the click has been handled.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

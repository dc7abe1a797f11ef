/** Whether a link of an answer may be followed: within this service, or to an allowed host. */
export function mayLink(href: string, hosts: ReadonlySet<string>, own: string): boolean {
  let address: URL;
  try {
    address = new URL(href, own);
  } catch {
    return false;
  }
  if (address.protocol !== "https:" && address.protocol !== "http:") return false;
  if (address.origin === new URL(own).origin) return true;
  const host = address.hostname.toLowerCase();
  if (hosts.has(host)) return true;
  const labels = host.split(".");
  return labels.some((_, n) => n > 0 && hosts.has(`*.${labels.slice(n).join(".")}`));
}

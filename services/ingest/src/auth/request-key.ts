import { type HeaderReader, keyOfHeaders } from "@sightline/auth/credentials";

/**
 * The API key of an HTTP request in any of the ways that senders can be told to send one: `Authorization: Bearer <key>`;
 * `Basic` with the key as password, or as user name beside no password (Prometheus, Promtail, Beats, URLs);
 * `ApiKey <base64 of id:key>` or `ApiKey <key>` (Elasticsearch clients); `x-api-key`; `api-key`. A tenant is never taken
 * from a request: it is the key's.
 */
export function keyOfRequest(header: HeaderReader): string | undefined {
  const [, scheme = "", value = ""] = /^(basic|apikey) +(\S+) *$/i.exec(header("authorization") ?? "") ?? [];
  if (scheme === "") return keyOfHeaders(header);
  if (scheme.toLowerCase() === "apikey" && value.startsWith("sl_")) return value;
  return secretOf(value);
}

/** What follows the colon in base64 of `user:password`, or the user when nothing follows. */
function secretOf(base64: string): string {
  const text = Buffer.from(base64, "base64").toString("utf8");
  const colon = text.indexOf(":");
  const password = colon === -1 ? "" : text.slice(colon + 1);
  return password === "" ? text.slice(0, colon === -1 ? undefined : colon) : password;
}

import { invalid } from "@sightline/errors/app-error";
import { quote } from "@sightline/query/text/quote";

/**
 * Checks a URL as Go's `url.Parse` does, and that it is one of HTTP with a host, and gives it back. Throws invalid_argument with Go's
 * text; `shown` is what the text calls it, where the URL itself is a secret.
 */
export function checkHttpUrl(url: string, shown: string = url): string {
  checkUrl(url, shown);
  const scheme = schemeOf(url);
  if (scheme !== "http" && scheme !== "https") throw invalid(`unsupported scheme ${quote(scheme)} for URL`);
  if (hostOf(url) === "") throw invalid("missing host for URL");
  return url;
}

/** Checks a URL as Go's `url.Parse` does. Throws as `checkHttpUrl`. */
export function checkUrl(url: string, shown: string = url): void {
  const fault = faultOf(url);
  if (fault !== undefined) throw invalid(`parse ${quote(shown)}: ${fault}`);
}

function faultOf(url: string): string | undefined {
  if ([...url].some((character) => character < " " || character === "\x7f"))
    return "net/url: invalid control character in URL";
  if (url.startsWith(":")) return "missing protocol scheme";
  if (schemeOf(url) === "" && /^[^/?#]*:/.test(url)) return "first path segment in URL cannot contain colon";
  const authority = authorityOf(url);
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  const port = /^(?:\[[^\]]*\]|[^:]*)(:.*)?$/s.exec(host)?.[1] ?? "";
  if (!/^(?::[0-9]*)?$/.test(port)) return `invalid port ${quote(port)} after host`;
  const wrong = /[ \\^`{|}]/.exec(host)?.[0];
  if (wrong !== undefined) return `invalid character ${quote(wrong)} in host name`;
  const path = url.replace(/[?].*$/s, "");
  const wrongEscape = /%(?![0-9a-fA-F]{2}).{0,2}/s.exec(path)?.[0];
  return wrongEscape === undefined ? undefined : `invalid URL escape ${quote(wrongEscape)}`;
}

/** The scheme in small letters, "" where there is none. */
function schemeOf(url: string): string {
  return /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(url)?.[1]?.toLowerCase() ?? "";
}

function authorityOf(url: string): string {
  return /^(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?\/\/([^/?#]*)/.exec(url)?.[1] ?? "";
}

function hostOf(url: string): string {
  const authority = authorityOf(url);
  return authority.slice(authority.lastIndexOf("@") + 1);
}

/** The URL with `xxxxx` in place of a password that is in it. */
export function redactedUrl(url: string): string {
  return url.replace(/^([a-zA-Z][a-zA-Z0-9+.-]*:\/\/[^/?#:@]*):[^/?#]*@/, "$1:xxxxx@");
}

/** The URL with a slash at the end of its path. */
export function withSlash(url: string): string {
  const [, start = "", rest = ""] = /^([^?#]*)(.*)$/s.exec(url) ?? [];
  return start.endsWith("/") ? url : `${start}/${rest}`;
}

import { isIPv6 } from "node:net";
import { invalid } from "@sightline/errors/app-error";
import { quote } from "@sightline/gotext/quote";

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

/** What Go says against the URL (net/url, Parse), in its order. */
function faultOf(url: string): string | undefined {
  const [, beforeFragment = "", fragment = ""] = /^([^#]*)(.*)$/s.exec(url) ?? [];
  if ([...beforeFragment].some((character) => character < " " || character === "\x7f")) {
    return "net/url: invalid control character in URL";
  }
  if (url.startsWith(":")) return "missing protocol scheme";
  const scheme = schemeOf(url);
  const rest = beforeFragment.slice(scheme === "" ? 0 : scheme.length + 1).replace(/\?.*$/s, "");
  if (!rest.startsWith("/")) {
    if (scheme !== "") return escapeFault(fragment);
    if (/^[^/]*:/.test(rest)) return "first path segment in URL cannot contain colon";
  }
  const [authority = "", path = rest] = /^\/\/([^/]*)(.*)$/s.exec(rest)?.slice(1) ?? [];
  const isBare = scheme === "" && rest.startsWith("///");
  return (isBare ? undefined : authorityFault(authority, scheme)) ?? escapeFault(path) ?? escapeFault(fragment);
}

function authorityFault(authority: string, scheme: string): string | undefined {
  const at = authority.lastIndexOf("@");
  const user = authority.slice(0, Math.max(at, 0));
  const fault = hostFault(authority.slice(at + 1), scheme);
  if (fault !== undefined) return fault;
  return /^[\w.:~!$&'()*+,;=%@-]*$/.test(user) ? escapeFault(user) : "net/url: invalid userinfo";
}

function hostFault(host: string, scheme: string): string | undefined {
  const bracket = host.lastIndexOf("[");
  if (bracket > 0) return "invalid IP-literal";
  const end = host.lastIndexOf("]");
  if (bracket === 0 && end < 0) return "missing ']' in host";
  // In URLs of HTTP a host has no colons; in others some databases list several hosts with ports.
  const isHttp = scheme === "http" || scheme === "https";
  const colon = isHttp ? host.indexOf(":") : host.lastIndexOf(":");
  const port = bracket === 0 ? host.slice(end + 1) : colon < 0 ? "" : host.slice(colon);
  if (!/^(?::[0-9]*)?$/.test(port)) return `invalid port ${quote(port)} after host`;
  if (bracket === 0) {
    const address = host.slice(1, end);
    const isAddress = isIPv6(address.replace(/%25.*$/s, ""));
    return isAddress ? undefined : `invalid host: ParseAddr(${quote(address)}): unable to parse IP`;
  }
  // Only what is no ASCII may be escaped here.
  const escaped = /%(?![89a-fA-F][0-9a-fA-F]).{0,2}/s.exec(host)?.[0];
  if (escaped !== undefined) return `invalid URL escape ${quote(escaped)}`;
  const wrong = /[ \\^`{|}]/.exec(host)?.[0];
  return wrong === undefined ? undefined : `invalid character ${quote(wrong)} in host name`;
}

function escapeFault(text: string): string | undefined {
  const wrong = /%(?![0-9a-fA-F]{2}).{0,2}/s.exec(text)?.[0];
  return wrong === undefined ? undefined : `invalid URL escape ${quote(wrong)}`;
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

/** From the beginning of a URL to the end of its password, which is behind the first colon and before the last `@` of the host. */
const password = /^([a-zA-Z][a-zA-Z0-9+.-]*:\/\/[^/?#:]*):[^/?#]*@/;

/** Whether a password is in the URL, or what is shown in its place. */
export function hasPassword(url: string): boolean {
  return password.test(url);
}

/** The URL with `xxxxx` in place of a password that is in it. */
export function redactedUrl(url: string): string {
  return url.replace(password, "$1:xxxxx@");
}

/** The URL with a slash at the end of its path. */
export function withSlash(url: string): string {
  const [, start = "", rest = ""] = /^([^?#]*)(.*)$/s.exec(url) ?? [];
  return start.endsWith("/") ? url : `${start}/${rest}`;
}

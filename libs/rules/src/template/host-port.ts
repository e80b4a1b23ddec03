import { isIP } from "node:net";

/** A host and a port as Go's `net.SplitHostPort` takes them apart; undefined where there are not both. */
export function splitHostPort(text: string): { readonly host: string; readonly port: string } | undefined {
  const colon = text.lastIndexOf(":");
  if (colon < 0) return undefined;
  if (text.startsWith("[")) {
    const end = text.indexOf("]");
    if (end + 1 !== colon || end < 0) return undefined;
    const host = text.slice(1, end);
    return /[[\]]/.test(host + text.slice(colon)) ? undefined : { host, port: text.slice(colon + 1) };
  }
  const host = text.slice(0, colon);
  return /[:[\]]/.test(host) || /[[\]]/.test(text.slice(colon)) ? undefined : { host, port: text.slice(colon + 1) };
}

/** `stripPort`: the host alone. */
export function stripPort(text: string): string {
  return splitHostPort(text)?.host ?? text;
}

/** `stripDomain`: the first part of a host's name, with its port; an address stays. */
export function stripDomain(text: string): string {
  const { host, port } = splitHostPort(text) ?? { host: text, port: "" };
  if (isIP(host) !== 0) return text;
  const [name = ""] = host.split(".");
  if (port === "") return name;
  return name.includes(":") ? `[${name}]:${port}` : `${name}:${port}`;
}

import { invalid } from "@sightline/errors/app-error";
import { quote } from "@sightline/gotext/quote";
import type { Codec } from "./codec.ts";
import { scalarCodec } from "./scalar-codec.ts";

/** Where a server listens. */
export interface HostPort {
  readonly host: string;
  readonly port: string;
}

/** An address such as `mail.example.org:25` or `[::1]:25`; undefined where there is none. */
export const hostPort: Codec<HostPort | undefined> = scalarCodec<HostPort | undefined>({
  initial: undefined,
  empty: undefined,
  parse: (address) => (address === "" ? undefined : parseHostPort(address)),
  print: (value) => (value === undefined ? undefined : formatHostPort(value)),
});

/** Splits an address as Go does (`net.SplitHostPort`). Throws invalid_argument with its text. */
export function parseHostPort(address: string): HostPort {
  const fault = faultOf(address);
  if (fault !== undefined) throw invalid(`address ${address}: ${fault}`);
  const colon = address.lastIndexOf(":");
  const host = address.slice(0, colon);
  const port = address.slice(colon + 1);
  if (port === "") throw invalid(`address ${quote(address)}: port cannot be empty`);
  return { host: host.startsWith("[") ? host.slice(1, -1) : host, port };
}

function faultOf(address: string): string | undefined {
  const colon = address.lastIndexOf(":");
  if (colon < 0) return "missing port in address";
  const end = address.indexOf("]");
  if (address.startsWith("[")) {
    if (end < 0) return "missing ']' in address";
    if (end + 1 !== colon) return address[end + 1] === ":" ? "too many colons in address" : "missing port in address";
    if (address.includes("[", 1)) return "unexpected '[' in address";
    return address.includes("]", end + 1) ? "unexpected ']' in address" : undefined;
  }
  if (address.indexOf(":") !== colon) return "too many colons in address";
  if (address.includes("[")) return "unexpected '[' in address";
  return end < 0 ? undefined : "unexpected ']' in address";
}

/** The address as it is written. */
export function formatHostPort({ host, port }: HostPort): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

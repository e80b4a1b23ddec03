import { invalid } from "@sightline/errors/app-error";
import { quote } from "@sightline/query/text/quote";
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
  const [, bracketed, bare = "", port] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::([^:[\]]*))?$/.exec(address) ?? [];
  if (port === undefined) throw invalid(`address ${address}: ${faultOf(address)}`);
  if (port === "") throw invalid(`address ${quote(address)}: port cannot be empty`);
  return { host: bracketed ?? bare, port };
}

function faultOf(address: string): string {
  if (!address.includes(":") || /^\[[^\]]*\]$/.test(address)) return "missing port in address";
  if (address.startsWith("[")) return address.includes("]") ? "too many colons in address" : "missing ']' in address";
  if (/[[\]]/.test(address)) return `unexpected '${/[[\]]/.exec(address)?.[0]}' in address`;
  return "too many colons in address";
}

/** The address as it is written. */
export function formatHostPort({ host, port }: HostPort): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

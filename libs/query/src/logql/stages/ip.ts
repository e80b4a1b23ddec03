import { invalid } from "@sightline/errors/app-error";
import { quote } from "@sightline/gotext/quote";

/** An address as a number; IPv4 and IPv6 are never the same. */
export interface IpAddress {
  readonly family: 4 | 6;
  readonly value: bigint;
}

const dotted = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

/** Reads an address of IPv4 or IPv6, or undefined. */
export function parseIp(text: string): IpAddress | undefined {
  if (!text.includes(":")) return dotted.test(text) ? { family: 4, value: parseDotted(text) } : undefined;
  const address = text.split("%")[0] ?? "";
  const value = parseColons(address);
  return value === undefined ? undefined : { family: 6, value };
}

function parseDotted(text: string): bigint {
  return BigInt(text.split(".").reduce((value, part) => value * 256 + Number(part), 0));
}

function parseColons(text: string): bigint | undefined {
  const tail = text.slice(text.lastIndexOf(":") + 1);
  let address = text;
  if (tail.includes(".")) {
    if (!dotted.test(tail)) return undefined;
    const value = parseDotted(tail);
    address = `${text.slice(0, -tail.length)}${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`;
  }
  const halves = address.split("::");
  if (halves.length > 2) return undefined;
  const [head = [], rest = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const gap = 8 - head.length - rest.length;
  if (halves.length === 2 ? gap < 1 : gap !== 0) return undefined;
  const groups = [...head, ...Array.from({ length: gap }, () => "0"), ...rest];
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return groups.reduce((value, group) => (value << 16n) | BigInt(Number.parseInt(group, 16)), 0n);
}

interface IpRange {
  readonly family: 4 | 6;
  readonly from: bigint;
  readonly to: bigint;
}

/** Reads `10.0.0.1`, `10.0.0.0/8` or `10.0.0.1-10.0.0.9`. Throws invalid_argument for anything else. */
function parseIpRange(pattern: string): IpRange {
  const single = parseIp(pattern);
  if (single !== undefined) return { family: single.family, from: single.value, to: single.value };
  const range = parsePrefix(pattern) ?? parseEnds(pattern);
  if (range === undefined) throw invalid(`ip: invalid pattern: ${quote(pattern)}`);
  return range;
}

function parsePrefix(pattern: string): IpRange | undefined {
  const [, text = "", bits = ""] = /^([^/]+)\/(\d{1,3})$/.exec(pattern) ?? [];
  const address = parseIp(text);
  if (address === undefined) return undefined;
  const size = address.family === 4 ? 32 : 128;
  if (Number(bits) > size) return undefined;
  const hosts = (1n << BigInt(size - Number(bits))) - 1n;
  const to = address.value | hosts;
  return { family: address.family, from: to - hosts, to };
}

function parseEnds(pattern: string): IpRange | undefined {
  const [first = "", last = ""] = pattern.split("-");
  const from = parseIp(first.trim());
  const to = parseIp(last.trim());
  if (from === undefined || to === undefined || from.family !== to.family || from.value > to.value) return undefined;
  return { family: from.family, from: from.value, to: to.value };
}

const v4Start = /\d[\d.]?[\d.]?[\d.]?/y;
const v4Run = /[\d.]+/y;
const v6Start = /::[0-9a-fA-F]|[0-9a-fA-F]{1,4}:/y;
const v6Run = /[0-9a-fA-F:.]+/y;

/**
 * A test of whether a text has an address in it that is of the pattern: one address, a network (`10.0.0.0/8`), or a range
 * (`10.0.0.1-10.0.0.9`). Throws invalid_argument for another pattern.
 */
export function createIpTest(pattern: string): (text: string) => boolean {
  const range = parseIpRange(pattern);
  const contains = (text: string) => {
    const address = parseIp(text);
    return address?.family === range.family && address.value >= range.from && address.value <= range.to;
  };
  return (text) => {
    for (let at = 0; at < text.length; at++) {
      const run = addressRun(text, at);
      if (run === undefined) continue;
      if (contains(run)) return true;
      at += run.length;
    }
    return false;
  };
}

/** The characters from `at` on that an address may have, if one may begin there. */
function addressRun(text: string, at: number): string | undefined {
  const code = text.charCodeAt(at);
  const isDigit = code >= 48 && code <= 57;
  if (isDigit && (matchAt(v4Start, text, at) ?? "").includes(".")) return matchAt(v4Run, text, at);
  const isHex = isDigit || code === 58 || (code >= 65 && code <= 70) || (code >= 97 && code <= 102);
  return isHex && matchAt(v6Start, text, at) !== undefined ? matchAt(v6Run, text, at) : undefined;
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

import { BlockList, isIP, isIPv4 } from "node:net";

/** Why an address must not be connected to: never, or only where private addresses are allowed. */
export interface AddressVerdict {
  readonly kind: "forbidden" | "private";
  /** "a link-local address" and the like. */
  readonly reason: string;
}

type Subnet = readonly [network: string, prefix: number];

interface Rule {
  readonly verdict: AddressVerdict;
  readonly list: BlockList;
}

function rule(kind: AddressVerdict["kind"], reason: string, subnets: readonly Subnet[]): Rule {
  const list = new BlockList();
  for (const [network, prefix] of subnets) list.addSubnet(network, prefix, isIPv4(network) ? "ipv4" : "ipv6");
  return { verdict: { kind, reason }, list };
}

/** IANA's special-purpose registries (RFC 6890, 8215) and the addresses where clouds serve credentials. The first hit counts. */
const RULES: readonly Rule[] = [
  rule("forbidden", "a cloud's metadata address", [
    ["169.254.169.254", 32],
    ["169.254.170.2", 32],
    ["100.100.100.200", 32],
    ["168.63.129.16", 32],
    ["192.0.0.192", 32],
    ["fd00:ec2::254", 128],
    ["fd20:ce::254", 128],
  ]),
  rule("forbidden", "a link-local address", [
    ["169.254.0.0", 16],
    ["fe80::", 10],
  ]),
  rule("forbidden", "no address of one host", [
    ["0.0.0.0", 8],
    ["224.0.0.0", 4],
    ["240.0.0.0", 4],
    ["::", 128],
    ["ff00::", 8],
  ]),
  rule("private", "a loopback address", [
    ["127.0.0.0", 8],
    ["::1", 128],
  ]),
  rule("private", "a private address", [
    ["10.0.0.0", 8],
    ["100.64.0.0", 10],
    ["172.16.0.0", 12],
    ["192.0.0.0", 24],
    ["192.168.0.0", 16],
    ["198.18.0.0", 15],
    ["64:ff9b:1::", 48],
    ["fc00::", 7],
    ["fec0::", 10],
  ]),
];

/** The first six groups of addresses whose last two are an IPv4 address. */
const EMBEDDING = new Set(["0:0:0:0:0:ffff", "0:0:0:0:ffff:0", "64:ff9b:0:0:0:0"]);

/** What speaks against connecting to an IP address; undefined when it is a public one. */
export function judgeAddress(address: string): AddressVerdict | undefined {
  const [bare = ""] = address.split("%");
  const family = isIP(bare);
  if (family === 0) return { kind: "forbidden", reason: "no IP address" };
  const plain = family === 6 ? (embeddedIpv4(bare) ?? bare) : bare;
  return RULES.find(({ list }) => list.check(plain, isIPv4(plain) ? "ipv4" : "ipv6"))?.verdict;
}

/**
 * The IPv4 address that an IPv6 address leads to: mapped (::ffff:0:0/96) and compatible (::/96, RFC 4291 section 2.5.5),
 * NAT64 (64:ff9b::/96, RFC 6052), translated (::ffff:0:0:0/96, RFC 2765), 6to4 (2002::/16, RFC 3056).
 */
function embeddedIpv4(address: string): string | undefined {
  const groups = groupsOf(address);
  const head = groups.slice(0, 6).join(":");
  if (EMBEDDING.has(head)) return dotted(groups[6], groups[7]);
  if (head === "0:0:0:0:0:0" && (groups[6] !== "0" || Number.parseInt(groups[7] ?? "", 16) > 1)) {
    return dotted(groups[6], groups[7]);
  }
  if (groups[0] === "2002") return dotted(groups[1], groups[2]);
  return undefined;
}

/** The eight groups of an IPv6 address, as hex without leading zeros. */
function groupsOf(address: string): string[] {
  // The URL parser brings every spelling to one form, without dots.
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [before = "", after] = canonical.split("::");
  const left = before === "" ? [] : before.split(":");
  if (after === undefined) return left;
  const right = after === "" ? [] : after.split(":");
  return [...left, ...Array.from({ length: 8 - left.length - right.length }, () => "0"), ...right];
}

function dotted(high = "0", low = "0"): string {
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join(".");
}

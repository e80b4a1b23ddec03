import { BlockList, isIP } from "node:net";

/** Tells whether a text is an IP address in one of the networks; any other text is in none. */
export type CidrTest = (address: string) => boolean;

/** Networks such as `10.0.0.0/8` and `2001:db8::/32`, read once; the text of the first that is none. */
export function compileCidr(prefixes: readonly string[]): CidrTest | { readonly wrong: string } {
  const list = new BlockList();
  for (const prefix of prefixes) {
    const [, address = "", bits = ""] = /^([^/]*)\/(\d{1,3})$/.exec(prefix) ?? [];
    const version = isIP(address);
    if (version === 0 || Number(bits) > (version === 4 ? 32 : 128)) return { wrong: prefix };
    list.addSubnet(address, Number(bits), version === 4 ? "ipv4" : "ipv6");
  }
  return (text) => {
    const address = text.replace(/^::ffff:(?=\d+\.)/i, "");
    const version = isIP(address);
    return version !== 0 && !address.includes("%") && list.check(address, version === 4 ? "ipv4" : "ipv6");
  };
}

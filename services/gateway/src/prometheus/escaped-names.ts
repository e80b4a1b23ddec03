/**
 * A name out of a path. Those that are no plain names come escaped as `U__…`: `_XX_` for a character by its code in hexadecimal,
 * `__` for an underscore (Prometheus, UTF-8 names, "value encoding escaping").
 */
export function nameOfPath(part: string): string {
  if (!part.startsWith("U__")) return part;
  const escaped = part.slice(3);
  let name = "";
  for (let at = 0; at < escaped.length; ) {
    if (escaped[at] !== "_") {
      name += escaped[at++];
      continue;
    }
    if (escaped[at + 1] === "_") {
      name += "_";
      at += 2;
      continue;
    }
    const [all, code] = /^_([0-9A-Fa-f]{1,6})_/.exec(escaped.slice(at, at + 8)) ?? [];
    const point = Number.parseInt(code ?? "", 16);
    // What is not escaped as it should be means what it says.
    if (all === undefined || !(point <= 0x10ffff)) return part;
    name += String.fromCodePoint(point);
    at += all.length;
  }
  return name;
}

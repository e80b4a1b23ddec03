import { floatProblem, parseGoFloat } from "./parse-float.ts";

const sizes: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["b", 1],
  ...["k", "m", "g", "t", "p", "e"].flatMap((letter, index): [string, number][] => [
    [letter, 1000 ** (index + 1)],
    [`${letter}b`, 1000 ** (index + 1)],
    [`${letter}i`, 1024 ** (index + 1)],
    [`${letter}ib`, 1024 ** (index + 1)],
  ]),
]);

/** A size as people write it (`1.5KB`, `2 MiB`, `2,048`), in bytes; what cannot be read comes back as go-humanize's message about it. */
export function parseBytes(text: string): { readonly bytes: number } | { readonly problem: string } {
  let end = 0;
  while (end < text.length && /[\d.,]/.test(text[end] ?? "")) end++;
  const number = text.slice(0, end).replaceAll(",", "");
  const value = parseGoFloat(number);
  if (value === undefined) return { problem: floatProblem(number) };
  const unit = text.slice(end).trim().toLowerCase();
  const size = sizes.get(unit);
  if (size === undefined) return { problem: `unhandled size name: ${unit}` };
  if (value * size >= 2 ** 64) return { problem: `too large: ${text}` };
  return { bytes: Math.floor(value * size) };
}

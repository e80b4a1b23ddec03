// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is what this is for.
const ansiSequence = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;
// C0 but tab and line feed, DEL, C1, the bidirectional controls and invisible separators that can disguise text.
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is what this is for.
const hiddenCharacter = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/**
 * Telemetry as text that shows what is in it: terminal colours and the like (ECMA-48 escape sequences) are taken out,
 * every other character that would not be seen or would reorder what is seen becomes visible.
 */
export function plainText(raw: string): string {
  return raw.replace(/\r\n/g, "\n").replace(ansiSequence, "").replace(hiddenCharacter, visible);
}

/** The same on one line: line feeds and tabs become visible too. At most `maxLength` characters. */
export function plainLine(raw: string, maxLength = 2000): string {
  const cut = raw.length > maxLength ? `${raw.slice(0, maxLength)}…` : raw;
  return plainText(cut).replace(/\n+$/, "").replace(/\n/g, " ⏎ ").replace(/\t/g, "  ");
}

function visible(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  // The Unicode control pictures show C0 and DEL.
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return "\u2421";
  return `\u27e8U+${code.toString(16).toUpperCase().padStart(4, "0")}\u27e9`;
}

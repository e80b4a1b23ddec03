// After html/template/css.go of Go 1.26.
import type { Content } from "./content.ts";
import { failsafe } from "./html-escapers.ts";
import { decodeCss } from "./transition-css.ts";

const specials = /[\0\t\n\f\r"&'()+/:;<>\\{}]/g;

/** For a string of CSS. */
export function escapeCss({ text }: Content): string {
  return text.replace(specials, (character, at: number) => {
    if (character === "\\") return "\\\\";
    // A space ends the number where what follows could belong to it.
    const isEnded = /^[^\da-fA-F \t\n\f\r]/.test(text.slice(at + 1, at + 2));
    return `\\${character.charCodeAt(0).toString(16)}${isEnded ? "" : " "}`;
  });
}

/** For a value of CSS: numbers, words and colours, nothing that could end the value or do something. */
export function filterCss({ text, kind }: Content): string {
  if (kind === "CSS") return text;
  const decoded = decodeCss(text);
  if (/[\0"'()/;@[\\\]`{}<>]|--/.test(decoded)) return failsafe;
  const letters = decoded.replace(/[^a-zA-Z0-9\-_]/g, "").toLowerCase();
  return /expression|mozbinding/.test(letters) ? failsafe : decoded;
}

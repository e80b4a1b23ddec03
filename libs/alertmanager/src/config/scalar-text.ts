import { resolveScalar } from "./scalar.ts";
import type { YamlScalar } from "./yaml-tree.ts";

/** What may stand anywhere without quotes: nothing in it has a meaning in YAML, not even in a list on one line. */
const plainText = /^[A-Za-z0-9_/<$](?:[\w./:@%~+=&?<>$^;()-]*[\w./@%~+=&?<>$^;()-])?$/;

/** Characters that only have a place between double quotes, escaped. */
const unseen = /[\p{C}\p{Zl}\p{Zp}]/u;

/**
 * A text as YAML, to stand in the place of what is written there now: in its quotes where it has some. What is written over more than
 * one line is on one then; a comment behind the first of them stays.
 */
export function scalarLike(scalar: YamlScalar, written: string, text: string): string {
  const meant = /(?:^|:)binary$/.test(scalar.tag) ? Buffer.from(text).toString("base64") : text;
  if (!/^[|>]/.test(written)) return quotedAs(written, meant);
  const [, comment = ""] = /^[^\r\n]*?([ \t]+#[^\r\n]*)/.exec(written) ?? [];
  const [end = ""] = /\r?\n$/.exec(written) ?? [];
  return `${quotedAs("", meant)}${comment}${end}`;
}

function quotedAs(written: string, text: string): string {
  if (written.startsWith("'") && !unseen.test(text)) return `'${text.replaceAll("'", "''")}'`;
  const isNothing = resolveScalar({ text, isPlain: true, tag: "" }).type === "null";
  if (/^["']/.test(written) || isNothing || !plainText.test(text)) return doubleQuoted(text);
  return text;
}

/** JSON's texts are YAML's, but for some characters that YAML wants escaped. */
function doubleQuoted(text: string): string {
  return JSON.stringify(text).replace(/[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

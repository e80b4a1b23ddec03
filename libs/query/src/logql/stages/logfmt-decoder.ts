import { unescapeJson } from "./json-scanner.ts";

/** Reads the pairs of a line of logfmt one after the other. */
export interface LogfmtDecoder {
  text: string;
  at: number;
  key: string;
  value: string;
  /** The last mistake, or "". */
  problem: string;
  /** The keys that lines had so far, by their place: most lines of a program have the same keys in the same order. */
  readonly keys: string[];
  place: number;
}

/** How many places are remembered. */
const maxKeys = 256;

/** A decoder without a line. */
export function createLogfmtDecoder(): LogfmtDecoder {
  return { text: "", at: 0, key: "", value: "", problem: "", keys: [], place: 0 };
}

/** Goes to the start of a line. */
export function beginLine(decoder: LogfmtDecoder, text: string): void {
  decoder.text = text;
  decoder.at = 0;
  decoder.problem = "";
  decoder.place = 0;
}

const equals = 61;
const quote = 34;
const space = 32;

/**
 * Goes to the next pair. Answers "pair" with its key and value; "mistake" when what was there is none, behind which it goes on; "end".
 */
export function nextPair(decoder: LogfmtDecoder): "pair" | "mistake" | "end" {
  const { text } = decoder;
  let at = decoder.at;
  while (at < text.length && text.charCodeAt(at) <= space) at++;
  decoder.at = at;
  if (at >= text.length) return "end";
  const known = decoder.keys[decoder.place] ?? "";
  decoder.value = "";
  if (known !== "" && text.charCodeAt(at + known.length) === equals && text.startsWith(known, at)) {
    decoder.place++;
    decoder.key = known;
    decoder.at = at + known.length + 1;
    return text.charCodeAt(decoder.at) === quote ? readQuoted(decoder) : readPlain(decoder);
  }
  return readPair(decoder, at);
}

function readPair(decoder: LogfmtDecoder, start: number): "pair" | "mistake" {
  const { text } = decoder;
  let at = start;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === equals || code === quote || code <= space) break;
  }
  decoder.at = at;
  decoder.key = text.slice(start, at);
  const code = at < text.length ? text.charCodeAt(at) : space;
  if (code === quote) return mistake(decoder, `unexpected '"'`);
  if (code === equals && at === start) return mistake(decoder, "unexpected '='");
  if (decoder.key.includes("\ufffd")) return mistake(decoder, "invalid key");
  if (code !== equals) return "pair";
  decoder.at = at + 1;
  if (decoder.place < maxKeys) decoder.keys[decoder.place] = decoder.key;
  decoder.place++;
  return text.charCodeAt(at + 1) === quote ? readQuoted(decoder) : readPlain(decoder);
}

function readPlain(decoder: LogfmtDecoder): "pair" | "mistake" {
  const { text, at: start } = decoder;
  let at = start;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= space) break;
    if (code === equals || code === quote) {
      decoder.at = at;
      return mistake(decoder, `unexpected '${text[at]}'`);
    }
  }
  decoder.at = at;
  decoder.value = text.slice(start, at);
  return "pair";
}

function readQuoted(decoder: LogfmtDecoder): "pair" | "mistake" {
  const { text, at: start } = decoder;
  let end = text.indexOf('"', start + 1);
  while (end >= 0 && isEscaped(text, end, start)) end = text.indexOf('"', end + 1);
  decoder.at = end < 0 ? text.length : end + 1;
  if (end < 0) return fail(decoder, "unterminated quoted value");
  const raw = text.slice(start + 1, end);
  const value = raw.includes("\\") ? unescapeJson(raw.replaceAll("\\'", "'")) : raw;
  if (value === undefined) return fail(decoder, "invalid quoted value");
  decoder.value = value;
  return "pair";
}

function isEscaped(text: string, at: number, start: number): boolean {
  let slashes = 0;
  while (at - slashes - 1 > start && text[at - slashes - 1] === "\\") slashes++;
  return slashes % 2 === 1;
}

/** A mistake in the middle of a word: the rest of it is skipped. */
function mistake(decoder: LogfmtDecoder, problem: string): "mistake" {
  fail(decoder, problem);
  while (decoder.at < decoder.text.length && decoder.text.charCodeAt(decoder.at) > space) decoder.at++;
  return "mistake";
}

function fail(decoder: LogfmtDecoder, problem: string): "mistake" {
  decoder.problem = `logfmt syntax error at pos ${decoder.at + 1} : ${problem}`;
  return "mistake";
}

import { parseBytes } from "@sightline/gotext/bytes";
import { parseGoDuration } from "@sightline/gotext/duration";
import { expand } from "@sightline/regex/expand";
import { compilePattern, type Match, type Pattern } from "@sightline/regex/pattern";
import { encodeQuery } from "./builtins.ts";
import { type TemplateFunction, textFunction } from "./function.ts";
import { isTrue, TemplateError, type TemplateValue } from "./value.ts";

/** The most text that `repeat`, `indent` and alignment make at once. */
const maxMade = 1_048_576;

function repeatText(text: string, times: number): string {
  if (text.length * times > maxMade) throw new TemplateError(`repeat makes more than ${maxMade} characters`);
  return text.repeat(Math.max(0, times));
}

function trimStartSet(text: string, set: string): string {
  const chars = [...text];
  const first = chars.findIndex((char) => !set.includes(char));
  return first < 0 ? "" : chars.slice(first).join("");
}

function trimEndSet(text: string, set: string): string {
  const chars = [...text];
  return chars.slice(0, chars.findLastIndex((char) => !set.includes(char)) + 1).join("");
}

const trimSet = (text: string, set: string) => trimEndSet(trimStartSet(text, set), set);
const trimPrefix = (text: string, prefix: string) => (text.startsWith(prefix) ? text.slice(prefix.length) : text);
const trimSuffix = (text: string, suffix: string) =>
  suffix !== "" && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text;

function truncate(count: number, text: string): string {
  const chars = [...text];
  if (count < 0) return chars.length + count > 0 ? chars.slice(count).join("") : text;
  return chars.slice(0, count).join("");
}

function substring(start: number, end: number, text: string): string {
  const chars = [...text];
  if (start < 0) return end < 0 ? "" : chars.slice(0, end).join("");
  return chars.slice(start, end < 0 ? undefined : end).join("");
}

function alignLeft(count: number, text: string): string {
  const chars = [...text];
  if (count < 0) return text;
  return chars.slice(0, count).join("") + repeatText(" ", count - chars.length);
}

function alignRight(count: number, text: string): string {
  const chars = [...text];
  if (count < 0) return text;
  return repeatText(" ", count - chars.length) + chars.slice(Math.max(0, chars.length - count)).join("");
}

function indent(spaces: number, text: string): string {
  const blank = repeatText(" ", spaces);
  return blank + text.replaceAll("\n", `\n${blank}`);
}

interface Replacement {
  readonly from: string;
  readonly to: string;
  /** How often at most; negative: always. */
  readonly times: number;
}

function replaceText(text: string, { from, to, times }: Replacement): string {
  if (times < 0) return text.replaceAll(from, () => to);
  let rest = text;
  let done = "";
  for (let time = 0; time < times; time++) {
    const at = rest.indexOf(from);
    if (at < 0 || from === "") break;
    done += rest.slice(0, at) + to;
    rest = rest.slice(at + from.length);
  }
  return done + rest;
}

function compiled(source: string) {
  try {
    return compilePattern(source, { anchored: false });
  } catch (thrown) {
    throw new TemplateError(thrown instanceof Error ? thrown.message : String(thrown));
  }
}

function replacePattern(source: string, text: string, replace: (match: Match, pattern: Pattern) => string): string {
  const pattern = compiled(source);
  let result = "";
  let at = 0;
  for (const match of pattern.matchAll(text)) {
    result += text.slice(at, match.start) + replace(match, pattern);
    at = match.end;
  }
  return result + text.slice(at);
}

function decodeQuery(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch (thrown) {
    if (!(thrown instanceof URIError)) throw thrown;
    const wrong = /%(?![\da-fA-F]{2}).{0,2}/su.exec(text)?.[0] ?? text;
    throw new TemplateError(`error calling urldecode: invalid URL escape "${wrong}"`);
  }
}

function decodeBase64(text: string): string {
  if (/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text.replace(/[\r\n]/g, ""))) {
    return Buffer.from(text, "base64").toString();
  }
  const at = /[^A-Za-z0-9+/]/.exec(text)?.index ?? text.length - (text.length % 4);
  return `illegal base64 data at input byte ${at}`;
}

function titleCase(text: string): string {
  return text.replace(
    /(^|[^\p{L}\p{Nd}_'])(\p{L})/gu,
    (_, before: string, letter: string) => before + letter.toUpperCase(),
  );
}

function convertBytes(text: string): TemplateValue {
  const parsed = parseBytes(text);
  if ("problem" in parsed) throw new TemplateError(`error calling bytes: ${parsed.problem}`);
  return parsed.bytes;
}

function convertDuration(text: string): TemplateValue {
  const parsed = parseGoDuration(text);
  if ("problem" in parsed) throw new TemplateError(`error calling duration: ${parsed.problem}`);
  return parsed.ns / 1e9;
}

function fromJson(text: string): TemplateValue {
  try {
    return fromParsed(JSON.parse(text));
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return null;
    throw thrown;
  }
}

function fromParsed(value: unknown): TemplateValue {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (Array.isArray(value)) return value.map(fromParsed);
  if (typeof value !== "object" || value === null) return null;
  return new Map(Object.entries(value).map(([key, inner]) => [key, fromParsed(inner)]));
}

const s = "string";
const n = "int";

/** The functions for texts that Loki has, its own old ones and those of sprig. */
export const textFunctions: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ["ToLower", textFunction([s], (text = "") => text.toLowerCase())],
  ["ToUpper", textFunction([s], (text = "") => text.toUpperCase())],
  ["lower", textFunction([s], (text = "") => text.toLowerCase())],
  ["upper", textFunction([s], (text = "") => text.toUpperCase())],
  ["title", textFunction([s], (text = "") => titleCase(text))],
  [
    "Replace",
    textFunction([s, s, s, n], (text = "", from = "", to = "", times = "0") =>
      replaceText(text, { from, to, times: Number(times) }),
    ),
  ],
  ["replace", textFunction([s, s, s], (from = "", to = "", text = "") => replaceText(text, { from, to, times: -1 }))],
  ["Trim", textFunction([s, s], (text = "", set = "") => trimSet(text, set))],
  ["TrimLeft", textFunction([s, s], (text = "", set = "") => trimStartSet(text, set))],
  ["TrimRight", textFunction([s, s], (text = "", set = "") => trimEndSet(text, set))],
  ["TrimPrefix", textFunction([s, s], (text = "", prefix = "") => trimPrefix(text, prefix))],
  ["TrimSuffix", textFunction([s, s], (text = "", suffix = "") => trimSuffix(text, suffix))],
  ["TrimSpace", textFunction([s], (text = "") => text.trim())],
  ["trim", textFunction([s], (text = "") => text.trim())],
  ["trimAll", textFunction([s, s], (set = "", text = "") => trimSet(text, set))],
  ["trimPrefix", textFunction([s, s], (prefix = "", text = "") => trimPrefix(text, prefix))],
  ["trimSuffix", textFunction([s, s], (suffix = "", text = "") => trimSuffix(text, suffix))],
  ["trunc", textFunction([n, s], (count = "0", text = "") => truncate(Number(count), text))],
  ["substr", textFunction([n, n, s], (from = "0", to = "0", text = "") => substring(Number(from), Number(to), text))],
  ["contains", textFunction([s, s], (part = "", text = "") => text.includes(part))],
  ["hasPrefix", textFunction([s, s], (part = "", text = "") => text.startsWith(part))],
  ["hasSuffix", textFunction([s, s], (part = "", text = "") => text.endsWith(part))],
  ["indent", textFunction([n, s], (spaces = "0", text = "") => indent(Number(spaces), text))],
  ["nindent", textFunction([n, s], (spaces = "0", text = "") => `\n${indent(Number(spaces), text)}`)],
  ["repeat", textFunction([n, s], (times = "0", text = "") => repeatText(text, Number(times)))],
  ["alignLeft", textFunction([n, s], (count = "0", text = "") => alignLeft(Number(count), text))],
  ["alignRight", textFunction([n, s], (count = "0", text = "") => alignRight(Number(count), text))],
  [
    "regexReplaceAll",
    textFunction([s, s, s], (source = "", text = "", to = "") =>
      replacePattern(source, text, (match, { groupNames }) => expand(to, match, groupNames)),
    ),
  ],
  [
    "regexReplaceAllLiteral",
    textFunction([s, s, s], (source = "", text = "", to = "") => replacePattern(source, text, () => to)),
  ],
  ["count", textFunction([s, s], (source = "", text = "") => BigInt(compiled(source).matchAll(text).length))],
  ["urldecode", textFunction([s], (text = "") => decodeQuery(text))],
  ["urlencode", textFunction([s], (text = "") => encodeQuery(text))],
  ["b64enc", textFunction([s], (text = "") => Buffer.from(text).toString("base64"))],
  ["b64dec", textFunction([s], (text = "") => decodeBase64(text))],
  ["bytes", textFunction([s], (text = "") => convertBytes(text))],
  ["duration", textFunction([s], (text = "") => convertDuration(text))],
  ["duration_seconds", textFunction([s], (text = "") => convertDuration(text))],
  ["fromJson", textFunction([s], (text = "") => fromJson(text))],
  [
    "default",
    {
      parameters: ["any"],
      rest: "any",
      call: ([otherwise = null, value = null]) => (isTrue(value) ? value : otherwise),
    },
  ],
]);

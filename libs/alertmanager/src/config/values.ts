import { AppError } from "@sightline/errors/app-error";
import { formatGoDuration, parseGoDuration } from "@sightline/gotext/duration";
import { quote } from "@sightline/gotext/quote";
import { compilePattern } from "@sightline/regex/pattern";
import { formatMatcher, type Matcher, sortMatchers } from "../matcher/matcher.ts";
import { parseMatchers } from "../matcher/parse-matchers.ts";
import { type Codec, mapOf, type ReadContext, readValue, wrongType } from "./codec.ts";
import { formatPrometheusDuration, parsePrometheusDuration } from "./duration.ts";
import { resolveScalar } from "./scalar.ts";
import { attempt, scalarCodec } from "./scalar-codec.ts";
import { createSecret, HIDDEN_SECRET, type Secret } from "./secret.ts";
import { checkHttpUrl, checkUrl, hasPassword, redactedUrl } from "./url.ts";
import type { YamlNode, YamlScalar } from "./yaml-tree.ts";

/** A text; an empty one is left out when it is printed, unless another one would be read in its place. */
export function text(initial = ""): Codec<string> {
  return scalarCodec({
    initial,
    empty: "",
    parse: (read) => read,
    print: (value) => (value === "" && initial === "" ? undefined : value),
  });
}

/** A text that is shown even where it is empty. */
export const shownText: Codec<string> = { ...text(), print: (value) => value };

/** One of some words. */
export function word<T extends string>(words: readonly T[], fault: (got: string) => string): Codec<T | ""> {
  return {
    initial: "",
    empty: "",
    read(node, context) {
      const got = text().read(node, context);
      const known = words.find((one) => one === got);
      if (known === undefined) context.problem(node, fault(got));
      return known ?? "";
    },
    print: (value) => (value === "" ? undefined : value),
  };
}

/** "got …, want …" with what is there, which is no secret where a number or the like is wanted. */
function wrongValue(node: YamlNode, want: string): string {
  return node.kind === "scalar" ? `got ${quote(node.text.slice(0, 40))}, want ${want}` : wrongType(node, want);
}

/** Yes or no. */
export function flag(initial: boolean): Codec<boolean> {
  return {
    initial,
    empty: false,
    read(node, context) {
      const value = node.kind === "scalar" ? resolveScalar(node) : undefined;
      if (value?.type === "bool") return value.value;
      context.problem(node, wrongValue(node, "true or false"));
      return false;
    },
    print: (value) => value,
  };
}

/** Yes or no; left out when it is printed where it is no. */
export const quietFlag: Codec<boolean> = { ...flag(false), print: (value) => value || undefined };

interface NumberOptions {
  readonly min: number;
  readonly isWhole: boolean;
  /** Whether 0 is left out when it is printed. */
  readonly isQuiet: boolean;
}

/** A number; what is behind the point of a whole one is cut off, as Go does. */
export function number({ min, isWhole, isQuiet }: NumberOptions): Codec<number> {
  return {
    initial: 0,
    empty: 0,
    read(node, context) {
      const value = node.kind === "scalar" ? resolveScalar(node) : undefined;
      if (value?.type === "int" || value?.type === "float") {
        const got = isWhole ? Math.trunc(value.value) : value.value;
        if (got >= min && (!isWhole || Number.isSafeInteger(got))) return got;
      }
      const most = isWhole ? `a whole number from ${min} to ${Number.MAX_SAFE_INTEGER}` : `a number from ${min}`;
      context.problem(node, wrongValue(node, most));
      return 0;
    },
    print: (value) => (isQuiet && value === 0 ? undefined : value),
  };
}

/** A duration as Prometheus writes it, in milliseconds. */
export function durationMs(initial = 0): Codec<number> {
  return scalarCodec({
    initial,
    empty: 0,
    unit: "Ms",
    parse: parsePrometheusDuration,
    print: (value) => (value === 0 && initial === 0 ? undefined : formatPrometheusDuration(value)),
  });
}

/** A duration as Prometheus writes it, in milliseconds, where it is there. */
export const optionalDurationMs: Codec<number | undefined> = scalarCodec<number | undefined>({
  initial: undefined,
  empty: undefined,
  unit: "Ms",
  parse: parsePrometheusDuration,
  print: (value) => (value === undefined ? undefined : formatPrometheusDuration(value)),
});

/** A duration as Go writes it, or in whole nanoseconds, in milliseconds: what Alertmanager takes for time-outs. */
export const timeoutMs: Codec<number> = {
  initial: 0,
  empty: 0,
  unit: "Ms",
  read(node, context) {
    const value = node.kind === "scalar" ? resolveScalar(node) : undefined;
    if (value?.type === "int" || value?.type === "float") return Math.trunc(value.value) / 1e6;
    const read = value?.type === "str" ? parseGoDuration(value.value) : undefined;
    if (read !== undefined && "ns" in read) return read.ns / 1e6;
    context.problem(node, read?.problem ?? wrongValue(node, "a duration such as 10s"));
    return 0;
  },
  print: (value) => formatGoDuration(value * 1e6),
};

/** A duration as Go writes it, in milliseconds. */
export function goDurationMs(initial = 0): Codec<number> {
  return {
    initial,
    empty: 0,
    unit: "Ms",
    read(node, context) {
      const read = node.kind === "scalar" ? parseGoDuration(node.text) : undefined;
      if (read !== undefined && "ns" in read) return read.ns / 1e6;
      context.problem(node, read?.problem ?? wrongValue(node, "a duration such as 10s"));
      return 0;
    },
    print: (value) => (value === 0 && initial === 0 ? undefined : formatGoDuration(value * 1e6)),
  };
}

/** A text that must not be seen. Where it is empty it is not there. */
export const secret: Codec<Secret | undefined> = scalarCodec<Secret | undefined>({
  initial: undefined,
  empty: undefined,
  parse: (read, node, context) => (read === "" ? undefined : toldSecret(read, node, context)),
  print: (value) => (value === undefined ? undefined : HIDDEN_SECRET),
});

function toldSecret(read: string, node: YamlScalar, context: ReadContext): Secret {
  context.secret(node, { text: read, shown: HIDDEN_SECRET });
  return createSecret(read);
}

/** Tells of a URL with a password in it. */
function tellPassword(read: string, node: YamlScalar, context: ReadContext): void {
  if (hasPassword(read)) context.secret(node, { text: read, shown: redactedUrl(read) });
}

/** A text that must not be seen, and is there even where it is empty. */
export const setSecret: Codec<Secret | undefined> = scalarCodec<Secret | undefined>({
  initial: undefined,
  empty: undefined,
  parse: toldSecret,
  print: (value) => (value === undefined ? undefined : HIDDEN_SECRET),
});

/** A URL of HTTP. A password in it is not shown. */
export const url: Codec<string | undefined> = urlOf(undefined);

/** A URL of HTTP, one of which is known. */
export function urlOf(initial: string | undefined): Codec<string | undefined> {
  return scalarCodec<string | undefined>({
    initial,
    empty: undefined,
    parse(read, node, context) {
      tellPassword(read, node, context);
      return checkHttpUrl(read);
    },
    print: (value) => (value === undefined ? undefined : redactedUrl(value)),
  });
}

/** A URL of HTTP that must not be seen, or what is shown in its place. */
export const secretUrl: Codec<Secret | undefined> = scalarCodec<Secret | undefined>({
  initial: undefined,
  empty: undefined,
  parse(read, node, context) {
    const told = toldSecret(read, node, context);
    if (read !== HIDDEN_SECRET) checkHttpUrl(read, HIDDEN_SECRET);
    return told;
  },
  print: (value) => (value === undefined ? undefined : HIDDEN_SECRET),
});

/** As `secretUrl`, where it may be a template, whose URL is only known when it is filled in. */
export const secretTemplateUrl: Codec<Secret | undefined> = scalarCodec<Secret | undefined>({
  initial: undefined,
  empty: undefined,
  parse(read, node, context) {
    if (read === "") return undefined;
    const told = toldSecret(read, node, context);
    if (read === HIDDEN_SECRET) return told;
    const fault = read.includes("{{") ? context.templateFault(read) : undefined;
    if (fault !== undefined) context.problem(node, `invalid template syntax: ${fault}`);
    else if (!read.includes("{{")) checkTold(node, context, () => checkHttpUrl(read, HIDDEN_SECRET));
    return told;
  },
  print: (value) => (value === undefined ? undefined : HIDDEN_SECRET),
});

function checkTold(node: YamlNode, context: ReadContext, check: () => void): void {
  try {
    check();
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    context.problem(node, `invalid URL: ${thrown.message}`);
  }
}

/** The URL of a proxy, in which a password may be: only the rest of it is shown. */
export const proxyUrl: Codec<Secret | undefined> = scalarCodec<Secret | undefined>({
  initial: undefined,
  empty: undefined,
  parse(read, node, context) {
    tellPassword(read, node, context);
    checkUrl(read, redactedUrl(read));
    return createSecret(read, redactedUrl(read));
  },
  print: (value) => value?.toString(),
});

/** A pattern of RE2 that has to match the whole of a value; undefined where nothing is there. */
export const pattern: Codec<string | undefined> = scalarCodec<string | undefined>({
  initial: undefined,
  empty: undefined,
  parse(read) {
    compilePattern(read, { anchored: true, dotMatchesNewline: false });
    return read;
  },
  print: (value) => value,
});

/** Matchers, one text or more. */
export const matchers: Codec<readonly Matcher[]> = {
  initial: [],
  empty: [],
  read(node, context) {
    if (node.kind !== "list") {
      context.problem(node, wrongType(node, "a list"));
      return [];
    }
    const read: Matcher[] = [];
    for (const item of node.items) {
      const written = readValue(text(), item, context);
      const parsed = attempt(item, context, () => parseMatchers(written, context.matcherMode));
      if (parsed?.note !== undefined) context.note(item, parsed.note);
      read.push(...(parsed?.matchers ?? []));
    }
    return sortMatchers(read);
  },
  print: (values) => (values.length === 0 ? undefined : values.map(formatMatcher)),
};

/** A value of JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Anything that JSON can say; left out when it is printed where it is null. */
export const json: Codec<Json> = {
  initial: null,
  empty: null,
  read(node, context) {
    if (node.kind === "list") return node.items.map((item) => readValue(json, item, context));
    if (node.kind === "map") return mapOf(json).read(node, context);
    const value = resolveScalar(node);
    return value.type === "null" ? null : value.value;
  },
  print: (value) => value ?? undefined,
};

// After escapeAction of html/template/escape.go of Go 1.26.
import { quote } from "@sightline/gotext/quote";
import { formatNode } from "../parse/format-node.ts";
import type { Action } from "../parse/node.ts";
import { type Context, failed, isComment } from "./context.ts";
import { functionName, predefined } from "./pipeline.ts";
import { valueStates } from "./transition.ts";

/** The context that a value would be in that stood there. */
export function nudge(context: Context): Context {
  switch (context.state) {
    case "Tag":
      return { ...context, state: "AttrName" };
    case "BeforeValue":
      return {
        ...context,
        ...{ state: valueStates[context.attribute], delimiter: "SpaceOrTagEnd", attribute: "None" },
      };
    case "AfterName":
      return { ...context, state: "AttrName", attribute: "None" };
    default:
      return context;
  }
}

/** What a value goes through, by name, and the context behind it. */
export interface Escaping {
  readonly context: Context;
  readonly escapers: readonly string[];
}

/** What an action's value has to go through where it stands. */
export function escapersOf(before: Context, action: Action): Escaping {
  const context = nudge(before);
  const { commands } = action.pipe;
  for (const [index, command] of commands.entries()) {
    const name = functionName(command) ?? "";
    if (!predefined.has(name)) continue;
    const isBare = context.state === "Attr" && context.delimiter === "SpaceOrTagEnd" && name === "html";
    if (index === commands.length - 1 && !isBare) continue;
    const message = `predefined escaper ${quote(name)} disallowed in template`;
    return { context: failed(message, action, action.line), escapers: [] };
  }
  if (context.state === "Error") return { context, escapers: [] };
  if (context.urlPart === "Unknown" && isUrl(context)) {
    const message = `${formatNode(action)} appears in an ambiguous context within a URL`;
    return { context: failed(message, action, action.line), escapers: [] };
  }
  const escapers = [...escapersIn(context), ...escapersFor(context)].map((name) => `_html_template_${name}`);
  return { context: after(context), escapers };
}

function isUrl({ state }: Context): boolean {
  return state === "URL" || state === "CSSURL" || isCssText(state);
}

function isCssText(state: Context["state"]): boolean {
  return ["CSSDqStr", "CSSSqStr", "CSSDqURL", "CSSSqURL"].includes(state);
}

function after(context: Context): Context {
  // Behind a value a slash divides.
  if (context.state === "JS") return { ...context, slash: "DivOp" };
  return context.state === "AttrName" || context.state === "Tag" ? { ...context, state: "AttrName" } : context;
}

const byState: Partial<Record<Context["state"], string>> = {
  MetaContentURL: "urlfilter",
  JS: "jsvalescaper",
  JSDqStr: "jsstrescaper",
  JSSqStr: "jsstrescaper",
  JSTmplLit: "jstmpllitescaper",
  JSRegexp: "jsregexpescaper",
  CSS: "cssvaluefilter",
  Text: "htmlescaper",
  RCDATA: "rcdataescaper",
  AttrName: "htmlnamefilter",
  Tag: "htmlnamefilter",
  Srcset: "srcsetescaper",
};

function escapersIn(context: Context): readonly string[] {
  const { state, urlPart } = context;
  if (isUrl(context)) {
    if (urlPart === "QueryOrFrag") return ["urlescaper"];
    const inUrl = state === "CSSDqStr" || state === "CSSSqStr" ? "cssescaper" : "urlnormalizer";
    return urlPart === "None" ? ["urlfilter", inUrl] : [inUrl];
  }
  const name = isComment(state) ? "commentescaper" : byState[state];
  return name === undefined ? [] : [name];
}

function escapersFor({ delimiter }: Context): readonly string[] {
  if (delimiter === "None") return [];
  return [delimiter === "SpaceOrTagEnd" ? "nospaceescaper" : "attrescaper"];
}

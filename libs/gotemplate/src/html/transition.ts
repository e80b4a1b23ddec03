// After html/template/transition.go of Go 1.26: how text moves a context on.
import { quote } from "@sightline/gotext/quote";
import { attributeKind } from "./attributes.ts";
import {
  type Attribute,
  type Context,
  type ElementName,
  failed,
  type HtmlState,
  isComment,
  isInScriptLiteral,
  startContext,
} from "./context.ts";
import { inCss, inCssText, inUrl } from "./transition-css.ts";
import { inJs, inJsLiteral, inJsTemplate } from "./transition-js.ts";

/** Reads the beginning of a text: the context behind it, and how much was read. */
export type Transition = (context: Context, text: string) => readonly [Context, number];

const stay: Transition = (context, text) => [context, text.length];

/** How each state reads text. */
export const transitions: Readonly<Record<HtmlState, Transition>> = {
  Text: inText,
  Tag: inTag,
  AttrName: inAttributeName,
  AfterName: afterName,
  BeforeValue: beforeValue,
  HTMLCmt: inComment,
  RCDATA: specialEnd,
  Attr: stay,
  URL: inUrl,
  Srcset: inUrl,
  MetaContent: inMetaContent,
  MetaContentURL: inMetaUrl,
  JS: inJs,
  JSDqStr: inJsLiteral,
  JSSqStr: inJsLiteral,
  JSRegexp: inJsLiteral,
  JSTmplLit: inJsTemplate,
  JSBlockCmt: (context, text) => inBlockComment(context, text, "JS"),
  JSLineCmt: inJsLine,
  JSHTMLOpenCmt: inJsLine,
  JSHTMLCloseCmt: inJsLine,
  CSS: inCss,
  CSSDqStr: inCssText,
  CSSSqStr: inCssText,
  CSSDqURL: inCssText,
  CSSSqURL: inCssText,
  CSSURL: inCssText,
  CSSBlockCmt: (context, text) => inBlockComment(context, text, "CSS"),
  CSSLineCmt: (context, text) => inLine(context, text, { ends: /[\n\f\r]/, state: "CSS" }),
  Error: stay,
  Dead: stay,
};

const elements: ReadonlyMap<string, ElementName> = new Map([
  ["script", "Script"],
  ["style", "Style"],
  ["textarea", "Textarea"],
  ["title", "Title"],
  ["meta", "Meta"],
]);

const tag = /<(?:!--|(\/?)([a-zA-Z](?:[a-zA-Z0-9]|[:-][a-zA-Z0-9])*))/g;

function inText(context: Context, text: string): readonly [Context, number] {
  tag.lastIndex = 0;
  const found = tag.exec(text);
  if (found === null) return [context, text.length];
  const [whole, slash, name = ""] = found;
  const end = found.index + whole.length;
  if (whole === "<!--") return [{ ...startContext, state: "HTMLCmt" }, end];
  const element = slash === "/" ? "None" : (elements.get(name.toLowerCase()) ?? "None");
  return [{ ...startContext, state: "Tag", element }, end];
}

const contents: Readonly<Record<ElementName, HtmlState>> = {
  None: "Text",
  Script: "JS",
  Style: "CSS",
  Textarea: "RCDATA",
  Title: "RCDATA",
  Meta: "Text",
};

const spaces = /[ \t\n\f\r]*/y;

/** Where white space that begins at a place ends. */
export function skipSpaces(text: string, from: number): number {
  spaces.lastIndex = from;
  spaces.exec(text);
  return spaces.lastIndex;
}

function inTag(context: Context, text: string): readonly [Context, number] {
  const start = skipSpaces(text, 0);
  if (start === text.length) return [context, start];
  const { element } = context;
  if (text[start] === ">") {
    const inner = element === "Meta" ? "None" : element;
    return [{ ...startContext, state: contents[inner], element: inner }, start + 1];
  }
  const end = endOfName(text, start);
  if (typeof end !== "number") return [end, text.length];
  if (start === end) {
    const message = `expected space, attr name, or end of tag, but got ${quote(text.slice(start))}`;
    return [failed(message), text.length];
  }
  const attribute = attributeOf(element, text.slice(start, end).toLowerCase());
  const state = end === text.length ? "AttrName" : "AfterName";
  return [{ ...startContext, state, element, attribute }, end];
}

function attributeOf(element: ElementName, name: string): Attribute {
  if (element === "Script" && name === "type") return "ScriptType";
  if (element === "Meta" && name === "content") return "MetaContent";
  const attributes = { url: "URL", css: "Style", js: "Script", srcset: "Srcset" } as const;
  const kind = attributeKind(name);
  return kind === "url" || kind === "css" || kind === "js" || kind === "srcset" ? attributes[kind] : "None";
}

/** Where an attribute's name ends, or what is wrong with it. */
function endOfName(text: string, from: number): number | Context {
  const found = /[ \t\n\f\r=>'"<]/g;
  found.lastIndex = from;
  const end = found.exec(text);
  if (end === null) return text.length;
  if (!`'"<`.includes(end[0])) return end.index;
  return failed(`${quote(end[0])} in attribute name: ${quote([...text.slice(0, 64)].slice(0, 32).join(""))}`);
}

function inAttributeName(context: Context, text: string): readonly [Context, number] {
  const end = endOfName(text, 0);
  if (typeof end !== "number") return [end, text.length];
  return [end === text.length ? context : { ...context, state: "AfterName" }, end];
}

function afterName(context: Context, text: string): readonly [Context, number] {
  const start = skipSpaces(text, 0);
  if (start === text.length) return [context, start];
  if (text[start] !== "=") return [{ ...context, state: "Tag" }, start];
  return [{ ...context, state: "BeforeValue" }, start + 1];
}

/** What the value of an attribute begins as. */
export const valueStates: Readonly<Record<Attribute, HtmlState>> = {
  None: "Attr",
  Script: "JS",
  ScriptType: "Attr",
  Style: "CSS",
  URL: "URL",
  Srcset: "Srcset",
  MetaContent: "MetaContent",
};

function beforeValue(context: Context, text: string): readonly [Context, number] {
  const start = skipSpaces(text, 0);
  if (start === text.length) return [context, start];
  const state = valueStates[context.attribute];
  if (text[start] === "'") return [{ ...context, state, delimiter: "SingleQuote" }, start + 1];
  if (text[start] === '"') return [{ ...context, state, delimiter: "DoubleQuote" }, start + 1];
  return [{ ...context, state, delimiter: "SpaceOrTagEnd" }, start];
}

function inComment(context: Context, text: string): readonly [Context, number] {
  const end = text.indexOf("-->");
  return end < 0 ? [context, text.length] : [startContext, end + 3];
}

const ends: Readonly<Record<ElementName, RegExp | undefined>> = {
  None: undefined,
  Script: /<\/script[> \t\n\f/]/i,
  Style: /<\/style[> \t\n\f/]/i,
  Textarea: /<\/textarea[> \t\n\f/]/i,
  Title: /<\/title[> \t\n\f/]/i,
  Meta: /<\/[> \t\n\f/]/,
};

/** Reads what lies before the end of an element whose content is no HTML. */
export function specialEnd(context: Context, text: string): readonly [Context, number] {
  const pattern = ends[context.element];
  // In a literal of a script its end tag is text, which is escaped.
  const isLiteral = context.element === "Script" && (isInScriptLiteral(context.state) || isComment(context.state));
  const end = pattern === undefined || isLiteral ? -1 : text.search(pattern);
  return end < 0 ? [context, text.length] : [startContext, end];
}

function inMetaContent(context: Context, text: string): readonly [Context, number] {
  const url = /url[ \t\n\f\r]*=/i.exec(text);
  if (url === null) return [context, text.length];
  return [{ ...context, state: "MetaContentURL" }, url.index + url[0].length];
}

function inMetaUrl(context: Context, text: string): readonly [Context, number] {
  const end = text.indexOf(";");
  return end < 0 ? [context, text.length] : [{ ...context, state: "MetaContent" }, end + 1];
}

function inBlockComment(context: Context, text: string, state: HtmlState): readonly [Context, number] {
  const end = text.indexOf("*/");
  return end < 0 ? [context, text.length] : [{ ...context, state }, end + 2];
}

function inJsLine(context: Context, text: string): readonly [Context, number] {
  return inLine(context, text, { ends: /[\n\r\u2028\u2029]/, state: "JS" });
}

interface LineEnd {
  readonly ends: RegExp;
  readonly state: HtmlState;
}

function inLine(context: Context, text: string, { ends: pattern, state }: LineEnd): readonly [Context, number] {
  const end = text.search(pattern);
  return end < 0 ? [context, text.length] : [{ ...context, state }, end];
}

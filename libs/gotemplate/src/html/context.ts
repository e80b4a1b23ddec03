// After html/template/context.go of Go 1.26.
import { shortened } from "../message.ts";
import type { Body, Jump, Node } from "../parse/node.ts";

/** What a text is read as at one place, in Go's words. */
export type HtmlState =
  | "Text"
  | "Tag"
  | "AttrName"
  | "AfterName"
  | "BeforeValue"
  | "HTMLCmt"
  | "RCDATA"
  | "Attr"
  | "URL"
  | "Srcset"
  | "JS"
  | "JSDqStr"
  | "JSSqStr"
  | "JSTmplLit"
  | "JSRegexp"
  | "JSBlockCmt"
  | "JSLineCmt"
  | "JSHTMLOpenCmt"
  | "JSHTMLCloseCmt"
  | "CSS"
  | "CSSDqStr"
  | "CSSSqStr"
  | "CSSDqURL"
  | "CSSSqURL"
  | "CSSURL"
  | "CSSBlockCmt"
  | "CSSLineCmt"
  | "Error"
  | "MetaContent"
  | "MetaContentURL"
  | "Dead";

/** What ends an attribute's value. */
export type Delimiter = "None" | "DoubleQuote" | "SingleQuote" | "SpaceOrTagEnd";

/** What an attribute's value is. */
export type Attribute = "None" | "Script" | "ScriptType" | "Style" | "URL" | "Srcset" | "MetaContent";

/** An element whose content is read in its own way. */
export type ElementName = "None" | "Script" | "Style" | "Textarea" | "Title" | "Meta";

/** Why a template cannot be escaped. */
export interface EscapeProblem {
  readonly message: string;
  readonly node: Node | Body | undefined;
  readonly line: number;
}

/** Where in HTML, in a URL, in CSS or in JavaScript a place of a template lies. */
export interface Context {
  readonly state: HtmlState;
  readonly delimiter: Delimiter;
  /** Which part of a URL. */
  readonly urlPart: "None" | "PreQuery" | "QueryOrFrag" | "Unknown";
  /** Whether a slash begins a regular expression or divides. */
  readonly slash: "Regexp" | "DivOp" | "Unknown";
  /** The braces that are open in each `${…}` of template literals that lie in each other. */
  readonly braces: readonly number[];
  readonly attribute: Attribute;
  readonly element: ElementName;
  /** The `{{break}}` or `{{continue}}` that it is the context of. */
  readonly jump?: Jump;
  readonly problem?: EscapeProblem;
}

/** Where every template begins. */
export const startContext: Context = {
  state: "Text",
  delimiter: "None",
  urlPart: "None",
  slash: "Regexp",
  braces: [],
  attribute: "None",
  element: "None",
};

/** The context of what cannot be escaped. */
export function failed(message: string, node?: Node | Body, line = 0): Context {
  return { ...startContext, state: "Error", problem: { message: shortened(message), node, line } };
}

/** Whether two contexts are the same. */
export function areEqual(a: Context, b: Context): boolean {
  return (
    a.state === b.state &&
    a.delimiter === b.delimiter &&
    a.urlPart === b.urlPart &&
    a.slash === b.slash &&
    a.attribute === b.attribute &&
    a.element === b.element &&
    a.problem === b.problem &&
    a.braces.join() === b.braces.join()
  );
}

/** A context as Go's messages show it. */
export function formatContext({ state, delimiter, urlPart, slash, braces, attribute, element }: Context): string {
  const words = [`state${state}`, `delim${delimiter}`, `urlPart${urlPart}`, `jsCtx${slash}`];
  return `{${[...words, `[${braces.join(" ")}]`, `attr${attribute}`, `element${element}`, "<nil>"].join(" ")}}`;
}

/** What a template is called that is used in a context: its own name in the one where templates begin. */
export function nameIn(context: Context, template: string): string {
  const { state, delimiter, urlPart, slash, braces, attribute, element } = context;
  if (state === "Text") return template;
  let name = `${template}$htmltemplate_state${state}`;
  if (delimiter !== "None") name += `_delim${delimiter}`;
  if (urlPart !== "None") name += `_urlPart${urlPart}`;
  if (slash !== "Regexp") name += `_jsCtx${slash}`;
  if (braces.length > 0) name += `_jsBraceDepth([${braces.join(" ")}])`;
  if (attribute !== "None") name += `_attr${attribute}`;
  return element === "None" ? name : `${name}_element${element}`;
}

const comments: ReadonlySet<HtmlState> = new Set([
  ...(["HTMLCmt", "JSBlockCmt", "JSLineCmt", "JSHTMLOpenCmt"] as const),
  ...(["JSHTMLCloseCmt", "CSSBlockCmt", "CSSLineCmt"] as const),
]);

/** Whether it is for whoever writes templates, and not for readers. */
export function isComment(state: HtmlState): boolean {
  return comments.has(state);
}

const scriptLiterals: ReadonlySet<HtmlState> = new Set(["JSDqStr", "JSSqStr", "JSTmplLit", "JSRegexp"]);

/** Whether it is a literal of JavaScript. */
export function isInScriptLiteral(state: HtmlState): boolean {
  return scriptLiterals.has(state);
}

// After html/template/html.go of Go 1.26.
import { attributeKind } from "./attributes.ts";
import type { Content } from "./content.ts";
import { type Context, startContext } from "./context.ts";
import { endOfValue } from "./escape-text.ts";
import { transitions } from "./transition.ts";

/** What stands in place of what is not safe; people find out by searching for it. */
export const failsafe = "ZgotmplZ";

const references: Readonly<Record<string, string>> = {
  "\0": "\ufffd",
  '"': "&#34;",
  "&": "&amp;",
  "'": "&#39;",
  "+": "&#43;",
  "<": "&lt;",
  ">": "&gt;",
};

function escapeReferences(text: string): string {
  return text.replace(/[\0"&'+<>]/g, (character) => references[character] ?? character);
}

/** Like `escapeReferences`, for HTML: what is a character reference already stays one. */
function normalize(text: string): string {
  return text.replace(/[\0"'+<>]/g, (character) => references[character] ?? character);
}

const bareSpecials = /[\0\t\n\v\f\r "&'+<=>`\ufdd0-\ufdef\ufff0-\uffff]/g;

/** Escapes for a value of an attribute without quotes. */
function escapeBare(text: string, keepsReferences: boolean): string {
  return text.replace(bareSpecials, (character) => {
    if (character === "\0") return "&#xfffd;";
    if (character === "&") return keepsReferences ? "&" : "&amp;";
    const code = character.charCodeAt(0);
    return code > 0x7f ? `&#x${code.toString(16)};` : (references[character] ?? `&#${code};`);
  });
}

/** For text of HTML. */
export function forHtml({ text, kind }: Content): string {
  return kind === "HTML" ? text : escapeReferences(text);
}

/** For the content of `<title>` and `<textarea>`. */
export function forRcdata({ text, kind }: Content): string {
  return kind === "HTML" ? normalize(text) : escapeReferences(text);
}

/** For a value of an attribute in quotes. */
export function forAttribute({ text, kind }: Content): string {
  return kind === "HTML" ? normalize(withoutTags(text)) : escapeReferences(text);
}

/** For a value of an attribute without quotes. */
export function forBareAttribute({ text, kind }: Content): string {
  if (text === "") return failsafe;
  return kind === "HTML" ? escapeBare(withoutTags(text), true) : escapeBare(text, false);
}

/** For the name of an attribute or an element: only one that is harmless. */
export function forName({ text, kind }: Content): string {
  if (kind === "HTMLAttr") return text;
  const name = text.toLowerCase();
  return /^[0-9a-z]+$/.test(name) && attributeKind(name) === "plain" ? name : failsafe;
}

const tagStates = new Set(["Tag", "AttrName", "AfterName", "BeforeValue", "Attr"]);

/** Only the text of a piece of HTML. */
export function withoutTags(html: string): string {
  let context: Context = startContext;
  let text = "";
  let isText = true;
  let at = 0;
  while (at < html.length) {
    const rest = html.slice(at);
    if (context.delimiter !== "None") {
      const end = endOfValue(context.delimiter, rest);
      if (end < 0) break;
      at += context.delimiter === "SpaceOrTagEnd" ? end : end + 1;
      context = { ...startContext, state: "Tag", element: context.element };
      continue;
    }
    // What scripts and styles hold is not read as what it is.
    const state = context.element !== "None" && !tagStates.has(context.state) ? "RCDATA" : context.state;
    const [after, length] = transitions[state](context, rest);
    if (context.state === "Text" || context.state === "RCDATA") {
      const tag = after.state === context.state ? -1 : rest.lastIndexOf("<", length - 1);
      text += rest.slice(0, tag < 0 ? length : tag);
    } else isText = false;
    if (length === 0 && after.state === context.state) break;
    context = after;
    at += length;
  }
  if (isText) return html;
  return context.state === "Text" || context.state === "RCDATA" ? text + html.slice(at) : text;
}

// After html/template/content.go of Go 1.26.
import type { Budget } from "../budget.ts";
import { print } from "../print/print.ts";
import { type Named, pointedTo, type TypeOf, type Value } from "../value.ts";

/** What a text is known to be, so that it is not escaped where it is that. */
export type ContentKind = "CSS" | "HTML" | "HTMLAttr" | "JS" | "JSStr" | "URL" | "Srcset";

/** The type of a text that is known to be safe: `template.HTML` and its like. */
function contentType(kind: ContentKind): TypeOf<Named> {
  return { name: `template.${kind}` };
}

const types: Readonly<Record<ContentKind, TypeOf<Named>>> = {
  CSS: contentType("CSS"),
  HTML: contentType("HTML"),
  HTMLAttr: contentType("HTMLAttr"),
  JS: contentType("JS"),
  JSStr: contentType("JSStr"),
  URL: contentType("URL"),
  Srcset: contentType("Srcset"),
};

const kinds = new Map(Object.values(types).map((type) => [type, type.name.slice("template.".length)]));

/** A text that whoever says so knows to be safe. */
export function safeContent(kind: ContentKind, text: string): Named {
  return { kind: "named", type: types[kind], base: text };
}

/** A text, and what it is known to be; "plain" is nothing in particular. */
export interface Content {
  readonly text: string;
  readonly kind: string;
}

/** The arguments of an escaping function as one text. What is nil is left out. */
export function contentOf(args: readonly Value[], budget: Budget): Content {
  const [first] = args;
  if (args.length === 1) {
    if (typeof first === "string") return { text: first, kind: "plain" };
    const kind = typeof first === "object" && first?.kind === "named" ? kinds.get(first.type) : undefined;
    if (kind !== undefined && typeof first === "object" && first?.kind === "named") {
      return { text: String(first.base), kind };
    }
  }
  const shown = args.filter((arg) => arg !== null).map(pointedTo);
  return { text: print(shown, budget), kind: "plain" };
}

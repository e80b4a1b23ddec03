/** A piece of HTML that is safe to put into a page. */
export interface Html {
  readonly html: string;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

type Part = Html | string | number | readonly Part[] | undefined;

function toText(part: Part): string {
  if (part === undefined) return "";
  if (typeof part === "string" || typeof part === "number")
    return String(part).replace(/[&<>"']/g, (found) => entities[found] ?? "");
  return "html" in part ? part.html : part.map(toText).join("");
}

/** A template of HTML: everything put in is text and is escaped, except Html and lists of it. */
export function html(template: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: template.map((text, at) => text + toText(parts[at])).join("") };
}

/** Markup that was made by trusted code, such as a chart's SVG. */
export function trusted(markup: string): Html {
  return { html: markup };
}

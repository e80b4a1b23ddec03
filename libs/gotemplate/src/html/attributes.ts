// After html/template/attr.go of Go 1.26.

/** What an attribute's value is: text, something that needs care, or what may not be set by a template's data at all. */
export type AttributeKind = "plain" | "url" | "css" | "js" | "html" | "srcset" | "unsafe";

const kinds: ReadonlyMap<string, AttributeKind> = new Map([
  ...named(
    "plain",
    `accept alt autocomplete autofocus autoplay border checked class cols colspan contenteditable contextmenu controls coords datetime
    default dir dirname disabled draggable dropzone for formtarget headers height hidden high hreflang id ismap keytype kind label lang
    list loop low max maxlength media mediagroup min multiple name open optimum placeholder preload pubdate radiogroup readonly required
    reversed rows rowspan spellcheck scope scoped seamless selected shape size sizes span srclang start step tabindex target title width
    wrap`,
  ),
  ...named(
    "unsafe",
    `accept-charset async challenge charset content crossorigin defer enctype form formenctype formmethod formnovalidate http-equiv
    language method novalidate pattern rel sandbox type value`,
  ),
  ...named(
    "url",
    "action archive background cite classid codebase data formaction href icon longdesc manifest poster profile src usemap xmlns",
  ),
  ...named("html", "srcdoc"),
  ...named("srcset", "srcset"),
  ...named("css", "style"),
]);

function named(kind: AttributeKind, names: string): [string, AttributeKind][] {
  return names.split(/\s+/).map((name) => [name, kind]);
}

/** What the value of an attribute is, whose name is in small letters; where it is not known, what needs the most care. */
export function attributeKind(name: string): AttributeKind {
  let short = name;
  if (name.startsWith("data-")) short = name.slice(5);
  else if (name.includes(":")) {
    if (name.startsWith("xmlns:")) return "url";
    short = name.slice(name.indexOf(":") + 1);
  }
  const known = kinds.get(short);
  if (known !== undefined) return known;
  if (short.startsWith("on")) return "js";
  // What is called so holds URLs in practice.
  return /src|uri|url/.test(short) ? "url" : "plain";
}

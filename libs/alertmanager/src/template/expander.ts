// After Template of Alertmanager's template/template.go (0.34, Apache-2.0).
import { readFileSync } from "node:fs";
import { invalid } from "@sightline/errors/app-error";
import type { Budget } from "@sightline/gotemplate/budget";
import { func1, text } from "@sightline/gotemplate/func";
import { createKept } from "@sightline/gotemplate/kept";
import type { Source, Templates } from "@sightline/gotemplate/parse/node";
import {
  budgetOf,
  escapeForHtml,
  expandHtml,
  expandText,
  type Limits,
  parseSource,
} from "@sightline/gotemplate/template";
import type { Func } from "@sightline/gotemplate/value";
import type { TemplateData } from "./data.ts";
import { alertFunctions } from "./functions.ts";

const defaultTemplates = readFileSync(new URL("./default.tmpl", import.meta.url), "utf8");
const emailTemplates = readFileSync(new URL("./email.tmpl", import.meta.url), "utf8");

/** What a text becomes: a text, or HTML in which every value is escaped for its place. */
export type Form = "text" | "html";

/** Fills in texts that are templates. */
export interface Expander {
  /**
   * Throws invalid_argument with Go's message where the template is wrong or cannot go on, resource_exhausted where it does more than its
   * limits allow.
   */
  expand(form: Form, text: string, data: TemplateData): string;
}

/** How templates are filled in. */
export interface ExpanderOptions {
  /** What `now` and `since` take for now, in milliseconds since the Unix epoch. */
  readonly now: () => number;
  readonly limits: Limits;
}

/** How many labels of a route may refer to each other in a row. */
const maxReferences = 10;

/**
 * Reads sources of templates behind Alertmanager's own, which they may define anew. Throws invalid_argument where one is wrong.
 */
export function createExpander(sources: readonly Source[], { now, limits }: ExpanderOptions): Expander {
  const functions = new Map([...alertFunctions(now), ["routeLabels", func1(text, () => "")]]);
  const shipped = [
    { name: "default.tmpl", text: defaultTemplates },
    { name: "email.tmpl", text: emailTemplates },
  ];
  let known: Templates = new Map();
  for (const source of [...shipped, ...sources]) known = parseSource(source, functions, known);
  const prepared = { text: createKept<Templates>(), html: createKept<Templates>() };

  const prepare = (form: Form, source: string): Templates =>
    prepared[form].get(source, () => {
      const parsed = parseSource({ name: "", text: source }, functions, known);
      return form === "html" ? escapeForHtml(parsed, "") : parsed;
    });

  const expandWithin = (form: Form, source: string, { data, resolver, budget }: Expanding): string => {
    if (source === "") return "";
    const templates = prepare(form, source);
    const own = {
      has: (name: string) => functions.has(name),
      get: (name: string) => (name === "routeLabels" ? resolver : functions.get(name)),
    };
    const { maxCharacters } = limits;
    const expansion = { templates, name: "", data: data.dot, functions: own, maxCharacters, budget };
    return (form === "html" ? expandHtml : expandText)({ ...expansion, missingKey: "zero" });
  };

  return {
    expand(form, source, data) {
      const budget = budgetOf(limits);
      const resolver = createResolver(data, (label, inner) => {
        return expandWithin(form, label, { data, resolver: inner, budget });
      });
      return expandWithin(form, source, { data, resolver, budget });
    },
  };
}

interface Expanding {
  readonly data: TemplateData;
  readonly resolver: Func;
  readonly budget: Budget;
}

/** `routeLabels`: a label of the route, filled in once, whatever labels it refers to itself. */
function createResolver(data: TemplateData, expand: (label: string, resolver: Func) => string): Func {
  const filledIn = new Map<string, string>();
  const open: string[] = [];
  const resolver = func1(text, (name) => {
    const { routeLabels, areRouteLabelsFilledIn } = data;
    const label = Object.hasOwn(routeLabels, name) ? routeLabels[name] : undefined;
    if (label === undefined || areRouteLabelsFilledIn) return label ?? "";
    const known = filledIn.get(name);
    if (known !== undefined) return known;
    if (open.includes(name)) throw invalid(`route label cycle detected: ${[...open, name].join(" -> ")}`);
    if (open.length >= maxReferences) throw invalid(`route labels refer to more than ${maxReferences} others in a row`);
    open.push(name);
    try {
      const made = expand(label, resolver);
      filledIn.set(name, made);
      return made;
    } finally {
      open.pop();
    }
  });
  return resolver;
}

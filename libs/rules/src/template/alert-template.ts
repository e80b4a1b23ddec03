import { AppError } from "@sightline/errors/app-error";
import { createKept } from "@sightline/gotemplate/kept";
import type { Templates } from "@sightline/gotemplate/parse/node";
import type { Limits } from "@sightline/gotemplate/template";
import { struct } from "@sightline/gotemplate/value";
import type { AlertTemplateData, ExpandTemplate } from "../evaluate/alert-texts.ts";
import type { Labels } from "../labels.ts";
import { type Expansion, expandTemplate, parseForExpansion, parseTemplate } from "./expand.ts";
import { labelMap, seriesValue } from "./samples.ts";

/** What the templates of all alerts have in common. */
export interface AlertTemplateOptions {
  readonly externalLabels: Labels;
  readonly externalUrl: string;
  /** Answers what templates ask with `query`, at a time in milliseconds since the Unix epoch. */
  readonly query: Expansion["query"];
  readonly limits?: Limits;
}

/** What stands before each template, so that people need not know Go. */
const definitions =
  "{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}{{$value := .Value}}";

const dataType = {
  name: "struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value interface {} }",
};

/** Fills in the labels and annotations of alerts. What is wrong with one stands in it: `<error expanding template: …>`. */
export function createExpandTemplate(options: AlertTemplateOptions): ExpandTemplate {
  // The same texts come again with every evaluation.
  const parsed = createKept<Templates>();
  return (text, data) => {
    try {
      const expansion = expansionOf(text, data, options);
      const expanded = expandTemplate(
        expansion,
        parsed.get(`${expansion.name}\0${text}`, () => parseForExpansion(expansion)),
      );
      return typeof expanded === "string" ? expanded : expanded.catch(inText);
    } catch (thrown) {
      return inText(thrown);
    }
  };
}

function inText(thrown: unknown): string {
  return `<error expanding template: ${AppError.from(thrown).message}>`;
}

function expansionOf(text: string, data: AlertTemplateData, options: AlertTemplateOptions): Expansion {
  const { externalLabels, externalUrl, query, limits } = options;
  const dot = struct(dataType, {
    Labels: labelMap(data.labels),
    ExternalLabels: labelMap(externalLabels),
    ExternalURL: externalUrl,
    Value: seriesValue(data.value),
  });
  return {
    ...{ text: definitions + text, name: nameOf(data.alertName), dot, atMs: data.atMs, externalUrl, query },
    ...(limits === undefined ? {} : { limits }),
  };
}

function nameOf(alertName: string): string {
  return `__alert_${alertName}`;
}

/** Tells what is wrong with a template of an alert before it is ever filled in; undefined where nothing is. */
export function checkTemplate(text: string, alertName: string): string | undefined {
  try {
    parseTemplate({ text: definitions + text, name: nameOf(alertName) });
    return undefined;
  } catch (thrown) {
    return AppError.from(thrown).message;
  }
}

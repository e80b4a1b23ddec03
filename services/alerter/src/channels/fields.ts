import type { Notification } from "@sightline/alertmanager/notification";
import { AppError, invalid } from "@sightline/errors/app-error";
import type { Templates } from "./integration.ts";
import { oneLine } from "./one-line.ts";
import { truncateBytes, truncateChars } from "./truncate.ts";

const maxRemarks = 20;
const noteChars = 300;

/** The fields of one message: templates filled in and texts cut to what the receiver takes. */
export interface Fields {
  /** A template filled in as text. One that fails gives `instead`, and that it did is remarked and noted. */
  text(name: string, template: string, instead: string): string;
  /** The same as HTML; `instead` is HTML too. */
  html(name: string, template: string, instead: string): string;
  /** A template for which nothing can stand in, such as where a message goes. Throws when it fails. */
  must(name: string, template: string): string;
  /** The text in at most so many characters; that it was cut is remarked. */
  cut(name: string, text: string, maxChars: number): string;
  /** The text in at most so many bytes; that it was cut is remarked. */
  cutBytes(name: string, text: string, maxBytes: number): string;
  /** Says that something is not as configured. */
  remark(remark: string): void;
  readonly remarks: readonly string[];
  /** What people who read the message should know of templates that failed so far; empty where none did. */
  note(): string;
}

/** The fields of a message about one notification. */
export function createFields(templates: Templates, notification: Notification): Fields {
  const remarks: string[] = [];
  const failures: string[] = [];

  function remark(text: string): void {
    if (remarks.length < maxRemarks) remarks.push(text);
  }
  function expand(name: string, template: string, how: keyof Templates): string {
    // A text without actions is what it says; HTML is put right.
    if (how === "expandText" && !template.includes("{{")) return template;
    try {
      return templates[how](template, notification);
    } catch (thrown) {
      const { message } = AppError.from(thrown);
      throw invalid(`cannot fill in the template of ${name}: ${message}`, thrown);
    }
  }
  function expandOr(name: string, template: string, { how, instead }: { how: keyof Templates; instead: string }) {
    try {
      return expand(name, template, how);
    } catch (thrown) {
      const { message } = AppError.from(thrown);
      remark(message);
      if (failures.length < maxRemarks) failures.push(oneLine(message, noteChars));
      return instead;
    }
  }
  function noteCut(name: string, text: string, cut: string, max: string): string {
    if (cut !== text) remark(`${name} was cut to ${max}`);
    return cut;
  }

  return {
    remarks,
    remark,
    text: (name, template, instead) => expandOr(name, template, { how: "expandText", instead }),
    html: (name, template, instead) => expandOr(name, template, { how: "expandHtml", instead }),
    must: (name, template) => expand(name, template, "expandText"),
    cut: (name, text, max) => noteCut(name, text, truncateChars(text, max), `${max} characters`),
    cutBytes: (name, text, max) => noteCut(name, text, truncateBytes(text, max), `${max} bytes`),
    note: () => (failures.length === 0 ? "" : `${failures.join("; ")}. This is the alert in plain form.`),
  };
}

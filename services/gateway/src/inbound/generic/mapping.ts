import { AppError } from "@sightline/errors/app-error";
import { z } from "zod";
import { parseMappingTemplate } from "./template.ts";

const MAX_TEMPLATE = 4096;

/** A Go template that is right by itself. */
const template = z
  .string()
  .max(MAX_TEMPLATE)
  .superRefine((text, context) => {
    try {
      parseMappingTemplate(text);
    } catch (thrown) {
      context.addIssue({ code: "custom", message: AppError.from(thrown).message });
    }
  });

const templates = z
  .record(z.string().min(1).max(128), template)
  .refine((all) => Object.keys(all).length <= 64, "want at most 64");

const words = z.array(z.string().max(128)).max(64);

/** What the JSON of a source means that has no folder of its own. Templates are Go's, filled in with one item of the payload. */
export const mapping = z
  .strictObject({
    /** JSON pointer (RFC 6901) to a list of items, or to one; "" is the payload itself. */
    items: z
      .string()
      .max(1024)
      .regex(/^(\/.*)?$/s, "want a JSON pointer: nothing, or /name/0/name")
      .default(""),
    /** What the sender calls this delivery, of the whole payload. */
    deliveryId: template.optional(),
    /** `alertname` has to be among them. Without labels there are only events. */
    labels: templates.optional(),
    annotations: templates.default({}),
    /** Compared with `firing` and `resolved`, whatever its case. */
    status: template.default("firing"),
    firing: words.default([
      "firing",
      "alerting",
      "triggered",
      "open",
      "problem",
      "down",
      "critical",
      "error",
      "true",
      "1",
    ]),
    resolved: words.default(["resolved", "ok", "closed", "recovery", "recovered", "up", "false", "0"]),
    /** What another status means. Default: the item is dropped. */
    otherwise: z.enum(["firing", "resolved", "dropped"]).default("dropped"),
    /** RFC 3339, or seconds or milliseconds since the Unix epoch. */
    startsAt: template.optional(),
    endsAt: template.optional(),
    link: template.optional(),
    /** An event for each item. Default: that of its alert. */
    event: z
      .strictObject({
        type: template.default("external_event"),
        title: template,
        severity: template.default("info"),
        category: template.default("operations"),
        target: template.default(""),
        description: template.default(""),
        time: template.optional(),
        traceId: template.optional(),
        details: templates.default({}),
      })
      .optional(),
  })
  .refine(({ labels, event }) => labels !== undefined || event !== undefined, "want labels, or an event, or both")
  .refine(({ labels }) => labels === undefined || Object.hasOwn(labels, "alertname"), {
    message: "want the label alertname",
    path: ["labels"],
  });
export type Mapping = z.infer<typeof mapping>;

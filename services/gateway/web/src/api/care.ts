import * as z from "zod/mini";
import { moment, text } from "./fields.ts";

const careFields = z.object({
  acknowledgedBy: text,
  acknowledgedAt: moment,
  snoozedBy: text,
  snoozedUntil: moment,
  note: text,
  assignee: text,
});
export type Care = z.infer<typeof careFields>;

/** Who takes care of an alert or a group; nobody when it is missing. */
export const care = z._default(careFields, {
  acknowledgedBy: "",
  acknowledgedAt: null,
  snoozedBy: "",
  snoozedUntil: null,
  note: "",
  assignee: "",
});

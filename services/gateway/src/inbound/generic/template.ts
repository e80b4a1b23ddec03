import { alertFunctions } from "@sightline/alertmanager/template/functions";
import { AppError, invalid } from "@sightline/errors/app-error";
import type { Budget } from "@sightline/gotemplate/budget";
import { func0 } from "@sightline/gotemplate/func";
import { createKept } from "@sightline/gotemplate/kept";
import type { Templates } from "@sightline/gotemplate/parse/node";
import { expandText, parseSource } from "@sightline/gotemplate/template";
import type { Func, Value } from "@sightline/gotemplate/value";

const NAME = "mapping";
const MAX_CHARACTERS = 64 * 1024;

const names = functionsOf({ payload: null, nowMs: 0 });
const parsed = createKept<Templates>();

/** What templates of one payload have in common. */
export interface PayloadContext {
  /** The whole of it: what `payload` gives. */
  readonly payload: Value;
  readonly nowMs: number;
}

/** Alertmanager's functions, and `payload`. */
export function functionsOf({ payload, nowMs }: PayloadContext): ReadonlyMap<string, Func> {
  return new Map([...alertFunctions(() => nowMs), ["payload", func0(() => payload)]]);
}

/** Reads a template. Throws invalid_argument with Go's message where it is wrong. */
export function parseMappingTemplate(text: string): Templates {
  return parsed.get(text, () => parseSource({ name: NAME, text }, names));
}

/** Fills in a template. What is missing is "". Throws invalid_argument with Go's message, also for one that does more than the budget allows. */
export function fillIn(
  text: string,
  data: Value,
  { functions, budget }: { readonly functions: ReadonlyMap<string, Func>; readonly budget: Budget },
): string {
  if (!text.includes("{{")) return text;
  const templates = parseMappingTemplate(text);
  const whole = { templates, name: NAME, data, functions, missingKey: "default" as const };
  try {
    return expandText({ ...whole, maxCharacters: MAX_CHARACTERS, budget })
      .replaceAll("<no value>", "")
      .trim();
  } catch (thrown) {
    const error = AppError.from(thrown);
    // To the sender it is the same: this payload cannot be taken, now or later.
    throw error.code === "resource_exhausted" ? invalid(error.message, error) : error;
  }
}

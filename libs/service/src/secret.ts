import { inspect } from "node:util";
import { z } from "zod";

/** A text that must not be seen: prints as `***` in templates, JSON and logs. */
export interface Secret {
  /** The text itself, to be given to the one place that needs it. */
  reveal(): string;
  toString(): string;
  toJSON(): string;
}

const HIDDEN = "***";

/** Wraps a text that must not be seen. */
export function createSecret(text: string): Secret {
  return Object.freeze({
    reveal: () => text,
    toString: () => HIDDEN,
    toJSON: () => HIDDEN,
    [inspect.custom]: () => HIDDEN,
  });
}

/** A secret in a configuration: a text that is not empty. */
export const secret = z.string().min(1, "Too small: expected a secret that is not empty").transform(createSecret);

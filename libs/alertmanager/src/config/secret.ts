import { inspect } from "node:util";

/** What Alertmanager shows in place of a secret, and takes for one that is set when a shown configuration is read again. */
export const HIDDEN_SECRET = "<secret>";

/** A text that must not be seen: templates, JSON and logs show something in its place. */
export interface Secret {
  /** The text itself, to be given to the one place that needs it. */
  reveal(): string;
  toString(): string;
  toJSON(): string;
}

/** Wraps a text that must not be seen; `shown` is what is shown in its place. */
export function createSecret(text: string, shown: string = HIDDEN_SECRET): Secret {
  return Object.freeze({
    reveal: () => text,
    toString: () => shown,
    toJSON: () => shown,
    [inspect.custom]: () => shown,
  });
}

import { check } from "./check.ts";
import { compileCondition } from "./compile.ts";
import { eventTypesOf } from "./event-types.ts";
import type { EventView } from "./fields.ts";
import { format } from "./format.ts";
import { parse } from "./parser.ts";

/** A condition on events that is ready to be asked. */
export interface Condition {
  /** The condition in its one spelling. */
  readonly text: string;
  /** The event types for which it can hold; undefined when it may hold for any. */
  readonly eventTypes: ReadonlySet<string> | undefined;
  /** Whether it holds for the event; never throws. */
  matches(view: EventView): boolean;
}

/**
 * Reads a condition such as
 *
 *     event_type == 'resource_threshold' and details.get('usage_percent') > 90
 *
 * It can look at one event and compute with what it finds, and nothing else: no loops, no regular expressions, no
 * access to anything outside the event. Throws invalid_argument that says at which character what stood and what was
 * wanted.
 */
export function parseCondition(source: string): Condition {
  const expression = parse(source);
  check(expression);
  return { text: format(expression), eventTypes: eventTypesOf(expression), matches: compileCondition(expression) };
}

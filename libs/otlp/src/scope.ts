import { clearRange, newRange, type Range, takeField } from "./range.ts";
import { LENGTH, next, tagOf, type Wire } from "./wire.ts";

/** Of opentelemetry.proto.common.v1.InstrumentationScope. */
const NAME = tagOf(1, LENGTH);
const VERSION = tagOf(2, LENGTH);
export const SCOPE_ATTRIBUTES = tagOf(3, LENGTH);

/** Where the parts of an instrumentation scope are. */
export interface Scope {
  readonly name: Range;
  readonly version: Range;
}

export function newScope(): Scope {
  return { name: newRange(), version: newRange() };
}

/** Finds the parts of the InstrumentationScope that `message` is. */
export function readScope(scope: Scope, wire: Wire, message: Range): void {
  clearRange(scope.name);
  clearRange(scope.version);
  wire.pos = message.start;
  for (let tag = next(wire, message.end); tag !== 0; tag = next(wire, message.end)) {
    if (tag === NAME) takeField(scope.name, wire);
    else if (tag === VERSION) takeField(scope.version, wire);
  }
}

import type { Condition } from "./condition.ts";

/**
 * Tells for the type of an event which of many have to be asked about it, in their order: all whose conditions may hold for one of that type.
 * `conditionsOf` says by which conditions one of them looks at events. Most events are of types that nobody asks for.
 */
export function createByEventType<T>(
  all: readonly T[],
  conditionsOf: (one: T) => readonly Condition[],
): (eventType: string) => readonly T[] {
  const known = all.map((one) => ({ one, types: typesOf(conditionsOf(one)) }));
  const rest = known.filter(({ types }) => types === undefined).map(({ one }) => one);
  const named = new Set(known.flatMap(({ types }) => [...(types ?? [])]));
  const byType = new Map<string, readonly T[]>();
  const find = (eventType: string): readonly T[] => {
    const found = known.filter(({ types }) => types?.has(eventType) ?? true).map(({ one }) => one);
    byType.set(eventType, found);
    return found;
  };
  // Only types that somebody names have a place of their own: senders invent as many as they like.
  return (eventType) => byType.get(eventType) ?? (named.has(eventType) ? find(eventType) : rest);
}

function typesOf(conditions: readonly Condition[]): ReadonlySet<string> | undefined {
  return conditions.reduce<ReadonlySet<string> | undefined>(
    (all, { eventTypes }) => (eventTypes === undefined ? undefined : all?.union(eventTypes)),
    new Set(),
  );
}

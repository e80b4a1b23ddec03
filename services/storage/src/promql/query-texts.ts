import { type Query, readQuery } from "@sightline/query/promql/engine";

/** Queries by their texts: whoever asks the same again and again, as rules do, has it read once. */
export interface QueryTexts {
  /** Throws as `readQuery` does. */
  read(text: string): Query;
}

export interface QueryTextsOptions {
  /** How many are remembered … */
  readonly maxQueries: number;
  /** … and how many characters their texts may have together; those that were asked longest ago go first. */
  readonly maxCharacters: number;
}

export function createQueryTexts({ maxQueries, maxCharacters }: QueryTextsOptions): QueryTexts {
  // What was asked last stands last.
  const known = new Map<string, Query>();
  let characters = 0;
  return {
    read(text) {
      const query = known.get(text) ?? readQuery(text);
      if (!known.delete(text)) characters += text.length;
      known.set(text, query);
      for (const oldest of known.keys()) {
        if (known.size <= maxQueries && characters <= maxCharacters) break;
        known.delete(oldest);
        characters -= oldest.length;
      }
      return query;
    },
  };
}

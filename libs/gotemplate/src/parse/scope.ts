/** The variables that a template may name where it is read. */
export interface Scope {
  /** In the order of their declarations; a name may be there several times. */
  readonly names: readonly string[];
  /** How many `{{range}}` are open. */
  ranges: number;
  declare(name: string): void;
  has(name: string): boolean;
  /** Forgets what was declared since there were so many names. */
  forget(mark: number): void;
}

/** What a template sees at its beginning: `$`. */
export function createScope(): Scope {
  const names = ["$"];
  const counts = new Map([["$", 1]]);
  return {
    names,
    ranges: 0,
    declare(name) {
      names.push(name);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    },
    has: (name) => (counts.get(name) ?? 0) > 0,
    forget(mark) {
      for (const name of names.splice(mark)) counts.set(name, (counts.get(name) ?? 0) - 1);
    },
  };
}

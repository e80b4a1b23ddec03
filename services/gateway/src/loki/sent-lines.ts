import type { TailEntry } from "./tail-queue.ts";

/** Remembers lines that were sent, so that those which come from the bus and from the database are sent once. */
export interface SentLines {
  /** Answers whether the line was not asked about before. */
  isNew(entry: TailEntry): boolean;
  /** Whether there were too many to remember them all. */
  isFull(): boolean;
  /** From now on every line is new. */
  forget(): void;
}

export function createSentLines(maxCharacters: number): SentLines {
  let keys: Set<string> | null = new Set();
  let characters = 0;
  return {
    isNew(entry) {
      if (keys === null) return true;
      const key = keyOf(entry);
      if (keys.has(key)) return false;
      characters += key.length;
      if (characters <= maxCharacters) keys.add(key);
      return true;
    },
    isFull: () => characters > maxCharacters,
    forget: () => {
      keys = null;
    },
  };
}

function keyOf({ labels, line }: TailEntry): string {
  return JSON.stringify([String(line.unixNano), line.text, labels, line.metadata]);
}

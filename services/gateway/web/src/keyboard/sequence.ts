/** A key or a sequence of keys and what it does: "?" or "g e". */
export interface Shortcut {
  readonly keys: string;
  /** For the help, as an action: "Go to events". */
  readonly what: string;
  readonly run: () => void;
}

/** What a key press has come to. */
export type Pressed =
  | { readonly t: "none" }
  /** The beginning of at least one sequence. */
  | { readonly t: "begun" }
  | { readonly t: "run"; readonly shortcut: Shortcut };

/** Follows key presses; a sequence must be finished within `timeoutMs`. */
export interface SequenceMatcher {
  press(key: string, nowMs: number): Pressed;
}

/** Makes a matcher for the given shortcuts, which are asked for anew at every key. */
export function createSequenceMatcher(shortcuts: () => readonly Shortcut[], timeoutMs: number): SequenceMatcher {
  let typed = "";
  let lastMs = 0;
  const match = (keys: string): Pressed => {
    const shortcut = shortcuts().find((candidate) => candidate.keys === keys);
    if (shortcut !== undefined) return { t: "run", shortcut };
    return shortcuts().some((candidate) => candidate.keys.startsWith(`${keys} `)) ? { t: "begun" } : { t: "none" };
  };
  return {
    press(key, nowMs) {
      const continued = typed !== "" && nowMs - lastMs <= timeoutMs ? match(`${typed} ${key}`) : { t: "none" as const };
      const pressed = continued.t === "none" ? match(key) : continued;
      typed = pressed.t !== "begun" ? "" : continued.t === "begun" ? `${typed} ${key}` : key;
      lastMs = nowMs;
      return pressed;
    },
  };
}

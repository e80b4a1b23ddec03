import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef } from "react";
import { createSequenceMatcher, type Shortcut } from "./sequence.ts";

const sequenceTimeoutMs = 1200;

interface Registry {
  add(shortcuts: readonly Shortcut[]): () => void;
  all(): readonly Shortcut[];
}

const RegistryContext = createContext<Registry | null>(null);

/** Listens to the keyboard for the shortcuts of everything shown. Keys typed into a field are left alone. */
export function ShortcutsProvider({ children }: { children: ReactNode }) {
  const groups = useRef(new Set<readonly Shortcut[]>());
  const registry = useMemo<Registry>(
    () => ({
      add(shortcuts) {
        groups.current.add(shortcuts);
        return () => groups.current.delete(shortcuts);
      },
      // The newest first: a page may use a key that the frame uses too.
      all: () => [...groups.current].reverse().flat(),
    }),
    [],
  );
  useEffect(() => {
    const matcher = createSequenceMatcher(registry.all, sequenceTimeoutMs);
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const pressed = matcher.press(event.key, event.timeStamp);
      if (pressed.t !== "none") event.preventDefault();
      if (pressed.t === "run") pressed.shortcut.run();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [registry]);
  return <RegistryContext value={registry}>{children}</RegistryContext>;
}

/** Adds shortcuts for as long as the component is shown. Pass a list that only changes when it must. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const registry = useContext(RegistryContext);
  useEffect(() => registry?.add(shortcuts), [registry, shortcuts]);
}

/** All shortcuts that work now, for the help. */
export function useAllShortcuts(): readonly Shortcut[] {
  const registry = useContext(RegistryContext);
  return registry?.all() ?? [];
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true;
  if (target.closest('[role="dialog"], [role="listbox"]') !== null) return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button", "range"].includes(target.type);
}

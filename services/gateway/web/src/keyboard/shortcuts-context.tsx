import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef } from "react";
import { createSequenceMatcher, type Shortcut } from "./sequence.ts";

const sequenceTimeoutMs = 1200;

/** Whose a shortcut is: where a page and the frame use the same key, it is the page's. */
type Owner = "page" | "frame";

interface Registry {
  add(shortcuts: readonly Shortcut[], owner: Owner): () => void;
  all(): readonly Shortcut[];
}

const RegistryContext = createContext<Registry | null>(null);

/** Listens to the keyboard for the shortcuts of everything shown. Keys typed into a field are left alone. */
export function ShortcutsProvider({ children }: { children: ReactNode }) {
  const groups = useRef(new Map<readonly Shortcut[], Owner>());
  const registry = useMemo<Registry>(
    () => ({
      add(shortcuts, owner) {
        groups.current.set(shortcuts, owner);
        return () => groups.current.delete(shortcuts);
      },
      all: () => {
        const newestFirst = [...groups.current].reverse();
        const of = (wanted: Owner) => newestFirst.flatMap(([shortcuts, owner]) => (owner === wanted ? shortcuts : []));
        return [...of("page"), ...of("frame")];
      },
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
export function useShortcuts(shortcuts: readonly Shortcut[], owner: Owner = "page"): void {
  const registry = useContext(RegistryContext);
  useEffect(() => registry?.add(shortcuts, owner), [registry, shortcuts, owner]);
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

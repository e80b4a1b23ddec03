import { useEffect, useMemo, useRef } from "react";
import { useNavigate } from "react-router";
import { focusedRow } from "../../../components/virtual-rows.tsx";
import { useShortcuts } from "../../../keyboard/shortcuts-context.tsx";
import { addressOfSilence } from "../../silences/matcher-text.ts";
import type { GroupLine } from "./group-rows.ts";
import { useAct } from "./use-act.ts";

/** a, s and e on the line that has the focus: acknowledge, silence, explain. */
export function useRowShortcuts(lines: readonly GroupLine[]): void {
  const navigate = useNavigate();
  const { mutate } = useAct();
  const onFocused = (act: (line: GroupLine) => void) => {
    const index = focusedRow();
    const line = index === undefined ? undefined : lines[index];
    if (line !== undefined) act(line);
  };
  const acts = {
    acknowledge: () =>
      onFocused((line) => {
        const target = line.t === "alert" ? { alert: line.alert.fingerprint } : { groupKey: line.group.groupKey };
        mutate({ target, action: { verb: "acknowledge" } });
      }),
    silence: () =>
      onFocused((line) => void navigate(addressOfSilence(line.t === "alert" ? line.alert.labels : line.group.labels))),
    explain: () =>
      onFocused((line) => {
        if (line.t === "alert") void navigate(`/alerts/${line.alert.fingerprint}#story`);
      }),
  };
  const latest = useRef(acts);
  useEffect(() => {
    latest.current = acts;
  });
  const shortcuts = useMemo(
    () => [
      { keys: "a", what: "Acknowledge the alert or the group", run: () => latest.current.acknowledge() },
      { keys: "s", what: "Silence the alert or the group", run: () => latest.current.silence() },
      { keys: "e", what: "Explain the alert", run: () => latest.current.explain() },
    ],
    [],
  );
  useShortcuts(shortcuts);
}

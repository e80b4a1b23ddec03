import { IconBellX, IconBellZ, IconCircleCheck, IconStairsUp, IconUserCheck } from "@tabler/icons-react";
import type { EscalationStatus } from "../../../api/escalations.ts";
import marks from "../../../components/severity.module.css";

const looks = {
  running: { icon: IconStairsUp, color: "var(--error)", word: "running" },
  exhausted: { icon: IconBellX, color: "var(--critical)", word: "nobody came" },
  snoozed: { icon: IconBellZ, color: "var(--warning)", word: "snoozed" },
  acknowledged: { icon: IconUserCheck, color: "var(--info)", word: "acknowledged" },
  resolved: { icon: IconCircleCheck, color: "var(--healthy)", word: "over" },
} satisfies Record<EscalationStatus, unknown>;

/** Where an escalation stands, as a shape, a colour and a word. */
export function EscalationStatusMark({ status }: { status: EscalationStatus }) {
  const { icon: Icon, color, word } = looks[status];
  return (
    <span className={marks.mark} style={{ color }}>
      <Icon size={15} stroke={1.9} aria-hidden />
      <span>{word}</span>
    </span>
  );
}

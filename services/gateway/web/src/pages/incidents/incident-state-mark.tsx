import { IconCircleCheck, IconHourglassLow, IconUrgent } from "@tabler/icons-react";
import type { IncidentState } from "../../api/incidents.ts";
import marks from "../../components/severity.module.css";

const looks = {
  open: { icon: IconUrgent, color: "var(--error)" },
  mitigated: { icon: IconHourglassLow, color: "var(--warning)" },
  resolved: { icon: IconCircleCheck, color: "var(--healthy)" },
} satisfies Record<IncidentState, unknown>;

/** How far an incident is, as a shape, a colour and its word. */
export function IncidentStateMark({ state }: { state: IncidentState }) {
  const { icon: Icon, color } = looks[state];
  return (
    <span className={marks.mark} style={{ color }}>
      <Icon size={15} stroke={1.9} aria-hidden />
      <span>{state}</span>
    </span>
  );
}

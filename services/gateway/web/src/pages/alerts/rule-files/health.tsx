import { IconAlertTriangleFilled, IconCircleCheckFilled, IconHelpCircle } from "@tabler/icons-react";
import marks from "../../../components/severity.module.css";
import { AlertStateMark } from "../../../components/status.tsx";
import type { RulesHealth } from "./rule-health.ts";

/** How rules fare, as shapes, colours and words. */
export function Health({ health }: { health: RulesHealth }) {
  const { failing, unknown, rules, firing, pending } = health;
  return (
    <>
      {failing > 0 ? (
        <span className={marks.mark} style={{ color: "var(--error)" }}>
          <IconAlertTriangleFilled size={14} aria-hidden />
          <span>
            {failing} of {rules} fail
          </span>
        </span>
      ) : (
        <span className={marks.mark} style={{ color: unknown > 0 ? "var(--unknown)" : "var(--healthy)" }}>
          {unknown > 0 ? <IconHelpCircle size={14} aria-hidden /> : <IconCircleCheckFilled size={14} aria-hidden />}
          <span>{unknown > 0 ? `${unknown} not evaluated yet` : "all work"}</span>
        </span>
      )}
      {firing > 0 ? <AlertStateMark state="firing">{`${firing} firing`}</AlertStateMark> : null}
      {pending > 0 ? <AlertStateMark state="pending">{`${pending} pending`}</AlertStateMark> : null}
    </>
  );
}

import { Link } from "react-router";
import type { Escalation, EscalationStatus } from "../../../api/escalations.ts";
import { Field, Fields } from "../../../components/fields.tsx";
import { PlainLine } from "../../../components/plain.tsx";
import { Timestamp } from "../../../time/timestamp.tsx";
import { Next } from "./next.tsx";
import { toldText } from "./next-text.ts";

const LAST_WORDS: Partial<Record<EscalationStatus, string>> = {
  exhausted: "Nobody: no step is left, and nobody acknowledged.",
};

/** Where an escalation stands: who was told, who has it, who is told next and when. */
export function EscalationFacts({ escalation }: { escalation: Escalation }) {
  const { status, policy, told, assignee, begun, ended } = escalation;
  return (
    <Fields>
      <Field name="Next">
        {status === "running" || status === "snoozed" ? <Next escalation={escalation} /> : LAST_WORDS[status]}
      </Field>
      <Field name="Told">
        <PlainLine text={toldText(told)} className="" />
      </Field>
      <Field name="Who has it">{assignee}</Field>
      <Field name="Policy">
        <Link to={`/oncall/escalation/policies/${encodeURIComponent(policy)}`}>{policy}</Link>
      </Field>
      <Field name="Since">
        <Timestamp value={begun} style="ago" />
      </Field>
      <Field name="Over">{ended === null ? null : <Timestamp value={ended} style="ago" />}</Field>
    </Fields>
  );
}

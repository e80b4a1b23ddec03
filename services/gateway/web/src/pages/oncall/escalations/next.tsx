import { useQuery } from "@tanstack/react-query";
import type { Escalation } from "../../../api/escalations.ts";
import { policiesQuery } from "../../../api/oncall.ts";
import { PlainLine } from "../../../components/plain.tsx";
import { Timestamp } from "../../../time/timestamp.tsx";
import { nextText } from "./next-text.ts";

/** Who is told next, and when, if nobody does anything; nothing where nobody is. */
export function Next({ escalation }: { escalation: Escalation }) {
  const { data = [] } = useQuery(policiesQuery);
  const words = nextText(escalation, data);
  if (words === "") return null;
  return (
    <>
      <PlainLine text={words} className="" />
      {escalation.due === null ? null : (
        <>
          {", "}
          <Timestamp value={escalation.due} style="ago" />
        </>
      )}
    </>
  );
}

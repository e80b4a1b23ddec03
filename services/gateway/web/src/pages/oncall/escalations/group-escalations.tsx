import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { groupEscalationsQuery } from "../../../api/escalations.ts";
import { Panel } from "../../../components/panel.tsx";
import layout from "../../alerts/one/one.module.css";
import { EscalationFacts } from "./escalation-facts.tsx";
import { EscalationStatusMark } from "./escalation-status-mark.tsx";

/** What goes on about a group at a receiver; nothing where no policy does. */
export function GroupEscalations({ groupKey, receiver }: { groupKey: string; receiver: string }) {
  const { data = [] } = useQuery(groupEscalationsQuery({ groupKey, receiver }));
  return data.map((escalation) => {
    const address = `/oncall/escalations/${encodeURIComponent(escalation.escalationId)}`;
    return (
      <Panel
        key={escalation.escalationId}
        title="Escalation"
        note={<EscalationStatusMark status={escalation.status} />}
        to={address}
        actions={
          <Link to={address} className={layout.way}>
            What happened, and what can be done
          </Link>
        }
      >
        <div data-testid="group-escalation">
          <EscalationFacts escalation={escalation} />
        </div>
      </Panel>
    );
  });
}

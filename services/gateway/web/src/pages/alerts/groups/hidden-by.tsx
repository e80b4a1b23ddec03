import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import type { GroupedAlert } from "../../../api/alert-group-types.ts";
import type { Care } from "../../../api/care.ts";
import { silencesQuery } from "../../../api/silences.ts";
import { Timestamp } from "../../../time/timestamp.tsx";

/** What hides an alert, by name: "silenced by ann until 14:00". Nothing when nothing does. */
export function HiddenBy({ alert }: { alert: GroupedAlert }) {
  const { silencedBy, inhibitedBy, maintenanceBy, mutedBy } = alert;
  return (
    <>
      {silencedBy.map((id) => (
        <SilencedBy key={id} id={id} />
      ))}
      {maintenanceBy.length === 0 ? null : (
        <span>
          <Link to="/silences/maintenance">maintenance</Link>
        </span>
      )}
      {inhibitedBy.slice(0, 1).map((fingerprint) => (
        <span key={fingerprint}>
          inhibited by <Link to={`/alerts/${fingerprint}`}>another alert</Link>
        </span>
      ))}
      {mutedBy.length === 0 ? null : <span>outside its times: {mutedBy.join(", ")}</span>}
    </>
  );
}

function SilencedBy({ id }: { id: string }) {
  const { data } = useQuery(silencesQuery);
  const silence = data?.find((known) => known.silenceId === id);
  return (
    <span>
      <Link to={`/silences/${encodeURIComponent(id)}`}>silenced</Link>
      {silence === undefined ? null : (
        <>
          {` by ${silence.author} until `}
          <Timestamp value={silence.end} />
        </>
      )}
    </span>
  );
}

/** Who has it: "ann has it", "snoozed by bob until 14:00", "for eve". Nothing when nobody does. */
export function CareWords({ care }: { care: Care }) {
  return (
    <>
      {care.acknowledgedBy === "" ? null : <span>{care.acknowledgedBy} has it</span>}
      {care.snoozedBy === "" ? null : (
        <span>
          snoozed by {care.snoozedBy} until <Timestamp value={care.snoozedUntil} />
        </span>
      )}
      {care.assignee === "" ? null : <span>for {care.assignee}</span>}
    </>
  );
}

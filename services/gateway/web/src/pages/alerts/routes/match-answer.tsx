import { Link } from "react-router";
import type { RoutingMatch } from "../../../api/alert-routing.ts";
import { PlainLine } from "../../../components/plain.tsx";
import { Timestamp } from "../../../time/timestamp.tsx";
import classes from "./routes.module.css";

/** What would become of an alert: the answer, who would be told when, and what would keep it from being told. */
export function MatchAnswer({ match }: { match: RoutingMatch }) {
  return (
    <div className={classes.answer} data-testid="routing-answer">
      <p>
        <PlainLine text={match.sentence} className="" />
      </p>
      <ul>
        {match.routes.map((route) => (
          <li key={`${route.receiver} ${route.groupKey}`}>
            <strong>{route.receiver}</strong>
            {route.integrations.length === 0 ? ", which tells nobody" : ` by ${route.integrations.join(", ")}`}
            {route.mutedBy.length === 0 ? "" : `, muted now by ${route.mutedBy.join(", ")}`}
            {route.outsideActiveTimes ? ", outside its active times now" : ""}
            {route.due === null ? null : (
              <>
                , its group is told next <Timestamp value={route.due} style="ago" />
              </>
            )}
          </li>
        ))}
        {match.silences.map(({ silenceId, state, comment, createdBy }) => (
          <li key={silenceId}>
            {state === "active" ? "Silenced" : "To be silenced"} by {createdBy}:{" "}
            <Link to={`/silences/${encodeURIComponent(silenceId)}`}>{comment}</Link>
          </li>
        ))}
        {match.inhibitions
          .filter(({ sourceFingerprint }) => sourceFingerprint !== "")
          .map(({ sourceFingerprint, sourceMatchers }) => (
            <li key={sourceFingerprint}>
              Inhibited now by <Link to={`/alerts/${sourceFingerprint}`}>an alert</Link> with{" "}
              {sourceMatchers.join(", ")}
            </li>
          ))}
        {match.maintenanceBy.length === 0 ? null : (
          <li>
            Held now by a <Link to="/silences/maintenance">maintenance window</Link>
          </li>
        )}
      </ul>
    </div>
  );
}

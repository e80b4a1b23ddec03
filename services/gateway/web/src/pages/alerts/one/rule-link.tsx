import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import type { Alert } from "../../../api/alert-types.ts";
import { activeAlertsQuery, rulesQuery } from "../../../api/alerts.ts";
import { PlainLine } from "../../../components/plain.tsx";

/** An alert's rule, where it is written: in its file, or on a page of its own. */
export function RuleLink({ alert }: { alert: Pick<Alert, "ruleId" | "ruleName" | "ruleFile" | "ruleGroup"> }) {
  const { ruleId, ruleName, ruleFile, ruleGroup } = alert;
  const rules = useQuery(rulesQuery);
  if (ruleFile !== "") {
    return (
      <>
        <Link to={`/alerts/rules/files/${encodeURIComponent(ruleFile)}`}>
          <PlainLine text={ruleName} className="" />
        </Link>{" "}
        <span className="dim">
          in {ruleFile}, group {ruleGroup}
        </span>
      </>
    );
  }
  // What the platform says of itself has no rule that somebody wrote.
  const isOwn = rules.data?.some((rule) => rule.ruleId === ruleId) ?? false;
  return <Link to={isOwn ? `/alerts/rules/${encodeURIComponent(ruleId)}` : "/alerts/rules"}>{ruleName}</Link>;
}

/** The alert of a rule file here that is routed by these labels; undefined for one that somebody else sent. */
export function useAlertOfFile(fingerprint: string): Alert | undefined {
  const { data } = useQuery(activeAlertsQuery);
  return data?.alerts.find((alert) => alert.fingerprint === fingerprint && alert.ruleFile !== "");
}

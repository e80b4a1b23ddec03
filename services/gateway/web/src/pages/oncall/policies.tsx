import { Button } from "@mantine/core";
import { IconPlus, IconStairsUp } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { policiesQuery } from "../../api/oncall.ts";
import { Panel } from "../../components/panel.tsx";
import { PlainLine } from "../../components/plain.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../components/states.tsx";
import list from "../alerts/alerts.module.css";
import { policyText } from "./policy-text.ts";

/** Who is told next when nobody acknowledges. */
export function Policies() {
  const policies = useQuery(policiesQuery);
  return (
    <>
      <div className={list.toolbar}>
        <p>An escalation says who is told after whom, until somebody acknowledges the alert.</p>
        <Button
          className={list.end ?? ""}
          component={Link}
          to="/oncall/escalation/new"
          size="sm"
          leftSection={<IconPlus size={15} aria-hidden />}
        >
          New escalation
        </Button>
      </div>
      {policies.isPending ? <SkeletonRows rows={4} /> : null}
      {policies.isError && policies.data === undefined ? (
        <ErrorState error={policies.error} onRetry={() => void policies.refetch()} />
      ) : null}
      {policies.data?.length === 0 ? (
        <EmptyState icon={<IconStairsUp size={34} stroke={1.4} aria-hidden />} title="No escalation yet">
          A good first one: tell whoever is on call, and the team after ten minutes.
        </EmptyState>
      ) : null}
      {policies.data === undefined || policies.data.length === 0 ? null : (
        <Panel flush>
          <ul className={list.list}>
            {policies.data.map((policy) => (
              <li key={policy.name} className={list.item} data-testid="policy-row">
                <div className={list.main}>
                  <span className={list.name}>
                    <Link to={`/oncall/escalation/policies/${encodeURIComponent(policy.name)}`}>{policy.name}</Link>
                  </span>
                  <PlainLine text={policyText(policy)} className={list.condition} />
                </div>
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </>
  );
}

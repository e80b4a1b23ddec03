import { Button, Switch } from "@mantine/core";
import { IconListCheck, IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";
import type { Rule } from "../../api/alert-types.ts";
import { rulesKey, rulesQuery, saveRule } from "../../api/alerts.ts";
import { tellFailed } from "../../components/notify.ts";
import { Panel } from "../../components/panel.tsx";
import { PlainLine } from "../../components/plain.tsx";
import { SeverityMark } from "../../components/severity.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../components/states.tsx";
import { Timestamp } from "../../time/timestamp.tsx";
import classes from "./alerts.module.css";
import { conditionText } from "./condition-text.ts";

/** The rules that make alerts. */
export function Rules() {
  const rules = useQuery(rulesQuery);
  const add = (
    <Button component={Link} to="/alerts/rules/new" size="sm" leftSection={<IconPlus size={15} aria-hidden />}>
      New rule
    </Button>
  );
  return (
    <>
      <div className={classes.toolbar}>
        <p>A rule watches metrics or events and makes an alert of each thing that meets its condition.</p>
        <div className={classes.end}>{add}</div>
      </div>
      {rules.isPending ? <SkeletonRows rows={6} /> : null}
      {rules.isError && rules.data === undefined ? (
        <ErrorState error={rules.error} onRetry={() => void rules.refetch()} />
      ) : null}
      {rules.data?.length === 0 ? (
        <EmptyState icon={<IconListCheck size={34} stroke={1.4} aria-hidden />} title="No rule yet">
          Nothing becomes an alert until a rule says so. A good first one: <code>system_cpu_usage_percent</code> above
          90 for five minutes.
        </EmptyState>
      ) : null}
      {rules.data === undefined || rules.data.length === 0 ? null : (
        <Panel flush>
          <ul className={classes.list}>
            {rules.data.map((rule) => (
              <RuleRow key={rule.ruleId} rule={rule} />
            ))}
          </ul>
        </Panel>
      )}
    </>
  );
}

function RuleRow({ rule }: { rule: Rule }) {
  const queryClient = useQueryClient();
  const toggle = useMutation({
    mutationFn: () => saveRule({ ...rule, enabled: !rule.enabled }),
    onError: (error) => tellFailed(`Could not change “${rule.name}”`, error),
    onSettled: () => queryClient.invalidateQueries({ queryKey: rulesKey }),
  });
  return (
    <li className={classes.item} data-testid="rule-row">
      <div className={classes.main}>
        <span className={classes.name}>
          <SeverityMark severity={rule.severity} iconOnly />
          <Link to={`/alerts/rules/${encodeURIComponent(rule.ruleId)}`}>{rule.name}</Link>
          {rule.enabled ? null : <span className="dim">disabled</span>}
        </span>
        <PlainLine text={conditionText(rule)} className={classes.condition} />
        {rule.lastError === "" ? null : <PlainLine text={rule.lastError} className={classes.error} />}
      </div>
      <div className={classes.side}>
        <span>
          {rule.channels.length === 0 ? "tells nobody" : `tells ${rule.channels.join(", ")}`}
          {rule.lastEvaluated === null ? null : (
            <>
              {" · checked "}
              <Timestamp value={rule.lastEvaluated} style="ago" />
            </>
          )}
        </span>
        <Switch
          checked={rule.enabled}
          disabled={toggle.isPending}
          aria-label={`${rule.name} is enabled`}
          onChange={() => toggle.mutate()}
        />
      </div>
    </li>
  );
}

import { Link } from "react-router";
import type { FileRule, RuleGroup } from "../../../api/rule-files.ts";
import { Panel } from "../../../components/panel.tsx";
import { PlainLine } from "../../../components/plain.tsx";
import { elapsed } from "../../../time/format-time.ts";
import { Timestamp } from "../../../time/timestamp.tsx";
import list from "../alerts.module.css";
import { Health } from "./health.tsx";
import { healthOf } from "./rule-health.ts";
import { RuleTestButtons } from "./rule-test.tsx";

/** The groups of a file, each with its rules and how they fared last. */
export function RuleGroups({ groups }: { groups: readonly RuleGroup[] }) {
  return groups.map((group) => (
    <Panel
      key={group.name}
      title={group.name}
      note={`each ${elapsed(group.intervalSeconds)}, took ${group.durationMs} ms`}
      actions={
        <span className={list.condition}>
          {group.evaluatedAt === null ? (
            "not evaluated yet"
          ) : (
            <>
              evaluated <Timestamp value={group.evaluatedAt} style="ago" />
            </>
          )}
        </span>
      }
      flush
    >
      {group.outage === null ? null : (
        <p className={list.error} style={{ padding: "0 14px", margin: "6px 0 0" }}>
          Nobody can be asked: alerts stay as they are. {group.outage.message}
        </p>
      )}
      <ul className={list.list}>
        {group.rules.map((rule, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rules of the same name are told apart by their place.
          <RuleRow key={index} rule={rule} group={group} />
        ))}
      </ul>
    </Panel>
  ));
}

function RuleRow({ rule, group }: { rule: FileRule; group: RuleGroup }) {
  const own = healthOf([{ ...group, rules: [rule] }]);
  const filter = `alertname=${JSON.stringify(rule.name)}`;
  return (
    <li className={list.item} data-testid="file-rule-row" data-health={rule.health}>
      <div className={list.main}>
        <span className={list.name}>
          {rule.alerts.length === 0 ? (
            <PlainLine text={rule.name} className="" />
          ) : (
            <Link to={`/alerts?filter=${encodeURIComponent(filter)}`}>{rule.name}</Link>
          )}
          <span className="dim">{rule.type === "recording" ? "recorded" : rule.kind}</span>
          <Health health={own} />
        </span>
        <PlainLine text={rule.query} className={list.condition} />
        {rule.lastError === "" ? null : <PlainLine text={rule.lastError} className={list.error} />}
        {rule.type === "alerting" ? (
          <RuleTestButtons place={{ rule: rule.name, file: group.file, group: group.name }} />
        ) : null}
      </div>
    </li>
  );
}

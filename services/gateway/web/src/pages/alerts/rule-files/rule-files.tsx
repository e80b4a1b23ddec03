import { Button } from "@mantine/core";
import { IconFileCode, IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";
import {
  enableRulePack,
  fileOfPack,
  type RuleFile,
  type RulePack,
  ruleFilesKey,
  ruleFilesQuery,
  ruleGroupsQuery,
  rulePacksQuery,
} from "../../../api/rule-files.ts";
import { tellDone, tellFailed } from "../../../components/notify.ts";
import { Panel } from "../../../components/panel.tsx";
import { PlainLine } from "../../../components/plain.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../../components/states.tsx";
import { Timestamp } from "../../../time/timestamp.tsx";
import list from "../alerts.module.css";
import { Health } from "./health.tsx";
import { healthOf } from "./rule-health.ts";

/** Rule files with how they fare, and the packs that are shipped. */
export function RuleFiles() {
  const files = useQuery(ruleFilesQuery);
  return (
    <>
      <div className={list.toolbar}>
        <p>
          Files of rules, as Prometheus has them: alerts and recorded series, from metrics, logs, traces and events.
        </p>
        <Button
          className={list.end ?? ""}
          component={Link}
          to="/alerts/rules/files/new"
          size="sm"
          leftSection={<IconPlus size={15} aria-hidden />}
        >
          New file
        </Button>
      </div>
      {files.isPending ? <SkeletonRows rows={5} /> : null}
      {files.isError && files.data === undefined ? (
        <ErrorState error={files.error} onRetry={() => void files.refetch()} />
      ) : null}
      {files.data?.length === 0 ? (
        <EmptyState icon={<IconFileCode size={34} stroke={1.4} aria-hidden />} title="No rule file yet">
          A rule file of Prometheus works as it is. Or begin with a pack below.
        </EmptyState>
      ) : null}
      {files.data === undefined || files.data.length === 0 ? null : (
        <Panel title="Files" note={files.data.length} flush>
          <ul className={list.list}>
            {files.data.map((file) => (
              <FileRow key={file.name} file={file} />
            ))}
          </ul>
        </Panel>
      )}
      <Packs />
    </>
  );
}

/** Where a file is looked at. */
function addressOfFile(name: string): string {
  return `/alerts/rules/files/${encodeURIComponent(name)}`;
}

function FileRow({ file }: { file: RuleFile }) {
  const groups = useQuery(ruleGroupsQuery(file.name));
  const health = groups.data === undefined ? undefined : healthOf(groups.data);
  return (
    <li className={list.item} data-testid="rule-file-row">
      <div className={list.main}>
        <span className={list.name}>
          <Link to={addressOfFile(file.name)}>
            <PlainLine text={file.name} className="" />
          </Link>
          {health === undefined ? null : <Health health={health} />}
        </span>
        <span className={list.condition}>
          {file.rules} {file.rules === 1 ? "rule" : "rules"} in {file.groups} {file.groups === 1 ? "group" : "groups"},
          put by {file.author} <Timestamp value={file.created} style="ago" />
          {health === undefined || health.evaluatedAt === null ? null : (
            <>
              , evaluated <Timestamp value={health.evaluatedAt} style="ago" />
            </>
          )}
        </span>
        {health?.lastError === undefined ? null : <PlainLine text={health.lastError} className={list.error} />}
      </div>
      <div className={list.side}>
        <Button component={Link} to={addressOfFile(file.name)} variant="default">
          Open
        </Button>
      </div>
    </li>
  );
}

function Packs() {
  const packs = useQuery(rulePacksQuery);
  if (packs.data === undefined || packs.data.length === 0) return null;
  return (
    <Panel title="Packs that are shipped" note="Enabled, they become files that you may change" flush>
      <ul className={list.list}>
        {packs.data.map((pack) => (
          <PackRow key={pack.name} pack={pack} />
        ))}
      </ul>
    </Panel>
  );
}

function PackRow({ pack }: { pack: RulePack }) {
  const queryClient = useQueryClient();
  const enable = useMutation({
    mutationFn: () => enableRulePack(pack.name),
    onSuccess: () => tellDone(`The rules of ${pack.name} are in force.`),
    onError: (error) => tellFailed(`Could not enable ${pack.name}`, error),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ruleFilesKey }),
  });
  return (
    <li className={list.item} data-testid="rule-pack-row">
      <div className={list.main}>
        <span className={list.name}>{pack.name}</span>
        <span className={list.condition}>
          {pack.rules} rules. {pack.description}
          {pack.changed ? " Your copy differs from what is shipped." : ""}
        </span>
      </div>
      <div className={list.side}>
        {pack.enabled ? (
          <Link to={addressOfFile(fileOfPack(pack.name))}>enabled</Link>
        ) : (
          <Button
            variant="default"
            loading={enable.isPending}
            aria-label={`Enable ${pack.name}`}
            onClick={() => enable.mutate()}
          >
            Enable
          </Button>
        )}
      </div>
    </li>
  );
}

import { Button } from "@mantine/core";
import { IconCalendarUser, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";
import { onCallNowQuery, schedulesQuery } from "../../api/oncall.ts";
import type { OnCall } from "../../api/oncall-types.ts";
import { Panel } from "../../components/panel.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../components/states.tsx";
import { Timestamp } from "../../time/timestamp.tsx";
import list from "../alerts/alerts.module.css";
import { ScheduleCalendar } from "./schedule-calendar.tsx";

/** The schedules with whoever is on call now, and the calendar of one of them. */
export function Schedules() {
  const { name } = useParams();
  const schedules = useQuery(schedulesQuery);
  const onCall = useQuery(onCallNowQuery);
  const shown = schedules.data?.find((schedule) => schedule.name === name) ?? schedules.data?.[0];
  return (
    <>
      <div className={list.toolbar}>
        <p>A schedule says whose turn it is. Escalations name it, to tell whoever is on call.</p>
        <Button
          className={list.end ?? ""}
          component={Link}
          to="/oncall/new"
          size="sm"
          leftSection={<IconPlus size={15} aria-hidden />}
        >
          New schedule
        </Button>
      </div>
      {schedules.isPending ? <SkeletonRows rows={6} /> : null}
      {schedules.isError && schedules.data === undefined ? (
        <ErrorState error={schedules.error} onRetry={() => void schedules.refetch()} />
      ) : null}
      {schedules.data?.length === 0 ? (
        <EmptyState icon={<IconCalendarUser size={34} stroke={1.4} aria-hidden />} title="No schedule yet">
          With a schedule, people take turns in being told of alerts, by days or weeks, in their own time zone.
        </EmptyState>
      ) : null}
      {shown === undefined || schedules.data === undefined ? null : (
        <>
          <Panel flush title="On call now">
            <ul className={list.list}>
              {schedules.data.map((schedule) => (
                <NowRow
                  key={schedule.name}
                  name={schedule.name}
                  onCall={onCall.data?.find((one) => one.schedule === schedule.name)}
                />
              ))}
            </ul>
          </Panel>
          <ScheduleCalendar key={shown.name} schedule={shown} />
        </>
      )}
    </>
  );
}

function NowRow({ name, onCall }: { name: string; onCall: OnCall | undefined }) {
  return (
    <li className={list.item} data-testid="oncall-row">
      <div className={list.main}>
        <span className={list.name}>
          <Link to={`/oncall/schedules/${encodeURIComponent(name)}`}>{name}</Link>
        </span>
        {onCall === undefined ? null : (
          <span className={onCall.user === null ? list.error : list.condition}>
            {onCall.user === null ? "Nobody is on call" : `${onCall.user} is on call`}
            {onCall.until === null ? null : (
              <>
                {", until "}
                <Timestamp value={onCall.until} />
                {onCall.nextUser === null ? ", then nobody" : `, then ${onCall.nextUser}`}
              </>
            )}
          </span>
        )}
      </div>
      <div className={list.side}>
        <Button component={Link} to={`/oncall/schedules/${encodeURIComponent(name)}/edit`} variant="default">
          Edit
        </Button>
      </div>
    </li>
  );
}

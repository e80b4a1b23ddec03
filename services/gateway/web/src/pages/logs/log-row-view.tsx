import { Button } from "@mantine/core";
import { severityOfLogNumber } from "@sightline/model/severity";
import { IconChevronRight, IconFilterPlus } from "@tabler/icons-react";
import { Link } from "react-router";
import type { LogRecord } from "../../api/types.ts";
import { CopyButton } from "../../components/copy-button.tsx";
import { Attributes, DetailSection } from "../../components/fields.tsx";
import { PlainBlock, PlainLine } from "../../components/plain.tsx";
import { SeverityMark } from "../../components/severity.tsx";
import { colorOfName } from "../../format/palette.ts";
import { Timestamp } from "../../time/timestamp.tsx";
import classes from "./log-row-view.module.css";

/** One record on one line; opened it shows its whole text and what was said about it. */
export function LogRowView(props: {
  record: LogRecord;
  opened: boolean;
  onToggle: () => void;
  onFilter: (attribute: string) => void;
}) {
  const { record, opened, onToggle, onFilter } = props;
  const severity = severityOfLogNumber(record.severityNumber);
  return (
    <div className={classes.record} data-severity={severity} data-opened={opened}>
      <button
        type="button"
        className={classes.line}
        data-row
        data-testid="log-row"
        aria-expanded={opened}
        onClick={onToggle}
      >
        <IconChevronRight size={13} aria-hidden className={classes.chevron} />
        <span className={classes.time}>
          <Timestamp value={record.time} style="precise" />
        </span>
        <SeverityMark severity={severity} iconOnly />
        <span className={classes.service}>
          <i style={{ background: colorOfName(record.serviceName) }} />
          <PlainLine text={record.serviceName} />
        </span>
        <PlainLine text={record.body} className={classes.body} />
      </button>
      {opened ? <Detail record={record} onFilter={onFilter} /> : null}
    </div>
  );
}

function Detail({ record, onFilter }: { record: LogRecord; onFilter: (attribute: string) => void }) {
  const addFilter = (name: string, value: string) => (
    <Button
      variant="subtle"
      color="gray"
      size="compact-xs"
      aria-label={`Only records with ${name}=${value}`}
      title={`Only records with ${name}=${value}`}
      onClick={() => onFilter(`${name}=${value}`)}
    >
      <IconFilterPlus size={14} aria-hidden />
    </Button>
  );
  return (
    <div className={classes.detail} data-testid="log-detail">
      <div className={classes.tools}>
        <span>
          {record.severityText || "no severity"}
          {record.scopeName === "" ? "" : ` · ${record.scopeName}`}
          {record.eventName === "" ? "" : ` · ${record.eventName}`}
        </span>
        {record.traceId === "" ? null : (
          <Button
            component={Link}
            variant="default"
            size="compact-xs"
            to={`/traces/${record.traceId}${record.spanId === "" ? "" : `?span=${record.spanId}`}`}
          >
            Open the trace
          </Button>
        )}
        <CopyButton text={JSON.stringify(record, null, 2)} label="Copy as JSON" />
      </div>
      <PlainBlock text={record.body} className={classes.full} />
      <DetailSection title="Attributes">
        <Attributes attributes={record.attributes} actions={addFilter} />
      </DetailSection>
      <DetailSection title="Resource">
        <Attributes attributes={record.resourceAttributes} actions={addFilter} />
      </DetailSection>
    </div>
  );
}

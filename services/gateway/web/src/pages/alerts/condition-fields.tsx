import { MultiSelect, NumberInput, Select, TagsInput, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { comparison as comparisonSchema } from "../../api/alert-types.ts";
import { AGGREGATIONS, metricListQuery, SERIES_FUNCTIONS } from "../../api/metrics.ts";
import { COMPARISON_SIGNS } from "./condition-text.ts";
import type { ChangeDraft, RuleDraft } from "./rule-draft.ts";
import classes from "./rule-editor.module.css";
import { RulePreview } from "./rule-preview.tsx";

interface FieldsProps {
  readonly draft: RuleDraft;
  readonly change: ChangeDraft;
}

const lastDay = { start: "-24h", end: "now" } as const;

/** Which metric, what is made of it, and where it becomes too much; with a picture of how it has been. */
export function MetricConditionFields({ draft, change }: FieldsProps) {
  const metrics = useQuery(metricListQuery(lastDay));
  const { metric } = draft;
  const { query } = metric;
  const set = (changes: Partial<typeof metric>) => change({ metric: { ...metric, ...changes } });
  const setQuery = (changes: Partial<typeof query>) => set({ query: { ...query, ...changes } });
  const names = new Set([
    ...(metrics.data ?? []).map(({ name }) => name),
    ...(query.metric === "" ? [] : [query.metric]),
  ]);
  const labelNames = metrics.data?.find(({ name }) => name === query.metric)?.labelNames ?? [];
  return (
    <>
      <div className={classes.grid}>
        <Select
          label="Metric"
          searchable
          placeholder="Choose a metric"
          data={[...names]}
          value={query.metric === "" ? null : query.metric}
          nothingFoundMessage="No metric of that name within the last day"
          onChange={(value) => setQuery({ metric: value ?? "" })}
        />
        <TagsInput
          label="Only where"
          placeholder="label=value, label!=value, label=~regex"
          value={[...query.matchers]}
          onChange={(matchers) => setQuery({ matchers })}
        />
      </div>
      <MetricQueryFields query={query} labelNames={labelNames} onChange={setQuery} />
      <div className={classes.thirds}>
        <Select
          label="Fires when the value is"
          allowDeselect={false}
          value={metric.comparison}
          data={Object.entries(COMPARISON_SIGNS).map(([value, sign]) => ({ value, label: sign }))}
          onChange={(value) => set({ comparison: comparisonSchema.parse(value) })}
        />
        <NumberInput
          label="Threshold"
          value={metric.threshold}
          onChange={(value) => set({ threshold: Number(value) || 0 })}
        />
        <SecondsInput label="For at least" value={metric.forSeconds} onChange={(forSeconds) => set({ forSeconds })} />
      </div>
      <RulePreview condition={metric} />
    </>
  );
}

type Query = RuleDraft["metric"]["query"];

function MetricQueryFields(props: {
  query: Query;
  labelNames: readonly string[];
  onChange: (changes: Partial<Query>) => void;
}) {
  const { query, labelNames, onChange } = props;
  return (
    <div className={classes.thirds}>
      <Select
        label="Function over time"
        placeholder="none: the newest value"
        clearable
        data={[...SERIES_FUNCTIONS]}
        value={query.function ?? null}
        onChange={(value) => onChange({ function: value ?? undefined })}
      />
      <Select
        label="Put series together by"
        placeholder="nothing: each for itself"
        clearable
        data={[...AGGREGATIONS]}
        value={query.aggregation ?? null}
        onChange={(value) => onChange({ aggregation: value ?? undefined })}
      />
      <MultiSelect
        label="Apart for each"
        placeholder={query.groupBy.length > 0 ? "" : "label"}
        disabled={query.aggregation === undefined}
        data={[...new Set([...labelNames, ...query.groupBy])]}
        value={query.groupBy}
        onChange={(groupBy) => onChange({ groupBy })}
      />
      {query.function === undefined ? null : (
        <SecondsInput
          label="Window of the function (0: by itself)"
          value={query.windowSeconds}
          onChange={(windowSeconds) => onChange({ windowSeconds })}
        />
      )}
    </div>
  );
}

/** Which events, how many of them, and how they are told apart. */
export function EventConditionFields({ draft, change }: FieldsProps) {
  const { event } = draft;
  const set = (changes: Partial<typeof event>) => change({ event: { ...event, ...changes } });
  return (
    <>
      <Textarea
        label="Expression"
        description="True for the events that count"
        autosize
        minRows={2}
        spellCheck={false}
        styles={{ input: { fontFamily: "var(--mono)" } }}
        placeholder="event_type == 'resource_threshold' and details.get('usage_percent') > 90"
        value={event.expression}
        onChange={(change) => set({ expression: change.currentTarget.value })}
      />
      <p className={classes.hint}>
        Fields: <code>event_type</code>, <code>severity</code>, <code>source</code>, <code>target</code>,{" "}
        <code>category</code>, <code>title</code>, <code>details.get('name')</code>; with <code>and</code>,{" "}
        <code>or</code>, <code>not</code>, <code>==</code>, <code>!=</code>, <code>&lt;</code>, <code>&gt;</code>,{" "}
        <code>in</code>.
      </p>
      <div className={classes.thirds}>
        <NumberInput
          label="Fires after so many"
          min={1}
          max={1000}
          value={event.thresholdCount}
          onChange={(value) => set({ thresholdCount: Math.max(1, Number(value) || 1) })}
        />
        <SecondsInput
          label="Within"
          value={event.thresholdWindowSeconds}
          onChange={(thresholdWindowSeconds) => set({ thresholdWindowSeconds })}
        />
        <TagsInput
          label="One alert for each"
          placeholder={event.groupBy.length > 0 ? "" : "target"}
          value={event.groupBy}
          onChange={(groupBy) => set({ groupBy })}
        />
      </div>
    </>
  );
}

function SecondsInput(props: { label: string; value: number; onChange: (seconds: number) => void }) {
  return (
    <NumberInput
      label={props.label}
      suffix=" s"
      min={0}
      value={props.value}
      onChange={(value) => props.onChange(Math.max(0, Math.round(Number(value) || 0)))}
    />
  );
}

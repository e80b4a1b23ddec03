import { TagsInput, TextInput } from "@mantine/core";
import { isSeverity } from "@sightline/model/severity";
import { useQuery } from "@tanstack/react-query";
import type { LogFilters as Filters } from "../../api/logs.ts";
import { servicesQuery } from "../../api/traces.ts";
import facet from "../../components/facets.module.css";
import { Facet } from "../../components/facets.tsx";
import { SeverityMark } from "../../components/severity.tsx";
import type { TimeRange } from "../../time/time-range.ts";
import type { UrlChanges } from "../../url/use-url-state.ts";

const leastSeverities = ["", "info", "warning", "error", "critical"];

/** The filters beside the records. */
export function LogFilters(props: { filters: Filters; range: TimeRange; onChange: (changes: UrlChanges) => void }) {
  const { filters, range, onChange } = props;
  const services = useQuery(servicesQuery(range));
  const values = (services.data ?? [])
    .filter((service) => service.logCount > 0)
    .map(({ name, logCount }) => ({ value: name, count: logCount }))
    .sort((a, b) => b.count - a.count);
  return (
    <>
      <fieldset className={facet.facet}>
        <legend className={facet.title}>At least</legend>
        {leastSeverities.map((severity) => (
          <label key={severity} className={facet.value}>
            <input
              type="radio"
              name="minSeverity"
              checked={filters.minSeverity === severity}
              onChange={() => onChange({ minSeverity: severity })}
            />
            {isSeverity(severity) ? <SeverityMark severity={severity} /> : <span>everything</span>}
          </label>
        ))}
      </fieldset>
      <Facet title="Service" values={values} chosen={filters.service} onChange={(service) => onChange({ service })} />
      <TagsInput
        label="Attributes"
        size="xs"
        placeholder={filters.attributes.length > 0 ? "" : "name=value"}
        value={[...filters.attributes]}
        onChange={(attr) => onChange({ attr })}
      />
      <TextInput
        label="Trace"
        size="xs"
        placeholder="trace id"
        key={filters.traceId}
        defaultValue={filters.traceId}
        onKeyDown={(event) => {
          if (event.key === "Enter") onChange({ traceId: event.currentTarget.value.trim() });
        }}
        onBlur={(event) => {
          const traceId = event.currentTarget.value.trim();
          if (traceId !== filters.traceId) onChange({ traceId });
        }}
      />
    </>
  );
}

import { isSeverity } from "@sightline/model/severity";
import type { EventFacet, EventFilters } from "../../api/events.ts";
import type { EventStatistics } from "../../api/types.ts";
import { Facet } from "../../components/facets.tsx";
import { SEVERITIES_WORST_FIRST, SeverityMark } from "../../components/severity.tsx";

/** The filters beside the list: the values that occur, with how often. */
export function EventFacets(props: {
  statistics: EventStatistics | undefined;
  filters: EventFilters;
  onChange: (facet: EventFacet, chosen: readonly string[]) => void;
}) {
  const { statistics, filters, onChange } = props;
  const counts = new Map(statistics?.bySeverity.map(({ value, count }) => [value, count]));
  const severities = SEVERITIES_WORST_FIRST.map((value) => ({ value, count: counts.get(value) ?? 0 }));
  const facet = (name: EventFacet, title: string, values: EventStatistics["byType"] | undefined) => (
    <Facet title={title} values={values ?? []} chosen={filters[name]} onChange={(chosen) => onChange(name, chosen)} />
  );
  return (
    <>
      <Facet
        title="Severity"
        values={severities}
        chosen={filters.severity}
        onChange={(chosen) => onChange("severity", chosen)}
        render={(value) => (isSeverity(value) ? <SeverityMark severity={value} /> : value)}
      />
      {facet("type", "Type", statistics?.byType)}
      {facet("source", "Source", statistics?.bySource)}
      {facet("category", "Category", statistics?.byCategory)}
      {facet("target", "Target", statistics?.byTarget)}
    </>
  );
}

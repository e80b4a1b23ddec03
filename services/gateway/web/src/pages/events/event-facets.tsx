import { isSeverity } from "@sightline/model/severity";
import { useQuery } from "@tanstack/react-query";
import { type EventFacet, type EventFilters, eventStatisticsQuery } from "../../api/events.ts";
import type { EventStatistics, ValueCount } from "../../api/types.ts";
import { Facet } from "../../components/facets.tsx";
import { SEVERITIES_WORST_FIRST, SeverityMark } from "../../components/severity.tsx";
import type { TimeRange } from "../../time/time-range.ts";

interface FacetsProps {
  /** Of the events that match all filters. */
  readonly statistics: EventStatistics | undefined;
  readonly filters: EventFilters;
  readonly range: TimeRange;
  readonly onChange: (facet: EventFacet, chosen: readonly string[]) => void;
}

const facets = [
  { facet: "severity", title: "Severity", valuesOf: ({ bySeverity }) => allSeverities(bySeverity) },
  { facet: "type", title: "Type", valuesOf: ({ byType }) => byType },
  { facet: "source", title: "Source", valuesOf: ({ bySource }) => bySource },
  { facet: "category", title: "Category", valuesOf: ({ byCategory }) => byCategory },
  { facet: "target", title: "Target", valuesOf: ({ byTarget }) => byTarget },
] as const satisfies readonly {
  readonly facet: EventFacet;
  readonly title: string;
  readonly valuesOf: (statistics: EventStatistics) => readonly ValueCount[];
}[];

/** The filters beside the list: the values that occur, with how often. */
export function EventFacets(props: FacetsProps) {
  return facets.map((one) => <OneFacet key={one.facet} {...one} {...props} />);
}

function OneFacet(props: FacetsProps & (typeof facets)[number]) {
  const { facet, title, valuesOf, statistics, filters, range, onChange } = props;
  const chosen = filters[facet];
  // Of a list in use the counts leave its own choice out: they say what choosing another value would show.
  const others = useQuery({
    ...eventStatisticsQuery({ ...filters, [facet]: [] }, range),
    enabled: chosen.length > 0,
  });
  const counted = chosen.length > 0 ? (others.data ?? statistics) : statistics;
  return (
    <Facet
      title={title}
      values={counted === undefined ? [] : valuesOf(counted)}
      chosen={chosen}
      onChange={(values) => onChange(facet, values)}
      {...(facet === "severity" ? { render: severityMark } : {})}
    />
  );
}

/** All five, worst first, so that they stand still while counts change. */
function allSeverities(counts: readonly ValueCount[]): readonly ValueCount[] {
  const known = new Map(counts.map(({ value, count }) => [value, count]));
  return SEVERITIES_WORST_FIRST.map((value) => ({ value, count: known.get(value) ?? 0 }));
}

function severityMark(value: string) {
  return isSeverity(value) ? <SeverityMark severity={value} /> : value;
}

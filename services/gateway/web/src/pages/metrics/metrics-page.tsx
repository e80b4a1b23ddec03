import { Route, Routes, useLocation } from "react-router";
import { Page } from "../../components/page.tsx";
import { TabLinks } from "../../components/tab-links.tsx";
import { TimeRangePicker } from "../../time/time-range-picker.tsx";
import { useTimeRange } from "../../time/use-time-range.ts";
import { NotFoundPage } from "../not-found.tsx";
import { Explorer } from "./explorer.tsx";
import { HostBoard } from "./host-board.tsx";

/** Metrics: a ready board of the hosts, and any metric one likes. */
export function MetricsPage() {
  const [range, setRange] = useTimeRange();
  const { search } = useLocation();
  const kept = new URLSearchParams(search);
  const ends = new URLSearchParams([...kept].filter(([name]) => name === "start" || name === "end"));
  const tabs = [
    { to: `/metrics?${ends}`, name: "Hosts", end: true },
    { to: `/metrics/explore?${ends}`, name: "Explore" },
  ];
  return (
    <Page title="Metrics" controls={<TimeRangePicker range={range} onChange={setRange} />}>
      <TabLinks label="Metrics" tabs={tabs} />
      <Routes>
        <Route index element={<HostBoard range={range} onZoom={setRange} />} />
        <Route path="explore" element={<Explorer range={range} onZoom={setRange} />} />
        <Route path="*" element={<NotFoundPage />} />
      </Routes>
    </Page>
  );
}

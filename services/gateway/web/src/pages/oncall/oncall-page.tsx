import { Route, Routes, useLocation } from "react-router";
import { Page } from "../../components/page.tsx";
import { TabLinks } from "../../components/tab-links.tsx";
import { NotFoundPage } from "../not-found.tsx";
import { EscalationPage } from "./escalations/escalation-page.tsx";
import { Escalations } from "./escalations/escalations.tsx";
import { Policies } from "./policies.tsx";
import { PolicyEditor } from "./policy-editor.tsx";
import { ScheduleEditor } from "./schedule-editor.tsx";
import { Schedules } from "./schedules.tsx";

const tabs = [
  { to: "/oncall", name: "Schedules", end: true },
  { to: "/oncall/escalation", name: "Escalation" },
  { to: "/oncall/escalations", name: "Open escalations" },
];

const titles: Readonly<Record<string, string>> = {
  escalation: "On call: escalation",
  escalations: "On call: open escalations",
};

/** Who is on call, who is told next when nobody acknowledges, and what goes on. */
export function OncallPage() {
  const { pathname } = useLocation();
  const [, , part] = pathname.split("/");
  return (
    <Page title={titles[part ?? ""] ?? "On call"} heading="On call">
      <TabLinks label="On call" tabs={tabs} />
      <Routes>
        <Route index element={<Schedules />} />
        <Route path="schedules/:name" element={<Schedules />} />
        <Route path="new" element={<ScheduleEditor />} />
        <Route path="schedules/:name/edit" element={<ScheduleEditor />} />
        <Route path="escalation" element={<Policies />} />
        <Route path="escalation/new" element={<PolicyEditor />} />
        <Route path="escalation/policies/:name" element={<PolicyEditor />} />
        <Route path="escalations" element={<Escalations />} />
        <Route path="escalations/:id" element={<EscalationPage />} />
        <Route path="*" element={<NotFoundPage />} />
      </Routes>
    </Page>
  );
}

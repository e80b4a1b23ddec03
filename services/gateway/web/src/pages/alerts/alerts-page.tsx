import { Route, Routes, useLocation } from "react-router";
import { Page } from "../../components/page.tsx";
import { TabLinks } from "../../components/tab-links.tsx";
import { NotFoundPage } from "../not-found.tsx";
import { ActiveAlerts } from "./active-alerts.tsx";
import { AlertDrawer } from "./alert-drawer.tsx";
import { AlertHistory } from "./alert-history.tsx";
import { Channels } from "./channels.tsx";
import { RuleEditor } from "./rule-editor.tsx";
import { Rules } from "./rules.tsx";

const tabs = [
  { to: "/alerts", name: "Active", end: true },
  { to: "/alerts/history", name: "History" },
  { to: "/alerts/rules", name: "Rules" },
  { to: "/alerts/channels", name: "Channels" },
];

/** Alerts now and before, the rules that make them, and where they are told. */
export function AlertsPage() {
  const { pathname } = useLocation();
  const tab = tabs.find(({ to, end }) => (end ? pathname === to : pathname.startsWith(to)));
  return (
    <Page title={tab === undefined || tab.end ? "Alerts" : `Alerts: ${tab.name.toLowerCase()}`} heading="Alerts">
      <TabLinks label="Alerts" tabs={tabs} />
      <Routes>
        <Route index element={<ActiveAlerts />} />
        <Route path="history" element={<AlertHistory />} />
        <Route path="rules" element={<Rules />} />
        <Route path="rules/:ruleId" element={<RuleEditor />} />
        <Route path="channels" element={<Channels />} />
        <Route
          path=":alertId"
          element={
            <>
              <ActiveAlerts />
              <AlertDrawer />
            </>
          }
        />
        <Route path="*" element={<NotFoundPage />} />
      </Routes>
    </Page>
  );
}

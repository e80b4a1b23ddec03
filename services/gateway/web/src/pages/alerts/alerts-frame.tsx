import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";
import { TabLinks } from "../../components/tab-links.tsx";

const tabs = [
  { to: "/alerts", name: "Active", end: true },
  { to: "/alerts/history", name: "History" },
  { to: "/silences", name: "Silences" },
  { to: "/alerts/routes", name: "Routes" },
  { to: "/alerts/rules", name: "Rules" },
  { to: "/alerts/channels", name: "Channels" },
  { to: "/alerts/why", name: "Why?" },
];

/** What all pages about alerting have around them. */
export function AlertsFrame({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Page title={title} heading="Alerts">
      <TabLinks label="Alerts" tabs={tabs} />
      {children}
    </Page>
  );
}

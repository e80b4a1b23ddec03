import type { ReactNode } from "react";
import { useParams } from "react-router";
import { Page } from "../../components/page.tsx";
import { TabLinks } from "../../components/tab-links.tsx";
import { NotFoundPage } from "../not-found.tsx";
import { InboundSources } from "./inbound/inbound-sources.tsx";
import { Keys } from "./keys.tsx";
import { Retention } from "./retention.tsx";
import { Targets } from "./targets.tsx";

const tabs = [
  { to: "/settings", name: "Targets", end: true },
  { to: "/settings/keys", name: "API keys" },
  { to: "/settings/inbound", name: "Inbound sources" },
  { to: "/settings/retention", name: "Retention" },
];

const sections: Readonly<Record<string, { readonly title: string; readonly content: ReactNode }>> = {
  targets: { title: "Targets", content: <Targets /> },
  keys: { title: "API keys", content: <Keys /> },
  inbound: { title: "Inbound sources", content: <InboundSources /> },
  retention: { title: "Retention", content: <Retention /> },
};

/** What is visited, who may send and ask, who sends in a format of its own, and how long what is kept. */
export function SettingsPage() {
  const { section: name = "targets" } = useParams();
  const section = sections[name];
  if (section === undefined) return <NotFoundPage />;
  return (
    <Page title={section.title} heading="Settings">
      <TabLinks label="Settings" tabs={tabs} />
      {section.content}
    </Page>
  );
}

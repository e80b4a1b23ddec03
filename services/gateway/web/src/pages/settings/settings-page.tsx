import { useParams } from "react-router";
import { Page } from "../../components/page.tsx";
import { TabLinks } from "../../components/tab-links.tsx";
import { NotFoundPage } from "../not-found.tsx";
import { Keys } from "./keys.tsx";
import { Targets } from "./targets.tsx";

const tabs = [
  { to: "/settings", name: "Targets", end: true },
  { to: "/settings/keys", name: "API keys" },
];

/** What is visited, and who may send and ask. */
export function SettingsPage() {
  const { section = "targets" } = useParams();
  if (section !== "targets" && section !== "keys") return <NotFoundPage />;
  return (
    <Page title={section === "targets" ? "Targets" : "API keys"} heading="Settings">
      <TabLinks label="Settings" tabs={tabs} />
      {section === "targets" ? <Targets /> : <Keys />}
    </Page>
  );
}

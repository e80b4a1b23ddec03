import { Page } from "../../components/page.tsx";
export function AlertsPage() {
  return <Page title="Alerts">x</Page>;
}

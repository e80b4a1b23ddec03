import { Page } from "../../components/page.tsx";
export function ReportsPage() {
  return <Page title="Reports">x</Page>;
}

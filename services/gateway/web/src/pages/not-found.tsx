import { IconMapOff } from "@tabler/icons-react";
import { Link } from "react-router";
import { Page } from "../components/page.tsx";
import { EmptyState } from "../components/states.tsx";

/** For an address that leads nowhere. */
export function NotFoundPage() {
  return (
    <Page title="Not found">
      <EmptyState icon={<IconMapOff size={34} stroke={1.4} aria-hidden />} title="There is no such page">
        <Link to="/">Go to the overview</Link>
      </EmptyState>
    </Page>
  );
}

import { Route, Routes } from "react-router";
import { NotFoundPage } from "../not-found.tsx";
import { Incidents } from "./incidents.tsx";
import { IncidentPage } from "./one/incident-page.tsx";

/** Alerts that belong together: all incidents, or one. */
export function IncidentsPage() {
  return (
    <Routes>
      <Route index element={<Incidents />} />
      <Route path=":incident" element={<IncidentPage />} />
      <Route path="*" element={<NotFoundPage />} />
    </Routes>
  );
}

import { Link, Route, Routes, useLocation } from "react-router";
import { AlertsFrame } from "../alerts/alerts-frame.tsx";
import { NotFoundPage } from "../not-found.tsx";
import { EditWindow, NewWindow } from "./maintenance-form.tsx";
import { MaintenanceWindows } from "./maintenance-windows.tsx";
import { EditSilence, NewSilence } from "./silence-form.tsx";
import classes from "./silences.module.css";
import { Silences } from "./silences.tsx";

/** What keeps alerts from being told: silences, and maintenance windows. */
export function SilencesPage() {
  const isMaintenance = useLocation().pathname.startsWith("/silences/maintenance");
  return (
    <AlertsFrame title="Alerts: silences">
      <nav className={classes.kinds} aria-label="What hides alerts">
        <Link to="/silences" aria-current={isMaintenance ? undefined : "page"}>
          Silences
        </Link>
        <Link to="/silences/maintenance" aria-current={isMaintenance ? "page" : undefined}>
          Maintenance windows
        </Link>
      </nav>
      <Routes>
        <Route index element={<Silences />} />
        <Route path="new" element={<NewSilence />} />
        <Route path="maintenance" element={<MaintenanceWindows />} />
        <Route path="maintenance/new" element={<NewWindow />} />
        <Route path="maintenance/:windowId" element={<EditWindow />} />
        <Route path=":silenceId" element={<EditSilence />} />
        <Route path="*" element={<NotFoundPage />} />
      </Routes>
    </AlertsFrame>
  );
}

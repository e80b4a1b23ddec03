import { NavLink, Route, Routes } from "react-router";
import { AlertsFrame } from "../alerts/alerts-frame.tsx";
import { NotFoundPage } from "../not-found.tsx";
import { MaintenanceForm } from "./maintenance-form.tsx";
import { MaintenanceWindows } from "./maintenance-windows.tsx";
import { EditSilence, NewSilence } from "./silence-form.tsx";
import classes from "./silences.module.css";
import { Silences } from "./silences.tsx";

/** What keeps alerts from being told: silences, and maintenance windows. */
export function SilencesPage() {
  return (
    <AlertsFrame title="Alerts: silences">
      <nav className={classes.kinds} aria-label="What hides alerts">
        <NavLink to="/silences" end>
          Silences
        </NavLink>
        <NavLink to="/silences/maintenance">Maintenance windows</NavLink>
      </nav>
      <Routes>
        <Route index element={<Silences />} />
        <Route path="new" element={<NewSilence />} />
        <Route path="maintenance" element={<MaintenanceWindows />} />
        <Route path="maintenance/new" element={<MaintenanceForm />} />
        <Route path=":silenceId" element={<EditSilence />} />
        <Route path="*" element={<NotFoundPage />} />
      </Routes>
    </AlertsFrame>
  );
}

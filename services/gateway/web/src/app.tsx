import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider, useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useState } from "react";
import { BrowserRouter, Route, Routes, useLocation } from "react-router";
import { createQueryClient } from "./api/query-client.ts";
import { sessionQuery, wasLoggedIn } from "./api/session.ts";
import { ErrorBoundary } from "./components/error-boundary.tsx";
import { ErrorState, SkeletonRows } from "./components/states.tsx";
import { ShortcutsProvider } from "./keyboard/shortcuts-context.tsx";
import { LiveProvider } from "./live/live-context.tsx";
import { LoginPage } from "./pages/login/login-page.tsx";
import { NotFoundPage } from "./pages/not-found.tsx";
import { AppFrame } from "./shell/app-frame.tsx";
import { theme } from "./theme.ts";

const OverviewPage = lazy(async () => ({ default: (await import("./pages/overview/overview-page.tsx")).OverviewPage }));
const EventsPage = lazy(async () => ({ default: (await import("./pages/events/events-page.tsx")).EventsPage }));
const AlertsPage = lazy(async () => ({ default: (await import("./pages/alerts/alerts-page.tsx")).AlertsPage }));
const IncidentsPage = lazy(async () => ({
  default: (await import("./pages/incidents/incidents-page.tsx")).IncidentsPage,
}));
const SilencesPage = lazy(async () => ({ default: (await import("./pages/silences/silences-page.tsx")).SilencesPage }));
const OncallPage = lazy(async () => ({ default: (await import("./pages/oncall/oncall-page.tsx")).OncallPage }));
const MetricsPage = lazy(async () => ({ default: (await import("./pages/metrics/metrics-page.tsx")).MetricsPage }));
const LogsPage = lazy(async () => ({ default: (await import("./pages/logs/logs-page.tsx")).LogsPage }));
const TracesPage = lazy(async () => ({ default: (await import("./pages/traces/traces-page.tsx")).TracesPage }));
const TracePage = lazy(async () => ({ default: (await import("./pages/traces/trace-page.tsx")).TracePage }));
const ReportsPage = lazy(async () => ({ default: (await import("./pages/reports/reports-page.tsx")).ReportsPage }));
const SettingsPage = lazy(async () => ({ default: (await import("./pages/settings/settings-page.tsx")).SettingsPage }));

/** The whole page: providers, login, and the frame around the page of the address. */
export function App() {
  const [queryClient] = useState(createQueryClient);
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <Notifications position="bottom-right" autoClose={5000} />
        <BrowserRouter>
          <ShortcutsProvider>
            <Gate />
          </ShortcutsProvider>
        </BrowserRouter>
      </QueryClientProvider>
    </MantineProvider>
  );
}

/** Lets in who has a session. */
function Gate() {
  const session = useQuery(sessionQuery);
  const [hadSession, setHadSession] = useState(wasLoggedIn);
  useEffect(() => {
    if (session.data) setHadSession(true);
  }, [session.data]);
  if (session.data) {
    return (
      <LiveProvider>
        <AppFrame session={session.data}>
          <Pages />
        </AppFrame>
      </LiveProvider>
    );
  }
  if (session.data === null) return <LoginPage expired={hadSession} />;
  if (session.isError) return <ErrorState error={session.error} onRetry={() => void session.refetch()} />;
  return null;
}

function Pages() {
  const { pathname } = useLocation();
  const page = pathname.split("/")[1] ?? "";
  return (
    <ErrorBoundary key={page}>
      <Suspense fallback={<SkeletonRows rows={8} />}>
        <Routes>
          <Route path="/" element={<OverviewPage />} />
          <Route path="/events" element={<EventsPage />} />
          <Route path="/alerts/*" element={<AlertsPage />} />
          <Route path="/incidents/*" element={<IncidentsPage />} />
          <Route path="/silences/*" element={<SilencesPage />} />
          <Route path="/oncall/*" element={<OncallPage />} />
          <Route path="/metrics/*" element={<MetricsPage />} />
          <Route path="/logs" element={<LogsPage />} />
          <Route path="/traces" element={<TracesPage />} />
          <Route path="/traces/:traceId" element={<TracePage />} />
          <Route path="/reports/:reportId?" element={<ReportsPage />} />
          <Route path="/settings/:section?" element={<SettingsPage />} />
          <Route path="*" element={<NotFoundPage />} />
        </Routes>
      </Suspense>
    </ErrorBoundary>
  );
}

import type { ReactNode } from "react";
import { Route, Routes } from "react-router";
import { NotFoundPage } from "../not-found.tsx";
import { AlertHistory } from "./alert-history.tsx";
import { AlertsFrame } from "./alerts-frame.tsx";
import { Channels } from "./channels.tsx";
import { AlertGroups } from "./groups/alert-groups.tsx";
import { AlertPage } from "./one/alert-page.tsx";
import { AlertRoutes } from "./routes/routes.tsx";
import { RoutingEditor } from "./routes/routing-editor.tsx";
import { RuleEditor } from "./rule-editor.tsx";
import { RuleFilePage } from "./rule-files/rule-file.tsx";
import { RuleFiles } from "./rule-files/rule-files.tsx";
import { Rules } from "./rules.tsx";
import { Why } from "./why/why.tsx";

/** Alerts now and before, the rules that make them, where they are told, and why. */
export function AlertsPage() {
  return (
    <Routes>
      <Route index element={<AlertGroups />} />
      <Route path="history" element={framed("history", <AlertHistory />)} />
      <Route path="routes" element={framed("routes", <AlertRoutes />)} />
      <Route path="routes/edit" element={framed("routes", <RoutingEditor />)} />
      <Route path="rules" element={framed("rules", <AllRules />)} />
      <Route path="rules/files/new" element={framed("rules", <RuleFilePage key="new" />)} />
      <Route path="rules/files/:name" element={framed("rules", <RuleFilePage />)} />
      <Route path="rules/:ruleId" element={framed("rules", <RuleEditor />)} />
      <Route path="channels" element={framed("channels", <Channels />)} />
      <Route path="why" element={<Why />} />
      <Route path=":alertId" element={<AlertPage />} />
      <Route path="*" element={<NotFoundPage />} />
    </Routes>
  );
}

function AllRules() {
  return (
    <>
      <RuleFiles />
      <Rules />
    </>
  );
}

function framed(what: string, contents: ReactNode) {
  return <AlertsFrame title={`Alerts: ${what}`}>{contents}</AlertsFrame>;
}

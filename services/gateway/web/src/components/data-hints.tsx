import { Link } from "react-router";
import { CodeSnippet } from "./code-snippet.tsx";

/** Where ingest takes data over HTTP: on this host, at OTLP's own port. */
function ingestAddress(): string {
  return `http://${window.location.hostname}:4318`;
}

/** How to send the first event. */
export function SendEventHint() {
  const command = `curl ${ingestAddress()}/v1/events \\
  -H "Authorization: Bearer $SIGHTLINE_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"eventType": "deployment", "source": "ci", "target": "web-01", "title": "Deployed build 42"}'`;
  return (
    <Hint>
      <CodeSnippet label="Send an event" text={command} />
    </Hint>
  );
}

/** How to point an OpenTelemetry SDK here. */
export function SendOtlpHint() {
  const command = `export OTEL_EXPORTER_OTLP_ENDPOINT=${ingestAddress()}
export OTEL_EXPORTER_OTLP_HEADERS="authorization=Bearer $SIGHTLINE_KEY"
export OTEL_SERVICE_NAME=my-service`;
  return (
    <Hint>
      <CodeSnippet label="Point any OpenTelemetry SDK or collector here" text={command} />
    </Hint>
  );
}

function Hint({ children }: { children: React.ReactNode }) {
  return (
    <>
      {children}
      <p>
        Keys are made under <Link to="/settings/keys">API keys</Link>.
      </p>
    </>
  );
}

/**
 * The short names of the severity numbers 0 to 24 (opentelemetry-proto logs.proto, SeverityNumber; OpenTelemetry log data
 * model, "Displaying Severity"); 0 is unset: "".
 */
export const SEVERITY_TEXTS: readonly string[] = [
  "",
  ...["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"].flatMap((name) => [name, `${name}2`, `${name}3`, `${name}4`]),
];

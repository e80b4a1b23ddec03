{{/* The name before every object. */}}
{{- define "sightline.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Labels that never change, for selectors. Takes {root, service}. */}}
{{- define "sightline.selectorLabels" -}}
app.kubernetes.io/name: {{ default .root.Chart.Name .root.Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .service }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end -}}

{{/* All labels. Takes {root, service}. */}}
{{- define "sightline.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "sightline.selectorLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/part-of: sightline
{{- end -}}

{{- define "sightline.secretName" -}}
{{- default (printf "%s-credentials" (include "sightline.fullname" .)) .Values.existingSecret -}}
{{- end -}}

{{/* Where people reach the web page, if that is known. */}}
{{- define "sightline.externalUrl" -}}
{{- if .Values.externalUrl -}}
{{- .Values.externalUrl -}}
{{- else if and .Values.ingress.enabled .Values.ingress.hosts -}}
{{- printf "%s://%s" (ternary "https" "http" (gt (len .Values.ingress.tls) 0)) (first .Values.ingress.hosts).host -}}
{{- end -}}
{{- end -}}

{{/* The internal address of a service's gRPC door. Takes {root, service}. */}}
{{- define "sightline.grpcAddress" -}}
{{- $ports := (index .root.Values.services .service).ports -}}
{{- $port := default (index $ports "otlp-grpc") (index $ports "grpc") -}}
{{- printf "%s-%s:%v" (include "sightline.fullname" .root) .service $port.port -}}
{{- end -}}

{{/* Fails with one line that says which value is missing. */}}
{{- define "sightline.required" -}}
{{- $wanted := ternary (list "clickhouse") (list "nats" "clickhouse" "postgres" "redis") (ne .Values.existingSecret "") -}}
{{- range $server := $wanted -}}
{{- if not (index $.Values $server).url -}}
{{- fail (printf "%s.url is empty: give the address of your %s server, for example --set %s.url=..." $server $server $server) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* What only the secret knows. The platform's own key is registered by ingest and the gateway and used by all. Takes {root, service}. */}}
{{- define "sightline.secretEnv" -}}
{{- $secret := include "sightline.secretName" .root -}}
{{- $wanted := list
  (list "SIGHTLINE_INTERNAL_TOKEN" "internal-token")
  (list "SIGHTLINE_TELEMETRY_API_KEY" "platform-key")
  (list "SIGHTLINE_NATS_URL" "nats-url")
  (list "SIGHTLINE_CLICKHOUSE_PASSWORD" "clickhouse-password")
  (list "SIGHTLINE_POSTGRES_URL" "postgres-url")
  (list "SIGHTLINE_REDIS_URL" "redis-url") -}}
{{- if eq .service "gateway" -}}
{{- $wanted = append $wanted (list "SIGHTLINE_ADMIN_PASSWORD" "admin-password") -}}
{{- end -}}
{{- if eq .service "collector" -}}
{{- $wanted = append $wanted (list "SIGHTLINE_INGEST_API_KEY" "platform-key") -}}
{{- end -}}
{{- range $pair := $wanted }}
- name: {{ first $pair }}
  valueFrom:
    secretKeyRef: { name: {{ $secret }}, key: {{ last $pair }} }
{{- end }}
{{- if has .service (list "alerter" "gateway") }}
{{- range $pair := list (list "SIGHTLINE_SEAL_KEY" "seal-key") (list "SIGHTLINE_SEAL_FORMER_KEY" "former-seal-key") }}
- name: {{ first $pair }}
  valueFrom:
    secretKeyRef: { name: {{ $secret }}, key: {{ last $pair }}, optional: true }
{{- end }}
{{- end }}
{{- if has .service (list "gateway" "ingest") }}
{{- if .root.Values.grafana.enabled }}
- name: GRAFANA_KEY
  valueFrom:
    secretKeyRef: { name: {{ $secret }}, key: grafana-key }
{{- end }}
- name: SIGHTLINE_BOOTSTRAP_KEYS
  value: '[{"name":"platform","key":"$(SIGHTLINE_TELEMETRY_API_KEY)","scopes":["ingest"]}{{ if .root.Values.grafana.enabled }},{"name":"grafana","key":"$(GRAFANA_KEY)","scopes":["query"]}{{ end }}]'
{{- end }}
{{- end -}}

{{/* Three quarters of the memory limit for V8's heap; buffers live outside of it. Takes a service. */}}
{{- define "sightline.nodeOptions" -}}
{{- $memory := dig "limits" "memory" "512Mi" .resources -}}
{{- $mebibytes := trimSuffix "Mi" $memory | int -}}
{{- if hasSuffix "Gi" $memory -}}{{- $mebibytes = mulf 1024 (trimSuffix "Gi" $memory | float64) | int -}}{{- end -}}
{{- if eq $mebibytes 0 -}}{{- fail (printf "cannot read the memory limit %q: want Mi or Gi" $memory) -}}{{- end -}}
{{- printf "--enable-source-maps --max-old-space-size=%d" (div (mul $mebibytes 3) 4) -}}
{{- with .semiSpaceMebibytes }}{{ printf " --max-semi-space-size=%d" (int .) }}{{ end -}}
{{- end -}}

{{/* A new API key in the form of libs/auth: the last six characters are the beginning of SHA-256 of what is before them. Takes its scope. */}}
{{- define "sightline.apiKey" -}}
{{- $body := printf "sl_%s_%s" . (randAlphaNum 31) -}}
{{- printf "%s%s" $body (sha256sum $body | trunc 6) -}}
{{- end -}}

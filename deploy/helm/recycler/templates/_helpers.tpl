{{- define "recycler.name" -}}
{{- printf "%s-recycler" .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- define "recycler.labels" -}}
app.kubernetes.io/name: recycler
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "recycler.claim" -}}
{{- .Values.store.existingClaim | default (printf "%s-store" (include "recycler.name" .)) -}}
{{- end -}}

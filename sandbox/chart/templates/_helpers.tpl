{{/* A value that may hold templates, itself text or YAML. (dict "root" $ "value" v) */}}
{{- define "postgresql.render" -}}
{{- $text := kindIs "string" .value | ternary .value (toYaml .value) -}}
{{- if contains "{{" $text }}{{ tpl $text .root }}{{ else }}{{ $text }}{{ end -}}
{{- end -}}

{{/* Several maps as one, the first one winning. (dict "root" $ "maps" (list …)) */}}
{{- define "postgresql.merge" -}}
{{- $all := dict -}}
{{- range .maps -}}
{{- $all = merge $all (include "postgresql.render" (dict "root" $.root "value" (. | default dict)) | fromYaml) -}}
{{- end -}}
{{- toYaml $all -}}
{{- end -}}

{{/* Names. Kubernetes allows 63 characters in a label and in a Service's name. */}}
{{- define "postgresql.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "postgresql.fullname" -}}
{{- $release := lower .Release.Name | replace "." "-" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- with .Values.global.postgresql.fullnameOverride -}}
{{- . -}}
{{- else -}}
{{- default (contains $name $release | ternary $release (printf "%s-%s" $release $name)) .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "postgresql.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "postgresql.serviceAccount" -}}
{{- default (.Values.serviceAccount.create | ternary (include "postgresql.fullname" .) "default") .Values.serviceAccount.name -}}
{{- end -}}

{{/*
The StatefulSets of this release: the writer and, with replication, the readers. `key` names their values.
The writer has no suffix when it is alone.
*/}}
{{- define "postgresql.members" -}}
{{- $fullname := include "postgresql.fullname" . -}}
{{- $replicated := eq .Values.architecture "replication" -}}
{{- $writer := $replicated | ternary (printf "%s-%s" $fullname .Values.primary.name | trunc 63 | trimSuffix "-") $fullname -}}
{{- $reader := printf "%s-%s" $fullname .Values.readReplicas.name | trunc 63 | trimSuffix "-" -}}
{{- $port := .Values.global.postgresql.service.ports.postgresql -}}
- key: primary
  component: primary
  peer: read
  name: {{ $writer | quote }}
  headless: {{ printf "%s-hl" $writer | trunc 63 | trimSuffix "-" | quote }}
  metrics: metrics
  port: {{ default .Values.primary.service.ports.postgresql $port }}
{{- if $replicated }}
- key: readReplicas
  component: read
  peer: primary
  name: {{ $reader | quote }}
  headless: {{ printf "%s-hl" $reader | trunc 63 | trimSuffix "-" | quote }}
  metrics: metrics-read
  port: {{ default .Values.readReplicas.service.ports.postgresql $port }}
{{- end }}
{{- end -}}

{{/* The writer alone, for what speaks to it: backup, readers, notes. */}}
{{- define "postgresql.writer" -}}
{{- index (include "postgresql.members" . | fromYamlArray) 0 | toYaml -}}
{{- end -}}

{{/* All labels of an object. (dict "root" $ "component" "primary" "custom" (list …)); component and custom may be absent. */}}
{{- define "postgresql.labels" -}}
{{- $own := dict
  "app.kubernetes.io/name" (include "postgresql.name" .root)
  "app.kubernetes.io/instance" .root.Release.Name
  "app.kubernetes.io/managed-by" .root.Release.Service
  "app.kubernetes.io/version" .root.Chart.AppVersion
  "helm.sh/chart" (printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-") -}}
{{- $custom := include "postgresql.merge" (dict "root" .root "maps" (append (.custom | default list) .root.Values.commonLabels)) | fromYaml -}}
{{- with .component }}{{ $custom = merge (dict "app.kubernetes.io/component" .) $custom }}{{ end -}}
{{- merge $custom $own | toYaml -}}
{{- end -}}

{{/* The labels that select pods: never more than these three, because a StatefulSet's selector cannot change. */}}
{{- define "postgresql.selector" -}}
{{- $labels := include "postgresql.labels" . | fromYaml -}}
{{- pick $labels "app.kubernetes.io/name" "app.kubernetes.io/instance" "app.kubernetes.io/component" | toYaml -}}
{{- end -}}

{{/* Annotations, with their key, or nothing. (dict "root" $ "custom" (list …)) */}}
{{- define "postgresql.annotations" -}}
{{- $all := include "postgresql.merge" (dict "root" .root "maps" (append (.custom | default list) .root.Values.commonAnnotations)) -}}
{{- if fromYaml $all }}
annotations: {{- $all | nindent 2 }}
{{- end }}
{{- end -}}

{{/* The metadata of an object. (dict "root" $ "name" n "component" c "labels" (list …) "annotations" (list …)) */}}
{{- define "postgresql.metadata" -}}
name: {{ .name }}
namespace: {{ include "postgresql.namespace" .root | quote }}
labels: {{- include "postgresql.labels" (dict "root" .root "component" .component "custom" .labels) | nindent 2 }}
{{- include "postgresql.annotations" (dict "root" .root "custom" .annotations) }}
{{- end -}}

{{/* An image's full name; a digest wins over the tag. (dict "root" $ "image" .Values.image) */}}
{{- define "postgresql.image" -}}
{{- $registry := default .image.registry .root.Values.global.imageRegistry -}}
{{- with $registry }}{{ . }}/{{ end }}{{ .image.repository }}
{{- with .image.digest }}@{{ . }}{{ else }}:{{ .image.tag }}{{ end -}}
{{- end -}}

{{- define "postgresql.pullSecrets" -}}
{{- $names := list -}}
{{- range concat .Values.global.imagePullSecrets .Values.image.pullSecrets .Values.metrics.image.pullSecrets .Values.volumePermissions.image.pullSecrets -}}
{{- $name := . -}}
{{- if kindIs "map" . }}{{ $name = .name }}{{ end -}}
{{- $names = append $names (tpl $name $) -}}
{{- end -}}
{{- with uniq $names }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- end -}}

{{/* A setting of `auth`; the global one wins. (dict "root" $ "key" "username") */}}
{{- define "postgresql.auth" -}}
{{- default (get .root.Values.auth .key) (get .root.Values.global.postgresql.auth .key) -}}
{{- end -}}

{{- define "postgresql.database" -}}
{{- tpl (include "postgresql.auth" (dict "root" . "key" "database")) . -}}
{{- end -}}

{{/* The user besides `postgres`, or nothing. */}}
{{- define "postgresql.customUser" -}}
{{- $user := include "postgresql.auth" (dict "root" . "key" "username") -}}
{{- if ne $user "postgres" }}{{ $user }}{{ end -}}
{{- end -}}

{{/* The Secret that holds the passwords: a given one, else the chart's own. */}}
{{- define "postgresql.existingSecret" -}}
{{- tpl (include "postgresql.auth" (dict "root" . "key" "existingSecret")) . -}}
{{- end -}}

{{- define "postgresql.secret" -}}
{{- default (include "postgresql.fullname" .) (include "postgresql.existingSecret" .) -}}
{{- end -}}

{{/* The key of a password in that Secret; only a given Secret may have other keys. (dict "root" $ "kind" "admin"|"user"|"replication") */}}
{{- define "postgresql.secretKey" -}}
{{- $usual := get (dict "admin" "postgres-password" "user" "password" "replication" "replication-password") .kind -}}
{{- if include "postgresql.existingSecret" .root -}}
{{- $setting := printf "%sPasswordKey" .kind -}}
{{- tpl (default (get .root.Values.auth.secretKeys $setting) (get .root.Values.global.postgresql.auth.secretKeys $setting)) .root -}}
{{- else -}}
{{- $usual -}}
{{- end -}}
{{- end -}}

{{/* Whether passwords reach the container as files. */}}
{{- define "postgresql.passwordFiles" -}}
{{- if and .Values.auth.usePasswordFiles (or .Values.auth.enablePostgresUser (include "postgresql.auth" (dict "root" . "key" "username"))) }}yes{{ end -}}
{{- end -}}

{{/* Requests and limits when none are given. (dict "values" v), v having resources and resourcesPreset */}}
{{- define "postgresql.resources" -}}
{{- $sizes := dict
  "nano" (list "100m" "128Mi" "150m" "192Mi")
  "micro" (list "250m" "256Mi" "375m" "384Mi")
  "small" (list "500m" "512Mi" "750m" "768Mi")
  "medium" (list "500m" "1024Mi" "750m" "1536Mi")
  "large" (list "1.0" "2048Mi" "1.5" "3072Mi")
  "xlarge" (list "1.0" "3072Mi" "3.0" "6144Mi")
  "2xlarge" (list "1.0" "3072Mi" "6.0" "12288Mi") -}}
{{- $preset := .values.resourcesPreset -}}
{{- if .values.resources }}
resources: {{- toYaml .values.resources | nindent 2 }}
{{- else if ne $preset "none" }}
{{- if not (hasKey $sizes $preset) }}{{ printf "resourcesPreset %q is none of: %s" $preset (keys $sizes | sortAlpha | join ", ") | fail }}{{ end }}
{{- $size := get $sizes $preset }}
resources:
  requests: {cpu: {{ index $size 0 | quote }}, memory: {{ index $size 1 }}, ephemeral-storage: 50Mi}
  limits: {cpu: {{ index $size 2 | quote }}, memory: {{ index $size 3 }}, ephemeral-storage: 2Gi}
{{- end }}
{{- end -}}

{{/* A security context unless it is switched off. */}}
{{- define "postgresql.securityContext" -}}
{{- if .enabled }}
securityContext: {{- omit . "enabled" | toYaml | nindent 2 }}
{{- end }}
{{- end -}}

{{/* "-" asks for no class at all, nothing for the cluster's default. (dict "root" $ "persistence" p) */}}
{{- define "postgresql.storageClass" -}}
{{- $global := .root.Values.global -}}
{{- with coalesce $global.storageClass .persistence.storageClass $global.defaultStorageClass }}
storageClassName: {{ eq . "-" | ternary "" . | quote }}
{{- end }}
{{- end -}}

{{/* A file below the folder of the server's certificates. (dict "root" $ "own" "tls.crt" "given" "certFilename") */}}
{{- define "postgresql.tlsFile" -}}
{{- $tls := .root.Values.tls -}}
/opt/bitnami/postgresql/certs/{{ $tls.autoGenerated | ternary .own (get $tls .given) | required (printf "tls.%s is required when TLS is enabled" .given) }}
{{- end -}}

{{- define "postgresql.tlsSecret" -}}
{{- if .Values.tls.autoGenerated -}}
{{- printf "%s-crt" (include "postgresql.fullname" .) -}}
{{- else -}}
{{- tpl (required "tls.certificatesSecret is required when TLS is enabled" .Values.tls.certificatesSecret) . -}}
{{- end -}}
{{- end -}}

{{/* Refuses images of others unless that is allowed: they may lack the paths and variables that the pods rely on. */}}
{{- define "postgresql.guardImages" -}}
{{- $others := list -}}
{{- $frozen := list -}}
{{- range $name, $image := dict "postgresql" .Values.image "os-shell" .Values.volumePermissions.image "postgres-exporter" .Values.metrics.image -}}
{{- $path := printf "%s/%s" (default $image.registry $.Values.global.imageRegistry) $image.repository -}}
{{- if ne $path (printf "docker.io/bitnami/%s" $name) -}}
{{- $others = append $others (printf "%s:%s" $path (toString $image.tag)) -}}
{{- if hasPrefix "docker.io/bitnamilegacy/" $path }}{{ $frozen = append $frozen $path }}{{ end -}}
{{- end -}}
{{- end -}}
{{- if and (ne (len $others) (len $frozen)) (not .Values.global.security.allowInsecureImages) -}}
{{- printf "\n\n⚠ ERROR: Original containers have been substituted for unrecognized ones.\n\nUnrecognized images:\n  - %s\n\nTo use them nevertheless, set the global parameter 'global.security.allowInsecureImages' to true." (join "\n  - " $others) | fail -}}
{{- end -}}
{{- end -}}

{{/* Refuses what the chart of the same name can do and this one cannot, so that nothing is left out without a word. */}}
{{- define "postgresql.guardFeatures" -}}
{{- range list "ldap.enabled" "volumePermissions.enabled" "passwordUpdateJob.enabled" "serviceBindings.enabled" "rbac.create" "psp.create" "primary.standby.enabled" "primary.preInitDb.scripts" "primary.preInitDb.scriptsConfigMap" "primary.preInitDb.scriptsSecret" "metrics.prometheusRule.enabled" -}}
{{- $value := $.Values -}}
{{- range splitList "." . }}{{ $value = get ($value | default dict) . }}{{ end -}}
{{- if $value }}{{ printf "%s: this small chart does not have it; use the chart of the registry" . | fail }}{{ end -}}
{{- end -}}
{{- end -}}

{{/*
The parts of the `postgresql` container. All take (dict "root" $ "member" m "values" v), m being one of
"postgresql.members" and v its values.
*/}}

{{/* Plain environment variables: what the image's scripts read. */}}
{{- define "postgresql.environment" -}}
{{- $values := .root.Values -}}
{{- $writer := eq .member.component "primary" -}}
BITNAMI_DEBUG: {{ or $values.image.debug $values.diagnosticMode.enabled | ternary "true" "false" | quote }}
POSTGRESQL_PORT_NUMBER: {{ $values.containerPorts.postgresql | quote }}
POSTGRESQL_VOLUME_DIR: {{ .values.persistence.mountPath | quote }}
PGDATA: {{ $values.postgresqlDataDir | quote }}
{{- with include "postgresql.customUser" .root }}
POSTGRES_USER: {{ . | quote }}
{{- else }}
{{- if not $values.auth.enablePostgresUser }}
ALLOW_EMPTY_PASSWORD: "true"
{{- end }}
{{- end }}
{{- if eq $values.architecture "replication" }}
POSTGRES_REPLICATION_MODE: {{ $writer | ternary "master" "slave" }}
POSTGRES_REPLICATION_USER: {{ $values.auth.replicationUsername | quote }}
POSTGRES_CLUSTER_APP_NAME: {{ $values.replication.applicationName | quote }}
{{- end }}
{{- if $writer }}
{{- with include "postgresql.database" .root }}
POSTGRES_DATABASE: {{ . | quote }}
{{- end }}
{{- if and (eq $values.architecture "replication") (ne $values.replication.synchronousCommit "off") }}
POSTGRES_SYNCHRONOUS_COMMIT_MODE: {{ $values.replication.synchronousCommit | quote }}
POSTGRES_NUM_SYNCHRONOUS_REPLICAS: {{ $values.replication.numSynchronousReplicas | quote }}
{{- end }}
{{- range $variable, $key := dict "POSTGRES_INITDB_ARGS" "args" "POSTGRES_INITDB_WALDIR" "postgresqlWalDir" "POSTGRES_INITSCRIPTS_USERNAME" "user" "POSTGRES_INITSCRIPTS_PASSWORD" "password" }}
{{- with get $values.primary.initdb $key }}
{{ $variable }}: {{ . | quote }}
{{- end }}
{{- end }}
POSTGRESQL_ENABLE_LDAP: "no"
{{- else }}
{{- $source := include "postgresql.writer" .root | fromYaml }}
POSTGRES_MASTER_HOST: {{ $source.name | quote }}
POSTGRES_MASTER_PORT_NUMBER: {{ $source.port | quote }}
{{- end }}
POSTGRESQL_ENABLE_TLS: {{ $values.tls.enabled | ternary "yes" "no" | quote }}
{{- if $values.tls.enabled }}
POSTGRESQL_TLS_PREFER_SERVER_CIPHERS: {{ $values.tls.preferServerCiphers | ternary "yes" "no" | quote }}
POSTGRESQL_TLS_CERT_FILE: {{ include "postgresql.tlsFile" (dict "root" .root "own" "tls.crt" "given" "certFilename") }}
POSTGRESQL_TLS_KEY_FILE: {{ include "postgresql.tlsFile" (dict "root" .root "own" "tls.key" "given" "certKeyFilename") }}
{{- if $values.tls.certCAFilename }}
POSTGRESQL_TLS_CA_FILE: {{ include "postgresql.tlsFile" (dict "root" .root "own" "ca.crt" "given" "certCAFilename") }}
{{- end }}
{{- with $values.tls.crlFilename }}
POSTGRESQL_TLS_CRL_FILE: /opt/bitnami/postgresql/certs/{{ . }}
{{- end }}
{{- end }}
POSTGRESQL_LOG_HOSTNAME: {{ $values.audit.logHostname | quote }}
POSTGRESQL_LOG_CONNECTIONS: {{ $values.audit.logConnections | quote }}
POSTGRESQL_LOG_DISCONNECTIONS: {{ $values.audit.logDisconnections | quote }}
{{- range $variable, $key := dict "POSTGRESQL_LOG_LINE_PREFIX" "logLinePrefix" "POSTGRESQL_LOG_TIMEZONE" "logTimezone" "POSTGRESQL_PGAUDIT_LOG" "pgAuditLog" }}
{{- with get $values.audit $key }}
{{ $variable }}: {{ . | quote }}
{{- end }}
{{- end }}
POSTGRESQL_PGAUDIT_LOG_CATALOG: {{ $values.audit.pgAuditLogCatalog | quote }}
POSTGRESQL_CLIENT_MIN_MESSAGES: {{ $values.audit.clientMinMessages | quote }}
POSTGRESQL_SHARED_PRELOAD_LIBRARIES: {{ $values.postgresqlSharedPreloadLibraries | quote }}
{{- end -}}

{{/* Which variable gets the password of which key. */}}
{{- define "postgresql.passwords" -}}
{{- $auth := .root.Values.auth -}}
{{- if include "postgresql.customUser" .root }}
POSTGRES_PASSWORD: {{ include "postgresql.secretKey" (dict "root" .root "kind" "user") }}
{{- end }}
{{- if $auth.enablePostgresUser }}
{{ include "postgresql.customUser" .root | empty | ternary "POSTGRES_PASSWORD" "POSTGRES_POSTGRES_PASSWORD" }}: {{ include "postgresql.secretKey" (dict "root" .root "kind" "admin") }}
{{- end }}
{{- if eq .root.Values.architecture "replication" }}
POSTGRES_REPLICATION_PASSWORD: {{ include "postgresql.secretKey" (dict "root" .root "kind" "replication") }}
{{- end }}
{{- end -}}

{{- define "postgresql.env" -}}
{{- $root := .root -}}
{{- range $name, $value := include "postgresql.environment" . | fromYaml }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- range $name, $key := include "postgresql.passwords" . | fromYaml }}
{{- if $root.Values.auth.usePasswordFiles }}
- name: {{ $name }}_FILE
  value: /opt/bitnami/postgresql/secrets/{{ $key }}
{{- else }}
- name: {{ $name }}
  valueFrom: {secretKeyRef: {name: {{ include "postgresql.secret" $root }}, key: {{ $key }}}}
{{- end }}
{{- end }}
{{- with .values.extraEnvVars }}
{{ include "postgresql.render" (dict "root" $root "value" .) }}
{{- end }}
{{- end -}}

{{/* The probes. A custom one replaces the usual one; none while a person looks into a stopped container. */}}
{{- define "postgresql.probes" -}}
{{- $all := . -}}
{{- $values := .root.Values -}}
{{- range $probe := list "startupProbe" "livenessProbe" "readinessProbe" -}}
{{- $custom := get $all.values (printf "custom%s" (title $probe)) -}}
{{- $usual := get $all.values $probe -}}
{{- if $values.diagnosticMode.enabled }}
{{- else if $custom }}
{{ $probe }}: {{- include "postgresql.render" (dict "root" $all.root "value" $custom) | nindent 2 }}
{{- else if $usual.enabled }}
{{- $ask := include "postgresql.isReady" (dict "root" $all.root "certificate" (eq $probe "readinessProbe" | ternary $values.tls.enabled (and $values.tls.enabled $values.tls.certCAFilename))) }}
{{ $probe }}: {{- omit $usual "enabled" | toYaml | nindent 2 }}
  exec:
    command:
      - /bin/sh
      - -c
      {{- if eq $probe "readinessProbe" }}
      - -e
      {{- /* As in the chart of the registry: `exec` decides alone, the second line is only reached where exec fails. */}}
      - |
        {{ $ask }}
        [ -f /opt/bitnami/postgresql/tmp/.initialized ] || [ -f /bitnami/postgresql/.initialized ]
      {{- else }}
      - {{ $ask }}
      {{- end }}
{{- end }}
{{- end -}}
{{- end -}}

{{/* (dict "root" $ "certificate" whether the client needs one) */}}
{{- define "postgresql.isReady" -}}
{{- $words := list -}}
{{- with include "postgresql.database" .root }}{{ $words = append $words (printf "dbname=%s" .) }}{{ end -}}
{{- if .certificate -}}
{{- $words = append $words (printf "sslcert=%s" (include "postgresql.tlsFile" (dict "root" .root "own" "tls.crt" "given" "certFilename"))) -}}
{{- $words = append $words (printf "sslkey=%s" (include "postgresql.tlsFile" (dict "root" .root "own" "tls.key" "given" "certKeyFilename"))) -}}
{{- end -}}
exec pg_isready -U {{ include "postgresql.customUser" .root | default "postgres" | quote }}
{{- with $words }} -d "{{ join " " . }}"{{ end }} -h 127.0.0.1 -p {{ .root.Values.containerPorts.postgresql }}
{{- end -}}

{{/* The folder of the data, in init containers as well. */}}
{{- define "postgresql.dataMount" -}}
- name: {{ default "data" .values.persistence.volumeName }}
  mountPath: {{ .values.persistence.mountPath }}
  {{- with .values.persistence.subPath }}
  subPath: {{ . }}
  {{- end }}
{{- end -}}

{{- define "postgresql.mounts" -}}
{{- $files := include "postgresql.files" . | fromYaml -}}
- {name: empty-dir, mountPath: /tmp, subPath: tmp-dir}
- {name: empty-dir, mountPath: /opt/bitnami/postgresql/conf, subPath: app-conf-dir}
- {name: empty-dir, mountPath: /opt/bitnami/postgresql/tmp, subPath: app-tmp-dir}
{{- range $volume, $file := $files }}
{{- if $file.mountPath }}
- name: {{ $volume }}
  mountPath: {{ $file.mountPath }}
  {{- if $file.readOnly }}
  readOnly: true
  {{- end }}
{{- end }}
{{- end }}
{{ include "postgresql.dataMount" . }}
{{- with .values.extraVolumeMounts }}
{{ include "postgresql.render" (dict "root" $.root "value" .) }}
{{- end }}
{{- end -}}

{{/* Every other volume of the pod by name: its source and, where the database sees it, its place. */}}
{{- define "postgresql.files" -}}
{{- $values := .root.Values -}}
{{- $configured := include "postgresql.configuration" . | fromYaml -}}
{{- $initdb := .values.initdb | default dict -}}
{{- if include "postgresql.passwordFiles" .root }}
postgresql-password:
  mountPath: /opt/bitnami/postgresql/secrets/
  source: {secret: {secretName: {{ include "postgresql.secret" .root }}}}
{{- end }}
{{- if or $configured.configuration .values.existingConfigmap }}
postgresql-config:
  mountPath: {{ .values.persistence.mountPath }}/conf
  source: {configMap: {name: {{ tpl (.values.existingConfigmap | default (printf "%s-configuration" .member.name)) .root }}}}
{{- end }}
{{- if or $configured.extended .values.existingExtendedConfigmap }}
postgresql-extended-config:
  mountPath: {{ .values.persistence.mountPath }}/conf/conf.d/
  source: {configMap: {name: {{ tpl (.values.existingExtendedConfigmap | default (printf "%s-extended-configuration" .member.name)) .root }}}}
{{- end }}
{{- if or $initdb.scripts $initdb.scriptsConfigMap }}
custom-init-scripts:
  mountPath: /docker-entrypoint-initdb.d/
  source: {configMap: {name: {{ tpl ($initdb.scriptsConfigMap | default (printf "%s-init-scripts" .member.name)) .root }}}}
{{- end }}
{{- with $initdb.scriptsSecret }}
custom-init-scripts-secret:
  mountPath: /docker-entrypoint-initdb.d/secret
  source: {secret: {secretName: {{ tpl . $.root }}}}
{{- end }}
{{- if $values.tls.enabled }}
raw-certificates:
  source: {secret: {secretName: {{ include "postgresql.tlsSecret" .root }}}}
postgresql-certificates:
  mountPath: /opt/bitnami/postgresql/certs
  readOnly: true
  source: {emptyDir: {}}
{{- end }}
{{- if and $values.metrics.enabled $values.metrics.customMetrics }}
custom-metrics:
  source: {configMap: {name: {{ .member.name }}-metrics}}
{{- end }}
{{- if $values.shmVolume.enabled }}
dshm:
  mountPath: /dev/shm
  source: {emptyDir: {medium: Memory{{ with $values.shmVolume.sizeLimit }}, sizeLimit: {{ . }}{{ end }}}}
{{- end }}
{{- end -}}

{{/* The contents of the ConfigMaps that this chart makes for a member: `configuration` and `extended`, where there are such. */}}
{{- define "postgresql.configuration" -}}
{{- $full := dict -}}
{{- if not .values.existingConfigmap -}}
{{- range $file, $key := dict "postgresql.conf" "configuration" "pg_hba.conf" "pgHbaConfiguration" -}}
{{- with get $.values $key -}}
{{- $full = set $full $file (printf "%s\n" (include "postgresql.render" (dict "root" $.root "value" .) | trimSuffix "\n")) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $extended := dict -}}
{{- if and .values.extendedConfiguration (not .values.existingExtendedConfigmap) -}}
{{- $extended = dict "override.conf" (include "postgresql.render" (dict "root" .root "value" .values.extendedConfiguration) | trimSuffix "\n") -}}
{{- end -}}
{{- dict "configuration" $full "extended" $extended | toYaml -}}
{{- end -}}

{{/* The exporter beside the database. */}}
{{- define "postgresql.exporter" -}}
{{- $metrics := .root.Values.metrics -}}
{{- $root := .root -}}
{{- $writer := include "postgresql.writer" .root | fromYaml -}}
{{- $user := include "postgresql.auth" (dict "root" .root "key" "username") -}}
{{- $key := include "postgresql.secretKey" (dict "root" .root "kind" (include "postgresql.customUser" .root | empty | ternary "admin" "user")) -}}
- name: metrics
  image: {{ include "postgresql.image" (dict "root" .root "image" $metrics.image) }}
  imagePullPolicy: {{ $metrics.image.pullPolicy | quote }}
  {{- with include "postgresql.securityContext" $metrics.containerSecurityContext | trim }}{{ nindent 2 . }}{{ end }}
  {{- if $root.Values.diagnosticMode.enabled }}
  command: {{- toYaml $root.Values.diagnosticMode.command | nindent 4 }}
  args: {{- toYaml $root.Values.diagnosticMode.args | nindent 4 }}
  {{- else if or $metrics.customMetrics $metrics.collectors }}
  args:
    {{- if $metrics.customMetrics }}
    - --extend.query-path
    - /conf/custom-metrics.yaml
    {{- end }}
    {{- range $name, $wanted := $metrics.collectors }}
    - --{{ $wanted | ternary "" "no-" }}collector.{{ $name }}
    {{- end }}
  {{- end }}
  env:
    - name: DATA_SOURCE_URI
      value: 127.0.0.1:{{ $writer.port }}/postgres?sslmode=disable
    - name: DATA_SOURCE_USER
      value: {{ default "postgres" $user | quote }}
    {{- if $root.Values.auth.usePasswordFiles }}
    - name: DATA_SOURCE_PASS_FILE
      value: /opt/bitnami/postgresql/secrets/{{ $key }}
    {{- else }}
    - name: DATA_SOURCE_PASS
      valueFrom: {secretKeyRef: {name: {{ include "postgresql.secret" $root }}, key: {{ $key }}}}
    {{- end }}
    {{- with $metrics.extraEnvVars }}
    {{- include "postgresql.render" (dict "root" $root "value" .) | nindent 4 }}
    {{- end }}
  ports:
    - name: http-metrics
      containerPort: {{ $metrics.containerPorts.metrics }}
  {{- range $probe, $how := dict "startupProbe" "tcpSocket: {port: http-metrics}" "livenessProbe" "httpGet: {path: /, port: http-metrics}" "readinessProbe" "httpGet: {path: /, port: http-metrics}" }}
  {{- $custom := get $metrics (printf "custom%s" (title $probe)) }}
  {{- $usual := get $metrics $probe }}
  {{- if $root.Values.diagnosticMode.enabled }}
  {{- else if $custom }}
  {{ $probe }}: {{- include "postgresql.render" (dict "root" $root "value" $custom) | nindent 4 }}
  {{- else if $usual.enabled }}
  {{ $probe }}: {{- omit $usual "enabled" | toYaml | nindent 4 }}
    {{ $how }}
  {{- end }}
  {{- end }}
  volumeMounts:
    - {name: empty-dir, mountPath: /tmp, subPath: tmp-dir}
    {{- if include "postgresql.passwordFiles" $root }}
    - {name: postgresql-password, mountPath: /opt/bitnami/postgresql/secrets/}
    {{- end }}
    {{- if $metrics.customMetrics }}
    - {name: custom-metrics, mountPath: /conf, readOnly: true}
    {{- end }}
  {{- with include "postgresql.resources" (dict "values" $metrics) | trim }}{{ nindent 2 . }}{{ end }}
{{- end -}}

{{/* Copies the certificates, because PostgreSQL refuses a key that others may read, and a Secret's files are such. */}}
{{- define "postgresql.copyCertificates" -}}
- name: copy-certs
  image: {{ include "postgresql.image" (dict "root" .root "image" .root.Values.volumePermissions.image) }}
  imagePullPolicy: {{ .root.Values.volumePermissions.image.pullPolicy | quote }}
  {{- with include "postgresql.resources" . | trim }}{{ nindent 2 . }}{{ end }}
  {{- with include "postgresql.securityContext" .values.containerSecurityContext | trim }}{{ nindent 2 . }}{{ end }}
  command:
    - /bin/sh
    - -ec
    - |
      cp /tmp/certs/* /opt/bitnami/postgresql/certs/
      chmod 600 {{ include "postgresql.tlsFile" (dict "root" .root "own" "tls.key" "given" "certKeyFilename") }}
  volumeMounts:
    - {name: empty-dir, mountPath: /tmp, subPath: tmp-dir}
    - {name: raw-certificates, mountPath: /tmp/certs}
    - {name: postgresql-certificates, mountPath: /opt/bitnami/postgresql/certs}
{{- end -}}

{{/* The rules when no affinity is given: presets over the pods of the same member. */}}
{{- define "postgresql.presetAffinity" -}}
{{- $selector := include "postgresql.selector" (dict "root" .root "component" .member.component "custom" (list .values.podLabels)) | fromYaml -}}
{{- $term := dict "labelSelector" (dict "matchLabels" $selector) "topologyKey" "kubernetes.io/hostname" -}}
{{- $affinity := dict -}}
{{- range $rule, $preset := dict "podAffinity" .values.podAffinityPreset "podAntiAffinity" .values.podAntiAffinityPreset -}}
{{- if eq $preset "hard" -}}
{{- $affinity = set $affinity $rule (dict "requiredDuringSchedulingIgnoredDuringExecution" (list $term)) -}}
{{- else if eq $preset "soft" -}}
{{- $affinity = set $affinity $rule (dict "preferredDuringSchedulingIgnoredDuringExecution" (list (dict "weight" 1 "podAffinityTerm" $term))) -}}
{{- end -}}
{{- end -}}
{{- with .values.nodeAffinityPreset -}}
{{- $match := dict "matchExpressions" (list (dict "key" .key "operator" "In" "values" .values)) -}}
{{- if eq .type "hard" -}}
{{- $affinity = set $affinity "nodeAffinity" (dict "requiredDuringSchedulingIgnoredDuringExecution" (dict "nodeSelectorTerms" (list $match))) -}}
{{- else if eq .type "soft" -}}
{{- $affinity = set $affinity "nodeAffinity" (dict "preferredDuringSchedulingIgnoredDuringExecution" (list (dict "weight" 1 "preference" $match))) -}}
{{- end -}}
{{- end -}}
{{- toYaml $affinity -}}
{{- end -}}

"""The text of `promtail.yaml`, with places such as `<APP>` for what the catalogue says."""

FILE = """\
# <HEAD>
# Promtail reads the application's log and sends each line to Loki, at the line's own time and
# without anything personal. Start it with -config.expand-env=true; from the environment it takes
#   REDACTION       strict (default): a line is rebuilt from what the catalogue documents and does
#                   not call private; of any other line only name, level and size are sent.
#                   mask: lines as they are, private properties, e-mail and IP addresses blotted
#                   out by patterns; what hides from a pattern gets through. off: lines as they are.
#   REDACTION_SALT  secret that goes into hashes; without it nothing is hashed, only redacted.
#   LOG_GLOB        files below /logs, app.jsonl* if not set.
server:
  http_listen_port: 9080
  grpc_listen_port: 0 # nobody speaks gRPC to it

positions:
  filename: /var/tmp/positions.yaml # on a volume: how far each file was read

clients:
  - url: http://loki:3100/loki/api/v1/push
    backoff_config:
      max_retries: 0 # never gives up: a line waits in its file for as long as Loki is away

scrape_configs:
  - job_name: log
    static_configs:
      - labels:
          app: <APP>
          # With the rotated ones, so that the rest of a file is read after its rotation. A line
          # that is read twice has the same time and text, and Loki keeps it once.
          __path__: /logs/${LOG_GLOB:-app.jsonl*}
          __path_exclude__: /logs/*.{gz,bz2,xz,zst}
    pipeline_stages:
      - drop: # the exporter does not count them either
          expression: '^\\s*$'
          drop_counter_reason: blank
      # What is sent if the template below should ever fail: nothing of the line.
      - template:
          source: envelope
          template: >-
            {"event": "_unknown", "level": "unknown", "reduced": "failed",
            "line": "{\\"reduced\\":\\"failed\\"}"}
      # Parses the line once and makes an envelope of all that is sent: name, level, time, ids and
      # text. A stage that reads the line itself would see what is private.
      - template:
          source: envelope
          template: |-
            <REBUILD>
      - json:
          source: envelope
          expressions: # field of the envelope, each under its own name
            event: event
            level: level
            time: time
            request_id: request_id
            user_id: user_id
            reduced: reduced
            line: line
      - timestamp:
          source: time
          format: <FORMAT>
          fallback_formats:<FALLBACKS>
          location: <ZONE> # of times that carry no zone
          # A line without a time, such as part of a traceback, follows the line before it.
          action_on_failure: fudge
      - labeldrop: [filename] # changes with each rotation, and with it the stream
      - labels: {reason: reduced}
      - match: # each series lives as long as the process, hence the long idle time
          selector: '{reason!=""}'
          stages:
            - metrics:
                reduced_lines_total:
                  type: Counter
                  description: Lines sent as name, level and size only, by reason.
                  prefix: eventdeck_promtail_
                  source: reduced
                  max_idle_duration: 87600h
                  config: {action: inc}
      - labeldrop: [reason]
      - labels: {event: event, level: level}
      - match: # of an installation that is tried: not the application's, so no panel shows it
          selector: '{event="<TEST>"}'
          stages: [{static_labels: {app: eventdeck-test}}]
      - structured_metadata: # not labels: each id would be a stream of its own
          request_id: request_id
          user_id: user_id
      - output:
          source: line
"""

# A Go template with the functions of Sprig. Regular expressions are compiled at every use, so the
# dear ones stand behind a look for a character without which they cannot match. The expansion of
# the environment touches `${` and halves `\\`, so a backslash is `\x5c` where two would meet.
REBUILD = """\
{{- $mode := "${REDACTION:-strict}" }}
{{- $size := len .Entry }}
{{- $salt := env "REDACTION_SALT" }}
{{- $reduced := "" }}

{{- /* Parse. Python writes NaN where JSON has no word; the exporter takes it for null. */}}
{{- $text := trimPrefix "\\ufeff" .Entry }}
{{- $parsed := "" }}
{{- if gt $size <LONGEST> }}{{ $reduced = "too_long" }}
{{- else }}
  {{- $found := fromJson $text }}
  {{- if and (kindIs "invalid" $found)
      (or (contains "NaN" $text) (contains "Infinity" $text)) }}
    {{- $found = fromJson (regexReplaceAll `([:,\\[]\\s*)-?(?:NaN|Infinity)\\b` $text "$1 null") }}
  {{- end }}
  {{- if kindIs "map" $found }}{{ $parsed = $found }}
  {{- else if and (kindIs "invalid" $found) (ne (trim $text) "null") }}{{ $reduced = "not_json" }}
  {{- else }}{{ $reduced = "not_object" }}
  {{- end }}
{{- end }}
{{- $line := dict }}{{ if kindIs "map" $parsed }}{{ $line = $parsed }}{{ end }}

{{- /* Name, level and time, each from the first field that has one. */}}
{{- $name := "" }}
{{- with get $line <NAME> }}{{ if kindIs "string" . }}{{ $name = . }}{{ end }}{{ end }}
{{- range $field := <OTHER_NAMES> }}
  {{- $value := get $line $field }}
  {{- if and (not $name) (kindIs "string" $value) }}
    {{- if regexMatch `^[a-z][a-z0-9_]*\\.[a-z][a-z0-9_]*$` $value }}{{ $name = $value }}{{ end }}
  {{- end }}
{{- end }}
{{- $written := "" }}
{{- range $field := <LEVELS> }}
  {{- if not $written }}
    {{- with get $line $field }}{{ $written = toString . | lower }}{{ end }}
  {{- end }}
{{- end }}
{{- $level := "unknown" }}
{{- if has $written (list "trace" "debug" "info" "warning" "error" "critical") }}
  {{- $level = $written }}
{{- else if eq $written "warn" }}{{ $level = "warning" }}
{{- else if eq $written "notice" }}{{ $level = "info" }}
{{- else if eq $written "err" }}{{ $level = "error" }}
{{- else if has $written (list "fatal" "panic" "alert" "emergency") }}{{ $level = "critical" }}
{{- end }}
{{- $time := "" }}
{{- range $field := <TIMES> }}
  {{- $value := get $line (first $field) }}
  {{- if kindIs "string" $value }}
    {{- range $layout := rest $field }}
      {{- if and (not $time) (not (toDate $layout $value).IsZero) }}
        {{- $time = $value }}
      {{- end }}
    {{- end }}
  {{- end }}
{{- end }}

{{- /* What the catalogue documents of this event: what a value must be, and where it stands. */}}
{{- $known := true }}
{{- $plan := list }}
<PLANS>
{{- if not $reduced }}
  {{- if not $name }}{{ $reduced = "no_event" }}
  {{- else if not $known }}{{ $reduced = "undocumented" }}
  {{- end }}
{{- end }}

{{- /* The text to send. */}}
{{- $ids := dict }}
{{- $kept := list }}
{{- $seen := dict }}
{{- if not $known }}{{ $plan = list }}{{ else }}
  {{- $plan = concat $plan (list<GENERAL>) }}
{{- end }}
{{- range $item := $plan }}
  {{- $kind := (splitn " " 2 $item)._0 }}
  {{- $key := (splitn " " 2 $item)._1 }}
  {{- if and (hasKey $line $key) (not (hasKey $seen $key)) }}
    {{- $_ := set $seen $key true }}
    {{- $value := get $line $key }}
    {{- $json := `"[redacted]"` }}
    {{- if kindIs "invalid" $value }}{{ $json = "null" }}
    {{- else if eq $kind "number" }}
      {{- if kindIs "float64" $value }}{{ $json = toRawJson $value }}{{ end }}
    {{- else if eq $kind "boolean" }}
      {{- if kindIs "bool" $value }}{{ $json = toRawJson $value }}{{ end }}
    {{- else if eq $kind "hashed" }}
      {{- if and $salt (or (kindIs "string" $value) (kindIs "float64" $value)) }}
        {{- $json = printf "#%s" (trunc 16 (Sha2Hash $salt (toRawJson $value))) | toRawJson }}
      {{- end }}
    {{- else if eq $kind "datetime" }}
      {{- if kindIs "string" $value }}
        {{- $day := `^\\d{4}-\\d\\d-\\d\\d` }}
        {{- $hour := `([T ]\\d\\d:\\d\\d(:\\d\\d([.,]\\d+)?)?(Z|[+-]\\d\\d(:?\\d\\d)?)?)?$` }}
        {{- if regexMatch (print $day $hour) $value }}{{ $json = toRawJson $value }}{{ end }}
      {{- end }}
    {{- else if ne $kind "private" }}
      {{- $items := list $value }}
      {{- if eq $kind "list" }}
        {{- $items = list }}
        {{- if kindIs "slice" $value }}{{ $items = $value }}{{ end }}
      {{- end }}
      {{- $safe := list }}
      {{- range $one := $items }}
        {{- $json = `"[redacted]"` }}
        {{- if kindIs "string" $one }}
          {{- $word := and (lt (len $one) 129) (regexMatch `^[0-9A-Za-z_.:-]+$` $one) }}
          {{- if or (eq $kind "string") $word }}
            {{- $clean := $one }}
            {{- if or (contains "@" $clean) (contains "%40" $clean) }}
              {{- $clean = regexReplaceAll
                `<MAIL>`
                $clean "[e-mail]" }}
            {{- end }}
            {{- if or (contains "." $clean) (contains ":" $clean) }}
              {{- $clean = regexReplaceAll
                `<ADDRESS>`
                $clean "[address]" }}
            {{- end }}
            {{- $json = toRawJson $clean }}
          {{- end }}
        {{- else if kindIs "float64" $one }}
          {{- /* Beyond 2^53 a number is no longer itself, and an id would be another's. */}}
          {{- $exact := lt $one 9007199254740992.0 }}
          {{- if and (ne $kind "string") $exact }}{{ $json = toRawJson $one }}{{ end }}
        {{- else if and (eq $kind "list") (kindIs "bool" $one) }}{{ $json = toRawJson $one }}
        {{- end }}
        {{- $safe = append $safe $json }}
      {{- end }}
      {{- if eq $kind "list" }}
        {{- $json = `"[redacted]"` }}
        {{- if kindIs "slice" $value }}{{ $json = printf "[%s]" (join "," $safe) }}{{ end }}
      {{- else if eq $kind "id" }}
        {{- if not (contains "[" $json) }}{{ $_ := set $ids $key (trimAll `"` $json) }}{{ end }}
      {{- end }}
    {{- end }}
    {{- $kept = append $kept (printf "%s:%s" (toRawJson $key) $json) }}
  {{- end }}
{{- end }}
{{- $head := printf `%s:%s` (toRawJson <LEVEL>) (toRawJson $level) }}
{{- if and $name (lt (len $name) 101) (regexMatch `^[a-z][a-z0-9_]*\\.[a-z][a-z0-9_]*$` $name) }}
  {{- $head = printf `%s:%s,%s` (toRawJson <NAME>) (toRawJson $name) $head }}
{{- end }}
{{- $send := "" }}
{{- if eq $mode "off" }}{{ $send = .Entry }}
{{- else if eq $mode "mask" }}
  {{- $send = $text }}{{ if kindIs "map" $parsed }}{{ $send = toRawJson $parsed }}{{ end }}
  {{- $send = regexReplaceAll
    `"(<PRIVATE>)"\\s*:\\s*(?:"(?:[^"\\x5c]|\\x5c.)*"?|[^",}\\]]+)`
    $send `"$1":"[redacted]"` }}
  {{- $send = regexReplaceAll `<MAIL>` $send "[e-mail]" }}
  {{- $send = regexReplaceAll
    `<ADDRESS>`
    $send "[address]" }}
{{- else if $reduced }}
  {{- $send = printf `{%s,"reduced":"%s","size":%d` $head $reduced $size }}
  {{- /* Two such lines of one moment are one to Loki, if nothing tells them apart. */}}
  {{- if $salt }}
    {{- $send = printf `%s,"hash":"%s"` $send (trunc 8 (Sha2Hash $salt .Entry)) }}
  {{- end }}
  {{- $send = printf "%s}" $send }}
{{- else }}{{ $send = printf "{%s}" (prepend $kept $head | join ",") }}
{{- end }}
{{- $label := "<UNKNOWN>" }}{{ if and $known $name }}{{ $label = $name }}{{ end }}
{{- $envelope := dict "event" $label "level" $level "line" $send }}
{{- if $time }}{{ $_ := set $envelope "time" $time }}{{ end }}
{{- if or (eq $mode "off") (eq $mode "mask") }}
  {{- range $key := list <REQUEST_ID> <USER_ID> }}
    {{- with get $line $key }}
      {{- $id := toRawJson . | trimAll `"` }}
      {{- if regexMatch `^[0-9A-Za-z_.:-]+$` $id }}{{ $_ := set $ids $key $id }}{{ end }}
    {{- end }}
  {{- end }}
{{- else if $reduced }}{{ $_ := set $envelope "reduced" $reduced }}
{{- end }}
{{- with get $ids <REQUEST_ID> }}{{ $_ := set $envelope "request_id" . }}{{ end }}
{{- with get $ids <USER_ID> }}{{ $_ := set $envelope "user_id" . }}{{ end }}
{{- toRawJson $envelope }}
"""

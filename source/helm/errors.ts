// What helm's words mean: its text on standard error becomes a Cause, for helm 3 and 4 alike.
import {cause, type Cause} from '../core/cause.ts';
import {chartRules} from './error-rules/chart.ts';
import {clusterRules} from './error-rules/cluster.ts';
import {connectionRules} from './error-rules/connection.ts';
import {releaseRules} from './error-rules/release.ts';
import type {About, ErrorRule} from './error-rules/rule.ts';

const maxLines = 20;
const longestLine = 600;

/**
 * Helm's own errors come first. A broken connection comes after the cluster's answers, because a failing webhook is
 * reported in the same words, and before the chart's errors, because a connection that breaks while the chart is
 * rendered is reported as an error of a template (`lookup`).
 */
const rules: readonly ErrorRule[] = [...releaseRules, ...clusterRules, ...connectionRules, ...chartRules];

/** Null: no rule recognises the text. The caller then says "helm failed" and shows `helmText`. */
export function causeOf(stderr: string, about: About): Cause | null {
  const text = helmText(stderr);
  for (const rule of rules) {
    const found = rule.match.exec(text);
    if (!found) continue;
    const {code = rule.code, message, ...rest} = rule.mean(about, found, text);
    return cause(code, message, {evidence: evidenceOf(text), ...rest});
  }
  return null;
}

/**
 * Helm's error without what is said around it: the log lines of helm 4 (`level=ERROR msg=…`) and of the Kubernetes
 * client, warnings before
 * it, `Error: INSTALLATION FAILED: `, and the advice to use --debug, which would print the values.
 */
export function helmText(stderr: string): string {
  const lines = stderr
    .split(/\r?\n/)
    .filter(
      (line) =>
        !/^(level=|time=\S+ level=|[IWEF]\d{4} [\d:.]+ |\w+\.go:\d+: |WARNING: |Flag --\S+ has been deprecated)/.test(
          line,
        ),
    );
  const start = lines.findIndex((line) => line.startsWith('Error: '));
  return lines
    .slice(Math.max(0, start))
    .filter((line) => !line.startsWith('Use --debug flag'))
    .join('\n')
    .replace(/^Error: /, '')
    .replace(/^[A-Z]+ FAILED: /, '')
    .trim();
}

/** The lines of `text` that say something, each at a length that can be shown. */
export function evidenceOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line.trim() !== '' && !/^\d+ errors? occurred:$/.test(line))
    .map((line) => (line.length > longestLine ? `${line.slice(0, longestLine)}…` : line))
    .slice(0, maxLines);
}

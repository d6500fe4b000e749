/** Turns OpenMetrics 1.0 into Prometheus' older text format 0.0.4, for those who do not ask for the new one. */

/** Without exemplars and the end mark; counters are named with their `_total` in the comments, too. */
export function toPlainText(openMetrics: string): string {
  const counters = new Set([...openMetrics.matchAll(/^# TYPE (\S+) counter$/gm)].map(([, name]) => name));
  return openMetrics
    .replace(/^# (HELP|TYPE) (\S+)/gm, (line, _, name) => (counters.has(name) ? `${line}_total` : line))
    .replace(/^([^#].*?) # \{.*$/gm, '$1')
    .replace(/^# EOF\n/m, '');
}

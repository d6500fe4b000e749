/** Times and durations as Go prints them: Jaeger's warnings hold such texts. Source: https://pkg.go.dev/time */

const NS_PER_US = 1000n;
const NS_PER_MS = 1_000_000n;
const NS_PER_SECOND = 1_000_000_000n;

/** A moment in UTC, as `Time.String` writes it: `2026-01-01 00:00:00.000005 +0000 UTC`. */
export function timeText(ns: bigint): string {
  const fraction = ((ns % NS_PER_SECOND) + NS_PER_SECOND) % NS_PER_SECOND;
  const seconds = (ns - fraction) / NS_PER_SECOND;
  const [day = '', time = ''] = new Date(Number(seconds) * 1000).toISOString().split('T');
  return `${day} ${time.slice(0, 8)}${fractionText(fraction, NS_PER_SECOND)} +0000 UTC`;
}

/** A duration, as `Duration.String` writes it: `90ms`, `-110.0005ms`, `2h0m0.0495s`. */
export function durationText(ns: bigint): string {
  if (ns === 0n) return '0s';
  const sign = ns < 0n ? '-' : '';
  const size = ns < 0n ? -ns : ns;
  if (size < NS_PER_US) return `${sign}${size}ns`;
  if (size < NS_PER_MS) return `${sign}${withFraction(size, NS_PER_US)}µs`;
  if (size < NS_PER_SECOND) return `${sign}${withFraction(size, NS_PER_MS)}ms`;
  const hours = size / (3600n * NS_PER_SECOND);
  const minutes = size / (60n * NS_PER_SECOND);
  const head = hours > 0n ? `${hours}h${minutes % 60n}m` : minutes > 0n ? `${minutes}m` : '';
  return `${sign}${head}${withFraction(size % (60n * NS_PER_SECOND), NS_PER_SECOND)}s`;
}

function withFraction(ns: bigint, unit: bigint): string {
  return `${ns / unit}${fractionText(ns % unit, unit)}`;
}

/** `.` and the digits of `rest` of a unit, without zeros at the end; nothing where there is no rest. */
function fractionText(rest: bigint, unit: bigint): string {
  if (rest === 0n) return '';
  const digits = String(unit).length - 1;
  return `.${String(rest).padStart(digits, '0').replace(/0+$/, '')}`;
}

/** A duration for people: `850 µs`, `12.3 ms`, `1.20 s`, `2 min 5 s`. */
export function durationText(us: number): string {
  if (us < 0) return `-${durationText(-us)}`;
  if (us < 1000) return `${us} µs`;
  // Up to where the rounded number would have one digit more.
  if (us < 999_500) return `${threeDigits(us / 1000)} ms`;
  if (us < 59_950_000) return `${threeDigits(us / 1_000_000)} s`;
  const seconds = Math.round(us / 1_000_000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function threeDigits(value: number): string {
  return value.toPrecision(3);
}

/** The errors that this library throws, all of them at start: tracing never fails a running request. */

/** A setting that is not as it must be; names every bad one. */
export class TracingOptionsError extends Error {
  readonly code = 'TRACING_OPTIONS';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`tracing cannot start:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'TracingOptionsError';
    this.problems = problems;
  }
}

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

/** Moleculer's own tracing is enabled too: every action would be in two traces. */
export class MoleculerTracingError extends Error {
  readonly code = 'MOLECULER_TRACING_ENABLED';

  constructor() {
    super(
      "Moleculer's own tracing is enabled beside Tracemesh's: remove `tracing: { enabled: true, ... }` from the broker " +
        "options. The `tracing` settings of actions and events stay as they are, Tracemesh's middleware reads them.",
    );
    this.name = 'MoleculerTracingError';
  }
}

/** The errors that this library throws, all of them at start: tracing never fails a running request. */

/** Options or variables that are not as they must be; the message is one readable block that names all of them. */
export class TracingOptionsError extends Error {
  readonly code = 'TRACING_OPTIONS';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const noun = problems.length === 1 ? 'a bad value' : `${problems.length} bad values`;
    super([`The tracing has ${noun}:`, ...problems.map((problem) => `  ${problem}`)].join('\n'));
    this.name = 'TracingOptionsError';
    // Whoever prints the error as it is shows the message alone: where in the program it was found helps nobody.
    this.stack = this.message;
    this.problems = problems;
  }
}

/** Moleculer's own tracing is enabled too: every action would be in two traces. */
export class MoleculerTracingError extends Error {
  readonly code = 'MOLECULER_TRACING_ENABLED';

  constructor() {
    super(
      "Moleculer's own tracing is enabled beside Tracemesh's: remove `tracing` from the broker options, or set it to " +
        "false. The `tracing` settings of actions and events stay as they are, Tracemesh's middleware reads them.",
    );
    this.name = 'MoleculerTracingError';
  }
}

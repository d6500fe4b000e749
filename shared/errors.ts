/** The project's own errors: small subclasses with a stable `code`, so that nobody has to read a message. */

/** An error that can be told apart by its `code`, which never changes; its message may. */
export abstract class CodedError extends Error {
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A field of a request that is not as it should be; `field` is a path such as `email` or `items.0.id`. */
export interface FieldProblem {
  field: string;
  message: string;
}

/** An error that the caller caused: its message, code and details are written for the caller to read. */
export abstract class RequestError extends CodedError {
  /** The HTTP status that says the same, 400 to 499. */
  abstract readonly status: number;
  /** The bad fields, where fields are the matter. */
  readonly details?: readonly FieldProblem[];
}

/** What is needed is there, but cannot do its work at the moment; the same request may succeed later. */
export abstract class UnavailableError extends CodedError {}

/** Some fields of a request are missing, unknown, or not as the contract wants them. */
export class InvalidFieldsError extends RequestError {
  readonly code = 'VALIDATION_ERROR';
  readonly status = 422;
  override readonly details: readonly FieldProblem[];

  constructor(details: readonly FieldProblem[], options?: ErrorOptions) {
    const fields = [...new Set(details.map(({ field }) => field))].join(', ');
    super(`Some fields are not valid: ${fields}`, options);
    this.details = details;
  }
}

/** An environment variable with a bad value, as it may be shown: never with a secret in it. */
export interface BadVariable {
  name: string;
  value: string;
  /** What the variable may be, as the end of a sentence that begins with "must be". */
  allowed: string;
}

/** The environment has bad values; the message is one readable block that names all of them. */
export class ConfigError extends CodedError {
  readonly code = 'CONFIG_INVALID';
  readonly #variables: readonly BadVariable[];

  constructor(variables: readonly BadVariable[], options?: ErrorOptions) {
    const lines = variables.map(({ name, value, allowed }) => `  ${name}=${value} must be ${allowed}`);
    const noun = lines.length === 1 ? 'a bad value' : `${lines.length} bad values`;
    super([`The environment has ${noun}:`, ...lines].join('\n'), options);
    // Whoever prints the error as it is shows the message alone: where in the program it was found helps nobody.
    this.stack = this.message;
    this.#variables = variables;
  }

  /** The bad variables, one by one. */
  get variables(): readonly BadVariable[] {
    return this.#variables;
  }
}

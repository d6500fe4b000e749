/** Joins what several readers have to say against the environment: who starts a process wants to hear it at once. */
import { CodedError } from './errors.ts';

/** Several parts of a process were set up wrongly; the message holds all of theirs. */
export class SettingsError extends CodedError {
  readonly code = 'SETTINGS_INVALID';
}

/**
 * Calls all, such as `() => loadMeshConfig(env)`, and answers what they answer.
 * @throws {SettingsError} with the messages of all that throw
 */
export function readTogether<T extends readonly unknown[]>(...reads: { [I in keyof T]: () => T[I] }): T {
  const errors: Error[] = [];
  const results = reads.map((read) => {
    try {
      return read();
    } catch (error) {
      errors.push(error as Error);
      return undefined;
    }
  });
  if (errors.length === 0) return results as unknown as T;
  throw new SettingsError(errors.map(({ message }) => message).join('\n'), { cause: errors[0] });
}

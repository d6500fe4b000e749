/** What the middleware for Moleculer is told, checked. */
import { types } from 'node:util';
import type { Capture } from '../capture.ts';
import { TracingOptionsError } from '../errors.ts';
import { type Kind, TRUTH } from '../setting-kinds.ts';
import { isListOfTexts, SettingReader } from '../setting-reader.ts';
import type { MoleculerOptions } from './middleware.ts';

const MILLISECONDS: Kind<number> = {
  allowed: 'a number from 0 on',
  parse: (text) => (Number(text) >= 0 ? Number(text) : undefined), // Infinity, too
};

/** The options, those that are not set left out; throws one {@link TracingOptionsError} that names all that is wrong. */
export function readMoleculerOptions(options: MoleculerOptions | null | undefined): MoleculerOptions {
  const reader = new SettingReader({ ...options }, {});
  const names = (option: string): Capture =>
    reader.checked(option, isCapture, { allowed: 'true or a list of names' });
  const redact = reader.checked('capture.redact', isListOfPatterns, {
    allowed: 'a list of regular expressions',
  });
  const checked: MoleculerOptions = {
    capture: {
      params: names('capture.params'),
      meta: names('capture.meta'),
      headers: names('capture.headers'),
      response: names('capture.response'),
      ...(redact && { redact: redact.map(fromTheStart) }),
    },
    internal: reader.read(TRUTH, 'internal'),
    lateCapMs: reader.read(MILLISECONDS, 'lateCapMs'),
  };
  if (reader.problems.length > 0) throw new TracingOptionsError(reader.problems);
  return checked;
}

function isCapture(value: unknown): value is boolean | readonly string[] {
  return typeof value === 'boolean' || isListOfTexts(value);
}

function isListOfPatterns(value: unknown): value is readonly RegExp[] {
  return Array.isArray(value) && value.every(types.isRegExp);
}

/** One that is global or sticky goes on from where it has matched before, and would let every other secret pass. */
function fromTheStart({ source, flags }: RegExp): RegExp {
  return new RegExp(source, flags.replaceAll(/[gy]/g, ''));
}

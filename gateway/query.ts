/** Gives query strings the types that a contract wants. */
import type { ParsedUrlQuery } from 'node:querystring';
import type Type from 'typebox';
import { createFieldsReader } from '#shared/contracts/fields.ts';

/**
 * Compiles a reader of query strings, which hold nothing but text: whole numbers and booleans are made of it where the
 * schema wants them and the text is one. Anything else, such as a parameter given twice, stays and is refused.
 * The reader throws an `InvalidFieldsError`.
 */
export function createQueryReader<S extends Type.TObject>(
  schema: S,
): (query: ParsedUrlQuery) => Type.Static<S> {
  const read = createFieldsReader(schema);
  const types = new Map(Object.entries(schema.properties).map(([name, field]) => [name, typeOf(field)]));
  return (query) =>
    read(
      Object.fromEntries(Object.entries(query).map(([name, value]) => [name, typed(value, types.get(name))])),
    );
}

function typed(value: unknown, type: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (type === 'integer' && /^-?\d+$/.test(value)) return Number(value);
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true';
  return value;
}

function typeOf(schema: Type.TSchema): unknown {
  return 'type' in schema ? schema.type : undefined;
}

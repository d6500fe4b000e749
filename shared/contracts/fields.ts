/** Checks the fields of an object against its schema, and says of each bad one what is wrong with it. */
import type Type from 'typebox';
import { Compile } from 'typebox/schema';
import { type FieldProblem, InvalidFieldsError } from '../errors.ts';

/** Names what is wrong with a value, one problem a field; nothing where it is as the schema wants it. */
export type FieldsCheck = (value: unknown) => FieldProblem[];

const MAX_UNKNOWN_FIELDS_NAMED = 20;
const MAX_FIELD_NAME_LENGTH = 64;

/**
 * Compiles a check. The schema need not have gone through TypeBox in this process: any JSON Schema of an object will
 * do, such as the copies that Moleculer makes. Each field is compiled for itself because TypeBox reports eight
 * problems in all and spends them on unknown fields first.
 */
export function compileFields(schema: Type.TObject): FieldsCheck {
  const whole = Compile(schema);
  const known = Object.entries(schema.properties).map(([name, field]) => ({
    name,
    description: 'description' in field ? String(field.description) : undefined,
    validator: Compile(field),
  }));
  const names = new Set(known.map(({ name }) => name));
  const required = new Set<string>(schema.required);
  const closed = 'additionalProperties' in schema && schema.additionalProperties === false;

  return (value) => {
    if (whole.Check(value)) return [];
    if (!isFields(value)) return [{ field: 'params', message: 'must be an object' }];
    const problems: FieldProblem[] = [];
    for (const { name, description, validator } of known) {
      const given = value[name];
      if (given === undefined) {
        if (required.has(name)) problems.push({ field: name, message: 'is required' });
        continue;
      }
      const [, [error]] = validator.Errors(given);
      if (error === undefined) continue;
      const isForm = error.keyword === 'pattern' || error.keyword === 'format';
      problems.push({
        field: name + error.instancePath.replaceAll('/', '.'),
        message: isForm && description ? `must be ${description}` : error.message,
      });
    }
    if (closed) problems.push(...unknownFields(value, names));
    return problems;
  };
}

/** Compiles a check that answers the value with its type, or throws. @throws {InvalidFieldsError} */
export function createFieldsReader<S extends Type.TObject>(schema: S): (value: unknown) => Type.Static<S> {
  const check = compileFields(schema);
  return (value) => {
    const problems = check(value);
    if (problems.length > 0) throw new InvalidFieldsError(problems);
    return value as Type.Static<S>;
  };
}

function unknownFields(value: object, names: ReadonlySet<string>): FieldProblem[] {
  return Object.keys(value)
    .filter((name) => !names.has(name))
    .slice(0, MAX_UNKNOWN_FIELDS_NAMED)
    .map((name) => ({ field: name.slice(0, MAX_FIELD_NAME_LENGTH), message: 'is not a known field' }));
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Lets Moleculer check the parameters of actions and events against the contracts' schemas. */
import { Errors, Validators } from 'moleculer';
import type Type from 'typebox';
import { compileFields } from './fields.ts';

type Check = ReturnType<Validators.Base['compile']>;
type Schema = Record<string, unknown>;

/**
 * A Moleculer validator for JSON Schemas, and so for TypeBox. A bad call is rejected with Moleculer's
 * `ValidationError` (422) whose `data` names each bad field, nothing is converted, and parameters stay untouched.
 * A schema of another kind, as Moleculer's own `$node` actions have them, is left to its default validator.
 */
export class ContractValidator extends Validators.Base {
  readonly #fallback = new Validators.Fastest({});

  constructor() {
    super({});
  }

  override compile(schema: Schema): Check {
    if (!isJsonSchema(schema)) return this.#fallback.compile(schema);
    const check = compileFields(schema);
    // Moleculer takes true, or the list of problems, which its types do not tell.
    return ((params: unknown) => {
      const problems = check(params);
      return problems.length === 0 || problems;
    }) as Check;
  }

  override validate(params: Schema, schema: Schema): boolean {
    if (!isJsonSchema(schema)) return this.#fallback.validate(params, schema);
    const problems = compileFields(schema)(params);
    if (problems.length === 0) return true;
    throw new Errors.ValidationError('Parameters validation error!', 'VALIDATION_ERROR', problems);
  }

  override convertSchemaToMoleculer(schema: Schema): Schema {
    return schema;
  }
}

// TypeBox marks its schemas with a hidden property, which is lost when Moleculer clones a service's schema.
function isJsonSchema(schema: object): schema is Type.TObject {
  return 'type' in schema && schema.type === 'object' && 'properties' in schema;
}

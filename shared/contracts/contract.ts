/** What a contract is: the parameters and the result of each action of a service, as JSON Schemas with their types. */
import Type from 'typebox';

/** What goes into an action and what comes out of it. */
export interface ActionContract {
  readonly params: Type.TObject;
  readonly result: Type.TSchema;
}

/** The actions of one service, by their names within it. */
export type ServiceContract = Readonly<Record<string, ActionContract>>;

/** The parameters of an action. */
export type Params<C extends ActionContract> = Type.Static<C['params']>;

/** The result of an action. */
export type Result<C extends ActionContract> = Type.Static<C['result']>;

/** An object with these fields and no others: an unknown field is a mistake to hear about, not to ignore. */
export function fields<P extends Type.TProperties>(properties: P): Type.TObject<P> {
  return Type.Object(properties, { additionalProperties: false });
}

/** A short text for people: not blank, on one line, and of whole characters only. */
export function shortText(maxLength: number) {
  return Type.String({
    minLength: 1,
    maxLength,
    pattern: '^(?=.*\\S)[^\\p{Cc}\\p{Cs}]*$',
    description: 'a text that is not blank and has no control characters',
  });
}

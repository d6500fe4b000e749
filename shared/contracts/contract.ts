/** What a contract is: what goes in and out of each action, and what each event says, as JSON Schemas with their types. */
import type { Readable } from 'node:stream';
import Type from 'typebox';

/** What goes into an action and what comes out of it. */
export interface ActionContract {
  readonly params: Type.TObject;
  readonly result: Type.TSchema;
  /** What the items of the stream are that comes in beside the parameters, where one does. */
  readonly input?: Type.TObject;
  /** Doing it twice is as good as doing it once, so that a caller may try again where the mesh failed it. */
  readonly repeatable?: true;
  /** The answer is a stream of results instead of one. */
  readonly streamed?: true;
}

/** The actions of one service, by their names within it. */
export type ServiceContract = Readonly<Record<string, ActionContract>>;

/** What an event says, and who hears it: one node of each service that listens, or all of their nodes. */
export interface EventContract {
  readonly payload: Type.TObject;
  readonly hearers: 'one-node' | 'every-node';
}

/** The events that one service emits, by their names in the mesh. */
export type EventsContract = Readonly<Record<string, EventContract>>;

/** The parameters of an action. */
export type Params<C extends ActionContract> = Type.Static<C['params']>;

/** The result of an action. */
export type Result<C extends ActionContract> = C extends { readonly streamed: true }
  ? ItemStream<Type.Static<C['result']>>
  : Type.Static<C['result']>;

/** What comes in beside the parameters of an action. */
export type Input<C extends ActionContract> = C extends { readonly input: infer I extends Type.TObject }
  ? AsyncIterable<Type.Static<I>>
  : undefined;

/** A stream of objects, as Moleculer carries it: with `objectMode`, JSON a piece. */
export type ItemStream<T> = AsyncIterable<T> & Readable;

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

/** Where a wrap lies among those of Moleculer and of the application. */
import type { ServiceBroker } from 'moleculer';

/** A layer, by what Moleculer calls the middleware that makes it. */
export type Place = 'innermost' | 'outermost' | { readonly inside: string } | { readonly outside: string };

type Hook = (...parameters: never[]) => unknown;

/** Moleculer's middlewares as layers: of two, the one registered later lies outside. */
export class Onion {
  readonly #hooks: Record<string, Hook[] | undefined>;
  readonly #middlewares: readonly ({ readonly name?: string } & Record<string, unknown>)[];

  constructor({ middlewares }: ServiceBroker) {
    const { registeredHooks, list } = middlewares as unknown as {
      registeredHooks: Record<string, Hook[] | undefined>;
      list: readonly ({ readonly name?: string } & Record<string, unknown>)[];
    };
    this.#hooks = registeredHooks;
    this.#middlewares = list;
  }

  /** Puts a wrap at its place; outermost where the layer that it names is not there. */
  put(hook: string, wrap: Hook, place: Place): void {
    const layers = this.#hooks[hook] ?? [];
    this.#hooks[hook] = layers;
    layers.splice(this.#index(layers, hook, place), 0, wrap);
  }

  #index(layers: readonly Hook[], hook: string, place: Place): number {
    if (place === 'innermost') return 0;
    if (place === 'outermost') return layers.length;
    const name = 'inside' in place ? place.inside : place.outside;
    // Moleculer adds its own after those of the application, which may have taken their names.
    const middleware = this.#middlewares.findLast(
      (candidate) => candidate.name === name && typeof candidate[hook] === 'function',
    );
    const at = layers.indexOf(middleware?.[hook] as Hook);
    if (at === -1) return layers.length;
    return 'inside' in place ? at : at + 1;
  }
}

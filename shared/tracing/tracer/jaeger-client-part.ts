/** jaeger-client piece by piece: its main module would load its Thrift, its senders and their parsers too. */
import { loadPackage } from '../load-package.ts';

/** A class of jaeger-client, by the path of its module below `dist/src`. */
export function partOfJaegerClient<Exported>(path: string): Exported {
  // Its modules import each other in circles, which only come out right when they are entered here.
  loadPackage('jaeger-client/dist/src/samplers/v2/sampling_state.js');
  return loadPackage<{ default: Exported }>(`jaeger-client/dist/src/${path}.js`).default;
}

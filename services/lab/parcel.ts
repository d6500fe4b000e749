/**
 * The retry storm: where a parcel is, only a scanner knows, behind a depot, behind a carrier. The scanner is silent, and
 * each of the three who ask tries up to three times, as all do here with what may be repeated (`shared/resilience.ts`):
 * together that is 27 times. Cured, none of them tries again but the depot, which is next to the fault.
 */
import type { CallingOptions, Context } from 'moleculer';
import { call } from '#shared/contracts/call.ts';
import type { Handlers } from '#shared/contracts/implement.ts';
import type { Cure, labContract } from '#shared/contracts/lab.ts';
import { UnavailableError } from '#shared/errors.ts';

/** Where the parcel was scanned last cannot be had at the moment. */
class ScannerSilentError extends UnavailableError {
  readonly code = 'SCANNER_SILENT';

  constructor(options?: ErrorOptions) {
    super('The scanner does not answer', options);
  }
}

/** Moleculer hands a callee's meta to its caller, of failed calls too: so a request counts its own attempts. */
type ParcelContext = Context<unknown, { attempts?: number }>;

type ParcelHandlers = Pick<
  Handlers<typeof labContract>,
  'trackParcel' | 'askCarrier' | 'askDepot' | 'askScanner'
>;

/** The three who ask, and the one who fails. */
export const parcelHandlers: ParcelHandlers = {
  async trackParcel(cure, ctx: ParcelContext) {
    const { place } = await call(ctx, 'lab.askCarrier', cure, retriesOf(cure)).catch(nowhere);
    return { place, attempts: ctx.meta.attempts ?? 0 };
  },

  askCarrier: (cure, ctx) => call(ctx, 'lab.askDepot', cure, retriesOf(cure)),

  askDepot: (_, ctx) => call(ctx, 'lab.askScanner', {}),

  askScanner(_, ctx: ParcelContext) {
    ctx.meta.attempts = (ctx.meta.attempts ?? 0) + 1;
    throw new ScannerSilentError();
  },
};

function retriesOf({ cured }: Cure): CallingOptions {
  return cured ? { retries: 0 } : {};
}

/** The storm ends as an answer, so that it can be looked at as often as one likes. */
function nowhere(error: unknown): { place: null } {
  if ((error as { type?: unknown }).type !== 'SCANNER_SILENT') throw error;
  return { place: null };
}

// A breaker would end the storm with its twentieth call: what it is there for, but then there were nothing to see.
const noBreaker = { circuitBreaker: { enabled: false } };

/** How the actions differ from others: no circuit opens, however often they fail. */
export const parcelSettings = { askCarrier: noBreaker, askDepot: noBreaker, askScanner: noBreaker };

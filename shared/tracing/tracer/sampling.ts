/** Which traces are recorded: jaeger-client's samplers, by their settings. */
import { partOfJaegerClient } from './jaeger-client-part.ts';
import { createRemoteSampler, type RemoteSamplerSettings, type SamplingLogger } from './remote-sampler.ts';
import type { Sampler } from './sampler.ts';

/** Which traces are recorded. */
export type SamplerSettings =
  /** All (1) or none (0). */
  | { readonly type: 'const'; readonly param: number }
  /** A share of them, from 0 to 1. */
  | { readonly type: 'probabilistic'; readonly param: number }
  /** At most so many a second, for each service. */
  | { readonly type: 'ratelimiting'; readonly param: number }
  | RemoteSamplerSettings;

/** What {@link createSampler} needs beside the settings. */
export interface SamplerParts {
  /** The service whose traces are decided about. */
  readonly service: string;
  /** Random numbers from 0 to 1. @default Math.random */
  readonly random?: () => number;
  /** Hears when the Jaeger that a remote sampler asks cannot be heard. */
  readonly logger?: SamplingLogger;
}

type SamplerClass<Param> = new (param: Param) => Sampler & { random(): number };

/** The sampler that the settings name, for the traces of one service; opens nothing before its first decision. */
export function createSampler(settings: SamplerSettings, parts: SamplerParts): Sampler {
  switch (settings.type) {
    case 'const':
      return new (partOfJaegerClient<SamplerClass<boolean>>('samplers/const_sampler'))(settings.param === 1);
    case 'probabilistic': {
      const path = 'samplers/probabilistic_sampler';
      const sampler = new (partOfJaegerClient<SamplerClass<number>>(path))(settings.param);
      if (parts.random) sampler.random = parts.random;
      return sampler;
    }
    case 'ratelimiting':
      return new (partOfJaegerClient<SamplerClass<number>>('samplers/rate_limiting_sampler'))(settings.param);
    case 'remote':
      return createRemoteSampler(settings, parts);
  }
}

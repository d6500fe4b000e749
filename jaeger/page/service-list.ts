/** The services of a trace in their colours. */
import { serviceColours } from '../tree/service-colours.ts';
import { type Html, html } from './html.ts';

const MAX_LISTED = 24;

/** The names, side by side; of very many the first. */
export function serviceList(services: readonly string[]): Html {
  const colours = serviceColours(services);
  const more = services.length - MAX_LISTED;
  return html`${services
    .slice(0, MAX_LISTED)
    .map(
      (service) => html`<bdi class="service c${colours.get(service)}">${service}</bdi> `,
    )}${more > 0 && html`<span>and ${more} more</span>`}`;
}

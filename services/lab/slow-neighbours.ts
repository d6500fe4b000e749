/** Systems that others run and that take their time: what is slow here is a timer, which costs this machine nothing. */

/** Resolves after so many milliseconds. */
export type Wait = (ms: number) => Promise<unknown>;

/** Who answers what a quote is made of. */
export function createNeighbours(wait: Wait) {
  return {
    async checkStock() {
      await wait(40);
      return { inStock: 3 };
    },
    async findPrice() {
      await wait(60);
      return { priceCents: 1900 };
    },
    async estimateShipping() {
      await wait(80);
      return { shippingDays: 2 };
    },
  };
}

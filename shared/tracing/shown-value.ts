/** What is shown of a setting that is wrong, in a message that ends in logs. */

const LONGEST_SHOWN = 100;

/** An address of a list ends where the scheme of the next one begins: a comma alone may be in a password. */
const BETWEEN_ADDRESSES = /,(?=\s*[a-z][a-z\d+.-]*:\/\/)/i;

/**
 * The value as it may be shown: quoted, short, and without user info. A password may hold any character, so everything
 * up to the last `@` is hidden but for the scheme; and an address may be broken, or lack its scheme.
 */
export function shownValue(value: string): string {
  const masked = value.split(BETWEEN_ADDRESSES).map(withoutUserInfo).join(',');
  return JSON.stringify(masked.length > LONGEST_SHOWN ? `${masked.slice(0, LONGEST_SHOWN)}...` : masked);
}

function withoutUserInfo(address: string): string {
  return address.replace(/^(\s*[a-z][a-z\d+.-]*:\/\/)?.*@/is, '$1***@');
}

import type { RequestListener } from 'node:http';
import test from 'ava';
import { createPictures } from '../../../services/users/pictures.ts';
import { startAvatars, startHttp } from '../../helpers/avatars.ts';

test('finds the picture that the avatars service has', async (t) => {
  const { url } = await startAvatars(t);
  const pictures = createPictures({ url, onFailure: (error) => t.fail(String(error)) });
  t.regex((await pictures.find('ada')) ?? '', /^data:image\/svg\+xml;base64,/);
  t.is(await pictures.find('a/b?c#d'), await pictures.find('a/b?c#d'));
});

const answer = (body: string, status = 200): RequestListener => {
  return (_, response) => response.writeHead(status).end(body);
};
const failures: [string, RequestListener, RegExp][] = [
  ['an error', answer('oops', 500), /answered 500/],
  ['something else', answer('{"image":"x"}'), /something else/],
  ['an address instead of a picture', answer('{"picture":"https://example.org/x.png"}'), /something else/],
  ['no JSON', answer('<html>'), /JSON/],
  ['more than a picture', answer(`{"picture":"data:image/png,${'x'.repeat(40_000)}"}`), /more than/],
  [
    'a way to somewhere else',
    (_, response) => response.writeHead(302, { location: '/' }).end(),
    /fetch failed/,
  ],
  [
    'half an answer',
    (_, response) => response.writeHead(200, { 'content-length': 9 }).write('{', () => response.destroy()),
    /terminated/,
  ],
  ['nothing in time', () => {}, /timeout/],
  ['a body that never ends', (_, response) => response.writeHead(200).write('{'), /timeout/],
];
for (const [title, listener, expected] of failures) {
  test(`there is no picture where the avatars service answers ${title}`, async (t) => {
    const seen: unknown[] = [];
    const url = await startHttp(t, listener);
    const pictures = createPictures({ url, timeoutMs: 300, onFailure: (error) => seen.push(error) });
    t.is(await pictures.find('ada'), null);
    t.regex(String(seen), expected);
  });
}

test('there is no picture where there is no avatars service', async (t) => {
  t.is(await createPictures({ url: 'http://127.0.0.1:1' }).find('ada'), null);
});

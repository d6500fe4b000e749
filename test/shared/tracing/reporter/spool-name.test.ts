import test from 'ava';
import {
  badName,
  claimedName,
  formatSpoolName,
  parseSpoolName,
  writingName,
} from '#shared/tracing/reporter/spool-name.ts';

const parts = {
  writtenAt: 1_767_225_600_000,
  owner: 'web-1-4026531836~17~00c0ffee',
  number: 3,
  spans: 40,
  bytes: 900,
  kind: '0badcafe',
};
const batch = formatSpoolName(parts);

test('a name says what is in the file, and what becomes of it', (t) => {
  const { number, ...known } = parts;
  const named = { ...known, batch };
  t.deepEqual(parseSpoolName(batch), { ...named, name: batch, state: 'ready' });
  t.deepEqual(parseSpoolName(writingName(batch)), { ...named, name: writingName(batch), state: 'writing' });
  t.deepEqual(parseSpoolName(badName(batch)), { ...named, name: badName(batch), state: 'bad' });
  const claimed = claimedName(batch, 'web-2-~4~12345678', 1_767_225_700_000.5);
  const claim = { at: 1_767_225_700_000, owner: 'web-2-~4~12345678' };
  t.deepEqual(parseSpoolName(claimed), { ...named, name: claimed, state: 'claimed', claim });
});

test('names sort by age', (t) => {
  const older = formatSpoolName({ ...parts, writtenAt: 99_999, number: 10 });
  const sameTime = formatSpoolName({ ...parts, number: 10 });
  t.deepEqual([sameTime, batch, older].sort(), [older, batch, sameTime]);
});

test('a name is no longer than file systems take', (t) => {
  const owner = `${'h'.repeat(40)}-4026531836~4194304~ffffffff`;
  const longest = formatSpoolName({
    ...parts,
    owner,
    number: 99_999_999,
    spans: 99_999_999,
    bytes: 99_999_999,
  });
  t.true(claimedName(longest, owner, parts.writtenAt).length <= 255);
});

for (const name of [
  '',
  '.batch',
  'README.md',
  'a.b.c.d.e.f.batch',
  `${batch}~`,
  `x${batch}`,
  `../${batch}`,
  `${batch}\n`,
])
  test(`${JSON.stringify(name)} is no spool file`, (t) => {
    t.is(parseSpoolName(name), undefined);
  });

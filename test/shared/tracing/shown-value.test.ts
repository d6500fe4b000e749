/** What the messages about bad values show of them, of this library's settings as of the rest of the environment. */
import test from 'ava';
import { loadGatewayConfig, loadMeshConfig } from '#shared/config.ts';
import { readSettings } from '#shared/tracing/settings.ts';

/** None of them is an address that either reader takes. */
const SHOWN: [value: string, shown: string][] = [
  ['ftp://ada:secret@host/', 'ftp://***@host/'],
  ['FTP://secret@host', 'FTP://***@host'],
  ['//ada:secret@host', '***@host'],
  ['ada:secret@host', '***@host'],
  ['secret@host:4222', '***@host:4222'],
  ['ada:secr@et@host', '***@host'],
  ['ada:s:e/c?r#e,t secret@host', '***@host'],
  ['ftp://ada:sec/secret@host', 'ftp://***@host'],
  ['ftp://ada:sec,secret@host', 'ftp://***@host'],
  [' ftp://ada:sec secret@host', ' ftp://***@host'],
  ['ftp://ada:secret@a,ftp://b,ftp://ada:secret@c', 'ftp://***@a,ftp://b,ftp://***@c'],
  ['ftp://a, ftp://ada:secret@b', 'ftp://a, ftp://***@b'],
  ['ada:secret@a,ada:secret@b', '***@b'],
  ['ftp://a,ada:secret@b', 'ftp://***@b'],
  ['ftp://a/b,c', 'ftp://a/b,c'],
  ['here', 'here'],
];

for (const [value, shown] of SHOWN) {
  test(`"${value}" is shown as "${shown}"`, (t) => {
    const { message: ofTracing } = t.throws(() => readSettings({ env: { JAEGER_ENDPOINT: value } }));
    const { message: ofMesh } = t.throws(() => loadMeshConfig({ NATS_URL: value }));
    t.true(ofTracing.includes(` JAEGER_ENDPOINT="${shown.trim()}" must be `), ofTracing);
    t.true(ofMesh.includes(` NATS_URL="${shown}" must be `), ofMesh);
  });
}

test('no user info is shown in warnings either', (t) => {
  const link = 'tcp://ada:secret@10.0.0.7:80';
  const { warnings: ofTracing } = readSettings({ env: { JAEGER_AGENT_PORT: link } });
  const { warnings: ofGateway } = loadGatewayConfig({ GATEWAY_PORT: link });
  t.regex(ofTracing.join(), /^JAEGER_AGENT_PORT="tcp:\/\/\*\*\*@10.0.0.7:80" is ignored/);
  t.regex(ofGateway.join(), /^GATEWAY_PORT="tcp:\/\/\*\*\*@10.0.0.7:80" is ignored/);
});

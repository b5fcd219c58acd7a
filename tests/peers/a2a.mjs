// The published client of A2A drives a running service, in 1.0 and in 0.3. Prints TAP.
//   node tests/peers/a2a.mjs PROGRAM URL DATA NAME ANALYSIS...
//   PROGRAM  the binary;  URL  of a service where DATA, a folder, is registered as NAME, and nothing else
import { execFileSync } from 'node:child_process';
import { createPublicKey, randomUUID, verify } from 'node:crypto';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import http from 'node:http';
import path from 'node:path';
import { check, count, leave, must } from './tap.mjs';

const require = createRequire(path.resolve('build/peers/package.json'));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const sdk = await load('@a2a-js/sdk');
const client = await load('@a2a-js/sdk/client');
const states = sdk.TaskState;

const [program, url, data, name, ...analyses] = process.argv.slice(2);
const CARD = '/.well-known/agent-card.json';

async function refused(promise, code, text) {
  try {
    await promise;
  } catch (error) {
    must(code === undefined || error.envelopeCode === code || error.errorResponse?.error?.code === code ||
      String(error.message).includes(`${code}`), `not ${code}: ${JSON.stringify(error)} ${error.message}`);
    must(!text || String(error.message).includes(text), `"${error.message}" does not say "${text}"`);
    return;
  }
  throw new Error('it was not refused');
}
const collect = async (stream, most = Infinity) => {
  const events = [];
  for await (const event of stream) if (events.push(event) >= most) break;
  return events;
};

// RFC 8785 for what stands in a card: no numbers but whole ones
const canonical = (v) => Array.isArray(v) ? `[${v.map(canonical).join(',')}]`
  : v && typeof v === 'object' ? `{${Object.keys(v).sort().map((k) => `${JSON.stringify(k)}:${canonical(v[k])}`).join(',')}}`
    : JSON.stringify(v);

async function getCard(version, headers = {}) {
  const response = await fetch(url + CARD, { headers: { ...(version ? { 'A2A-Version': version } : {}), ...headers } });
  return { response, card: response.ok ? await response.json() : undefined };
}

// By the rules of the specification, with nothing but Node's own crypto.
async function verifies(card) {
  const { signatures: [{ protected: head, signature }], ...rest } = card;
  const { alg, kid, jku, typ } = JSON.parse(Buffer.from(head, 'base64url'));
  must(alg === 'EdDSA' && typ === 'JOSE', `${alg} ${typ}`);
  must(jku === `${url}/.well-known/jwks.json`, jku);
  const { keys } = await (await fetch(jku)).json();
  const key = createPublicKey({ key: keys.find((k) => k.kid === kid), format: 'jwk' });
  const input = `${head}.${Buffer.from(canonical(rest)).toString('base64url')}`;
  return verify(null, Buffer.from(input), key, Buffer.from(signature, 'base64url'));
}

// a request whose Host is another, as it comes from a proxy
const asProxy = (headers) => new Promise((resolve, reject) => {
  const { port } = new URL(url);
  http.get({ host: '127.0.0.1', port, path: CARD, headers }, (res) => {
    let text = '';
    res.on('data', (d) => { text += d; });
    res.on('end', () => resolve({ status: res.statusCode, text }));
  }).on('error', reject);
});

const rpc = async (body, { version = '1.0', headers = {}, raw = false } = {}) => {
  const response = await fetch(`${url}/a2a`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(version ? { 'A2A-Version': version } : {}), ...headers },
    body: raw ? body : JSON.stringify({ jsonrpc: '2.0', id: 7, ...body }),
  });
  const text = await response.text();
  let json;
  try { json = JSON.parse(text); } catch { /* it is none */ }
  return { status: response.status, text, json, error: json?.error, result: json?.result };
};

const text = (value) => ({ content: { $case: 'text', value }, metadata: undefined, filename: '', mediaType: '' });
const part = (value) => ({ content: { $case: 'data', value }, metadata: undefined, filename: '', mediaType: 'application/json' });
const message = (parts, more = {}) => ({
  messageId: randomUUID(), contextId: '', taskId: '', role: sdk.Role.ROLE_USER, parts, metadata: undefined,
  extensions: [], referenceTaskIds: [], ...more,
});
const request = (parts, { configuration, ...more } = {}) => ({
  tenant: '', message: message(parts, more), metadata: undefined,
  ...(configuration ? { configuration: { acceptedOutputModes: [], returnImmediately: false, ...configuration } } : {}),
});
const find = (task, id) => task.artifacts.find((a) => a.artifactId === id);
const value = (artifact) => artifact.parts[0].content.value;

const cli = Object.fromEntries(analyses.map((a) => [a,
  execFileSync(program, [a, data, '--json'], { maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] })
    .toString().replaceAll('\n', '')]));
const rest = async (analysis) => (await (await fetch(`${url}/api/v1/analyses/${analysis}`, {
  method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ dataset: name }),
})).text()).replaceAll('\n', '');

const options = (compat) => client.ClientFactoryOptions.createFrom(client.ClientFactoryOptions.default, {
  transports: [new client.JsonRpcTransportFactory({ legacyCompat: { enabled: compat } })],
  cardResolver: new client.DefaultAgentCardResolver({
    legacyCompat: { enabled: compat },
    ...(compat ? { fetchImpl: (u, o) => fetch(u, { ...o, headers: {} }) } : {}), // a client of 0.3 says no version
  }),
});

const ways = { '1.0': false, 0.3: true };
const EACH = 11 + analyses.length;
console.log(`1..${Object.keys(ways).length * EACH + 26}`);

// ---- the card

await check('the card of 1.0 verifies by the rules of the specification', async () => {
  const { card } = await getCard('1.0');
  must(await verifies(card), 'the signature is wrong');
  must(card.supportedInterfaces[0].url === `${url}/a2a` && card.supportedInterfaces[0].protocolVersion === '1.0', 'url');
  must(card.capabilities.streaming === true && card.capabilities.pushNotifications === false, 'capabilities');
  for (const skill of [...analyses, 'ask']) must(card.skills.some((s) => s.id === skill && s.tags.length && s.examples.length), skill);
  must(card.skills.length === analyses.length + 1, 'skills');
});
await check('the card of 0.3 verifies, too', async () => {
  for (const version of [undefined, '0.3', '0.3.0']) {
    const { card } = await getCard(version);
    must(card.protocolVersion === '0.3.0' && card.url === `${url}/a2a` && card.preferredTransport === 'JSONRPC', version);
    must(await verifies(card), 'the signature is wrong');
  }
});
await check('the published client verifies the card of 1.0', async () => {
  const card = await new client.DefaultAgentCardResolver().resolve(url);
  await sdk.verifyAgentCardSignature(async (kid, jku) => {
    const { keys } = await (await fetch(jku)).json();
    return keys.find((k) => k.kid === kid);
  })(card);
});
await check('a changed card does not verify', async () => {
  const { card } = await getCard('1.0');
  card.supportedInterfaces[0].url = 'https://evil.example/a2a';
  must(!(await verifies(card)), 'it does');
});
await check('what a request says of its host is not in the card', async () => {
  const plain = (await asProxy({ Host: new URL(url).host })).text;
  for (const headers of [{ Host: 'localhost:1' }, { 'X-Forwarded-Host': 'evil.example' }, { 'X-Forwarded-Proto': 'https' },
    { Forwarded: 'host=evil.example;proto=https' }, { 'X-Forwarded-Prefix': '/evil' }]) {
    const { status, text: got } = await asProxy({ Host: new URL(url).host, ...headers });
    must(status === 200 && got === plain, JSON.stringify(headers));
  }
  const { status, text: got } = await asProxy({ Host: 'evil.example' }); // without tokens: DNS rebinding
  must(status === 403 && !got.includes('supportedInterfaces'), `${status}`);
});
await check('the card may be kept, and is not sent again', async () => {
  const { response } = await getCard('1.0');
  const tag = response.headers.get('etag');
  must(/max-age=[1-9]/.test(response.headers.get('cache-control')) && tag && response.headers.get('vary') === 'A2A-Version', 'headers');
  const again = await getCard('1.0', { 'If-None-Match': tag });
  must(again.response.status === 304 && again.response.headers.get('etag') === tag, `${again.response.status}`);
  must((await getCard('0.3', { 'If-None-Match': tag })).response.status === 200, 'the other card has another tag');
  must((await getCard('2.0')).response.status === 400, 'a version that is not spoken');
});

// ---- the client, in both versions

for (const [label, compat] of Object.entries(ways)) {
  const agent = await new client.ClientFactory(options(compat)).createFromUrl(url);
  await check(`${label}: the client speaks it`, async () => must(agent.protocolVersion === label, agent.protocolVersion));
  for (const analysis of analyses)
    await check(`${label}: ${analysis} gives what REST and the command line give`, async () => {
      const task = await agent.sendMessage(request([part({ analysis, dataset: name })]));
      must(task.status.state === states.TASK_STATE_COMPLETED, JSON.stringify(task.status));
      const answer = JSON.stringify(value(find(task, 'answer')));
      must(answer === JSON.stringify(JSON.parse(cli[analysis])), 'the data differ');
      must(cli[analysis] === await rest(analysis), 'REST differs');
      must(value(find(task, 'words')).length > 100, 'no words');
    });
  await check(`${label}: a question in words is answered, and goes on in its context`, async () => {
    const task = await agent.sendMessage(request([text('Which channel had the best return?')]));
    must(task.status.state === states.TASK_STATE_COMPLETED, JSON.stringify(task.status));
    must(value(find(task, 'answer')).status === 'answered', 'status');
    must(task.history[0].parts[0].content.value.startsWith('Which channel'), 'history');
    const next = await agent.sendMessage(request([part({ analysis: 'roi' })], { contextId: task.contextId }));
    must(next.contextId === task.contextId && next.id !== task.id, 'context');
  });
  await check(`${label}: a stream begins with the task and ends with its state`, async () => {
    const events = await collect(agent.sendMessageStream(request([part({ analysis: 'roi', dataset: name, parameters: { seed: 100 + count } })])));
    must(events[0].payload.$case === 'task', events[0].payload.$case);
    const last = events.at(-1).payload;
    must(last.$case === 'statusUpdate' && last.value.status.state === states.TASK_STATE_COMPLETED, JSON.stringify(last));
    const whole = events.filter((e) => e.payload.$case === 'artifactUpdate' && e.payload.value.lastChunk).map((e) => e.payload.value.artifact.artifactId);
    must(whole.join() === 'answer,words', whole.join());
    must(events.some((e) => e.payload.$case === 'statusUpdate' && e.payload.value.status.state === states.TASK_STATE_WORKING), 'never working');
  });
  await check(`${label}: a task that is not waited for is followed, then got`, async () => {
    const begun = await agent.sendMessage(request([part({ analysis: 'attribution', dataset: name, parameters: { seed: 200 + count } })],
      { configuration: { returnImmediately: true } }));
    must([states.TASK_STATE_SUBMITTED, states.TASK_STATE_WORKING].includes(begun.status.state), JSON.stringify(begun.status));
    const events = await collect(agent.resubscribeTask({ tenant: '', id: begun.id }));
    must(events[0].payload.$case === 'task' && events[0].payload.value.id === begun.id, 'the first is not the task');
    must(events.at(-1).payload.value.status.state === states.TASK_STATE_COMPLETED, 'the end');
    const got = await agent.getTask({ tenant: '', id: begun.id, historyLength: 0 });
    must(got.history.length === 0 && find(got, 'answer'), 'got');
    await refused(collect(agent.resubscribeTask({ tenant: '', id: begun.id })), -32004, 'over');
  });
  await check(`${label}: who hangs up leaves the task to itself`, async () => {
    const stop = new AbortController();
    const stream = agent.sendMessageStream(request([part({ analysis: 'attribution', dataset: name, parameters: { seed: 300 + count } })]),
      { signal: stop.signal });
    const { value: first } = await stream.next();
    stop.abort();
    const { id } = first.payload.value;
    for (let i = 0; ; i++) {
      const task = await agent.getTask({ tenant: '', id });
      if (task.status.state === states.TASK_STATE_COMPLETED) break;
      must(i < 600 && [states.TASK_STATE_SUBMITTED, states.TASK_STATE_WORKING].includes(task.status.state), JSON.stringify(task.status));
      await new Promise((r) => setTimeout(r, 50));
    }
  });
  await check(`${label}: a task is cancelled, once`, async () => {
    const begun = await agent.sendMessage(request([part({ analysis: 'attribution', dataset: name, parameters: { seed: 400 + count } })],
      { configuration: { returnImmediately: true } }));
    const gone = await agent.cancelTask({ tenant: '', id: begun.id, metadata: undefined });
    must(gone.status.state === states.TASK_STATE_CANCELED, JSON.stringify(gone.status));
    await refused(agent.cancelTask({ tenant: '', id: begun.id, metadata: undefined }), -32002, 'over');
    must((await agent.getTask({ tenant: '', id: begun.id })).status.state === states.TASK_STATE_CANCELED, 'it is not');
  });
  await check(`${label}: a table in the message is analysed`, async () => {
    const csv = ['date,channel,spend,revenue', ...Array.from({ length: 60 }, (_, i) =>
      `2025-0${1 + Math.floor(i / 28)}-${String(1 + (i % 28)).padStart(2, '0')},search,${100 + i % 7},${250 + i % 11}`)].join('\n');
    const file = { content: { $case: 'raw', value: Buffer.from(csv) }, metadata: undefined, filename: 'spend.csv', mediaType: 'text/csv' };
    const task = await agent.sendMessage(request([part({ analysis: 'roi' }), file]));
    must(task.status.state === states.TASK_STATE_COMPLETED, JSON.stringify(task.status));
    must(value(find(task, 'answer')).facts.some((f) => f.id === 'search.spend'), 'no facts');
  });
  await check(`${label}: the page comes as a file when it is asked for`, async () => {
    const task = await agent.sendMessage(request([part({ analysis: 'roi', dataset: name })],
      { configuration: { acceptedOutputModes: ['text/html'] } }));
    must(task.artifacts.length === 1 && task.artifacts[0].parts[0].filename === 'report.html', JSON.stringify(task.artifacts.map((a) => a.artifactId)));
    must(Buffer.from(value(find(task, 'report'))).toString().startsWith('<!'), 'no page');
  });
  await check(`${label}: what cannot be done is rejected with a sentence`, async () => {
    for (const [data_, says] of [[{ analysis: 'roi', dataset: name, parameters: { margin: 7 } }, 'margin'], [{ analysis: 'nothing', dataset: name }, 'roi'],
      [{ analysis: 'roi', dataset: 'nowhere' }, 'nowhere'], [{ analysis: 'roi', dataset: name, extra: 1 }, 'extra']]) {
      const task = await agent.sendMessage(request([part(data_)]));
      must(task.status.state === states.TASK_STATE_REJECTED, JSON.stringify(task.status));
      must(task.status.message.parts[0].content.value.includes(says), task.status.message.parts[0].content.value);
      await refused(agent.sendMessage(request([text('and now?')], { taskId: task.id })), -32004, 'over');
    }
  });
  await check(`${label}: tasks and notifications that are not there`, async () => {
    await refused(agent.getTask({ tenant: '', id: 'nothing' }), -32001);
    await refused(agent.cancelTask({ tenant: '', id: 'nothing', metadata: undefined }), -32001);
    await refused(agent.sendMessage(request([text('Which?')], { taskId: 'nothing' })), -32001);
    await refused((async () => agent.createTaskPushNotificationConfig({ tenant: '', taskId: 'x', id: '', url: 'http://127.0.0.1/', token: '' }))());
    const url_ = { content: { $case: 'url', value: 'http://169.254.169.254/latest' }, metadata: undefined, filename: 'a.csv', mediaType: 'text/csv' };
    await refused(agent.sendMessage(request([part({ analysis: 'roi' }), url_])), -32005, 'address');
  });
}

// ---- 1.0 alone

const agent = await new client.ClientFactory(options(false)).createFromUrl(url);
await check('tasks are listed newest first, in pages that do not overlap', async () => {
  const context = randomUUID();
  const made = [];
  for (let i = 0; i < 5; i++)
    made.unshift((await agent.sendMessage(request([part({ analysis: 'roi', dataset: name })], { contextId: context }))).id);
  const all = await agent.listTasks({ tenant: '', contextId: context, status: 0, pageToken: '' });
  must(all.totalSize === 5 && all.nextPageToken === '' && all.pageSize === 50, JSON.stringify({ ...all, tasks: 0 }));
  must(all.tasks.map((t) => t.id).join() === made.join(), 'order');
  must(all.tasks.every((t) => t.artifacts.length === 0), 'artifacts unasked');
  const seen = [];
  let pageToken = '';
  do {
    const page = await agent.listTasks({ tenant: '', contextId: context, status: 0, pageSize: 2, pageToken, includeArtifacts: true, historyLength: 0 });
    seen.push(...page.tasks);
    must(page.totalSize === 5, 'total');
    pageToken = page.nextPageToken;
  } while (pageToken);
  must(seen.map((t) => t.id).join() === made.join(), 'pages');
  must(seen.every((t) => find(t, 'answer') && t.history.length === 0), 'artifacts');
  const after = await agent.listTasks({ tenant: '', contextId: context, status: states.TASK_STATE_COMPLETED, pageToken: '', statusTimestampAfter: seen[1].status.timestamp });
  must(after.tasks.length >= 2 && after.tasks.length < 5 + 1 && after.tasks[0].id === made[0], 'after');
  must((await agent.listTasks({ tenant: '', contextId: context, status: states.TASK_STATE_FAILED, pageToken: '' })).totalSize === 0, 'by state');
});
await check('the bytes of the answer are those of REST and the command line', async () => {
  for (const analysis of analyses) {
    const parts = [{ data: { analysis, dataset: name } }];
    const newer = await rpc({ method: 'SendMessage', params: { message: { messageId: 'm', role: 'ROLE_USER', parts } } });
    must(newer.text.includes(`[{"data":${cli[analysis]},"mediaType":"application/json"}]`), `${analysis} in 1.0`);
    const older = await rpc({ method: 'message/send', params: { message: { messageId: 'm', role: 'user', parts: [{ kind: 'data', ...parts[0] }] } } }, { version: '' });
    must(older.text.includes(`[{"kind":"data","data":${cli[analysis]}}]`), `${analysis} in 0.3`);
  }
});
await check('a list that cannot be', async () => {
  for (const params of [{ pageSize: 0 }, { pageSize: 101 }, { pageSize: 'ten' }, { status: 'TASK_STATE_RUNNING' }, { pageToken: 'zzz' },
    { statusTimestampAfter: 'yesterday' }, { historyLength: -1 }, { includeArtifacts: 'yes' }, { contextId: 5 }]) {
    const { error } = await rpc({ method: 'ListTasks', params });
    must(error?.code === -32602 && error.data[0]['@type'] === 'type.googleapis.com/google.rpc.BadRequest', JSON.stringify({ params, error }));
    must(error.data[0].fieldViolations[0].field === Object.keys(params)[0], JSON.stringify(error));
  }
});
await check('the client is asked which data, and says it', async () => {
  await fetch(`${url}/api/v1/datasets/second`, { method: 'PUT', headers: { 'Content-Type': 'text/csv' }, body: 'date,channel,spend\n2025-01-01,search,5\n' });
  try {
    const task = await agent.sendMessage(request([part({ analysis: 'roi' })]));
    must(task.status.state === states.TASK_STATE_INPUT_REQUIRED, JSON.stringify(task.status));
    const said = task.status.message.parts[0].content.value;
    must(said.includes(name) && said.includes('second'), said);
    const events = await collect(agent.resubscribeTask({ tenant: '', id: task.id }));
    must(events.length === 1 && events[0].payload.value.status.state === states.TASK_STATE_INPUT_REQUIRED, 'a stream of a task that waits');
    const still = await agent.sendMessage(request([text('neither')], { taskId: task.id }));
    must(still.status.state === states.TASK_STATE_INPUT_REQUIRED, JSON.stringify(still.status));
    await refused(agent.sendMessage(request([text(name)], { taskId: task.id, contextId: 'another' })), -32602, 'context');
    const done = await agent.sendMessage(request([text(name)], { taskId: task.id }));
    must(done.id === task.id && done.status.state === states.TASK_STATE_COMPLETED, JSON.stringify(done.status));
    must(JSON.stringify(value(find(done, 'answer'))) === JSON.stringify(JSON.parse(cli.roi)), 'the data differ');
    must(done.history.map((m) => m.role).join() === [1, 2, 1, 2, 1].join(), done.history.map((m) => m.role).join());
    const within = await agent.sendMessage(request([part({ analysis: 'roi' })], { contextId: task.contextId }));
    must(within.status.state === states.TASK_STATE_COMPLETED, 'the context knows the data');
    const named = await agent.sendMessage(request([part({ analysis: 'roi' })], { metadata: { dataset: 'second' } }));
    must(named.status.state === states.TASK_STATE_COMPLETED, 'the metadata name the data');
  } finally {
    await fetch(`${url}/api/v1/datasets/second`, { method: 'DELETE' });
  }
});
await check('a question that is not understood asks back, and is said otherwise', async () => {
  const task = await agent.sendMessage(request([text('blorp the fnord?')]));
  must(task.status.state === states.TASK_STATE_INPUT_REQUIRED && task.status.message.parts[0].content.value.length > 10, JSON.stringify(task.status));
  const done = await agent.sendMessage(request([text('Which channel had the best return?')], { taskId: task.id }));
  must(done.status.state === states.TASK_STATE_COMPLETED && value(find(done, 'answer')).question.startsWith('Which channel'), JSON.stringify(done.status));
});
await check('there is one card for all', async () => {
  const { error } = await rpc({ method: 'GetExtendedAgentCard' });
  must(error.code === -32004, JSON.stringify(error));
  const older = await rpc({ method: 'agent/getAuthenticatedExtendedCard' }, { version: '' });
  must(older.error.code === -32007, JSON.stringify(older.error));
});
for (const [version, methods] of [['1.0', ['CreateTaskPushNotificationConfig', 'GetTaskPushNotificationConfig', 'ListTaskPushNotificationConfigs', 'DeleteTaskPushNotificationConfig']],
  ['0.3', ['tasks/pushNotificationConfig/set', 'tasks/pushNotificationConfig/get', 'tasks/pushNotificationConfig/list', 'tasks/pushNotificationConfig/delete']]])
  await check(`push notifications are not sent, says ${version}`, async () => {
    for (const method of methods) {
      const { error } = await rpc({ method, params: { taskId: 'x', url: 'http://127.0.0.1:1/' } }, { version });
      must(error.code === -32003 && error.data[0].reason === 'PUSH_NOTIFICATION_NOT_SUPPORTED' && error.data[0].domain === 'a2a-protocol.org', JSON.stringify(error));
    }
    const key = version === '1.0' ? 'taskPushNotificationConfig' : 'pushNotificationConfig';
    const sent = await rpc({
      method: version === '1.0' ? 'SendMessage' : 'message/send',
      params: { message: { messageId: 'm', role: version === '1.0' ? 'ROLE_USER' : 'user', parts: [version === '1.0' ? { text: 'x' } : { kind: 'text', text: 'x' }] }, configuration: { [key]: { url: 'http://127.0.0.1:1/' } } },
    }, { version });
    must(sent.error?.code === -32003, sent.text);
  });

// ---- bad input, byte by byte

await check('a version that is not spoken', async () => {
  for (const version of ['0.2', '1.1', '2.0', '1', 'one', '1.0.x', ' 1.0.0.0']) {
    const { status, error } = await rpc({ method: 'ListTasks' }, { version });
    must(status === 400 && error.code === -32009 && error.data[0].metadata.supportedVersions === '1.0, 0.3', `${version}: ${JSON.stringify(error)}`);
  }
  must((await rpc({ method: 'ListTasks' }, { version: '1.0.7' })).result, 'a patch number makes no difference');
});
await check('the version may stand in the address', async () => {
  const response = await fetch(`${url}/a2a?A2A-Version=1.0`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"jsonrpc":"2.0","id":1,"method":"ListTasks"}' });
  must((await response.json()).result.nextPageToken !== undefined, 'no list');
});
await check('a method of the other version, or of none', async () => {
  const older = await rpc({ method: 'SendMessage', params: {} }, { version: '' });
  must(older.error.code === -32601 && older.error.message.includes('A2A-Version: 1.0'), JSON.stringify(older.error));
  must((await rpc({ method: 'message/send', params: {} })).error.code === -32601, 'message/send in 1.0');
  must((await rpc({ method: 'tasks/list' }, { version: '0.3' })).error.code === -32601, 'tasks/list');
  must((await rpc({ method: 'x'.repeat(5000) })).error.code === -32601, 'a long name');
});
await check('what is no message', async () => {
  for (const [body, code] of [['', -32700], ['{', -32700], ['nonsense', -32700], ['[]', -32600], ['[{"jsonrpc":"2.0","id":1,"method":"ListTasks"}]', -32600],
    ['{}', -32600], ['{"jsonrpc":"1.0","id":1,"method":"ListTasks"}', -32600], ['{"jsonrpc":"2.0","id":{},"method":"ListTasks"}', -32600],
    ['{"jsonrpc":"2.0","id":1,"method":5}', -32600], ['{"jsonrpc":"2.0","id":1,"method":"ListTasks","params":[1]}', -32602],
    ['{"jsonrpc":"2.0","id":1,"id":2,"method":"ListTasks"}', -32700], ['{"jsonrpc":"2.0","id":1,"method":"ListTasks","params":{"contextId":"\\ud800"}}', -32700],
    [`{"jsonrpc":"2.0","id":1,"method":"ListTasks","params":${'{"a":'.repeat(40)}1${'}'.repeat(40)}}`, -32600],
    [`{"jsonrpc":"2.0","id":1,"method":"ListTasks","params":${'['.repeat(100000)}`, undefined]]) {
    const { status, error } = await rpc(body, { raw: true });
    must(status === 400 && (code === undefined ? error.code < 0 : error.code === code), `${body.slice(0, 60)}: ${status} ${JSON.stringify(error)}`);
  }
});
await check('parameters that are wrong', async () => {
  const good = { messageId: 'm', role: 'ROLE_USER', parts: [{ text: 'x' }] };
  for (const [params, field] of [[{}, 'message'], [{ message: 5 }, 'message'], [{ message: { ...good, messageId: undefined } }, 'message.messageId'],
    [{ message: { ...good, messageId: 'm'.repeat(257) } }, 'message.messageId'], [{ message: { ...good, role: 'user' } }, 'message.role'],
    [{ message: { ...good, parts: [] } }, 'message.parts'], [{ message: { ...good, parts: [{}] } }, 'message.parts'],
    [{ message: { ...good, parts: [{ text: 'x', url: 'y' }] } }, 'message.parts'], [{ message: { ...good, parts: [{ text: 5 }] } }, 'message.parts'],
    [{ message: { ...good, parts: Array(65).fill({ text: 'x' }) } }, 'message.parts'], [{ message: good, configuration: [] }, 'configuration'],
    [{ message: good, configuration: { historyLength: -1 } }, 'configuration.historyLength'], [{ message: good, metadata: [] }, 'metadata'],
    [{ message: good, configuration: { returnImmediately: 1 } }, 'configuration.returnImmediately']]) {
    const { error } = await rpc({ method: 'SendMessage', params });
    must(error?.code === -32602 && error.data[0].fieldViolations[0].field === field, `${field}: ${JSON.stringify(error)}`);
  }
  must((await rpc({ method: 'GetTask', params: {} })).error.code === -32602, 'no id');
  must((await rpc({ method: 'GetTask' })).error.code === -32602, 'no params');
});
await check('types that are not taken', async () => {
  const send = (parts, configuration) => rpc({ method: 'SendMessage', params: { message: { messageId: 'm', role: 'ROLE_USER', parts }, configuration } });
  must((await send([{ raw: 'AAAA', mediaType: 'image/png' }])).error.code === -32005, 'an image');
  must((await send([{ url: 'file:///etc/passwd', mediaType: 'text/csv' }])).error.code === -32005, 'a path');
  must((await send([{ text: 'x' }], { acceptedOutputModes: ['audio/wav'] })).error.code === -32005, 'sound');
  must((await send([{ raw: '***', mediaType: 'text/csv' }, { data: { analysis: 'roi' } }])).result.task.status.state === 'TASK_STATE_REJECTED', 'no base64');
  must((await send([{ data: [1] }])).result.task.status.state === 'TASK_STATE_REJECTED', 'an array');
  must((await send([{ data: {} }])).result.task.status.state === 'TASK_STATE_REJECTED', 'nothing asked');
  must((await send([{ data: {} }, { data: {} }])).result.task.status.state === 'TASK_STATE_REJECTED', 'two data parts');
});
await check('a body that is too large', async () => {
  const response = await fetch(`${url}/a2a`, { method: 'POST', headers: { 'Content-Type': 'application/json', 'A2A-Version': '1.0' }, body: ' '.repeat(9 << 20) })
    .catch((error) => ({ status: 413, error })); // the connection may be cut while it is sent
  must(response.status === 413, `${response.status}`);
});
await check('a table of megabytes in a message', async () => {
  const lines = ['date,channel,spend,revenue'];
  for (let i = 0; i < 60000; i++) lines.push(`2025-${String(1 + i % 12).padStart(2, '0')}-${String(1 + i % 28).padStart(2, '0')},channel ${i % 5},${100 + i % 97},${250 + i % 311}`);
  const raw = Buffer.from(lines.join('\n')).toString('base64');
  const { result } = await rpc({ method: 'SendMessage', params: { message: { messageId: 'm', role: 'ROLE_USER', parts: [{ data: { analysis: 'roi' } }, { raw, filename: 'big.csv' }] } } });
  must(result.task.status.state === 'TASK_STATE_COMPLETED', JSON.stringify(result.task.status));
  must(JSON.stringify(result.task.history).length < 2000, 'the table is remembered');
});
await check('pages of other origins', async () => {
  for (const Origin of ['http://evil.example', 'null'])
    must((await rpc({ method: 'ListTasks' }, { headers: { Origin } })).status === 403, Origin);
});
await check('other verbs and types', async () => {
  must((await fetch(`${url}/a2a`)).status === 405, 'GET');
  must((await rpc({ method: 'ListTasks' }, { headers: { 'Content-Type': 'text/csv' } })).status === 415, 'text/csv');
});
await check('a notice has no response', async () => {
  const { status, text: got } = await rpc('{"jsonrpc":"2.0","method":"ListTasks"}', { raw: true });
  must(status === 202 && got === '', `${status} ${got}`);
});
await check('ids come back as they came', async () => {
  for (const id of ['"a"', '0', '-5', '9007199254740993', `"${'x'.repeat(256)}"`])
    must((await rpc(`{"jsonrpc":"2.0","id":${id},"method":"ListTasks"}`, { raw: true })).text.startsWith(`{"jsonrpc":"2.0","id":${id},`), id);
});
await check('a refused stream is an error, a rejected task a stream', async () => {
  const send = (parts, version = '1.0') => rpc({
    method: version === '1.0' ? 'SendStreamingMessage' : 'message/stream',
    params: { message: { messageId: 'm', role: version === '1.0' ? 'ROLE_USER' : 'user', parts } },
  }, { version });
  must((await send([])).error.code === -32602, 'no parts');
  const events = (await send([{ data: { analysis: 'nothing' } }])).text.split('\n\n').filter(Boolean);
  must(events.length === 1 && JSON.parse(events[0].slice(6)).result.task.status.state === 'TASK_STATE_REJECTED', events.join());
  const older = (await send([{ kind: 'data', data: { analysis: 'nothing' } }], '0.3')).text.split('\n\n').filter(Boolean).map((e) => JSON.parse(e.slice(6)).result);
  must(older.length === 2 && older[0].kind === 'task' && older[1].final === true && older[1].status.state === 'rejected', JSON.stringify(older));
});
await check('the service is well after all this', async () => must((await fetch(`${url}/health`)).status === 200, 'health'));
leave();

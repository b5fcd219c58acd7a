// Every analysis, and a question in words, by every face: the command line, REST, MCP over HTTP and
// over standard input in both eras, A2A in both versions, Boardroom's signed messages and its
// unsigned route. All hold the same text of every number. Prints TAP.
//   node tests/peers/faces.mjs PROGRAM WORK      WORK is an empty folder
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Agent, Service, check, done, dumps, must, opened, parse } from './agent.mjs';

const [program, work] = process.argv.slice(2);
const self = 'marketing-agent-acme';
const finance = new Agent('finance-agent-acme');
const data = path.join(work, 'data'), peers = path.join(work, 'peers');
const company = path.join(work, 'company'); // the folder, and the data set's name
writeFileSync(peers, finance.pin(), { mode: 0o600 });
mkdirSync(company);

const service = await Service.start(program,
  { CLIENT_ID: 'acme', AGENT_DATA_DIR: data, AGENT_PEERS_FILE: peers });
const pem = readFileSync(path.join(data, 'keys/docker_public_key_ed25519.pem'), 'utf8');
for (const file of readdirSync('examples').filter((name) => name.endsWith('.csv'))) {
  const table = readFileSync(path.join('examples', file));
  writeFileSync(path.join(company, file), table);
  await service.put(`/api/v1/datasets/company/${file}`, table);
}

const run = (args) => execFileSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28,
  stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, AGENT_WORDS: 'plain' } });
const good = ({ status, text }) => {
  must(status === 200, `HTTP ${status}: ${text.slice(0, 300)}`);
  return text;
};

// ---- MCP ----

const modern = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {} };
const tool = (name, args, meta) => JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call',
  params: { name, arguments: args, ...(meta ? { _meta: meta } : {}) } });
const structured = (text) => { // an object, or the last event of a stream
  const { result } = parse(text.startsWith('{') ? text : text.trim().split('\ndata: ').at(-1));
  must(result?.structuredContent, text.slice(0, 300));
  return result.structuredContent;
};
async function mcpModern(name, args) {
  return structured(good(await service.post('/mcp', tool(name, args, modern), { Accept:
    'application/json, text/event-stream', 'MCP-Protocol-Version': '2026-07-28',
    'Mcp-Method': 'tools/call', 'Mcp-Name': name })));
}
async function mcpLegacy(name, args) {
  return structured(good(await service.post('/mcp', tool(name, args), { Accept:
    'application/json, text/event-stream', 'MCP-Protocol-Version': '2025-11-25' })));
}
async function mcpStdio(name, args, meta) {
  const child = spawn(program, ['mcp', '--data', company],
    { stdio: ['pipe', 'pipe', 'ignore'], env: { ...process.env, AGENT_WORDS: 'plain' } });
  const hello = JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params:
    { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'faces', version: '0' } } });
  child.stdin.write(`${meta ? '' : `${hello}\n`}${tool(name, args, meta)}\n`);
  try {
    for await (const line of createInterface({ input: child.stdout }))
      if (line.includes('"id":1,')) return structured(line);
    throw new Error('no answer');
  } finally {
    child.stdin.end();
  }
}

// ---- A2A ----

async function a2a(part, version) {
  const old = version === '0.3';
  const message = { messageId: 'm', role: old ? 'user' : 'ROLE_USER', parts: [part],
    ...(old ? { kind: 'message' } : {}) };
  const text = good(await service.post('/a2a', { jsonrpc: '2.0', id: 1,
    method: old ? 'message/send' : 'SendMessage', params: { message } }, { 'A2A-Version': version }));
  const { result } = parse(text);
  must(result, text.slice(0, 300));
  const { artifacts } = old ? result : result.task;
  return artifacts.find((one) => one.artifactId === 'answer').parts[0].data;
}
const dataPart = (body, version) => (version === '0.3' ? { kind: 'data', data: body } : { data: body });

// ---- Boardroom ----

async function signed(payload) {
  const message = finance.message(self, payload);
  const reply = opened(good(await service.post('/api/v1/collaborate', finance.signed(message).text)), pem);
  must(reply.message_type === 'collaboration_response', dumps(reply.payload).slice(0, 300));
  return reply.payload.result.answer;
}
const unsigned = async (payload) =>
  parse(good(await service.post('/api/v1/process', { type: 'collaboration_request', ...payload }))).result.answer;

// ---- the faces ----

async function compare(faces) {
  const [[, first], ...others] = Object.entries(faces);
  const bytes = dumps(await first());
  must(bytes.length > 1000, 'it is no answer');
  for (const [face, ask] of others) must(dumps(await ask()) === bytes, `${face} differs`);
}
const only = (answer) => {
  must(answer.answers.length === 1, `${answer.answers.length} answers`);
  return answer.answers[0];
};

for (const { name } of (await service.get('/api/v1/analyses')).analyses) {
  const task = { task_description: `The analysis ${name}, please`,
    context: { dataset: 'company', parameters: { analysis: name } } };
  await check(`${name}: the same facts by every face`, () => compare({
    'the command line': () => parse(run([name, company, '--json'])),
    REST: async () => parse(good(await service.post(`/api/v1/analyses/${name}`, { dataset: 'company' }))),
    'MCP of today': () => mcpModern(name, { data: 'company' }),
    'MCP with a handshake': () => mcpLegacy(name, { data: 'company' }),
    'MCP by standard input': () => mcpStdio(name, { data: 'company' }, modern),
    'MCP by standard input, with a handshake': () => mcpStdio(name, { data: 'company' }),
    'A2A 1.0': () => a2a(dataPart({ analysis: name, dataset: 'company' }, '1.0'), '1.0'),
    'A2A 0.3': () => a2a(dataPart({ analysis: name, dataset: 'company' }, '0.3'), '0.3'),
    Boardroom: async () => only(await signed(task)),
    'the hub': async () => only(await unsigned(task)),
  }));
}

const question = 'What was ROAS of search in Q2 2026, and where should the next budget go?';
const asked = { task_description: question, context: { dataset: 'company' } };
await check('a question in words: the same answer by every face', () => compare({
  REST: async () => parse(good(await service.post('/api/v1/ask', { question, dataset: 'company' }))),
  'MCP of today': () => mcpModern('ask', { question, data: 'company' }),
  'A2A 1.0': () => a2a(dataPart({ question, dataset: 'company' }, '1.0'), '1.0'),
  'A2A 0.3': () => a2a(dataPart({ question, dataset: 'company' }, '0.3'), '0.3'),
  Boardroom: () => signed(asked),
  'the hub': () => unsigned(asked),
}));
await service.stop();
done();

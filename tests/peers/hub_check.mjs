// The program at a hub: found, heard of, found again, whatever the hub does.
// Prints TAP.   node tests/peers/hub_check.mjs PROGRAM FOLDER
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Hub } from './hub.mjs';
import { check, leave, must, skip } from './tap.mjs';

const [program, folder] = process.argv.slice(2);
const patience = 20000;
function same(got, wanted, what) {
  const [a, b] = [JSON.stringify(got), JSON.stringify(wanted)];
  must(a === b, `${what} is ${a}, not ${b}`);
}
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
async function until(what, look) {
  let last;
  for (const end = Date.now() + patience; Date.now() < end; await pause(25)) {
    last = await look();
    if (last) return last;
  }
  throw new Error(`${what}: not within ${patience} ms`);
}

// ---- the program

class Agent {
  constructor(name, settings) {
    this.log = '';
    this.process = spawn(program, ['serve', '--port', '0'], {
      env: { ...process.env, AGENT_DATA_DIR: path.join(folder, name), CLIENT_ID: 'acme',
        HUB_HEARTBEAT_SECONDS: '1', HUB_DIRECTORY_SECONDS: '1', HUB_TIMEOUT_MS: '1000',
        AGENT_ATTESTATION_PORT: '0', AGENT_RUN_SECONDS: '600', ...settings },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.process.stderr.on('data', (text) => { this.log += text; });
    this.ended = new Promise((done) => this.process.on('exit', (code) => done(code)));
  }

  static async start(name, settings) {
    const agent = new Agent(name, settings);
    agent.url = await until('the service starts',
      () => /listens on (\S+)/.exec(agent.log)?.[1] ?? (agent.process.exitCode !== null && 'none'));
    must(agent.url !== 'none', agent.log);
    return agent;
  }

  async get(route, headers = {}) {
    return fetch(this.url + route, { headers, signal: AbortSignal.timeout(patience) });
  }

  async health() {
    return (await this.get('/health')).json();
  }

  registered(what) {
    return until(what, async () => (await this.health()).hub_registered);
  }

  problem(words) {
    return until(`the problem "${words}" is shown`,
      async () => (await this.health()).hub_problem?.includes(words));
  }

  resident() {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.process.pid}/status`))[1]);
  }

  async end() {
    this.process.kill('SIGTERM');
    return this.ended;
  }
}

// ---- what must hold

console.log('1..18');
const hub = await Hub.open();
const agent = await Agent.start('agent', { HUB_ENDPOINT: hub.url, ADVERTISE_URL: '' });

await check('it registers once, as the origin\'s hub wants it', async () => {
  await agent.registered('it is registered');
  const { headers, text } = hub.last('register');
  same(headers['x-client-id'], 'acme', 'X-Client-ID');
  must(!('x-public-key' in headers) && !('x-attestation-quote' in headers), 'a header too many');
  const body = JSON.parse(text);
  same(Object.keys(body), ['agent_id', 'agent_type', 'capabilities', 'endpoint',
    'attestation_endpoint', 'attestation_data'], 'its members');
  same([body.agent_id, body.agent_type, body.endpoint], ['marketing-agent-acme', 'marketing',
    agent.url], 'who it is');
  must(body.capabilities.includes('marketing_analysis'), 'what it can');
  must(body.attestation_data.public_key.startsWith('-----BEGIN PUBLIC KEY-----\n'), 'its key');
  same(body.attestation_data.quote, '', 'evidence of no trusted machine');
  same(hub.of('acme').length, 1, 'registrations');
});

await check('its heartbeats keep it online', async () => {
  await until('three heartbeats come', () => hub.count('heartbeat') >= 3);
  const beat = JSON.parse(hub.last('heartbeat').text);
  same(Object.keys(beat), ['agent_id', 'status', 'timestamp'], 'its members');
  must(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/.test(beat.timestamp), beat.timestamp);
  same(hub.directory('acme').agents[0].status, 'online', 'it');
  same(hub.of('acme').length, 1, 'registrations');
});

await check('a hub that forgets it is told again', async () => {
  hub.forget();
  await until('it registers again', () => hub.of('acme').length === 1);
});

await check('one that counts it as inactive, too', async () => {
  hub.ahead += 16 * 60000; // no heartbeat came for so long, as far as the hub can tell
  hub.health('acme');
  await until('it registers again', () => hub.directory('acme').agents.length);
  await agent.registered('it says so');
});

await check('one that is away, and comes back with nothing', async () => {
  const back = hub.restart(2500);
  await agent.problem('the hub does not answer');
  must((await agent.get('/api/v1/analyses')).status === 200, 'the service answers');
  await back;
  await agent.registered('it is registered again');
  same(hub.of('acme').length, 1, 'registrations');
});

const says = { 500: 'with 500', 404: 'refuses the registration (404)', redirect: 'with a redirect (307)',
  hang: 'Timeout was reached', drop: 'does not answer', lie: 'without saying',
  flood: 'more than 65536 bytes' };
await check('every fault is told, none stops the service or makes it large', async () => {
  const before = agent.resident();
  for (const [fault, words] of Object.entries(says)) {
    hub.faults = { heartbeat: fault, register: fault };
    await agent.problem(words);
    must((await agent.get('/api/v1/analyses')).status === 200, `with ${fault} the service answers`);
    hub.faults = {};
    await agent.registered(`after ${fault} it is registered`);
  }
  const more = agent.resident() - before;
  must(more < 32 << 10, `${more} KB more are resident`);
});

await check('a slow hub is waited for, and the service is not', async () => {
  hub.faults = { heartbeat: [700], register: [700], directory: [700] };
  const from = hub.count('heartbeat');
  await until('slow heartbeats', () => hub.count('heartbeat') >= from + 2);
  must((await agent.health()).hub_registered, 'it stays registered');
  hub.faults = {};
});

const key = () => generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' });
const finance = (pem) => hub.register({ agent_id: 'finance-agent-acme', agent_type: 'finance',
  capabilities: ['financial_analysis', 'roi_calculation'], endpoint: 'http://127.0.0.1:8081',
  attestation_endpoint: 'http://127.0.0.1:29344',
  attestation_data: { quote: '', public_key: pem } }, 'acme');

await check('who else is there is known with its key', async () => {
  finance(key());
  await until('finance is heard of', async () => (await agent.health()).hub_agents === 1);
  await until('its key is had', () => agent.log.includes('"event":"hub_agents","taken":"1","keyless":"0"'));
  must(hub.last('directory').url.includes('capability=') ||
    hub.calls.some((c) => c.url.endsWith('capability=financial_analysis')), 'by its capability');
});

await check('a key that changes is told of', async () => {
  finance(key());
  await until('the change is logged', () => /"hub_agents".*"changed":"1"/.test(agent.log));
});

// A query as an agent or a person sends it to the hub, and what the hub got of it from this agent.
const route = async (query, more = {}) => {
  const answer = await fetch(`${hub.url}/api/v1/orchestration/route`, {
    method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Client-ID': 'acme' },
    body: JSON.stringify({ query, requesting_agent: 'finance-agent-acme', ...more }),
  });
  const body = await answer.json();
  must(answer.status === 200, JSON.stringify(body));
  return body;
};

await check('a query goes the whole way, and the figures come back', async () => {
  const csv = readFileSync('examples/performance.csv', 'utf8');
  const put = await fetch(`${agent.url}/api/v1/datasets/shop`,
    { method: 'PUT', headers: { 'Content-Type': 'text/csv' }, body: csv });
  same(put.status, 201, 'the data set');
  const rows = csv.trim().split('\n').slice(1).map((line) => line.split(','));
  const of = (column) => rows.reduce((sum, row) => sum + Number(row[column]), 0);
  const { target_agent: target, routing_id: id, collaboration_result: result } =
    await route('How did our marketing campaigns do?',
      { context: { dataset: 'shop', parameters: { period: 'all' } } });
  same(target, 'marketing-agent-acme', 'whom the hub asked');
  must(/^route_/.test(id), id);
  same([result.agent_id, result.analysis_type], [target, 'comprehensive_campaign'],
    JSON.stringify(result).slice(0, 300));
  const got = result.quantitative_metrics;
  must(Math.abs(got.total_spend - of(4)) < 0.01, `spend ${got.total_spend}, not ${of(4)}`);
  must(Math.abs(got.attributed_revenue - of(8)) < 0.01, `revenue ${got.attributed_revenue}`);
});

await check('so does one with the hub\'s own data', async () => {
  const { collaboration_result: result } = await route('How did the campaign do?',
    { data_requirements: ['marketing_data'],
      context: { campaign_name: 'Spring', marketing_spend: 1200, impressions: 40000 } });
  same([result.campaign_overview?.name, result.campaign_overview?.spend], ['Spring', 1200],
    JSON.stringify(result).slice(0, 300));
});

await check('directories that lie, hang or flood change nothing', async () => {
  for (const fault of ['lie', 'hang', 'flood', 'redirect', 'drop', 500]) {
    hub.faults = { directory: fault };
    const from = hub.count('directory');
    await until(`directory: ${fault}`, () => hub.count('directory') > from + 1);
    const health = await agent.health();
    must(health.hub_registered && health.hub_agents === 1, `${fault}: ${JSON.stringify(health)}`);
  }
  hub.faults = {};
});

await check('it ends at once while the hub hangs', async () => {
  same(await agent.end(), 0, 'its exit code');
  const other = await Agent.start('hung', { HUB_ENDPOINT: hub.url, HUB_TIMEOUT_MS: '60000' });
  await other.registered('it is registered');
  hub.faults = { heartbeat: 'hang' };
  const from = hub.count('heartbeat');
  await until('a heartbeat hangs', () => hub.count('heartbeat') > from);
  const code = await Promise.race([other.end(), pause(patience).then(() => 'it runs on')]);
  same(code, 0, 'its exit code'); // long before the minute that the hub has
  hub.faults = {};
});

await check('a change is logged once', async () => {
  const lines = agent.log.split('\n').filter((l) => l.includes('"event":"hub",'));
  for (let i = 1; i < lines.length; i++) {
    const [a, b] = lines.slice(i - 1, i + 1).map((l) => ({ ...JSON.parse(l), time: '' }));
    must(a.state !== 'registered' || b.state !== 'registered', lines[i]);
  }
  must(lines.length >= 10, `${lines.length} lines`);
  must(!agent.log.includes('BEGIN PUBLIC KEY'), 'no key is in the log');
});

await check('the origin\'s own check of evidence refuses none', async () => {
  hub.quotes = 'mock';
  const other = await Agent.start('other', { HUB_ENDPOINT: hub.url });
  await other.problem('the hub refuses the registration (400)');
  same((await other.health()).hub, 'refused', 'its state');
  must(other.log.includes('Missing_attestation_data'), 'the log has the hub\'s reason');
  same(await other.end(), 0, 'its exit code');
});

const developer = await Agent.start('developer', { HUB_ENDPOINT: hub.url, AGENT_ID: 'developer',
  DEVELOPMENT_MODE: 'true' });
if ((await developer.health()).development_mode)
  await check('and takes what says that it is unattested', async () => {
    await developer.registered('it is registered');
    const { quote } = JSON.parse(hub.last('register').text).attestation_data;
    must(JSON.parse(Buffer.from(quote, 'base64')).unattested, 'it says so');
  });
else skip('there is no development mode');
await developer.end();
hub.quotes = 'any';

await check('without a token only the hub comes in, and only to what it calls', async () => {
  const tokens = path.join(folder, 'tokens');
  writeFileSync(tokens, 'acme/hub:the-token-of-the-hub\n', { mode: 0o600 });
  const guarded = await Agent.start('guarded', { HUB_ENDPOINT: hub.url, AGENT_ID: 'guarded',
    AGENT_TOKENS_FILE: tokens, HUB_ADDRESS: '127.0.0.1' });
  await guarded.registered('it is registered');
  hub.endpoints = { marketing: guarded.url };
  const campaign = { context: { spend: 1200, impressions: 40000 } };
  const { collaboration_result: result } = await route('How did the campaign do?', campaign);
  same(result.campaign_overview?.spend, 1200, JSON.stringify(result).slice(0, 300));
  const ask = async (way, headers) => (await fetch(guarded.url + way, { method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(campaign) })).status;
  const own = { 'X-Client-ID': 'acme', 'X-Hub-Request': 'true' };
  same(await ask('/api/v1/process', own), 200, 'the hub');
  same(await ask('/api/v1/process', { 'X-Client-ID': 'acme' }), 401, 'who does not say it is');
  same(await ask('/api/v1/process', { 'X-Hub-Request': 'true' }), 401, 'who names no client');
  same(await ask('/api/v1/process', { ...own, 'X-Client-ID': 'rival' }), 401, 'another client');
  same(await ask('/api/v1/campaign/analyze', own), 401, 'another route');
  const token = { Authorization: 'Bearer the-token-of-the-hub' };
  same(await ask('/api/v1/process', { ...token, 'X-Client-ID': 'acme' }), 200, 'the token');
  same(await ask('/api/v1/process', { ...token, 'X-Client-ID': 'rival' }), 403, 'of another');
  same(await guarded.end(), 0, 'its exit code');
  const away = await Agent.start('away', { AGENT_TOKENS_FILE: tokens, HUB_ADDRESS: '10.0.0.7' });
  const { status } = await fetch(`${away.url}/api/v1/process`, { method: 'POST', headers: own, body: '{}' });
  same(status, 401, 'another address');
  same(await away.end(), 0, 'its exit code');
});

await check('a setting that cannot be stops the start with a sentence', async () => {
  for (const [name, value, words] of [['HUB_ENDPOINT', 'hub:8080', 'HUB_ENDPOINT: '],
    ['ADVERTISE_URL', 'marketing', 'ADVERTISE_URL: '], ['HUB_ADDRESS', 'hub', 'HUB_ADDRESS: '],
    ['HUB_HEARTBEAT_SECONDS', '0', 'HUB_HEARTBEAT_SECONDS is 0'],
    ['HUB_TIMEOUT_MS', 'soon', 'HUB_TIMEOUT_MS is "soon"']]) {
    const none = new Agent('none', { HUB_ENDPOINT: hub.url, [name]: value });
    same(await none.ended, 2, `the exit code for ${name}=${value}`);
    must(none.log.includes(words), none.log);
  }
});

await hub.close();
leave();

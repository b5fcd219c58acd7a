// A Boardroom hub for the tests: what the origin's hub answers, with faults on request.
//
//   const hub = await Hub.open({ quotes: 'any' });  hub.url;  await hub.close();
//   node tests/peers/hub.mjs [PORT]                 by itself, to look at
//
// As the origin (src/hub at commit 57f83a7): agents are kept by id alone and listed by client, who
// registers twice stands in the list twice, an agent unheard of for 5 minutes is offline, for 15
// inactive, once somebody asks for /agents/health, and then for good; a query goes by words to a
// type of agent. Unlike it, a type that has no address of its own (HUB's `endpoints`) is called at
// the one its agent registered.
//
//   quotes   'mock'  base64 of JSON with version, report_body, signature and a fresh timestamp
//            'any'   anything, also nothing: a hub that leaves evidence to others
import http from 'node:http';
import { randomBytes } from 'node:crypto';
import { pathToFileURL } from 'node:url';

const MINUTE = 60000;
const fields = ['agent_id', 'agent_type', 'capabilities', 'endpoint', 'attestation_endpoint',
  'attestation_data'];

class Refusal extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
    this.detail = detail;
  }
}

// null when the quote will do, else the reason.
function judge(quote, mode, now) {
  if (mode === 'any') return null;
  try {
    const q = JSON.parse(Buffer.from(quote, 'base64').toString('utf8'));
    for (const name of ['version', 'report_body', 'signature', 'timestamp'])
      if (!(name in q)) return `Missing required field: ${name}`;
    if (/Z$|[+-]\d\d:\d\d$/.test(q.timestamp))
      return "can't subtract offset-naive and offset-aware datetimes";
    if (now - Date.parse(`${q.timestamp}Z`) > 60 * MINUTE) return 'Quote timestamp too old';
    for (const name of ['mr_enclave', 'mr_signer', 'isv_prod_id', 'isv_svn', 'report_data'])
      if (!(name in q.report_body)) return `'${name}'`;
    return null;
  } catch (error) {
    return String(error.message);
  }
}

export class Hub {
  constructor({ quotes = 'any', client = 'acme', endpoints = {}, timeout = 60000 } = {}) {
    Object.assign(this, { quotes, client, endpoints, timeout });
    this.ahead = 0; // how far its clock is ahead, ms
    this.faults = {}; // by call: 500, 404, redirect, hang, drop, lie, flood, or [ms] to wait
    this.calls = []; // what came
    this.sockets = new Set();
    this.forget();
  }

  static async open(options) {
    const hub = new Hub(options);
    await hub.start();
    return hub;
  }

  async start(port = 0) {
    this.server = http.createServer((request, response) => this.take(request, response));
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
      socket.on('error', () => {});
    });
    await new Promise((done, failed) => {
      this.server.once('error', failed);
      this.server.listen(port, '127.0.0.1', done);
    });
    this.port = this.server.address().port;
    this.url = `http://127.0.0.1:${this.port}`;
  }

  // Away, and back with nothing in its memory.
  async stop() {
    const closed = new Promise((done) => this.server.close(done));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  async restart(away) {
    await this.stop();
    this.forget();
    await new Promise((done) => setTimeout(done, away));
    await this.start(this.port);
  }

  async close() {
    this.faults = {};
    await this.stop();
  }

  forget() {
    this.agents = new Map();
    this.listed = new Map();
  }

  now() {
    return Date.now() + this.ahead;
  }

  count(call) {
    return this.calls.filter((c) => c.call === call).length;
  }

  last(call) {
    return this.calls.filter((c) => c.call === call).at(-1);
  }

  // ---- what the hub knows

  of(client) {
    return (this.listed.get(client) ?? []).map((id) => this.agents.get(id)).filter(Boolean);
  }

  register(body, client) {
    const missing = fields.filter((name) => !(name in body));
    if (missing.length)
      throw new Refusal(422, missing.map((name) => ({ loc: ['body', name], msg: 'field required' })));
    const { quote, public_key: key } = body.attestation_data;
    if (this.quotes !== 'any' && (!quote || !key)) throw new Refusal(400, 'Missing attestation data');
    const why = judge(quote, this.quotes, this.now());
    if (why) throw new Refusal(400, why);
    this.agents.set(body.agent_id, {
      ...Object.fromEntries(fields.slice(0, 5).map((name) => [name, body[name]])),
      public_key: key, attestation_quote: quote, status: 'verified',
      last_seen: this.now(), client_id: client, measurements: {},
    });
    this.listed.set(client, [...(this.listed.get(client) ?? []), body.agent_id]);
    return { status: 'registered', verification_status: 'verified', agent_id: body.agent_id,
      measurements: {} };
  }

  heartbeat(body, client) {
    if (!body.agent_id) throw new Refusal(400, 'agent_id required');
    const agent = this.agents.get(body.agent_id);
    if (!agent || agent.client_id !== client) throw new Refusal(404, 'Agent not found');
    agent.last_seen = this.now();
    return { status: 'acknowledged' };
  }

  directory(client, capability) {
    const agents = this.of(client).filter((a) => a.status === 'verified');
    if (capability) return { agents: agents.filter((a) => a.capabilities.includes(capability)) };
    return { agents: agents.map((a) => ({
      agent_id: a.agent_id, agent_type: a.agent_type, capabilities: a.capabilities,
      endpoint: a.endpoint,
      status: this.now() - a.last_seen < 5 * MINUTE ? 'online' : 'offline',
    })) };
  }

  health(client) {
    const health = { healthy: [], unhealthy: [], inactive: [] };
    for (const agent of this.of(client)) {
      const silence = this.now() - agent.last_seen;
      const word = silence < 5 * MINUTE ? 'healthy' : silence < 15 * MINUTE ? 'unhealthy' : 'inactive';
      health[word].push({ agent_id: agent.agent_id });
      if (word === 'inactive') agent.status = 'inactive';
    }
    return { agent_registry: health };
  }

  async route(body, client) {
    const agents = this.of(client).filter(
      (a) => a.status === 'verified' && a.agent_id !== body.requesting_agent);
    if (!agents.length) throw new Refusal(400, 'No verified agents available for collaboration');
    const query = String(body.query).toLowerCase();
    const has = (...words) => words.some((word) => query.includes(word));
    const type = has('roi', 'budget', 'financial', 'revenue', 'cost') ? 'finance'
      : has('campaign', 'marketing', 'customer', 'brand') ? 'marketing'
        : has('sales', 'pipeline', 'leads', 'deals') ? 'sales' : agents[0].agent_type;
    const target = agents.find((a) => a.agent_type === type) ?? agents[0];
    const context = body.context ?? {};
    const wanted = body.data_requirements ?? [];
    const data = { client_id: client, request_context: context, data_types: wanted, documents: [] };
    if (wanted.includes('marketing_data'))
      data.marketing_data = { campaign_name: context.campaign_name ?? 'Holiday Campaign',
        spend: context.marketing_spend ?? 50000, impressions: context.impressions ?? 1000000 };
    const routing = `route_${randomBytes(4).toString('hex')}`;
    const sent = { routing_id: routing, query: body.query, context,
      data_package: { encrypted: false, data, prepared_at: new Date().toISOString().slice(0, -1) },
      requesting_agent: body.requesting_agent ?? null, priority: 'medium' };
    return { routing_id: routing, target_agent: target.agent_id, agent_type: target.agent_type,
      collaboration_result: await this.send(target, sent) };
  }

  async send(target, body) {
    const endpoint = this.endpoints[target.agent_type] ?? target.endpoint;
    try {
      const answer = await fetch(`${endpoint}/api/v1/process`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Hub-Request': 'true',
          'X-Client-ID': this.client },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(this.timeout),
      });
      if (answer.status === 200) return await answer.json();
      return { error: `Agent VM returned ${answer.status}`, details: await answer.text() };
    } catch (error) {
      return { error: `Communication failed: ${error.message}` };
    }
  }

  // ---- HTTP

  take(request, response) {
    const parts = [];
    request.on('error', () => {});
    response.on('error', () => {});
    request.on('data', (part) => parts.push(part));
    request.on('end', () => this.answer(request, Buffer.concat(parts).toString(), response)
      .catch((error) => reply(response, 500, { detail: String(error) })));
  }

  async answer(request, text, response) {
    const url = new URL(request.url, this.url);
    const call = url.pathname.replace(/^\/api\/v1\/(agents\/|orchestration\/)?/, '');
    this.calls.push({ call, method: request.method, url: request.url, headers: request.headers, text });
    const fault = this.faults[call];
    if (Array.isArray(fault)) await new Promise((done) => setTimeout(done, fault[0]));
    else if (fault) return this.misbehave(fault, response);
    const client = request.headers['x-client-id'];
    if (!client) return reply(response, 400, { detail: 'X-Client-ID header required' });
    try {
      const body = text ? JSON.parse(text) : {};
      switch (`${request.method} ${call}`) {
        case 'POST register': return reply(response, 201, this.register(body, client));
        case 'POST heartbeat': return reply(response, 200, this.heartbeat(body, client));
        case 'GET directory':
          return reply(response, 200, this.directory(client, url.searchParams.get('capability')));
        case 'GET health': return reply(response, 200, this.health(client));
        case 'POST route': return reply(response, 200, await this.route(body, client));
        default: return reply(response, 404, { detail: 'Not Found' });
      }
    } catch (error) {
      if (error instanceof Refusal) return reply(response, error.status, { detail: error.detail });
      throw error;
    }
  }

  misbehave(fault, response) {
    switch (fault) {
      case 'redirect':
        response.writeHead(307, { Location: `${this.url}/api/v1/agents/register` });
        return response.end();
      case 'hang': return undefined;
      case 'drop': return response.socket.destroy();
      case 'lie':
        return reply(response, 200, { status: ['registered'], agent_id: 'finance-agent-acme',
          verification_status: 'verified', agents: { 0: 'marketing' } });
      case 'flood': { // for as long as anybody reads
        const block = Buffer.alloc(1 << 16, '[');
        response.writeHead(200, { 'Content-Type': 'application/json' });
        const more = () => {
          while (!response.destroyed && response.write(block));
        };
        response.on('drain', more);
        return more();
      }
      default: return reply(response, Number(fault), { detail: 'Agent not found' });
    }
  }
}

function reply(response, status, body) {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const hub = new Hub({ quotes: process.env.QUOTES, client: process.env.CLIENT_ID });
  await hub.start(Number(process.argv[2] ?? 8080));
  console.log(`hub listens on ${hub.url}`);
}

// The finance agent asks for the Q4 campaign's return, checks what it gets as a careful agent must,
// and computes with it; then everything that must not be answered is sent. Prints TAP.
//   node tests/peers/finance.mjs PROGRAM WORK      WORK is an empty folder
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { createPublicKey, verify } from 'node:crypto';
import path from 'node:path';
import { Agent, Real, Service, check, done, dumps, isoTime, must, opened, parse, plain } from './agent.mjs';

const [program, work] = process.argv.slice(2);
const self = 'marketing-agent-acme';
const finance = new Agent('finance-agent-acme');
const sales = new Agent('sales-agent-acme');
const stranger = new Agent('stranger-agent');
const data = path.join(work, 'data');
const peers = path.join(work, 'peers');
const q4 = 'Marketing campaign performance in Q4 2025 for an ROI calculation';
writeFileSync(peers, `# the team\n${finance.pin('type=finance')}${sales.pin()}`, { mode: 0o600 });
const env = { CLIENT_ID: 'acme', AGENT_DATA_DIR: data, AGENT_PEERS_FILE: peers };

let service = await Service.start(program, env);
await service.put('/api/v1/datasets/shop', readFileSync('examples/performance.csv'));
const pem = readFileSync(path.join(data, 'keys/docker_public_key_ed25519.pem'), 'utf8');

const send = (text) => service.post('/api/v1/collaborate', text, { 'X-Agent-ID': finance.id });
async function ask(payload, more) {
  const message = finance.message(self, payload, more);
  const reply = await send(finance.signed(message).text);
  must(reply.status === 200, `HTTP ${reply.status}: ${reply.text.slice(0, 300)}`);
  return { message, reply: opened(reply.text, pem) };
}
async function answered(payload, more) {
  const { message, reply } = await ask(payload, more);
  must(reply.message_type === 'collaboration_response', dumps(reply.payload).slice(0, 300));
  must(reply.sender_id === self && reply.recipient_id === finance.id, 'it is for somebody else');
  must(reply.payload.request_id === message.nonce, 'it answers another request');
  must(reply.payload.status === 'completed', reply.payload.status);
  return reply.payload;
}
// What is refused says its class, in a signed message, and nothing of the data.
async function refused(text, kind) {
  const { status, text: said } = await send(text);
  must(status === 200, `HTTP ${status}: ${said.slice(0, 200)}`);
  const { message_type: type, payload } = opened(said, pem);
  must(type === 'error', `it was answered: ${said.slice(0, 200)}`);
  must(payload.class === kind, `class ${payload.class}, not ${kind}`);
  must(Object.keys(payload).length === 2 && payload.error.length < 60, dumps(payload));
  return payload;
}
const near = (a, b, within = 0.005) => Math.abs(a - b) <= within + 1e-9 * Math.abs(b);

// ---- the case ----

let q4answer;
await check('the Q4 campaign: signed, for us, about our request', async () => {
  q4answer = await answered({ task_description: q4, context: { dataset: 'shop' },
    data_requirements: ['spend', 'revenue'], priority: 'normal', timeout_seconds: 60 });
});
const result = plain(q4answer?.result ?? {});
await check('it carries the seed\'s fields', () => {
  must(result.analysis_type === 'campaign_roi', result.analysis_type);
  must(result.marketing_metrics.total.spend > 0, 'no spend');
  must(result.llm_analysis.roi_analysis.length > 20, 'no words');
  must(typeof result.collaboration_ready === 'boolean', 'collaboration_ready');
  must(result.confidence_score > 0 && result.confidence_score <= 1, 'confidence_score');
  must(plain(q4answer.confidence_score) === result.confidence_score, 'two confidences');
  must(result.collaboration_successful === true && result.key_insights.length > 0, 'insights');
});
await check('the origin\'s shape says what the facts say, and null with a reason', () => {
  const total = result.marketing_metrics.total, roi = result.detailed_results.marketing_roi_metrics;
  must(result.detailed_results.analysis_type === 'marketing_roi_collaboration', 'shape');
  must(roi.marketing_spend === total.spend && roi.attributed_revenue === total.revenue, 'sums');
  must(near(roi.immediate_roi, 100 * total.roi), 'roi');
  must(near(roi.customer_acquisition_cost, total.cac), 'cac');
  must(roi.customer_lifetime_value === null && result.unknown.customer_lifetime_value, 'ltv');
});
await check('Q4 is what was asked for, and finance can compute with it', () => {
  const { period } = result.answer.answers[0].provenance;
  must(period.first === '2025-10-01' && period.last === '2025-12-31', JSON.stringify(period));
  const { total } = result.marketing_metrics;
  const margin = 0.4, contribution = total.revenue * margin - total.spend;
  must(near(total.roi, (total.revenue - total.spend) / total.spend, 1e-9), 'roi');
  must(near(total.roas, total.revenue / total.spend, 1e-9), 'roas');
  must(near(total.cac, total.spend / total.new_customers, 1e-9), 'cac');
  const channels = Object.values(result.marketing_metrics.by_channel);
  must(near(channels.reduce((sum, c) => sum + c.spend, 0), total.spend), 'channels add up');
  must(Number.isFinite(contribution), 'contribution');
});
await check('the answer inside is that of REST, byte for byte once both are canonical', async () => {
  const { path: where, body } = result.same_as;
  const rest = await service.post(where, body);
  must(rest.status === 200, rest.text);
  must(dumps(parse(rest.text)) === dumps(q4answer.result.answer), 'they differ');
});
await check('it says where the data stood', () => {
  must(result.data_source.kind === 'dataset' && result.data_source.dataset === 'shop', 'source');
  must(result.data_source.read_from[0] === 'context.dataset', result.data_source.read_from);
});

// ---- where data may stand ----

const totals = { marketing_spend: 50000, impressions: 1000000, clicks: 25000, conversions: 500,
  attributed_revenue: 75000 };
const task = 'ROI of the holiday campaign';
for (const [place, payload] of [
  ['context', { context: { campaign_name: 'Holiday', ...totals } }],
  ['context.marketing_data', { context: { marketing_data: totals } }],
  ['data_package.marketing_data', { context: {}, data_package: { marketing_data: totals } }],
  ['data_package.data.marketing_data', { data_package: { encrypted: false,
    data: { marketing_data: { ...totals, marketing_spend: undefined, spend: 50000 } } } }],
]) {
  await check(`totals in ${place}`, async () => {
    const { result: exact } = await answered(JSON.parse(JSON.stringify(
      { task_description: task, ...payload })));
    const r = plain(exact);
    must(r.data_source.kind === 'totals' && r.data_source.read_from[0] === place,
      JSON.stringify(r.data_source));
    must(r.marketing_metrics.total.spend === 50000, 'spend');
    must(r.detailed_results.marketing_roi_metrics.immediate_roi === 50, 'roi');
    must(r.confidence_score === null && r.unknown.confidence_score, 'a confidence of nothing');
    const rest = await service.post(r.same_as.path, r.same_as.body);
    must(dumps(parse(rest.text)) === dumps(exact.answer), 'they differ');
  });
}
await check('places add to each other', async () => {
  const { result: r } = plain(await answered({ task_description: task,
    context: { campaign_name: 'Holiday', conversions: 500, attributed_revenue: 75000 },
    data_package: { data: { marketing_data: { campaign_name: 'Holiday 2025', spend: 50000 } } } }));
  must(r.data_source.read_from.length === 2, JSON.stringify(r.data_source));
  must(r.detailed_results.campaign_summary.campaign_name === 'Holiday 2025', 'name');
  must(r.detailed_results.marketing_roi_metrics.immediate_roi === 50, 'roi');
});
await check('one measure with two values is refused, not chosen', async () => {
  const { reply } = await ask({ task_description: task, context: { marketing_spend: 1 },
    data_package: { marketing_data: { spend: 2 } } });
  must(reply.message_type === 'error' && reply.payload.class === 'bad_argument', dumps(reply.payload));
  must(/two values/.test(reply.payload.error), reply.payload.error);
});
await check('rows', async () => {
  const rows = [...Array(30).keys()].map((d) => ({ date: `2025-11-${String(d + 1).padStart(2, '0')}`,
    channel: d % 2 ? 'search' : 'social', spend: 100 + d, revenue: 300 + 7 * (d % 5),
    conversions: 5 }));
  const { result: r } = plain(await answered({ task_description: 'ROI by channel',
    data_package: { rows } }));
  must(r.data_source.kind === 'rows' && r.data_source.read_from[0] === 'data_package.rows', 'source');
  must(r.marketing_metrics.total.spend === 3435, r.marketing_metrics.total.spend);
});
await check('the only registered data set, when nothing is named', async () => {
  const { result: r } = plain(await answered({ task_description: q4, context: {} }));
  must(r.data_source.dataset === 'shop' && r.data_source.read_from[0].startsWith('the only'), 'source');
});
await check('a data set that is not there, or two that are named', async () => {
  const none = await ask({ task_description: q4, context: { dataset: 'nowhere' } });
  must(none.reply.payload.class === 'not_found', dumps(none.reply.payload));
  must(none.reply.payload.request_id === none.message.nonce, 'request_id');
  const two = await ask({ task_description: q4, context: { dataset: 'a' }, data_package: { dataset: 'b' } });
  must(two.reply.payload.class === 'bad_argument', dumps(two.reply.payload));
});

// ---- how Python writes ----

await check('numbers and texts that Python writes otherwise', async () => {
  await answered({ task_description: q4, context: { dataset: 'shop', budget: new Real(1000000),
    big: new Real(1e22), tiny: new Real(1e-7), zero: new Real(-0), third: new Real(1 / 3),
    count: 10n ** 30n / 10n ** 12n, '\u{1f600}é': 'Zürich 東京 \u{1f4c8}\u007f\n"\\/', 'Ｚ': [1, [true, null]] } });
});
await check('whole numbers beyond 64 bits are signed well, and then named', async () => {
  const { reply } = await ask({ task_description: q4, context: { n: 123456789012345678901234567890n } });
  must(reply.message_type === 'error' && reply.payload.class === 'bad_syntax', dumps(reply.payload));
});
await check('however the message is laid out', async () => {
  const { envelope } = finance.signed(finance.message(self,
    { task_description: q4, context: { dataset: 'shop', budget: 1.5 } }));
  const { message, ...rest } = envelope;
  const turned = Object.fromEntries(Object.entries(message).reverse());
  const { status, text } = await send(JSON.stringify({ ...rest, message: turned }, null, 3));
  must(status === 200 && opened(text, pem).message_type === 'collaboration_response', text.slice(0, 200));
});
await check('of equal keys the last counts, as for Python', async () => {
  const { text } = finance.signed(finance.message(self, { task_description: q4 }));
  const twice = text.replace('"payload": ', '"payload": {"task_description": "other"}, "payload": ');
  must(opened((await send(twice)).text, pem).message_type === 'collaboration_response', 'refused');
  const first = finance.signed(finance.message(self, { task_description: q4 })).text
    .replace(/"recipient_id": "[^"]*"/, '$&, "recipient_id": "other"');
  await refused(first, 'unauthorized');
});

// ---- what must not be answered ----

const valid = () => finance.message(self, { task_description: q4, context: { dataset: 'shop' } });
const swapped = (from, to) => finance.signed(valid()).text.replace(from, to);
await check('a wrong, missing or foreign signature', async () => {
  await refused(swapped(/"signature": "..../, '"signature": "AAAA'), 'unauthorized');
  await refused(swapped(/, "signature": "[^"]*"/, ''), 'unauthorized');
  await refused(swapped(/"signature": "[^"]*"/, '"signature": ""'), 'unauthorized');
  await refused(swapped(/"signature": "[^"]*"/, '"signature": 5'), 'unauthorized');
  const other = sales.signed(valid()); // another member's key under finance's name
  await refused(other.text, 'unauthorized');
  const { envelope } = finance.signed(valid()), { envelope: second } = finance.signed(valid());
  await refused(dumps({ ...envelope, signature: second.signature }), 'unauthorized');
  await refused(dumps({ ...envelope, sender_public_key: sales.pem }), 'unauthorized');
});
await check('any change under the signature', async () => {
  for (const [from, to] of [['Q4', 'Q3'], ['"shop"', '"shoq"'], ['collaboration_request', 'error'],
    [finance.id, sales.id], ['"nonce": "', '"nonce": "0'], [', "timestamp"', ', "more": 1, "timestamp"'],
    ['{"dataset": "shop"}', '{}'], ['{"dataset": "shop"}', '[]']])
    await refused(swapped(from, to), 'unauthorized');
});
await check('an agent that nobody pinned', async () => {
  await refused(stranger.signed(stranger.message(self, { task_description: q4 })).text, 'unauthorized');
});
await check('a message for another agent', async () => {
  await refused(finance.signed(finance.message('sales-agent-acme', { task_description: q4 })).text,
    'forbidden');
});
await check('from the future, expired, without a time', async () => {
  for (const offset of [2000, 3600000, -301000, -86400000 * 365])
    await refused(finance.signed({ ...valid(), timestamp: isoTime(Date.now() + offset) }).text, 'stale');
  await refused(finance.signed({ ...valid(), timestamp: 'yesterday' }).text, 'stale');
  await refused(finance.signed({ ...valid(), timestamp: '2025-11-03 10:00:00' }).text, 'stale');
  const { timestamp, ...none } = valid();
  must(timestamp, 'none');
  await refused(finance.signed(none).text, 'malformed');
});
await check('without a nonce, with a short one', async () => {
  await refused(finance.signed({ ...valid(), nonce: '' }).text, 'malformed');
  await refused(finance.signed({ ...valid(), nonce: 'abc' }).text, 'malformed');
});
let kept;
await check('the same message twice, also laid out anew', async () => {
  const { text, envelope } = finance.signed(valid());
  kept = text;
  must(opened((await send(text)).text, pem).message_type === 'collaboration_response', 'the first');
  await refused(text, 'replayed');
  await refused(JSON.stringify(envelope), 'replayed');
});
await check('the same message many times at once is answered once', async () => {
  const { text } = finance.signed(valid());
  const replies = await Promise.all([...Array(16)].map(() => send(text)));
  const types = replies.map((r) => opened(r.text, pem).message_type);
  must(types.filter((t) => t === 'collaboration_response').length === 1, types.join());
});
await check('another kind of message', async () => {
  await refused(finance.signed(finance.message(self, {}, { message_type: 'collaboration_response' })).text,
    'unsupported');
});
await check('no message at all', async () => {
  for (const text of ['', 'x', '[]', 'null', '{}', '{"encrypted": false}', '{"message": []}', '\u0000',
    '{"encrypted":true}', '{"encrypted":true,"encrypted_payload":"e30="}', '"\ud800"'])
    await refused(text, text.includes('true') ? 'forbidden' : 'malformed');
});
await check('lone surrogates are signed as Python signs them', async () => {
  const { reply } = await ask({ task_description: 'ROI of \ud800', context: { dataset: 'shop' } });
  must(reply.message_type === 'error' && reply.payload.class === 'bad_syntax', dumps(reply.payload));
});
await check('deep nesting', async () => {
  const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`;
  await refused(`{"message": ${deep}}`, 'malformed');
  let nested = {};
  for (let i = 0; i < 40; i++) nested = { nested };
  await refused(finance.signed(finance.message(self, nested)).text, 'malformed');
});
await check('the origin\'s encryption, which hides nothing', async () => {
  await refused(finance.weak(valid()), 'forbidden');
});

// ---- sealed ----

const { keys } = await service.get('/api/v1/capabilities');
const sealTo = Buffer.from(keys?.sealing ?? '', 'base64');
await check('a sealed request is answered sealed', async () => {
  const message = finance.message(self, { task_description: q4, context: { dataset: 'shop' },
    reply_seal_key: finance.sealRaw.toString('base64') });
  const { text } = await send(finance.sealed(message, sealTo));
  must(!text.includes('marketing_metrics'), 'it shows');
  const outer = JSON.parse(text);
  must(outer.encrypted === true && outer.nonce === message.nonce, text.slice(0, 200));
  const reply = opened(finance.unseal(text), pem);
  must(reply.payload.request_id === message.nonce, 'request_id');
  must(reply.payload.result.analysis_type === 'campaign_roi', 'result');
  await refused(finance.sealed(message, sealTo), 'replayed');
});
await check('a sealed request without a key for the answer, or for another\'s key', async () => {
  await refused(finance.sealed(valid(), sealTo), 'no_reply_key');
  await refused(finance.sealed(valid(), sales.sealRaw), 'unauthorized');
  const message = stranger.message(self, { reply_seal_key: stranger.sealRaw.toString('base64') });
  await refused(stranger.sealed(message, sealTo), 'unauthorized');
});

// ---- the hub ----

const process_ = async (body, headers = {}) => {
  const { status, text } = await service.post('/api/v1/process', body,
    { 'X-Hub-Request': 'true', 'X-Client-ID': 'acme', ...headers });
  return { status, body: JSON.parse(text) };
};
await check('the hub\'s untyped request reads the data where they stand', async () => {
  const { status, body } = await process_({ routing_id: 'r1', query: 'How did the campaign do?',
    context: {}, requesting_agent: finance.id, priority: 'normal',
    data_package: { encrypted: false, prepared_at: '2025-11-03T10:00:00', data: { client_id: 'acme',
      request_context: {}, data_types: [], documents: [],
      marketing_data: { campaign_name: 'Spring', spend: 1200, impressions: 40000 } } } });
  must(status === 200 && body.analysis_type === 'comprehensive_campaign', JSON.stringify(body).slice(0, 300));
  must(body.campaign_overview.name === 'Spring' && body.campaign_overview.spend === 1200, 'overview');
  must(body.quantitative_metrics.total_impressions === 40000, 'impressions');
  must(body.quantitative_metrics.attributed_revenue === null && body.unknown.attributed_revenue, 'revenue');
  must(body.data_source.read_from[0] === 'data_package.data.marketing_data', 'source');
  must(body.agent_id === self && body.analysis_timestamp && body.processing_time_ms >= 0, 'moment');
});
await check('each type of request has its shape', async () => {
  for (const [type, shape, member] of [
    ['collaboration_request', undefined, 'result'],
    ['campaign_analysis', 'comprehensive_campaign', 'quantitative_metrics'],
    ['roi_collaboration', 'marketing_roi_collaboration', 'marketing_roi_metrics'],
    ['campaign_optimization', 'campaign_optimization', 'optimization_goals'],
    ['something else', 'comprehensive_campaign', 'combined_insights'],
    [undefined, 'comprehensive_campaign', 'combined_insights']]) {
    const { status, body } = await process_({ type, task_description: q4,
      context: { dataset: 'shop', target_roi: 30 } });
    must(status === 200, `${type}: ${JSON.stringify(body)}`);
    must(body.analysis_type === shape && body[member], `${type}: ${Object.keys(body)}`);
    if (type === 'collaboration_request')
      must(body.status === 'completed' && body.agent_type === 'marketing' && body.processed_at
        && body.result.collaboration_successful, Object.keys(body).join());
    if (type === 'campaign_optimization')
      must(body.optimization_goals.target_roi === 30 && body.optimization_goals.target_cpa === null
        && body.priority_actions.length > 0 && body.priority_actions.length <= 5, 'goals');
  }
});
await check('optimize takes a campaign\'s fields', async () => {
  const { status, text } = await service.post('/api/v1/campaign/optimize',
    { campaign_name: 'Spring', ...totals, target_cpa: 60 });
  const body = JSON.parse(text);
  must(status === 200 && body.analysis_type === 'campaign_optimization', text.slice(0, 300));
  must(body.current_performance.cost_per_acquisition === 100, 'cpa');
  must(body.optimization_goals.target_cpa === 60, 'goal');
  must(body.expected_impact.roi_improvement === null && body.unknown.roi_improvement, 'impact');
});
await check('bad requests of the hub', async () => {
  for (const [body, status] of [['', 400], ['[]', 400], ['{"type":5}', 400], ['{"query":7}', 400],
    ['{"context":{"dataset":"nowhere"}}', 404], ['{"a":1,"a":2}', 400], ['{"timeout_seconds":-1}', 400],
    ['{"context":{"marketing_spend":-5,"clicks":1}}', 400]]) {
    const reply = await process_(body);
    must(reply.status === status && reply.body.error.message, `${body}: ${reply.status}`);
  }
});
await check('who the agent is', async () => {
  const about = await service.get('/api/v1/capabilities');
  must(about.agent_id === self && about.agent_type === 'marketing', 'id');
  must(about.capabilities.includes('marketing_analysis'), 'capabilities');
  must(about.collaboration_types.includes('roi_collaboration'), 'collaboration_types');
  must(about.keys.signing === pem, 'key');
  const said = Buffer.concat([Buffer.from(`marketing-agent sealing key 1\0${self}\0`), sealTo]);
  must(verify(null, said, createPublicKey(pem), Buffer.from(about.keys.sealing_signature, 'base64')),
    'the sealing key is not the agent\'s');
  const health = await service.get('/health');
  must(health.status === 'healthy' && health.agent_id === self && health.port > 0, 'health');
  must(typeof health.development_mode === 'boolean' && health.uptime_seconds >= 0, 'health');
  must(Math.abs(Date.parse(health.last_analysis) - Date.now()) < 60000, health.last_analysis);
  const root = await service.get('/');
  for (const name of ['service', 'version', 'agent_type', 'model', 'status', 'development_mode'])
    must(root[name] !== undefined, name);
});

// ---- the log, and the next process ----

await check('the log holds each answer, and nothing of the data', async () => {
  const lines = readFileSync(path.join(data, 'audit.jsonl'), 'utf8').trim().split('\n').map(JSON.parse);
  must(lines.some((l) => l.kind === 'process' && l.peer === finance.id), 'no process');
  const last = lines.filter((l) => l.kind === 'collaborate');
  must(last.every((l) => l.peer === finance.id && l.peer_key.length === 16), 'peer');
  must(!/shop|holiday|search/i.test(JSON.stringify(lines)), 'data in the log');
});
await service.stop('SIGKILL');
service = await Service.start(program, env);
await check('a killed service remembers what it answered', async () => {
  await refused(kept, 'replayed');
  await answered({ task_description: q4, context: { dataset: 'shop' } });
});
await service.stop();
await check('audit verify', () => {
  const said = execFileSync(program, ['audit', 'verify', '--data-dir', data], { encoding: 'utf8' });
  must(/^the chain holds/.test(said), said);
  const key = path.join(data, 'keys/docker_public_key_ed25519.pem');
  execFileSync(program, ['audit', 'verify', path.join(data, 'audit.jsonl'), '--key', key]);
});

// ---- what a customer brings, where the data hold orders ----

const whole = path.join(work, 'whole');
service = await Service.start(program, { ...env, AGENT_DATA_DIR: whole });
const wholePem = readFileSync(path.join(whole, 'keys/docker_public_key_ed25519.pem'), 'utf8');
for (const file of readdirSync('examples').filter((name) => name.endsWith('.csv')))
  await service.put(`/api/v1/datasets/company/${file}`, readFileSync(path.join('examples', file)));
await check('ROI beside lifetime value: each from the analysis that tells it', async () => {
  const message = finance.message(self, { context: { dataset: 'company', margin: 0.6 },
    task_description: 'What was our ROI? What are the customer lifetime value and the ratio of LTV to CAC?' });
  const { payload } = opened((await send(finance.signed(message).text)).text, wholePem);
  const { answer, detailed_results: details, unknown } = plain(payload.result);
  const money = details.marketing_roi_metrics;
  const totals = answer.answers.map((one) => one.marketing_metrics.total);
  const roi = totals.find((total) => 'roi' in total), unit = totals.find((total) => 'ltv' in total);
  must(roi && unit && roi !== unit, 'two analyses');
  must(near(money.immediate_roi, 100 * roi.roi) && money.marketing_spend === roi.spend, 'ROI');
  must(near(money.customer_lifetime_value, unit.ltv), 'lifetime value');
  must(near(money.ltv_to_cac_ratio, unit.ltv_to_cac), 'ratio');
  must(near(money.customer_acquisition_cost, unit.cac), 'the cost that the ratio is of');
  must(near(money.ltv_roi, 100 * (unit.ltv_to_cac - 1)), 'return on CAC');
  must(near(details.finance_collaboration_data.revenue_data.customer_metrics.lifetime_value, unit.ltv), 'again');
  must(!('customer_lifetime_value' in unknown) && unknown.total_customer_value, 'reasons');
});
await service.stop();

// ---- the other modes ----

const apart = path.join(work, 'open');
mkdirSync(apart);
const tokens = path.join(work, 'tokens');
writeFileSync(tokens, 'hub:0123456789abcdef0123\n', { mode: 0o600 });
service = await Service.start(program, { ...env, AGENT_DATA_DIR: apart, AGENT_COLLABORATION: 'open',
  AGENT_TOKENS_FILE: tokens });
const openPem = readFileSync(path.join(apart, 'keys/docker_public_key_ed25519.pem'), 'utf8');
await check('open to all: with a token, strangers and the origin\'s encryption are answered', async () => {
  const payload = { task_description: task, context: totals };
  const token = { Authorization: 'Bearer 0123456789abcdef0123' };
  const text = stranger.signed(stranger.message(self, payload)).text;
  must((await send(text)).status === 401, 'without a token');
  const reply = await service.post('/api/v1/collaborate', text, token);
  must(opened(reply.text, openPem).recipient_id === stranger.id, reply.text.slice(0, 200));
  const weak = await service.post('/api/v1/collaborate', stranger.weak(stranger.message(self, payload)), token);
  must(opened(weak.text, openPem).message_type === 'collaboration_response', weak.text.slice(0, 200));
  // whoever is pinned stays pinned
  const posed = stranger.signed({ ...stranger.message(self, payload), sender_id: finance.id }).text;
  const said = opened((await service.post('/api/v1/collaborate', posed, token)).text, openPem);
  must(said.payload.class === 'unauthorized', dumps(said.payload));
});
await service.stop();
const elsewhere = { ...env, AGENT_TOKENS_FILE: tokens, AGENT_AUDIT_FILE: path.join(work, 'elsewhere') };
service = await Service.start(program, elsewhere);
await check('with tokens the signature is enough for collaborate, and not for process', async () => {
  await answered({ task_description: q4, context: { dataset: 'shop' } });
  must((await process_({ query: q4 })).status === 401, 'process');
});
await service.stop();
await check('the log lies where it is said to', () => {
  const said = execFileSync(program, ['audit', 'verify'],
    { encoding: 'utf8', env: { ...process.env, ...elsewhere } });
  must(/entries {2}1\n/.test(said), said);
});
await check('a mode that is none, a file of agents that others can read', async () => {
  const wrong = async (more, text) => {
    try {
      await (await Service.start(program, { ...env, ...more })).stop();
    } catch (error) {
      must(text.test(error.message), error.message);
      return;
    }
    throw new Error('it started');
  };
  await wrong({ AGENT_COLLABORATION: 'lax' }, /strict, known or open/);
  writeFileSync(path.join(work, 'loose'), finance.pin(), { mode: 0o644 });
  await wrong({ AGENT_PEERS_FILE: path.join(work, 'loose') }, /chmod 600/);
});
done();

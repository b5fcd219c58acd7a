// The audit log under load: the service is killed at random moments, again and again, and the chain
// holds and has every answer that came; a disk that is full ends the answers. Prints TAP.
//   node tests/peers/audit.mjs PROGRAM WORK      WORK is an empty folder
import { createHash } from 'node:crypto';
import { execFile, execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { Agent, Service, check, done, dumps, must, opened, parse } from './agent.mjs';

const [program, work] = process.argv.slice(2);
const { MKT_VARIANT: variant = 'release' } = process.env;
const kills = variant === 'release' ? 100 : 8; // a sanitizer takes ten times as long
const self = 'marketing-agent-acme';
const finance = new Agent('finance-agent-acme');
const peers = path.join(work, 'peers');
writeFileSync(peers, finance.pin(), { mode: 0o600 });
const task = { task_description: 'campaign ROI', context: { spend: 1000, conversions: 10, revenue: 3000 } };
const env = (data) => ({ CLIENT_ID: 'acme', AGENT_DATA_DIR: data, AGENT_PEERS_FILE: peers,
  AGENT_LOG_LEVEL: 'off', AGENT_CACHE_MB: '1', AGENT_MAX_MEMORY_MB: '256' });
const entries = (log) => readFileSync(log, 'utf8').split('\n').slice(0, -1).map((l) => JSON.parse(l));
const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const verified = (data) =>
  promisify(execFile)(program, ['audit', 'verify', '--data-dir', data], { encoding: 'utf8' });

async function exchange(service, pem, got) {
  const reply = await service.post('/api/v1/collaborate', finance.signed(finance.message(self, task)).text);
  const whole = parse(reply.text);
  must(opened(reply.text, pem).message_type === 'collaboration_response', reply.text.slice(0, 200));
  got.push(sha256(dumps(whole.message)));
}

const data = path.join(work, 'killed'), log = path.join(data, 'audit.jsonl');
const got = [];
await check(`killed ${kills} times under load: the chain holds each time`, async () => {
  let seed = 1;
  for (let round = 0; round < kills; round++) {
    const service = await Service.start(program, env(data));
    const pem = readFileSync(path.join(data, 'keys/docker_public_key_ed25519.pem'), 'utf8');
    seed = (seed * 48271) % 2147483647;
    if (round % 4) await exchange(service, pem, got); // else it may be killed before its first
    const end = setTimeout(() => service.child.kill('SIGKILL'), 1 + (seed % 80));
    const work_ = [...Array(4)].map(async () => {
      for (;;) {
        try {
          await exchange(service, pem, got);
        } catch (error) {
          if (service.child.killed || service.child.signalCode) return; // the wire is cut
          throw error;
        }
      }
    });
    await Promise.all(work_);
    clearTimeout(end);
    await service.stop('SIGKILL');
    await verified(data);
  }
});
await check('every answer that came is in the log', () => {
  const logged = new Set(entries(log).map((e) => e.answer));
  must(got.length >= kills / 2 && got.every((hash) => logged.has(hash)), `${got.length} answers`);
});
await check('the numbers follow each other over all starts', () => {
  entries(log).forEach((e, i) => must(e.entry === i + 1, `entry ${e.entry} at line ${i + 1}`));
});
await check('a changed, a missing and an added line are found', async () => {
  const whole = readFileSync(log, 'utf8'), lines = whole.split('\n');
  const wrong = async (text, says) => {
    writeFileSync(log, text);
    try {
      await verified(data);
    } catch (error) {
      must(error.code === 6 && says.test(error.stderr), `${error.code}: ${error.stderr}`);
      return;
    }
    throw new Error('it held');
  };
  await wrong(whole.replace('finance-agent', 'finance-agenT'), /line 1 of .* is wrong/);
  await wrong([lines[0], ...lines.slice(2)].join('\n'), /line 2 of .* is wrong/);
  await wrong([lines[0], ...lines].join('\n'), /line 2 of .* is wrong/);
  await wrong([lines[1], lines[0], ...lines.slice(2)].join('\n'), /line 1 of .* is wrong/);
  writeFileSync(log, whole);
  await verified(data);
});
await check('a foreign key verifies nothing', () => {
  const key = path.join(work, 'foreign.pem');
  writeFileSync(key, finance.pem);
  let said = '';
  try {
    execFileSync(program, ['audit', 'verify', log, '--key', key], { stdio: 'pipe', encoding: 'utf8' });
  } catch (error) {
    said = error.stderr;
  }
  must(/none of the keys signed it/.test(said), said);
});
await check('a torn last line is cut off at the start', async () => {
  const before = entries(log).length;
  appendFileSync(log, '{"entry":99,"time":"2026');
  must(/torn/.test((await verified(data)).stdout), 'not said');
  await (await Service.start(program, env(data))).stop();
  must(!/torn/.test((await verified(data)).stdout) && entries(log).length === before, 'still there');
});

const full = path.join(work, 'full'), fullLog = path.join(full, 'audit.jsonl');
const limited = path.join(work, 'limited');
writeFileSync(limited, `#!/bin/sh\nulimit -f 8\nexec '${path.resolve(program)}' "$@"\n`);
chmodSync(limited, 0o755);
let unanswered;
await check('what cannot be logged is not answered', async () => {
  const service = await Service.start(limited, env(full));
  const pem = readFileSync(path.join(full, 'keys/docker_public_key_ed25519.pem'), 'utf8');
  let answers = 0, status = 200;
  while (status === 200 && answers < 100) {
    const { text } = finance.signed(finance.message(self, task));
    const reply = await service.post('/api/v1/collaborate', text);
    status = reply.status;
    if (status === 200) {
      must(opened(reply.text, pem).message_type === 'collaboration_response', reply.text.slice(0, 100));
      answers++;
    } else {
      unanswered = text;
      must(status === 503 && /audit log/.test(JSON.parse(reply.text).error.message), reply.text);
    }
  }
  must(answers > 0 && answers < 20, `${answers} answers`);
  let hub, fitted = 0; // its entry is shorter: the last one may fit
  do {
    hub = await service.post('/api/v1/process', { query: 'campaign', context: task.context });
    fitted += hub.status === 200;
  } while (hub.status === 200 && fitted < 3);
  must(hub.status === 503, `process: ${hub.status}`);
  must((await service.post('/api/v1/campaign/analyze', task.context)).status === 200, 'the others');
  await service.stop();
  must(entries(fullLog).length === answers + fitted && statSync(fullLog).size <= 8192, 'the log');
  await verified(full);
});
await check('once there is room, what was not answered is', async () => {
  const service = await Service.start(program, env(full));
  const pem = readFileSync(path.join(full, 'keys/docker_public_key_ed25519.pem'), 'utf8');
  const reply = await service.post('/api/v1/collaborate', unanswered);
  must(opened(reply.text, pem).message_type === 'collaboration_response', reply.text.slice(0, 100));
  await service.stop();
  await verified(full);
});
done();

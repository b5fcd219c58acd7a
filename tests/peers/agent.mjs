// What another agent of Boardroom needs, with Node's own crypto: JSON as Python writes it, signed
// and sealed messages, and a service of the program to talk to.
import { spawn } from 'node:child_process';
import {
  createCipheriv, createDecipheriv, createPublicKey, diffieHellman,
  generateKeyPairSync, hkdfSync, randomBytes, sign, verify,
} from 'node:crypto';
import { once } from 'node:events';
import { Agent as HttpAgent, request } from 'node:http';
import { createInterface } from 'node:readline';
import { check, count, leave, must } from './tap.mjs';

// ---- JSON that keeps how a number was written, as Python's json does ----

export class Real { // a float: 1000000.0 is not 1000000
  constructor(value) { this.value = value; }
}

// Text to objects, arrays, strings, booleans, null, BigInt for whole numbers and Real for others.
export function parse(text) {
  let at = 0;
  const space = () => { while (' \t\r\n'.includes(text[at]) && at < text.length) at++; };
  const expect = (word, value) => {
    if (!text.startsWith(word, at)) throw new Error(`no JSON at ${at}`);
    at += word.length;
    return value;
  };
  const string = () => {
    const from = at++;
    while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
    return JSON.parse(text.slice(from, ++at));
  };
  const number = () => {
    const [lexeme] = /-?\d+(\.\d+)?([eE][+-]?\d+)?/y.exec(text.slice(at)) ?? [];
    if (!lexeme) throw new Error(`no JSON at ${at}`);
    at += lexeme.length;
    return /[.eE]/.test(lexeme) ? new Real(Number(lexeme)) : BigInt(lexeme);
  };
  const list = (close, item) => {
    at++;
    space();
    if (text[at] === close) { at++; return; }
    for (;;) {
      space();
      item();
      space();
      if (text[at] === close) { at++; return; }
      expect(',');
    }
  };
  const value = () => {
    space();
    switch (text[at]) {
      case '{': {
        const object = {};
        list('}', () => {
          const key = string();
          space();
          expect(':');
          object[key] = value();
        });
        return object;
      }
      case '[': {
        const array = [];
        list(']', () => array.push(value()));
        return array;
      }
      case '"': return string();
      case 't': return expect('true', true);
      case 'f': return expect('false', false);
      case 'n': return expect('null', null);
      default: return number();
    }
  };
  const whole = value();
  space();
  if (at !== text.length) throw new Error(`more than JSON at ${at}`);
  return whole;
}

// Python's repr of a float.
export function repr(x) {
  if (Object.is(x, -0)) return '-0.0';
  const [, minus, digits, fraction = '', exponent] =
    /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(x.toExponential());
  const e = Number(exponent);
  const all = digits + fraction;
  if (e < -4 || e >= 16) {
    const power = `${e < 0 ? '-' : '+'}${String(Math.abs(e)).padStart(2, '0')}`;
    return `${minus}${digits}${fraction ? `.${fraction}` : ''}e${power}`;
  }
  if (e < 0) return `${minus}0.${'0'.repeat(-e - 1)}${all}`;
  return `${minus}${all.slice(0, e + 1).padEnd(e + 1, '0')}.${all.slice(e + 1) || '0'}`;
}

function quote(text) {
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, (c) =>
    `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function byCodePoint(a, b) {
  const x = Array.from(a), y = Array.from(b);
  for (let i = 0; i < x.length && i < y.length; i++)
    if (x[i] !== y[i]) return x[i].codePointAt(0) - y[i].codePointAt(0);
  return x.length - y.length;
}

// json.dumps(value, sort_keys=True). A number of JavaScript that is whole is an int.
export function dumps(value) {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : repr(value);
  if (typeof value === 'string') return quote(value);
  if (value instanceof Real) return repr(value.value);
  if (Array.isArray(value)) return `[${value.map(dumps).join(', ')}]`;
  const members = Object.keys(value).sort(byCodePoint).map((k) => `${quote(k)}: ${dumps(value[k])}`);
  return `{${members.join(', ')}}`;
}

// Plain numbers, for who computes with them.
export function plain(value) {
  if (value instanceof Real) return value.value;
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (value && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plain(v)]));
  return value;
}

// ---- messages ----

const spki = Buffer.from('302a300506032b656e032100', 'hex'); // before a raw X25519 key
const label = 'marketing-agent sealed message 1\0';

export function isoTime(ms) { // datetime.utcnow().isoformat() + "Z"
  return new Date(ms).toISOString().replace(/\.(\d{3})Z$/, (_, f) => (f === '000' ? 'Z' : `.${f}000Z`));
}

export class Agent {
  constructor(id) {
    this.id = id;
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    this.key = privateKey;
    this.pem = publicKey.export({ type: 'spki', format: 'pem' });
    this.raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
    const seal = generateKeyPairSync('x25519');
    this.sealKey = seal.privateKey;
    this.sealRaw = seal.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  }

  // A line of AGENT_PEERS_FILE.
  pin(more = '') {
    return `${this.id} ${this.raw.toString('base64')} ${more}\n`;
  }

  message(to, payload, more = {}) {
    return {
      sender_id: this.id,
      recipient_id: to,
      message_type: 'collaboration_request',
      timestamp: isoTime(Date.now() - 1000),
      nonce: randomBytes(16).toString('hex'),
      payload,
      ...more,
    };
  }

  signed(message) {
    const bytes = dumps(message);
    const envelope = {
      encrypted: false,
      message,
      signature: sign(null, Buffer.from(bytes), this.key).toString('base64'),
      sender_public_key: this.pem,
      sender_fingerprint: this.raw.toString('base64').slice(0, 16),
    };
    return { envelope, text: dumps(envelope), bytes };
  }

  // As the origin encrypts: the key goes along.
  weak(message) {
    const bytes = dumps(message);
    const key = randomBytes(32), iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, iv);
    const ciphertext = Buffer.concat([cipher.update(bytes), cipher.final()]);
    const box = { key, iv, ciphertext, tag: cipher.getAuthTag() };
    for (const name of Object.keys(box)) box[name] = box[name].toString('base64');
    return dumps({
      encrypted: true,
      encrypted_payload: Buffer.from(dumps(box)).toString('base64'),
      signature: sign(null, Buffer.from(bytes), this.key).toString('base64'),
      sender_public_key: this.pem,
      sender_fingerprint: this.raw.toString('base64').slice(0, 16),
    });
  }

  sealed(message, to) {
    const { privateKey, publicKey } = generateKeyPairSync('x25519');
    const ephemeral = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
    const { key, iv, context } = agree(privateKey, to, message.sender_id, message.recipient_id,
      message.nonce, ephemeral, to);
    const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(context);
    const sealed = Buffer.concat([cipher.update(this.signed(message).text), cipher.final(),
      cipher.getAuthTag()]);
    return dumps({
      encrypted: true,
      encryption: 'x25519-hkdf-sha256-aes-256-gcm',
      sender_id: message.sender_id,
      recipient_id: message.recipient_id,
      nonce: message.nonce,
      ephemeral_public_key: ephemeral.toString('base64'),
      encrypted_payload: sealed.toString('base64'),
    });
  }

  unseal(text) {
    const outer = JSON.parse(text);
    const ephemeral = Buffer.from(outer.ephemeral_public_key, 'base64');
    const { key, iv, context } = agree(this.sealKey, ephemeral, outer.sender_id, outer.recipient_id,
      outer.nonce, ephemeral, this.sealRaw);
    const sealed = Buffer.from(outer.encrypted_payload, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', key, iv).setAAD(context)
      .setAuthTag(sealed.subarray(-16));
    return decipher.update(sealed.subarray(0, -16), null, 'utf8') + decipher.final('utf8');
  }
}

function agree(own, other, sender, recipient, nonce, ephemeral, to) {
  const text = (t) => {
    const bytes = Buffer.from(t), length = Buffer.alloc(2);
    length.writeUInt16BE(bytes.length);
    return [length, bytes];
  };
  const secret = diffieHellman({
    privateKey: own,
    publicKey: createPublicKey({ key: Buffer.concat([spki, other]), format: 'der', type: 'spki' }),
  });
  const context = Buffer.concat([Buffer.from(label), ...text(sender), ...text(recipient),
    ...text(nonce), ephemeral, to]);
  const okm = Buffer.from(hkdfSync('sha256', secret, '', context, 44));
  return { key: okm.subarray(0, 32), iv: okm.subarray(32), context };
}

// Checks a signed message and gives its parts; throws with what is wrong. `pem` is the pinned key.
export function opened(text, pem) {
  const whole = parse(text);
  if (whole.encrypted !== false) throw new Error('it is encrypted');
  if (whole.sender_public_key !== pem) throw new Error('another key than the pinned one');
  const good = verify(null, Buffer.from(dumps(whole.message)), createPublicKey(pem),
    Buffer.from(whole.signature, 'base64'));
  if (!good) throw new Error('the signature does not hold');
  const sent = Date.parse(whole.message.timestamp);
  if (!(sent <= Date.now() && sent > Date.now() - 300000)) throw new Error('it is not of now');
  if (!/^[0-9a-f]{32}$/.test(whole.message.nonce)) throw new Error('it has no nonce');
  return whole.message;
}

// ---- a service ----

const services = [];

export class Service {
  static async start(program, env) {
    const service = new Service();
    service.child = spawn(program, ['serve', '--port', '0'],
      { env: { ...process.env, AGENT_WORDS: 'plain', ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
    services.push(service);
    service.log = [];
    service.agent = new HttpAgent({ keepAlive: true });
    const lines = createInterface({ input: service.child.stderr });
    await new Promise((resolve, reject) => {
      lines.on('line', (line) => {
        const url = /^marketing-agent listens on (http:.*)$/.exec(line);
        if (url) resolve(service.url = url[1]);
        else service.log.push(line);
      });
      service.child.once('exit', (code) =>
        reject(new Error(`it ended with ${code}: ${service.log.at(-1)}`)));
    });
    return service;
  }

  // Rejects when the service goes away in the middle.
  call(method, path, body, headers = {}) {
    return new Promise((resolve, reject) => {
      const out = request(this.url + path, { method, headers, agent: this.agent }, (reply) => {
        const parts = [];
        reply.on('data', (part) => parts.push(part));
        reply.on('end', () => (reply.complete
          ? resolve({ status: reply.statusCode, text: Buffer.concat(parts).toString() })
          : reject(new Error('cut off'))));
        reply.on('error', reject);
      });
      out.on('error', reject);
      out.end(body);
    });
  }

  post(path, body, headers = {}) {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return this.call('POST', path, text, { 'Content-Type': 'application/json', ...headers });
  }

  async get(path) {
    return JSON.parse((await this.call('GET', path)).text);
  }

  async put(path, body) {
    const { status, text } = await this.call('PUT', path, body);
    if (status !== 200 && status !== 201) throw new Error(text);
  }

  async stop(signal = 'SIGTERM') {
    if (this.child.exitCode !== null || this.child.signalCode) return;
    const gone = once(this.child, 'exit');
    this.child.kill(signal);
    await gone;
    this.agent.destroy();
  }
}

// ---- the end of a script ----

export { check, must };
export function done() {
  console.log(`1..${count}`);
  for (const service of services) service.child.kill('SIGKILL'); // those a failed check left
  leave();
}

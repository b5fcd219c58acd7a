// The published clients of MCP drive the program: by its standard input and over HTTP, in both eras.
// Prints TAP.   node tests/peers/mcp.mjs PROGRAM URL DATA STDIO_NAME HTTP_NAME ANALYSIS...
//   PROGRAM   the binary;  URL  of a service where DATA is registered as HTTP_NAME
//   DATA      a folder, which the binary on standard input calls STDIO_NAME
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import path from 'node:path';
import { check, count, leave, must } from './tap.mjs';

const require = createRequire(path.resolve('build/peers/package.json'));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const v1 = await load('@modelcontextprotocol/sdk/client/index.js');
const v1stdio = await load('@modelcontextprotocol/sdk/client/stdio.js');
const v1http = await load('@modelcontextprotocol/sdk/client/streamableHttp.js');
const v2 = await load('@modelcontextprotocol/client');
const v2stdio = await load('@modelcontextprotocol/client/stdio');

const [program, url, data, stdioName, httpName, ...analyses] = process.argv.slice(2);
const me = { name: 'marketing-agent-tests', version: '0' };
const server = { command: program, args: ['mcp', '--data', data], env: process.env };
const eras = { legacy: 'legacy', auto: 'auto', modern: { pin: '2026-07-28' } };

const ways = [
  ['sdk 1, stdio', stdioName, () => new v1.Client(me), () => new v1stdio.StdioClientTransport(server)],
  ['sdk 1, HTTP', httpName, () => new v1.Client(me),
    () => new v1http.StreamableHTTPClientTransport(new URL(`${url}/mcp`))],
];
for (const [era, mode] of Object.entries(eras)) {
  const make = () => new v2.Client(me, { versionNegotiation: { mode } });
  ways.push([`client 2 ${era}, stdio`, stdioName, make,
    () => new v2stdio.StdioClientTransport(server)]);
  ways.push([`client 2 ${era}, HTTP`, httpName, make,
    () => new v2.StreamableHTTPClientTransport(new URL(`${url}/mcp`))]);
}

// Under a sanitizer everything takes ten times as long: the oldest way and the newest.
const { MKT_VARIANT: variant = 'release' } = process.env;
if (variant !== 'release') ways.splice(1, ways.length - 2);

async function refused(promise, code, text) {
  try {
    await promise;
  } catch (error) {
    must(code === undefined || error.code === code, `code ${error.code}, not ${code}: ${error.message}`);
    must(String(error.message).includes(text), `"${error.message}" does not say "${text}"`);
    return;
  }
  throw new Error('it was not refused');
}

const cli = Object.fromEntries(analyses.map((name) => [name,
  execFileSync(program, [name, data, '--json'], { maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] })
    .toString().trimEnd()]));
const question = 'Which channel had the best return?';
const asked = execFileSync(program, ['ask', question, '--data', data, '--json'],
  { maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] }).toString().replaceAll('\n', '');
const EACH = 11 + analyses.length;
console.log(`1..${ways.length * EACH}`);

for (const [label, name, make, transport] of ways) {
  const client = make();
  // the two majors take a result's schema by position, or not at all
  const call = (params, options) =>
    client instanceof v1.Client ? client.callTool(params, undefined, options) : client.callTool(params, options);
  const uri = `marketing://datasets/${encodeURIComponent(name)}`;
  await check(`${label}: connects`, async () => {
    await client.connect(transport());
    must(client.getServerVersion()?.name === 'marketing-agent', 'another server');
    if (label.includes('modern') || label.includes('auto'))
      must(client.getNegotiatedProtocolVersion() === '2026-07-28', client.getNegotiatedProtocolVersion());
  });
  await check(`${label}: every analysis is a tool with schemas`, async () => {
    const { tools } = await client.listTools();
    for (const analysis of analyses) {
      const tool = tools.find((t) => t.name === analysis);
      must(tool, `no tool ${analysis}`);
      must(tool.inputSchema.required[0] === 'data' && tool.outputSchema.type === 'object', 'schemas');
      must(tool.annotations.readOnlyHint === true, 'hints');
    }
  });
  for (const analysis of analyses)
    await check(`${label}: ${analysis} gives the bytes of the command line`, async () => {
      const result = await call({ name: analysis, arguments: { data: name } });
      must(!result.isError, result.content[0].text);
      must(result.content.at(-1).text === cli[analysis], 'the text differs');
      must(JSON.stringify(result.structuredContent) === JSON.stringify(JSON.parse(cli[analysis])),
        'the structured content differs');
      must(result.content[0].text.length > 100 && !result.content[0].text.startsWith('{'), 'no words');
    });
  await check(`${label}: a question in words gives the bytes of the command line`, async () => {
    const result = await call({ name: 'ask', arguments: { data: name, question } });
    must(!result.isError, result.content[0].text);
    must(result.content.at(-1).text === asked, 'the text differs');
    must(result.structuredContent.status === 'answered', result.structuredContent.status);
  });
  await check(`${label}: progress only grows`, async () => {
    const told = [];
    // a seed that is asked for once alone: no answer from the cache
    await call({ name: 'roi', arguments: { data: name, seed: 1000 + count } },
      { onprogress: (p) => told.push(p.progress) });
    must(told.length > 0, 'none came');
    must(told.every((p, i) => i === 0 || p > told[i - 1]), told.join(' '));
  });
  await check(`${label}: a value outside its domain is told to the model`, async () => {
    const result = await call({ name: 'roi', arguments: { data: name, margin: 7 } });
    must(result.isError === true && result.content[0].text.includes('margin'), JSON.stringify(result.content));
  });
  await check(`${label}: data that are not there are told to the model`, async () => {
    const result = await call({ name: 'roi', arguments: { data: 'nowhere' } });
    must(result.isError === true && result.content[0].text.includes('nowhere'), JSON.stringify(result.content));
  });
  await check(`${label}: an unknown tool is an error`, () =>
    refused(call({ name: 'nothing', arguments: {} }), -32602, 'nothing'));
  await check(`${label}: the data set and its report are resources`, async () => {
    const { resources } = await client.listResources();
    must(resources.some((r) => r.uri === uri), resources.map((r) => r.uri).join(' '));
    const account = await client.readResource({ uri });
    must(JSON.parse(account.contents[0].text).usable === true, account.contents[0].text.slice(0, 200));
    const report = await client.readResource({ uri: `${uri}/report.html` });
    must(report.contents[0].text.startsWith('<!'), 'no page');
    const { resourceTemplates } = await client.listResourceTemplates();
    must(resourceTemplates.length === 3, 'templates');
    await refused(client.readResource({ uri: 'marketing://datasets/nowhere' }), undefined, 'nowhere');
  });
  await check(`${label}: prompts and completion`, async () => {
    const { prompts } = await client.listPrompts();
    must(prompts.some((p) => p.name === 'quarterly_review'), 'no review');
    const prompt = await client.getPrompt({ name: 'roi', arguments: { data: name } });
    must(prompt.messages[0].content.text.includes(name), 'the prompt names no data');
    const { completion } = await client.complete({ ref: { type: 'ref/prompt', name: 'roi' },
      argument: { name: 'data', value: name.slice(0, 2) } });
    must(completion.values.includes(name), completion.values.join(' '));
  });
  await check(`${label}: a call is cancelled, and the next is answered`, async () => {
    const stop = new AbortController();
    const call1 = call({ name: 'roi', arguments: { data: name, seed: 5000 + count } }, { signal: stop.signal });
    setTimeout(() => stop.abort('enough'), 5);
    await call1.then(() => {}, (error) => must(/enough|abort/i.test(String(error)), String(error)));
    const result = await call({ name: 'datasets', arguments: {} });
    must(result.structuredContent.datasets.includes(name), JSON.stringify(result));
  });
  await check(`${label}: closes`, () => client.close());
}
leave();

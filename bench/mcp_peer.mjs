// The smallest server of the protocol's own SDK: one tool, on standard input. For bench/mcp_start.sh.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import path from 'node:path';

const require = createRequire(path.resolve('build/peers/package.json'));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const { McpServer } = await load('@modelcontextprotocol/sdk/server/mcp.js');
const { StdioServerTransport } = await load('@modelcontextprotocol/sdk/server/stdio.js');

const server = new McpServer({ name: 'peer', version: '0' });
server.registerTool('roi', { description: 'One tool.' }, async () => ({ content: [] }));
await server.connect(new StdioServerTransport());

// Compiles an application's documents against the SDL, and asks the server with what came of them.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import compiler from 'relay-compiler';

const { url, headers, folder } = JSON.parse(process.argv[2]);

const config = { src: '.', schema: 'schema.graphql', language: 'javascript', eagerEsModules: true };
writeFileSync(join(folder, 'relay.config.json'), JSON.stringify(config));
execFileSync(compiler, ['relay.config.json'], { cwd: folder, stdio: ['ignore', process.stderr, process.stderr] });

async function ask(name, variables) {
  const { default: artifact } = await import(join(folder, '__generated__', `${name}.graphql.js`));
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ query: artifact.params.text, variables }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

const { account } = await ask('LicensesQuery', { reference: 'ACME', first: 2 });
const next = await ask('LicensesNextQuery', {
  id: account.id,
  first: 2,
  after: account.licenses.pageInfo.endCursor,
});
const [license] = account.licenses.edges.map((edge) => edge.node);
const again = await ask('LicensesAgainQuery', { id: license.id, on: '2026-10-01' });

const serials = (connection) => connection.edges.map((edge) => edge.node.serial);
console.log(
  JSON.stringify({
    pages: [serials(account.licenses), serials(next.node.licenses)],
    license: license.coverage,
    again: again.node.coverage,
  }),
);

// Compiles an application's documents against the SDL, and runs what came of them as Relay's runtime does in a browser.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import compiler from 'relay-compiler';
import { Environment, Network, RecordSource, Store, fetchQuery, getSelector } from 'relay-runtime';

const { url, headers, folder } = JSON.parse(process.argv[2]);

const config = { src: '.', schema: 'schema.graphql', language: 'javascript', eagerEsModules: false };
writeFileSync(join(folder, 'relay.config.json'), JSON.stringify(config));
execFileSync(compiler, ['relay.config.json'], { cwd: folder, stdio: ['ignore', process.stderr, process.stderr] });
const compiled = createRequire(join(folder, '__generated__/'));
const artifact = (name) => compiled(`./${name}.graphql.js`);

const sent = [];
const network = Network.create(async ({ name, text }, variables) => {
  sent.push(name);
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ query: text, variables }),
  });
  return response.json();
});
const environment = new Environment({ network, store: new Store(new RecordSource()) });
const ask = (name, variables) => fetchQuery(environment, artifact(name), variables).toPromise();
const read = (fragment, of) => environment.lookup(getSelector(artifact(fragment), of)).data;

// The pages of a list are joined in the store: what a component reads of it grows.
const { account } = await ask('LicensesQuery', { reference: 'ACME', first: 2 });
const page = read('Licenses_account', account);
const { endCursor, hasNextPage } = page.licenses.pageInfo;
await ask('LicensesNextQuery', { id: page.id, first: 2, after: endCursor });
const whole = read('Licenses_account', account);

// A licence that is fetched again by its id is the one of the list.
const [{ node }] = page.licenses.edges;
const shown = read('Licenses_license', node);
const { node: again } = await ask('LicensesAgainQuery', { id: shown.id, on: '2026-10-01' });

const serials = ({ licenses }) => licenses.edges.map((edge) => edge.node.serial);
console.log(
  JSON.stringify({
    sent,
    pages: [serials(page), serials(whole)],
    more: [hasNextPage, whole.licenses.pageInfo.hasNextPage],
    license: shown.coverage,
    again: read('Licenses_license', again).coverage,
  }),
);

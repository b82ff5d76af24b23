// The audits of graphql-http, each with its outcome.
import { serverAudits } from 'graphql-http';

const { url, headers } = JSON.parse(process.argv[2]);
const fetchFn = (target, init = {}) => fetch(target, { ...init, headers: { ...headers, ...init.headers } });

const outcomes = [];
for (const audit of serverAudits({ url, fetchFn })) {
  const { status, reason } = await audit.fn();
  outcomes.push({ id: audit.id, name: audit.name, status, reason });
}
console.log(JSON.stringify(outcomes));

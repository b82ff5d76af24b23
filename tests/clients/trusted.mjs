import { ClientError, GraphQLClient } from 'graphql-request';
import { CheckDocument, trusted } from '../../schema/clients/typescript/src/index.ts';

// A check by its document's id, and the same by its text.
const [url, key] = process.argv.slice(2);
const headers = { authorization: `Bearer ${key}` };
const variables = { input: { license: { serial: 'FAX-2' } } };

const client = new GraphQLClient(url, { headers, requestMiddleware: trusted });
console.log((await client.request(CheckDocument, variables)).entitlementCheck.verdict);
try {
  await new GraphQLClient(url, { headers }).request(CheckDocument, variables);
} catch (error) {
  if (!(error instanceof ClientError)) throw error;
  console.log(error.response.errors[0].extensions.code);
}

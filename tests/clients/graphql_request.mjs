import { ClientError, GraphQLClient } from 'graphql-request';
import { codesOf, headers, journey, url } from './journey.mjs';

const client = new GraphQLClient(url, { headers });

await journey(async (document, variables) => {
  try {
    return { data: await client.request(document, variables) };
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    return { codes: codesOf(error.response.errors) };
  }
});

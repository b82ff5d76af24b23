import { ApolloClient, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { codesOf, headers, journey, url } from './journey.mjs';

const client = new ApolloClient({ link: new HttpLink({ uri: url, headers }), cache: new InMemoryCache() });

await journey(async (document, variables) => {
  try {
    const { data } = await client.query({ query: gql(document), variables });
    return { data };
  } catch (error) {
    if (!CombinedGraphQLErrors.is(error)) throw error;
    return { codes: codesOf(error.errors) };
  }
});

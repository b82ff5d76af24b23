import type { RequestMiddleware } from 'graphql-request';
import { documentIds } from './document_ids.ts';

/** Names each document by its id in place of its text: new GraphQLClient(url, { requestMiddleware: trusted }). */
export const trusted: RequestMiddleware = (request) => {
  const documentId = documentIds[request.operationName ?? ''];
  if (documentId === undefined) throw new Error(`${request.operationName} is none of the trusted documents`);
  return { ...request, body: JSON.stringify({ documentId, variables: request.variables }) };
};

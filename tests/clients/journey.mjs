// What every client does with the server: two pages of a list, a check, and two requests that are refused.
const { url, headers, documents } = JSON.parse(process.argv[2]);

export { url, headers };

// `ask` sends a document with variables by one client, and answers { data } or { codes }, those of the errors.
export async function journey(ask) {
  const page = (variables) => ask(documents.portal_licenses, { first: 2, ...variables });
  const serials = ({ data }) => data.licenses.edges.map((edge) => edge.node.serial);

  const first = await page({});
  const second = await page({ after: first.data.licenses.pageInfo.endCursor });
  const check = await ask(documents.check, { input: { license: { serial: 'FAX-2' } } });
  console.log(
    JSON.stringify({
      pages: [serials(first), serials(second)],
      total: second.data.licenses.totalCount,
      verdict: check.data.entitlementCheck.verdict,
      refusedInExecution: (await page({ after: 'nowhere' })).codes,
      refusedBefore: (await page({ on: 'someday' })).codes,
    }),
  );
}

export const codesOf = (errors) => errors.map((error) => error.extensions.code);

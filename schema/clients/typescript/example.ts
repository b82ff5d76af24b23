// May support be opened, and what would a year of Gold cost? `node example.ts URL KEY SERIAL`.
import { GraphQLClient } from 'graphql-request';
import { CheckDocument, RenewalQuoteDocument } from './src/index.ts';

const [url = '', key = '', serial = ''] = process.argv.slice(2);
const client = new GraphQLClient(url, { headers: { authorization: `Bearer ${key}` } });

const license = { serial };
const { entitlementCheck } = await client.request(CheckDocument, { input: { license } });
const { renewalQuote } = await client.request(RenewalQuoteDocument, { input: { license, plan: 'GOLD', months: 12 } });
console.log(entitlementCheck.verdict, ...entitlementCheck.reasons.map(({ code }) => code));
if (renewalQuote.__typename === 'Problem') console.log(renewalQuote.code, renewalQuote.message);
else console.log(renewalQuote.startsOn, 'to', renewalQuote.expiresOn, renewalQuote.total?.amount ?? 'not priced');

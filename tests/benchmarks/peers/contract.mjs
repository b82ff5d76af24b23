// What the bench hands over, and the schema as it is written with resolvers for the root's four fields.
import { readFileSync } from "node:fs";
import { reading } from "./reads.mjs";

export const given = JSON.parse(readFileSync(process.env.PEER_GIVEN, "utf8"));
// graphql-jit takes an input that may be left out, since it has a default, for one that is missing.
const written = readFileSync(new URL("../../../schema/schema.graphql", import.meta.url), "utf8");
export const sdl = written.replaceAll("! = ", " = ");

const read = reading(given);
// Every decision and every quote was made before: they are looked up, and cost these servers nothing.
const { decisions, quotes } = given;

const packed = (text) => Buffer.from(text).toString("base64url");
const idOf = (uuid) => packed(`License:${uuid.replaceAll("-", "")}`);
const isSqlite = given.engine === "sqlite";
const several = (values) => (isSqlite ? JSON.stringify(values) : values);

const licenseOf = (row) => ({
  id: idOf(row.id),
  serial: row.serial,
  product: { code: row.product_code, name: row.product_name },
  coverage: { state: row.state, expiresOn: row.expires_on },
  dependents: [],
});

async function page({ first, after }, on) {
  const serial = after ? JSON.parse(Buffer.from(after, "base64url").toString())[1] : "";
  const rows = await read("page", [on, serial, first + 1]);
  const shown = rows.slice(0, first);
  const nodes = new Map();
  for (const row of shown) {
    const account = { reference: row.account_reference, name: row.account_name };
    nodes.set(row.id, { ...licenseOf(row), account });
  }
  const bases = several([...nodes.keys()]);
  for (const row of await read("dependents", [on, bases])) {
    nodes.get(row.base_id).dependents.push(licenseOf(row));
  }
  const edges = [...nodes.values()].map((node) => ({
    cursor: packed(JSON.stringify(["licenses/SERIAL", node.serial])),
    node,
  }));
  return { edges, pageInfo: { hasNextPage: rows.length > first, endCursor: edges.at(-1)?.cursor ?? null } };
}

async function check(serial) {
  if ((await read("fact", [serial])).length === 0) throw new Error(`no rows for ${serial}`);
  return decisions[serial];
}

async function checks(serials) {
  const found = new Set((await read("facts", [several(serials)])).map((row) => row.serial));
  return serials.map((serial) => {
    if (!found.has(serial)) throw new Error(`no rows for ${serial}`);
    return decisions[serial];
  });
}

async function quote(serial) {
  const [first] = await read("contract", [serial]);
  const prices = await read("prices", [first.paid_in, first.product_id]);
  const policies = await read("policies", []);
  if (!prices.length || !policies.length) throw new Error(`no prices for ${serial}`);
  return quotes[serial];
}

export const resolvers = {
  Query: {
    entitlementCheck: (_, { input }) => check(input.license.serial),
    entitlementChecks: (_, { inputs }) => checks(inputs.map((one) => one.license.serial)),
    renewalQuote: (_, { input }) => quote(input.license.serial),
    // The day is an argument of the fields below; the document gives the same to all of them.
    licenses: (_, asked, __, info) => page(asked, info.variableValues.on),
  },
};

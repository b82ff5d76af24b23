// The rows behind an answer, by the statements that the bench hands over: SQLite by Node's own driver, PostgreSQL by pg.
import { DatabaseSync } from "node:sqlite";
import pg from "pg";

function ofSqlite(file, statements) {
  const database = new DatabaseSync(file, { readOnly: true });
  const prepared = new Map(Object.entries(statements).map(([name, text]) => [name, database.prepare(text)]));
  return async (name, given) => prepared.get(name).all(...given);
}

function ofPostgres(url, statements) {
  const address = new URL(url);
  const pool = new pg.Pool({
    host: address.searchParams.get("host") ?? address.hostname,
    user: address.username,
    database: address.pathname.slice(1),
    max: 10,
  });
  // Named statements are prepared once for each connection.
  return async (name, values) => (await pool.query({ name, text: statements[name], values })).rows;
}

export function reading({ url, statements }) {
  return url.startsWith("sqlite:") ? ofSqlite(url.replace("sqlite:///", ""), statements) : ofPostgres(url, statements);
}

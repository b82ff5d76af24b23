// The rows behind an answer, by the statements that the bench hands over: SQLite by Node's own driver, PostgreSQL by pg.
import { DatabaseSync } from "node:sqlite";
import pg from "pg";

function ofSqlite(file, statements) {
  const database = new DatabaseSync(file, { readOnly: true });
  const prepared = new Map(Object.entries(statements).map(([name, text]) => [name, database.prepare(text)]));
  return async (name, given) => prepared.get(name).all(...given);
}

function ofPostgres(address, statements) {
  const pool = new pg.Pool({ ...address, max: 10 });
  // Named statements are prepared once for each connection.
  return async (name, values) => (await pool.query({ name, text: statements[name], values })).rows;
}

export function reading({ engine, address, statements }) {
  return engine === "sqlite" ? ofSqlite(address.database, statements) : ofPostgres(address, statements);
}

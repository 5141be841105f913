// Runs the aggregates of a plan on DuckDB and prints, as JSON, what each came to and how long each moment took.
// The plan is written by `go run ./bench`: tables with their CSV files, and of each moment the statements.
import { readFileSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";

const plan = JSON.parse(readFileSync(process.argv[2], "utf8"));
const instance = await DuckDBInstance.create(plan.file, { threads: String(plan.threads) });
const db = await instance.connect();
for (const t of plan.tables) {
  await db.run(`CREATE TABLE ${t.name} AS SELECT * FROM read_csv('${t.csv}', header = true, columns = ${t.columns}, nullstr = '\\N', quote = '"')`);
}
await db.run("CHECKPOINT");
const out = { version: (await (await db.runAndReadAll("SELECT version()")).getRows())[0][0], moments: [] };

// One query for each figure, over the rows as they are; or over the rows of the moment, set apart first.
async function moment(m, apart) {
  const busy = process.cpuUsage();
  const begin = performance.now();
  if (apart) for (const s of m.set) await db.run(s);
  const values = [];
  for (const q of apart ? m.apart : m.direct) {
    const rows = (await db.runAndReadAll(q)).getRows();
    values.push(rows[0][0] === null ? 0 : Number(rows[0][0]));
  }
  const took = performance.now() - begin;
  const used = process.cpuUsage(busy);
  return { ms: took, cpu: (used.user + used.system) / 1000, values };
}
await moment(plan.moments[0], false); // so that the first is not the one that reads the file
for (const m of plan.moments) {
  const direct = await moment(m, false);
  const apart = await moment(m, true);
  out.moments.push({ direct: { ms: direct.ms, cpu: direct.cpu }, apart: { ms: apart.ms, cpu: apart.cpu }, values: direct.values, same: JSON.stringify(direct.values) === JSON.stringify(apart.values) });
}
console.log(JSON.stringify(out));

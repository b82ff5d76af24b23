// What changed from one SDL to another. Exit code 1 when callers of the first would break.
import { readFileSync } from 'node:fs';
import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

const [before, after] = process.argv.slice(2).map((path) => buildSchema(readFileSync(path, 'utf8')));
const changes = await diff(before, after);
const breaking = changes.filter((change) => change.criticality.level === CriticalityLevel.Breaking);

for (const change of breaking) console.log(`breaks callers: ${change.path}: ${change.message}`);
console.log(`${changes.length} changes, ${breaking.length} of them breaking`);
process.exit(breaking.length ? 1 : 0);

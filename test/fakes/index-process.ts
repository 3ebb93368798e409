/**
 * Indexes the head of a repository and says on standard output what it does, a line a step; the last line is a digest
 * of everything that was read. `node index-process.ts REPOSITORY DATA`
 */
import { createHash } from "node:crypto";
import { encodeInvertedIndex } from "../../src/repository/inverted-index/inverted-index.ts";
import { openWorkbench } from "../../src/research/workbench.ts";

const [repository = "", data = ""] = process.argv.slice(2);
await using workbench = await openWorkbench({
  repository,
  data,
  workers: 1,
  onStep: (step) => console.log(step),
});
const codebase = await workbench.codebase(await workbench.repository.resolve("HEAD"));
const digest = createHash("sha1");
for (const { path } of codebase.tree.entries) {
  const invertedIndex = codebase.invertedIndex(path);
  digest.update(path).update(invertedIndex === undefined ? "" : encodeInvertedIndex(invertedIndex));
}
console.log(`digest ${digest.digest("hex")}`);

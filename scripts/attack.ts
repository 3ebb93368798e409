// Carries out the attack suite: hostile inputs of ten kinds against the real code, with a model that obeys whatever it reads, and benign
// twins that must work. Prints what got through. Exit code 1 unless everything was contained and every twin works. npm run attack
import { carryOut } from "../test/attack/attack.ts";
import { families } from "../test/attack/families.ts";

let [contained, attacks, passed, benign, skipped] = [0, 0, 0, 0, 0];
for (const family of families(["investigate", "--fix"])) {
  const found = await carryOut([family]);
  for (const line of found.lines) console.log(line);
  if (family.skipped !== undefined) skipped++;
  else
    console.log(
      `${family.name}: contained ${found.contained}/${found.attacks}, benign ${found.passed}/${found.benign}`,
    );
  contained += found.contained;
  attacks += found.attacks;
  passed += found.passed;
  benign += found.benign;
}
console.log(`contained ${contained}/${attacks}, benign ${passed}/${benign}`);
process.exitCode = contained === attacks && passed === benign && skipped === 0 ? 0 : 1;

import { expect, test } from "@jest/globals";
import { claimType, holds } from "../../src/claims/claim.ts";
import { component } from "../../src/claims/component.ts";
import { likelyFiles } from "../../src/claims/likely-files.ts";
import { personNamed } from "../../src/claims/person-named.ts";
import { placesSaid } from "../../src/claims/places-said.ts";
import { proposedCause } from "../../src/claims/proposed-cause.ts";
import { suspect } from "../../src/claims/suspect.ts";
import { target } from "../../src/claims/target.ts";
import type { ResearchDocument, StatedClaim } from "../../src/documents/finding.ts";

const at = (path: string, name: string) => ({ path, name, start: 1, end: 2 });
const saying = (headline: StatedClaim | undefined, ...items: StatedClaim[]): ResearchDocument =>
  ({
    ...(headline === undefined ? {} : { headline }),
    sections: [{ blocks: [{ kind: "claims", items }] }],
  }) as unknown as ResearchDocument;

test("files are in the order of the page, each once with the likelihood that it is told first", () => {
  const document = saying(
    likelyFiles.of({ files: [{ path: "b.py", percent: 60 }] }),
    component.of({ path: "b.py", percent: 60, best: [at("b.py", "f")] }),
    component.of({ path: "a.py", percent: 20, best: [] }),
  );
  expect(placesSaid(document)).toEqual({
    files: [
      { path: "b.py", percent: 60 },
      { path: "a.py", percent: 20 },
    ],
    functions: [{ path: "b.py", name: "f" }],
  });
});

test("suspects are functions; what a model proposes is said too, and what it withdrew is not", () => {
  const proposed = proposedCause.of({
    places: [{ lines: { path: "m.py", start: 3, end: 4 }, words: "x", in: "M.g" }],
  });
  const document = saying(
    proposed,
    suspect.of({ at: at("b.py", "f"), percent: 35 }),
    { ...suspect.of({ at: at("c.py", "h"), percent: 30 }), withdrawn: "root-cause" },
    suspect.of({ at: at("d.py", "k"), beside: at("b.py", "f") }),
  );
  expect(placesSaid(document)).toEqual({
    files: [{ path: "m.py" }, { path: "b.py" }],
    functions: [
      { path: "m.py", name: "M.g" },
      { path: "b.py", name: "f", percent: 35 },
    ],
  });
});

test("a headline of another type says the lines that it cites", () => {
  const other = claimType({
    name: "frame-in",
    mark: "concluded",
    schema: likelyFiles.of as never,
    say: () => ({ text: "", citations: [{ kind: "lines" as const, path: "t.py", start: 3, end: 3 }] }),
    check: () => holds(""),
  });
  expect(placesSaid(saying(other.of({})))?.files).toEqual([{ path: "t.py" }]);
});

test("where a person named the place, or nothing is named, nothing was said", () => {
  const named = personNamed.of({ lines: { path: "a.py", start: 1, end: 2 } });
  expect(placesSaid(saying(named, suspect.of({ at: at("a.py", "f") })))).toBeUndefined();
  expect(placesSaid(saying(undefined, target.of({ ...at("a.py", "f"), why: "given" })))).toBeUndefined();
  expect(placesSaid(saying(undefined))).toBeUndefined();
});

import { expect, test } from "@jest/globals";
import { importLines, readSyntax, referenceLines, symbolLines } from "./syntax-lines.ts";

const SOURCE = `#!/usr/bin/env bash
# Keeps things.
source ./lib/util.sh
. "$DIR/other.sh"
LIMIT=10
readonly MAX=20
declare -a ITEMS=(a b)
# Opens one.
open_store() {
  local path=$1 n="\${2:-1}"
  handle=$(read_file "$path" | grep -c "$LIMIT")
  for item in "\${ITEMS[@]}"; do print_item "$item" --flag; done
  if [[ -n $path ]] && is_open; then close_store || return 1; fi
  nested() { echo "$n"; }
  nested
}
function close_store { rm -f "$path"; }
main "$@"
trap cleanup EXIT
case "$1" in start) open_store "$2" ;; esac
alias ll='ls -l'
cat <<END
text $LIMIT $(date)
END
`;

test("Bash: every definition has its kind, place, visibility, comment and head", async () => {
  const syntax = await readSyntax("bash", SOURCE);

  expect(syntax.hasErrors).toBe(false);
  expect(symbolLines(syntax)).toEqual([
    "variable LIMIT 5-5 @5 public: LIMIT=10",
    "variable MAX 6-6 @6 public: MAX=20",
    "variable ITEMS 7-7 @7 public: ITEMS=(a b)",
    "function open_store 9-16 @9 public doc 8-8: open_store()",
    "function open_store.nested 14-14 @14 private: nested()",
    "function close_store 17-17 @17 public: function close_store",
  ]);
});

test("Bash: every use is listed with its kind, receiver and the definition it stands in", async () => {
  const syntax = await readSyntax("bash", SOURCE);

  expect(referenceLines(syntax)).toEqual([
    "3: call source",
    "4: call ., name DIR",
    "11 in open_store: name handle, call read_file, call grep, name LIMIT",
    "12 in open_store: name ITEMS, call print_item",
    "13 in open_store: call is_open, call close_store, call return",
    "14 in open_store.nested: call echo",
    "15 in open_store: call nested",
    "17 in close_store: call rm, name path",
    "18: call main",
    "19: call trap, name cleanup, name EXIT",
    "20: call open_store",
    "21: call alias",
    "22: call cat",
    "23: name LIMIT, call date",
  ]);
});

test("Bash: every import has its source and the names it brings in", async () => {
  const syntax = await readSyntax("bash", SOURCE);

  expect(importLines(syntax)).toEqual(["3 ./lib/util.sh {*}", "4 other.sh {*}"]);
});

import { expect, test } from "@jest/globals";
import { importLines, readSyntax, referenceLines, symbolLines } from "./syntax-lines.ts";

const SOURCE = `/* Keeps things. */
#include <stdio.h>
#include "store/item.h"

#define LIMIT 10
/* Larger of two. */
#define MAX(a, b) ((a) > (b) ? \\
    (a) : pick(b))

typedef unsigned long key_t;
enum mode { READ = 1, WRITE };
/* An item. */
typedef struct item {
    struct item *next, *prev;
    int (*compare)(const void *, const void *);
    char name[LIMIT];
} item_t;

union value { int i; float f; };

static int count = LIMIT;
extern item_t *first, last;
int declared(key_t key, int n);

/* Looks up. */
static inline item_t *find(key_t key, struct item *from)
{
    for (item_t *at = from; at != NULL; at = at->next) {
        if (MAX(at->value.i, count) == key)
            return at;
    }
    return declared(key, sizeof(struct item)) ? from : first;
}

int main(int argc, char **argv) {
    enum mode how = READ;
    item_t one = { .next = NULL, .name = "x" };
    int (*run)(int) = argv ? helper : other;
    printf("%d\\n", run(argc));
    one.compare(&one, argv[how]);
    goto done;
done:
    return 0;
}
`;

test("C: every definition has its kind, place, visibility, comment and head", async () => {
  const syntax = await readSyntax("c", SOURCE);

  expect(syntax.hasErrors).toBe(false);
  expect(symbolLines(syntax)).toEqual([
    "macro LIMIT 5-5 @5 public: #define LIMIT 10",
    "macro MAX 7-8 @7 public doc 6-6: #define MAX(a, b) ((a) > (b) ? \\ (a) : pick(b))",
    "type key_t 10-10 @10 public: typedef unsigned long key_t;",
    "enum mode 11-11 @11 public: enum mode",
    "variable mode.READ 11-11 @11 public: READ = 1",
    "variable mode.WRITE 11-11 @11 public: WRITE",
    "type item_t 13-17 @17 public doc 12-12: typedef struct item { struct item *next, *prev; int (*compare)(const void *, const void *); char name[LIMIT]; } item_t;",
    "class item 13-17 @13 public: typedef struct item",
    "variable item.next 14-14 @14 public: struct item *next, *prev;",
    "variable item.prev 14-14 @14 public: struct item *next, *prev;",
    "variable item.compare 15-15 @15 public: int (*compare)(const void *, const void *);",
    "variable item.name 16-16 @16 public: char name[LIMIT];",
    "class value 19-19 @19 public: union value",
    "variable value.i 19-19 @19 public: int i;",
    "variable value.f 19-19 @19 public: float f;",
    "variable count 21-21 @21 private: static int count = LIMIT;",
    "variable first 22-22 @22 public: extern item_t *first, last;",
    "variable last 22-22 @22 public: extern item_t *first, last;",
    "function declared 23-23 @23 public: int declared(key_t key, int n);",
    "function find 26-33 @26 private doc 25-25: static inline item_t *find(key_t key, struct item *from)",
    "function main 35-44 @35 public: int main(int argc, char **argv)",
  ]);
});

test("C: every use is listed with its kind, receiver and the definition it stands in", async () => {
  const syntax = await readSyntax("c", SOURCE);

  expect(referenceLines(syntax)).toEqual([
    "8: name pick",
    "14 in item: type item",
    "16 in item: name LIMIT",
    "21: name LIMIT",
    "22: type item_t",
    "23 in declared: type key_t",
    "26 in find: type item_t, type key_t, type item",
    "28 in find: type item_t, name at|next",
    "29 in find: call MAX, name at|value, name at->value|i, name count",
    "32 in find: call declared, type item, name first",
    "36 in main: type mode, name READ",
    "37 in main: type item_t, name next, name name",
    "38 in main: name helper, name other",
    "39 in main: call printf, call run",
    "40 in main: call one|compare",
  ]);
});

test("C: every import has its source and the names it brings in", async () => {
  const syntax = await readSyntax("c", SOURCE);

  expect(importLines(syntax)).toEqual(["2 stdio.h {*}", "3 store/item.h {*}"]);
});

/** Endings of program text in the languages people keep repositories in, without the dot, lower case. */
const SOURCE_ENDINGS = new Set(
  `py pyx pxd pyi js jsx mjs cjs ts tsx mts cts vue svelte java kt kts scala groovy go rs c y l h cc cpp cxx c++ hpp hh
   hxx inl ipp tpp m mm swift rb rake php cs fs lua ex exs erl hs ml mli sh bash ps1 jq dart pl pm jl clj cljs cljc
   zig`.split(/\s+/),
);

/** True when the file's name ends like program text; says nothing about what the program is for (see `roleOfPath`). */
export function isSourcePath(path: string): boolean {
  return SOURCE_ENDINGS.has(endingOf(path));
}

/** What follows the last dot of the file's name, lower case; empty when there is no dot. */
export function endingOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  return dot === -1 ? "" : name.slice(dot + 1).toLowerCase();
}

/** Computes once for each argument, as long as that is alive. */
export function remember<A extends object, R>(compute: (argument: A) => R): (argument: A) => R {
  const known = new WeakMap<A, { readonly result: R }>();
  return (argument) => {
    let entry = known.get(argument);
    if (entry === undefined) known.set(argument, (entry = { result: compute(argument) }));
    return entry.result;
  };
}

/** Computes once for each pair of arguments, as long as both are alive. */
export function memoise<A extends object, B extends object, R>(
  compute: (a: A, b: B) => R,
): (a: A, b: B) => R {
  const known = new WeakMap<A, WeakMap<B, { readonly result: R }>>();
  return (a, b) => {
    let inner = known.get(a);
    if (inner === undefined) known.set(a, (inner = new WeakMap()));
    let entry = inner.get(b);
    if (entry === undefined) inner.set(b, (entry = { result: compute(a, b) }));
    return entry.result;
  };
}

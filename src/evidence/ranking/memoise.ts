/**
 * Computes once for each pair of the first two arguments, as long as both are alive. Whatever else is given must follow
 * from these two.
 */
export function memoise<A extends object, B extends object, Rest extends readonly unknown[], R>(
  compute: (a: A, b: B, ...rest: Rest) => R,
): (a: A, b: B, ...rest: Rest) => R {
  const known = new WeakMap<A, WeakMap<B, { readonly result: R }>>();
  return (a, b, ...rest) => {
    let inner = known.get(a);
    if (inner === undefined) known.set(a, (inner = new WeakMap()));
    let entry = inner.get(b);
    if (entry === undefined) inner.set(b, (entry = { result: compute(a, b, ...rest) }));
    return entry.result;
  };
}

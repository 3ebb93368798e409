interface Level {
  readonly byObject: WeakMap<object, Level>;
  readonly byValue: Map<unknown, Level>;
  known?: { readonly result: unknown };
}

/** Computes once for the same arguments, and forgets with the first of them, which is an object. */
export function memoise<Args extends readonly [object, ...unknown[]], R>(
  compute: (...args: Args) => R,
): (...args: Args) => R {
  const root = emptyLevel();
  return (...args) => {
    const last = args.reduce<Level>(levelBelow, root);
    last.known ??= { result: compute(...args) };
    return last.known.result as R;
  };
}

function emptyLevel(): Level {
  return { byObject: new WeakMap(), byValue: new Map() };
}

function levelBelow(level: Level, argument: unknown): Level {
  const isObject = typeof argument === "object" && argument !== null;
  const found = isObject ? level.byObject.get(argument) : level.byValue.get(argument);
  if (found !== undefined) return found;
  const below = emptyLevel();
  if (isObject) level.byObject.set(argument, below);
  else level.byValue.set(argument, below);
  return below;
}

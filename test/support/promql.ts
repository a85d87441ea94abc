// Which metrics an expression of PromQL asks for.

/** Each is written with its labels here: `name{…}`. */
export function metricsIn(expression: string): readonly string[] {
  return [...expression.matchAll(/([a-z_][a-z0-9_]*)\{/g)].map(([, name = '']) => name);
}

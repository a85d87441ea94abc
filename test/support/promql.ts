// Which metrics an expression of PromQL asks for.

/** Here each metric is written with its labels: `name{…}`. */
export function metricsIn(expression: string): readonly string[] {
  return [...expression.matchAll(/([a-z_][a-z0-9_]*)\{/g)].map(([, name = '']) => name);
}

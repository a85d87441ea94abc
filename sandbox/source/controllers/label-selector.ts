// A LabelSelector, as in an object's specification.
export interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

type Labels = Readonly<Record<string, string>>;

/** An absent selector matches nothing, an empty one everything. Source: apimachinery, LabelSelectorAsSelector. */
export function labelsMatch(selector: Selector | undefined, labels: Labels): boolean {
  if (!selector) return false;
  const {matchLabels = {}, matchExpressions = []} = selector;
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every((one) => meets(one, labels))
  );
}

/** An absent label meets NotIn and DoesNotExist; Gt and Lt exist in node selectors only. */
export function meets(
  {key, operator, values = []}: {readonly key: string; readonly operator: string; readonly values?: readonly string[]},
  labels: Labels,
): boolean {
  const value = labels[key];
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0]);
    default:
      return false;
  }
}

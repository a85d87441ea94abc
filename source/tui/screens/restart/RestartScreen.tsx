// Restarts every pod, readers first: there is nothing to type, so the plan is made at once.
import {Change, type ChangeProps} from '../change/Change.tsx';

export function RestartScreen({app, dispatch, onStart}: ChangeProps) {
  return (
    <Change {...{app, dispatch, onStart}} plansAtOnceFor="restart" problem={null} rows={0} answers={{}}>
      {() => null}
    </Change>
  );
}

// Restarts every pod, readers first: there is nothing to type, so the plan is made at once.
import {useEffect} from 'react';
import type {Action} from '../../app-state.ts';
import {Change, type ChangeProps} from '../change/Change.tsx';
import {dashboard} from '../dashboard/dashboard-state.ts';

export function RestartScreen({app, dispatch, onStart}: ChangeProps) {
  useEffect(() => dispatch({type: 'planning'}), [dispatch]);
  // There is nothing to type, so the only way back is the dashboard.
  const leaving = (action: Action) => dispatch(action.type === 'edit' ? {type: 'show', screen: dashboard} : action);
  return (
    <Change app={app} dispatch={leaving} onStart={onStart} problem={null} rows={0} answers={{}}>
      {() => null}
    </Change>
  );
}

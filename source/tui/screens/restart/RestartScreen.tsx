// A restart of every pod, readers first: there is nothing to type, so what follows is worked out at once.
import {useEffect} from 'react';
import type {Action} from '../../app-state.ts';
import {Change, type ChangeProps} from '../change/Change.tsx';
import {dashboard} from '../dashboard/dashboard-state.ts';

export function RestartScreen({app, dispatch, onStart}: ChangeProps) {
  useEffect(() => dispatch({type: 'planning'}), [dispatch]);
  // With nothing to type there is nothing to go back to but the dashboard.
  const leaving = (action: Action) => dispatch(action.type === 'edit' ? {type: 'show', screen: dashboard} : action);
  return (
    <Change app={app} dispatch={leaving} onStart={onStart} problem={null} rows={0} answers={{}}>
      {() => null}
    </Change>
  );
}

// Asks which releases are in the namespace that was named, where not all namespaces may be listed.
import {useEffect} from 'react';
import type {App} from '../../app-state.ts';
import type {Client} from '../../../client/types.ts';
import type {Ask} from '../../use-asking.ts';

export function useFoundReleases({screen, target, opened, listedIn}: App, client: Client, ask: Ask): void {
  const {namespace, context} = target;
  const isNamed = screen.name === 'target' && screen.row !== 'namespace' && namespace !== '';
  const isListed = opened === null || (opened.releases !== null && listedIn === null) || listedIn === namespace;
  const finds = isNamed && !isListed;
  useEffect(() => {
    if (!finds) return;
    return ask(async (dispatch) =>
      dispatch({type: 'found', namespace, releases: await client.releases(context, namespace)}),
    );
  }, [finds, context, namespace, client, ask]);
}

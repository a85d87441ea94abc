// Header, a body of fixed height, footer: nothing jumps when content grows.
import {Box} from 'ink';
import type {ReactNode} from 'react';
import {Footer, type Hint} from '../../components/Footer.tsx';
import {Header, type HeaderProps} from '../../components/Header.tsx';
import {sandboxContext} from '@pg-helm-install/sandbox';
import {useLayout} from '../../use-window-size.ts';
import type {App} from '../../app-state.ts';

export function Frame({
  app,
  keys,
  right,
  children,
}: {
  readonly app: App;
  readonly keys: readonly Hint[];
  readonly right?: readonly Hint[];
  readonly children: ReactNode;
}) {
  const {body, width} = useLayout();
  return (
    <Box flexDirection="column" width={width}>
      <Header {...headerOf(app)} />
      <Box flexDirection="column" height={body} overflow="hidden">
        {children}
      </Box>
      <Footer keys={keys} {...(right ? {right} : {})} />
    </Box>
  );
}

function headerOf({opened, target, screen}: App): HeaderProps {
  // The list of releases is not about one release, so none is named.
  const isHome = screen.name === 'home';
  const context = opened?.context ?? target.context;
  return {
    isSandbox: context === sandboxContext,
    context: context || null,
    kubernetes: opened?.kubernetesVersion ?? null,
    helm: opened?.helmVersion ?? null,
    namespace: opened && !isHome ? target.namespace : null,
    release: isHome ? null : target.release || null,
  };
}

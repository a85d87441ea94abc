// The form of a new release: the five parameters that everybody decides, the others folded below. A summary is computed
// while one types.
import {Box} from 'ink';
import {Plain} from '../../components/Plain.tsx';
import {Text} from '../../components/Text.tsx';
import {useLayout} from '../../use-window-size.ts';
import {FormView, type FormProps} from './FormView.tsx';
import {summarize, type Summary} from './summary.ts';

export function ParametersScreen(props: FormProps) {
  const {app, dispatch} = props;
  const {right} = useLayout();
  const {form} = app;
  const summary = summarize(form, app.surveyed, app.target);
  return (
    <FormView
      {...props}
      {...{form, summary}}
      lastHint="Shows what will happen, before anything does."
      column={<Column summary={summary} width={right} />}
      onDone={() => dispatch({type: 'show', screen: {name: 'preview'}})}
      onLeave={() => dispatch({type: 'show', screen: {name: 'target', row: 'release'}})}
    />
  );
}

function Column({summary, width}: {readonly summary: Summary; readonly width: number}) {
  return (
    <Box flexDirection="column" width={width} flexShrink={0}>
      {summary.problem ? (
        <Plain wrap="wrap" dimColor>
          {summary.problem}
        </Plain>
      ) : (
        summary.column.map(([label, text], index) => (
          <Box key={index} height={1} flexShrink={0}>
            <Box width={9} flexShrink={0}>
              <Text dimColor>{label}</Text>
            </Box>
            <Plain>{text}</Plain>
          </Box>
        ))
      )}
    </Box>
  );
}

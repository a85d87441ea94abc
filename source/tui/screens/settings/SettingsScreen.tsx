// Other settings for a release: the form of the parameters with what it has, then what follows from what differs.
import {Box} from 'ink';
import type {Status} from '../../../client/questions/status.ts';
import {capitalised} from '../../../core/capitalised.ts';
import {Plain} from '../../components/Plain.tsx';
import {Text} from '../../components/Text.tsx';
import {useTheme} from '../../theme.ts';
import {useLayout} from '../../use-window-size.ts';
import type {Screen} from '../../screens.ts';
import {Change, ChangeRow, type ChangeProps} from '../change/Change.tsx';
import {dashboard} from '../dashboard/dashboard-state.ts';
import {FormView, type FormProps} from '../parameters/FormView.tsx';
import type {FieldKey} from '../../../parameters/fields.ts';
import type {Form} from '../parameters/form.ts';
import type {OtherScreen} from '../parameters/locked-fields.ts';
import {foldedLine} from '../parameters/summary.ts';
import {passwordEntry} from '../password/password-state.ts';
import {resizeEntry, resizeRows} from '../resize/resize-state.ts';
import {scaleEntry} from '../scale/scale-state.ts';
import {wrapped} from '../shared/wrap.ts';
import {upgradeEntry} from '../upgrade/upgrade-state.ts';
import {nothingYet, summarizeSettings, type SettingsSummary} from './differences.ts';
import {settingsAsked} from './settings-state.ts';

type Props = FormProps & Pick<ChangeProps, 'onStart'>;

export function SettingsScreen(props: Props) {
  const {app} = props;
  if (app.settings === null) return null;
  return app.planned || app.planning ? (
    <Follows {...props} form={app.settings} />
  ) : (
    <SettingsForm {...props} form={app.settings} />
  );
}

function SettingsForm({form, ...props}: Props & {readonly form: Form}) {
  const theme = useTheme();
  const {right} = useLayout();
  const {app, dispatch} = props;
  const {surveyed, status} = app;
  const summary = summarizeSettings(form, surveyed, theme.arrow);
  const isReady = surveyed !== null && summary.differences.length > 0;
  const lastHint = !surveyed
    ? 'Asking what the cluster has.'
    : isReady
      ? 'Shows what follows, before anything is changed.'
      : `${capitalised(nothingYet)}: change a field first.`;
  return (
    <FormView
      {...props}
      {...{form, summary, lastHint}}
      column={<Differences summary={summary} width={right} />}
      onDone={() => isReady && dispatch({type: 'planning'})}
      onLeave={() => dispatch({type: 'show', screen: dashboard})}
      onOther={(other) => {
        const screen = status && screenOf(other, form.row, status);
        if (screen) dispatch({type: 'show', screen});
      }}
    />
  );
}

/** What follows, below what is to change. Escape goes back to the form. */
function Follows({form, ...props}: Props & {readonly form: Form}) {
  const theme = useTheme();
  const {width} = useLayout();
  const {surveyed} = props.app;
  const summary = summarizeSettings(form, surveyed, theme.arrow);
  return (
    <Change
      {...props}
      problem={null}
      rows={1}
      back={{name: 'settings'}}
      answers={settingsAsked(form, surveyed?.place ?? null).answers}
    >
      {() => (
        <ChangeRow label="Settings" isHere={false}>
          <Plain>{foldedLine(summary, width - 22)}</Plain>
        </ChangeRow>
      )}
    </Change>
  );
}

/** The state with which the dashboard opens the screen, with the cursor on the field that leads there. */
function screenOf(other: OtherScreen, field: FieldKey, status: Status): Screen | null {
  const entries = {scale: scaleEntry, resize: resizeEntry, upgrade: upgradeEntry, password: passwordEntry};
  const screen = entries[other](status)?.does.show ?? null;
  if (screen?.name === 'resize') return {...screen, row: resizeRows.find((row) => row === field) ?? screen.row};
  return screen?.name === 'upgrade' ? {...screen, row: field === 'images' ? 'imageSource' : 'imageTag'} : screen;
}

function Differences({summary, width}: {readonly summary: SettingsSummary; readonly width: number}) {
  const theme = useTheme();
  const {problem, differences} = summary;
  const nothing = differences.length === 0 ? 'Nothing yet: what differs from the release is listed here.' : null;
  const said = problem ?? nothing;
  const lines = differences.map(({label, from, to}) => `${label}  ${from} ${theme.arrow} ${to}`);
  return (
    <Box flexDirection="column" width={width} flexShrink={0}>
      <Text dimColor>what changes</Text>
      {lines.flatMap((text) =>
        wrapped(text, width, '  ').map((line, index) => (
          <Box key={`${text} ${index}`} height={1} flexShrink={0}>
            <Plain>{line}</Plain>
          </Box>
        )),
      )}
      {said !== null && (
        <Plain wrap="wrap" dimColor>
          {said}
        </Plain>
      )}
    </Box>
  );
}

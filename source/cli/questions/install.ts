// An install by questions: the fields of the form, one after the other, then the plan.
import {offerOf} from '../../client/questions/surveyed.ts';
import {joinAnswers, mergeAnswers, type Answers} from '../../parameters/answers.ts';
import {
  allKeys,
  fieldOf,
  groupHints,
  groupKeys,
  groupTitles,
  mainKeys,
  valueIn,
  type Field,
} from '../../parameters/fields.ts';
import {namespaceProblem, releaseNameProblem} from '../../parameters/identifiers.ts';
import {formGroups} from '../../parameters/parameter.ts';
import {passwordProblem} from '../../parameters/password.ts';
import type {Offer} from '../../parameters/place.ts';
import {resolve} from '../../parameters/resolve.ts';
import {UserError} from '../../core/cause.ts';
import type {Invocation} from '../command.ts';
import {ask as askYesOrNo} from '../confirm.ts';
import {readAnswers, readGiven} from '../given.ts';
import {installAnswered} from '../install.ts';
import {printLines} from '../output/text/fit-lines.ts';
import {readPassword} from '../password.ts';
import {closeSession, openSession, text} from '../session.ts';
import {ask, askHidden, choose} from './ask.ts';

/** @returns the exit code */
export async function installByQuestions(invocation: Invocation, defaultNamespace: string): Promise<number> {
  const path = text(invocation.options['answers']);
  const file = path === null ? null : await readAnswers(path);
  const {release: name = null, namespace: place = defaultNamespace} = file?.target ?? {};
  const release = await ask(invocation, 'Name of the release', name, releaseNameProblem);
  const namespace = await ask(invocation, 'Namespace', place, namespaceProblem);
  const named: Invocation = {...invocation, release, options: {...invocation.options, namespace}};
  const session = await openSession(named);
  const offer = await offerOf(session);
  closeSession(session);
  let answers = mergeAnswers(await readGiven(named), file?.answers ?? {});
  let password = await readPassword(named);
  for (const field of mainKeys.map(fieldOf)) {
    if (field.parameter.key === 'password') password ??= await askPassword(named);
    else answers = await withAnswer(named, field, answers, offer);
  }
  answers = await withMore(named, answers, offer);
  return installAnswered(named, {answers, password, file});
}

/** Asks for the fields of the groups that the operator chooses. */
async function withMore(invocation: Invocation, given: Answers, offer: Offer): Promise<Answers> {
  let answers = given;
  const groups = formGroups.map((group) => `${groupTitles[group]}: ${groupHints[group]}`);
  for (;;) {
    const chosen = await choose(invocation, 'Anything else', ['No, show the plan', ...groups], 0);
    const group = formGroups[chosen - 1];
    if (!group) return answers;
    for (const field of groupKeys[group].map(fieldOf)) answers = await withAnswer(invocation, field, answers, offer);
  }
}

/** What was given already is not asked for. */
async function withAnswer(invocation: Invocation, field: Field, answers: Answers, offer: Offer): Promise<Answers> {
  if (field.textOf(answers) !== '') return answers;
  const {parameter, label, hint} = field;
  printLines(invocation.stdout, [hint]);
  const byDefault = defaultOf(field, answers, offer);
  const others = Object.fromEntries(allKeys.map((key) => [key, fieldOf(key).textOf(answers)]));
  const problemOf = (said: string) => {
    const parsed = field.parse(said);
    return 'problem' in parsed ? parsed.problem : field.problemBeside(said, others);
  };
  const said = await askOrChoose(invocation, {label, byDefault, problemOf, choices: choicesOf(field, offer)});
  if (said === byDefault) return answers;
  const parsed = field.parse(said);
  return 'value' in parsed ? joinAnswers(answers, {[parameter.key]: parsed.value}) : answers;
}

interface Question {
  readonly label: string;
  readonly byDefault: string;
  readonly problemOf: (said: string) => string | null;
  readonly choices: readonly Choice[];
}

interface Choice {
  readonly value: string;
  /** The value, with what tells it apart. */
  readonly words: string;
}

async function askOrChoose(invocation: Invocation, {label, byDefault, problemOf, choices}: Question): Promise<string> {
  if (choices.length === 0) return ask(invocation, label, byDefault, problemOf);
  const isListed = choices.some(({value}) => value === byDefault);
  const all = isListed ? choices : [{value: byDefault, words: byDefault}, ...choices];
  const words = [...all.map((choice) => choice.words), 'Another one'];
  const index = await choose(
    invocation,
    label,
    words,
    all.findIndex(({value}) => value === byDefault),
  );
  const chosen = all[index];
  return chosen ? chosen.value : ask(invocation, label, byDefault, problemOf);
}

/** None where any text may be typed, and none of numbers, which are easier typed than looked for in a list. */
function choicesOf(field: Field, offer: Offer): readonly Choice[] {
  const values = field.choices(offer);
  if (values.every((value) => /^\d+$/.test(value))) return [];
  return values.map((value) => {
    const remark = field.remark(value, offer);
    return {value, words: remark === '' ? value : `${value}, ${remark}`};
  });
}

/** What the field is when nothing is answered. */
function defaultOf(field: Field, answers: Answers, {place}: Offer): string {
  try {
    return field.placeholder(valueIn(resolve(answers, place), field.parameter));
  } catch (error) {
    // Answers that contradict each other are refused with the plan.
    if (!(error instanceof UserError)) throw error;
    return field.parameter.defaultText;
  }
}

/** Asks twice, because nobody sees what is typed. @returns null: one is generated */
async function askPassword(invocation: Invocation): Promise<string | null> {
  const {stdout} = invocation;
  printLines(stdout, ['12 to 100 characters. What is typed is not shown; Enter alone has one generated.']);
  for (;;) {
    const password = await askHidden(invocation, 'Password');
    if (password === '') return null;
    const problem = passwordProblem(password);
    if (problem?.kind === 'invalid') printLines(stdout, [`That cannot be: ${problem.text}`]);
    else if (problem && !(await askYesOrNo(invocation, 'It has fewer than 12 characters. Take it all the same?')))
      continue;
    else if ((await askHidden(invocation, 'The same once more')) === password) return password;
    else printLines(stdout, ['These were two different ones.']);
  }
}
